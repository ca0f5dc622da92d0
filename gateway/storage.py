"""Short transactions: readers wait for nobody; on SQLite, this process's writers queue in order.

SQLite lets one writer in at a time and makes the others poll with growing pauses. A lock of our
own in front of it keeps the order and the latency of one process; the pauses remain only between
processes. PostgreSQL needs no such lock.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine


class Store:
    """Transactions on the shared database."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.engine = engine
        self._reader = engine.execution_options(is_reading=True)
        self._queue = asyncio.Lock() if engine.dialect.name == "sqlite" else nullcontext()

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """Commits at the end, rolls back on any exception."""
        async with self._queue, self.engine.begin() as connection:
            yield connection

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        async with self._reader.connect() as connection:
            yield connection
