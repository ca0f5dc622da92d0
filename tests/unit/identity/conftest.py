"""A database of its own for each test, with the tables of identity."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path
from shutil import copyfile
from uuid import uuid4

import asyncpg
import pytest
import sqlalchemy
from sqlalchemy.ext.asyncio import AsyncEngine

from kvitt.database import create_engine, metadata
from kvitt.identity import KeyedHash, tables
from tests.fakes.billing import FakeBilling

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
SERVER = "postgres@127.0.0.1:5432"
TABLES = [
    tables.sessions,
    tables.logins,
    tables.code_requests,
    tables.visitors,
    tables.account_choices,
    tables.spent_tokens,
    tables.openid_logins,
    tables.rate_limits,
]


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        path = copyfile(request.getfixturevalue("sqlite_template"), tmp_path / "kvitt.sqlite")
        return f"sqlite+aiosqlite:///{path}"
    return str(request.getfixturevalue("postgresql_url"))


@pytest.fixture
async def engine(database_url: str) -> AsyncIterator[AsyncEngine]:
    engine = create_engine(database_url)
    async with engine.begin() as connection:
        await connection.run_sync(metadata.create_all, tables=TABLES)
        for table in TABLES:
            await connection.execute(table.delete())
    yield engine
    await engine.dispose()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with the tables in it, to be copied."""
    path = tmp_path_factory.mktemp("identity") / "template.sqlite"
    engine = sqlalchemy.create_engine(f"sqlite:///{path}")
    metadata.create_all(engine, tables=TABLES)
    engine.dispose()
    return path


@pytest.fixture(scope="session")
def postgresql_url() -> Iterator[str]:
    """A database for this run only."""
    name = f"kvitt_identity_{uuid4().hex}"
    try:
        asyncio.run(_administer(f"CREATE DATABASE {name}"))
    except OSError:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip("PostgreSQL is not reachable on 127.0.0.1:5432")
    yield f"postgresql+asyncpg://{SERVER}/{name}"
    asyncio.run(_administer(f"DROP DATABASE {name} WITH (FORCE)"))


async def _administer(statement: str) -> None:
    connection = await asyncpg.connect(f"postgresql://{SERVER}/test", timeout=5)
    await connection.execute(statement)
    await connection.close()


@pytest.fixture
def billing() -> FakeBilling:
    return FakeBilling(now=NOW)


@pytest.fixture
def keyed() -> KeyedHash:
    return KeyedHash(b"a secret of the tests, 32 bytes ok")
