"""What Rasa remembers of conversations, in its own database (`KVITT_TRACKER_URL`), to be cleared.

Rasa never forgets by itself. Its sender ids are "<conversation>.<number>".
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from sqlalchemy import Connection, column, delete, inspect, table
from sqlalchemy.engine import URL, make_url
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg"}
BUSY_TIMEOUT_SECONDS = 15

tracker_events = table("events", column("sender_id"))


async def forget(tracker_url: str, conversation_ids: Iterable[str]) -> int:
    """Delete what Rasa remembers of these conversations; how many events that were."""
    url = make_url(tracker_url)
    if not _is_there(url):
        return 0
    backend = url.get_backend_name()
    options = {"timeout": BUSY_TIMEOUT_SECONDS} if backend == "sqlite" else {}
    engine = create_async_engine(
        url.set(drivername=DRIVERS[backend]), connect_args=options, hide_parameters=True
    )
    try:
        async with engine.begin() as connection:
            if not await connection.run_sync(_has_trackers):
                return 0
            return sum([await _forget_one(connection, id_) for id_ in conversation_ids])
    finally:
        await engine.dispose()


def _is_there(url: URL) -> bool:
    """A SQLite file that does not exist yet is not to be made."""
    return url.get_backend_name() != "sqlite" or Path(url.database or "").is_file()


def _has_trackers(connection: Connection) -> bool:
    inspector = inspect(connection)
    return inspector.has_table("events") and any(
        found["name"] == "sender_id" for found in inspector.get_columns("events")
    )


async def _forget_one(connection: AsyncConnection, conversation_id: str) -> int:
    sender = tracker_events.c.sender_id
    is_of_it = sender.startswith(f"{conversation_id}.", autoescape=True)
    return (await connection.execute(delete(tracker_events).where(is_of_it))).rowcount
