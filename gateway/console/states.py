"""Who holds a conversation: bot → waiting → agent → bot or closed, moved by compare and set.

The conversation's `holder` is the truth; a row of `handovers` says since when, why and by whom.
Both change in one transaction, the conversation first: its row is the lock.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway import tables as log_tables
from gateway.console import tables
from gateway.conversations import Holder
from gateway.events import Json

TOPIC_LENGTH = 120
REASON_LENGTH = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One time that a person was asked for, and what came of it."""

    id: int
    conversation_id: str
    state: str
    reason: str
    topic: str
    requested_at: datetime
    agent: str | None
    claimed_at: datetime | None
    ended_at: datetime | None
    rating: int | None
    email: str | None
    ticket: str | None
    ticket_tries: int

    @classmethod
    def from_row(cls, row: Row[Any]) -> Request:
        return cls(**{name: getattr(row, name) for name in cls.__slots__})

    def is_held_by(self, agent: str) -> bool:
        return self.state == "agent" and self.agent == agent


async def move(
    connection: AsyncConnection,
    conversation_id: str,
    *,
    expected: Holder | tuple[Holder, ...],
    to: Holder,
) -> bool:
    """Give the conversation to somebody else, if it is still where the caller believes it to be."""
    table = log_tables.conversations
    holders = expected if isinstance(expected, tuple) else (expected,)
    moved = await connection.execute(
        update(table)
        .where(table.c.id == conversation_id, table.c.ended_at.is_(None))
        .where(table.c.holder.in_([holder.value for holder in holders]))
        .values(holder=to.value)
    )
    return moved.rowcount == 1


async def add(
    connection: AsyncConnection,
    conversation_id: str,
    *,
    state: str,
    details: Mapping[str, Json],
    now: datetime,
    **values: Any,
) -> int:
    """A new request; `details` come from an action and are only kept."""
    reason = str(details.get("reason") or "other")[:REASON_LENGTH]
    topic = str(details.get("topic") or "")[:TOPIC_LENGTH]
    row = {"reason": reason, "topic": topic, "requested_at": now, "ticket_tries": 0}
    result = await connection.execute(
        insert(tables.handovers)
        .values(conversation_id=conversation_id, state=state, **row, **values)
        .returning(tables.handovers.c.id)
    )
    return int(result.scalar_one())


async def latest(connection: AsyncConnection, conversation_id: str) -> Request | None:
    """The newest request of a conversation, open or not."""
    table = tables.handovers
    query = (
        select(table)
        .where(table.c.conversation_id == conversation_id)
        .order_by(table.c.id.desc())
        .limit(1)
    )
    row = (await connection.execute(query)).first()
    return Request.from_row(row) if row else None


async def change(connection: AsyncConnection, request_id: int, **values: Any) -> None:
    table = tables.handovers
    await connection.execute(update(table).where(table.c.id == request_id).values(**values))


async def position(connection: AsyncConnection, request_id: int) -> int:
    """The place in the queue, from 1."""
    table = tables.handovers
    own = select(table.c.requested_at).where(table.c.id == request_id).scalar_subquery()
    query = select(func.count()).where(
        table.c.state == "waiting",
        (table.c.requested_at < own) | ((table.c.requested_at == own) & (table.c.id <= request_id)),
    )
    return max(1, int((await connection.execute(query)).scalar_one()))


async def first_waiting(connection: AsyncConnection) -> Request | None:
    table = tables.handovers
    query = (
        select(table)
        .where(table.c.state == "waiting")
        .order_by(table.c.requested_at, table.c.id)
        .limit(1)
    )
    row = (await connection.execute(query)).first()
    return Request.from_row(row) if row else None
