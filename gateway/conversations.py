"""Conversations and the cookies that open them.

A cookie is a random token, kept as a hash, and opens one conversation. Ids are made here, never
taken from a client.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway import tables


class Holder(StrEnum):
    """Who answers the customer. Once a person holds a conversation, nothing is passed to Rasa."""

    BOT = "bot"
    WAITING = "waiting"
    AGENT = "agent"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    id: str
    holder: Holder
    last_event: int
    hidden_until: int
    """Events up to this one are shown to nobody any more."""
    client_id: int | None
    tracker: int
    ended_at: datetime | None

    @classmethod
    def from_row(cls, row: Row[Any]) -> Conversation:
        return cls(
            id=row.id,
            holder=Holder(row.holder),
            last_event=row.last_event,
            hidden_until=row.hidden_until,
            client_id=row.client_id,
            tracker=row.tracker,
            ended_at=row.ended_at,
        )

    @property
    def sender(self) -> str:
        """The id that Rasa knows it by."""
        return f"{self.id}.{self.tracker}"

    @property
    def is_open(self) -> bool:
        return self.ended_at is None

    @property
    def is_with_bot(self) -> bool:
        """The bot answers; also while the customer waits for a person."""
        return self.holder in (Holder.BOT, Holder.WAITING)


def hash_token(token: str) -> str:
    """Tokens have 256 random bits: one plain hash is enough."""
    return hashlib.sha256(token.encode()).hexdigest()


async def create(connection: AsyncConnection, conversation_id: str, *, now: datetime) -> None:
    await connection.execute(
        insert(tables.conversations).values(
            id=conversation_id,
            created_at=now,
            last_at=now,
            holder=Holder.BOT.value,
            last_event=0,
            hidden_until=0,
            tracker=1,
            fence=0,
        )
    )


async def give_cookie(
    connection: AsyncConnection, conversation_id: str, token: str, *, now: datetime
) -> None:
    await connection.execute(
        insert(tables.visitor_cookies).values(
            token_hash=hash_token(token), conversation_id=conversation_id, created_at=now
        )
    )


async def replace_cookies(
    connection: AsyncConnection, conversation_id: str, *, now: datetime
) -> None:
    """No cookie given out so far opens this conversation any more."""
    await connection.execute(
        update(tables.visitor_cookies)
        .where(tables.visitor_cookies.c.conversation_id == conversation_id)
        .where(tables.visitor_cookies.c.replaced_at.is_(None))
        .values(replaced_at=now)
    )


async def find_by_cookie(connection: AsyncConnection, token: str) -> Conversation | None:
    """The conversation that a valid cookie opens, whether it goes on or has ended."""
    cookies, table = tables.visitor_cookies, tables.conversations
    row = (
        await connection.execute(
            select(table)
            .join(cookies, cookies.c.conversation_id == table.c.id)
            .where(cookies.c.token_hash == hash_token(token), cookies.c.replaced_at.is_(None))
        )
    ).first()
    return Conversation.from_row(row) if row else None


async def find_replaced(
    connection: AsyncConnection, token: str, *, since: datetime
) -> Conversation | None:
    """The conversation that a cookie opened until it was replaced, at `since` or later."""
    cookies, table = tables.visitor_cookies, tables.conversations
    row = (
        await connection.execute(
            select(table)
            .join(cookies, cookies.c.conversation_id == table.c.id)
            .where(cookies.c.token_hash == hash_token(token), cookies.c.replaced_at >= since)
        )
    ).first()
    return Conversation.from_row(row) if row else None


async def lock(connection: AsyncConnection, conversation_id: str) -> Conversation | None:
    """Read it and hold its row until the transaction ends."""
    row = (
        await connection.execute(
            select(tables.conversations)
            .where(tables.conversations.c.id == conversation_id)
            .with_for_update()
        )
    ).first()
    return Conversation.from_row(row) if row else None


async def find(connection: AsyncConnection, conversation_id: str) -> Conversation | None:
    row = (
        await connection.execute(
            select(tables.conversations).where(tables.conversations.c.id == conversation_id)
        )
    ).first()
    return Conversation.from_row(row) if row else None


async def end(connection: AsyncConnection, conversation_id: str, *, now: datetime) -> None:
    """Nobody can go on with it or read it; a person's closing is another matter."""
    await connection.execute(
        update(tables.conversations)
        .where(tables.conversations.c.id == conversation_id)
        .values(
            ended_at=now,
            holder=Holder.CLOSED.value,
            client_id=None,
            hidden_until=tables.conversations.c.last_event,
        )
    )
    await replace_cookies(connection, conversation_id, now=now)


async def set_login(
    connection: AsyncConnection, conversation_id: str, client_id: int | None, *, hide: bool
) -> None:
    """Note which account the log is shown to from here on; `hide` what stood there before, and let
    Rasa begin with an empty tracker."""
    table = tables.conversations
    values: dict[str, Any] = {"client_id": client_id}
    if hide:
        values |= {"hidden_until": table.c.last_event, "tracker": table.c.tracker + 1}
    await connection.execute(update(table).where(table.c.id == conversation_id).values(values))


async def start_new_tracker(connection: AsyncConnection, conversation_id: str) -> None:
    """Turns cost more the longer a tracker grows; after a task is a good moment to begin anew."""
    table = tables.conversations
    await connection.execute(
        update(table).where(table.c.id == conversation_id).values(tracker=table.c.tracker + 1)
    )
