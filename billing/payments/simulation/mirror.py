"""Both stores at once: each transaction runs in memory and in SQL, and must end the same in both.

So a simulated run is also a test of the SQL store, and of the memory store against it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Coroutine, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncEngine

from billing.payments.memory_store import MemoryStore
from billing.payments.model import Capture, Confirmation, News, Order, State
from billing.payments.sql_store import SqlStore
from billing.payments.store import Booked, Claim, Enqueued, LeaseLost
from billing.payments.tables import (
    captures,
    confirmations,
    news,
    orders,
    queue,
    reconciliations,
)
from kvitt.database import create_engine
from kvitt.migrate import upgrade


class StoresDiffer(Exception):
    """The two stores have answered differently; the message says to what."""


class Sql:
    """A SQL store that is driven from synchronous code, one transaction at a time."""

    def __init__(self, folder: Path, *, billing: str) -> None:
        self._loop = asyncio.new_event_loop()
        self._engine = self.wait(_open(folder / "simulated.sqlite"))
        self.store = SqlStore(self._engine, billing=billing)

    def wait(self, story: Coroutine[Any, Any, Any]) -> Any:
        """Run it to its end."""
        return self._loop.run_until_complete(story)

    def empty(self) -> None:
        """As new, for the next run."""
        self.wait(_empty(self._engine))

    def close(self) -> None:
        self.wait(self._engine.dispose())
        self._loop.close()


async def _open(path: Path) -> AsyncEngine:
    engine = create_engine(f"sqlite+aiosqlite:///{path}")
    await upgrade(engine)
    return engine


async def _empty(engine: AsyncEngine) -> None:
    async with engine.begin() as db:
        for table in (news, captures, orders, confirmations, queue, reconciliations):
            await db.execute(delete(table))


class MirrorStore(MemoryStore):
    """Implements `billing.payments.store.Store`, twice."""

    def __init__(self, sql: Sql) -> None:
        super().__init__()
        self._sql = sql

    def _compare(self, name: str, expected: Any, story: Coroutine[Any, Any, Any]) -> Any:
        try:
            found = self._sql.wait(story)
        except LeaseLost:
            found = LeaseLost
        if expected != found:
            raise StoresDiffer(f"{name}: {expected} in memory, {found} in SQL")
        return expected

    async def save_confirmation(self, confirmation: Confirmation) -> None:
        await super().save_confirmation(confirmation)
        self._sql.wait(self._sql.store.save_confirmation(confirmation))

    async def confirmation(self, confirmation_id: str) -> Confirmation | None:
        found = await super().confirmation(confirmation_id)
        story = self._sql.store.confirmation(confirmation_id)
        return self._compare("confirmation", found, story)  # type: ignore[no-any-return]

    async def enqueue(self, order: Order, captures: Sequence[Capture]) -> Enqueued:
        found = await super().enqueue(order, captures)
        story = self._sql.store.enqueue(order, captures)
        return self._compare("enqueue", found, story)  # type: ignore[no-any-return]

    async def live(self, invoice_ids: Collection[int]) -> Mapping[int, State]:
        found = await super().live(invoice_ids)
        story = self._sql.store.live(invoice_ids)
        return self._compare("live", found, story)  # type: ignore[no-any-return]

    async def booked(self, order_id: str) -> Booked | None:
        found = await super().booked(order_id)
        story = self._sql.store.booked(order_id)
        return self._compare("booked", found, story)  # type: ignore[no-any-return]

    async def claim(
        self, owner: str, now: datetime, lease: timedelta, client_id: int | None = None
    ) -> Claim | None:
        found = await super().claim(owner, now, lease, client_id)
        story = self._sql.store.claim(owner, now, lease, client_id)
        return self._compare("claim", found, story)  # type: ignore[no-any-return]

    async def move(
        self, claim: Claim, before: Capture, after: Capture, now: datetime, lease: timedelta
    ) -> None:
        story = self._sql.store.move(claim, before, after, now, lease)
        try:
            await super().move(claim, before, after, now, lease)
        except LeaseLost:
            self._compare("move", LeaseLost, story)
            raise
        self._compare("move", None, story)

    async def release(self, claim: Claim) -> None:
        await super().release(claim)
        self._compare("release", None, self._sql.store.release(claim))

    async def take_news(self, now: datetime, limit: int) -> tuple[News, ...]:
        found = await super().take_news(now, limit)
        story = self._sql.store.take_news(now, limit)
        return self._compare("take_news", found, story)  # type: ignore[no-any-return]

    async def ack_news(self, ids: Collection[int]) -> None:
        await super().ack_news(ids)
        self._compare("ack_news", None, self._sql.store.ack_news(ids))

    async def journal(self, after: str, limit: int) -> tuple[Booked, ...]:
        found = await super().journal(after, limit)
        story = self._sql.store.journal(after, limit)
        return self._compare("journal", found, story)  # type: ignore[no-any-return]
