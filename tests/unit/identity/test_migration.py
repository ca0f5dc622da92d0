"""The migration makes the tables that the code declares, on both databases."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import AsyncEngine

from kvitt.database import create_engine, metadata
from kvitt.migrate import upgrade


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
async def empty_engine(
    request: pytest.FixtureRequest, tmp_path: Path, new_postgresql_url: str | None
) -> AsyncIterator[AsyncEngine]:
    url = f"sqlite+aiosqlite:///{tmp_path / 'empty.sqlite'}"
    engine = create_engine(new_postgresql_url or url)
    yield engine
    await engine.dispose()


@pytest.fixture
def new_postgresql_url(request: pytest.FixtureRequest) -> str | None:
    if "postgresql" in request.node.callspec.id:
        return str(request.getfixturevalue("postgresql_url"))
    return None


async def test_the_migrated_tables_are_the_declared_ones(empty_engine: AsyncEngine) -> None:
    async with empty_engine.begin() as connection:
        await connection.run_sync(metadata.drop_all)
    await upgrade(empty_engine)

    async with empty_engine.begin() as connection:
        assert await connection.run_sync(differences) == []
        await connection.run_sync(metadata.drop_all)


def differences(connection: Connection) -> list[object]:
    def is_of_identity(name: str | None, kind: str, _parents: object) -> bool:
        return kind != "table" or (name or "").startswith("identity_")

    context = MigrationContext.configure(
        connection,
        opts={
            "include_name": is_of_identity,
            "include_object": lambda obj, name, kind, *_: is_of_identity(name, kind, None),
        },
    )
    return list(compare_metadata(context, metadata))
