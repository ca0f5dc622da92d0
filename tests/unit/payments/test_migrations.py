"""The migration makes exactly the tables that the code declares."""

from __future__ import annotations

from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import AsyncEngine

from billing.payments import tables
from kvitt.database import metadata
from kvitt.migrate import upgrade


def _differences(connection: Connection) -> list[Any]:
    ours = {table.name for table in vars(tables).values() if hasattr(table, "indexes")}

    def is_ours(_item: Any, name: str | None, kind: str, *_more: Any) -> bool:
        return kind != "table" or name in ours

    context = MigrationContext.configure(connection, opts={"include_object": is_ours})
    return list(compare_metadata(context, metadata))


async def test_the_revision_and_the_tables_agree(engine: AsyncEngine) -> None:
    async with engine.connect() as connection:
        assert await connection.run_sync(_differences) == []


async def test_an_upgrade_that_has_nothing_to_do_does_nothing(engine: AsyncEngine) -> None:
    await upgrade(engine, "0001_payments")
