"""Bring the database to the newest revision: `python -m kvitt.migrate`, or `await upgrade(engine)`.

Every process calls `upgrade` when it starts. Several may do so at once: the whole upgrade is one
transaction, behind an advisory lock on PostgreSQL and the write lock on SQLite, so the second one
finds nothing left to do.
"""

from __future__ import annotations

import asyncio
from pathlib import Path
from weakref import WeakKeyDictionary

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncEngine

from kvitt.database import create_engine
from kvitt.settings import settings

MIGRATIONS = Path(__file__).resolve().parent / "migrations"
ADVISORY_LOCK = 0x6B76697474  # "kvitt"


_locks: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Lock] = WeakKeyDictionary()
"""Alembic keeps the running migration in module globals: one at a time in a process."""


async def upgrade(engine: AsyncEngine, revision: str = "head") -> None:
    """Run every revision up to `revision`; does nothing when the database is there already."""
    lock = _locks.setdefault(asyncio.get_running_loop(), asyncio.Lock())
    async with lock, engine.begin() as connection:
        await connection.run_sync(_upgrade, revision)


def _upgrade(connection: Connection, revision: str) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ADVISORY_LOCK})
    command.upgrade(_config(connection), revision)


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config


async def main() -> None:
    engine = create_engine(settings().database_url)
    try:
        await upgrade(engine)
    finally:
        await engine.dispose()


if __name__ == "__main__":
    asyncio.run(main())
