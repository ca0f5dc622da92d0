"""What a conversation's log holds: events, numbered per conversation from 1 without a gap."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway import tables

type Json = Any  # JSON as it came; looked at, never trusted

OWN_KEYS = frozenset({"id", "at", "author", "type", "text"})


class Author(StrEnum):
    CUSTOMER = "customer"
    BOT = "bot"
    AGENT = "agent"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """An event before it has a number."""

    author: Author
    type: str = "text"
    text: str = ""
    data: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    id: int
    at: datetime
    author: Author
    type: str
    text: str
    data: Mapping[str, Json]

    @classmethod
    def from_row(cls, row: Row[Any]) -> Event:
        return cls(
            id=row.id,
            at=row.at,
            author=Author(row.author),
            type=row.type,
            text=row.text,
            data=row.data,
        )

    def to_wire(self) -> dict[str, Json]:
        own = {
            "id": self.id,
            "at": self.at.isoformat(),
            "author": self.author.value,
            "type": self.type,
            "text": self.text,
        }
        return own | {key: value for key, value in self.data.items() if key not in OWN_KEYS}


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Some events of a log, and where to go on reading."""

    events: tuple[Event, ...]
    cursor: int
    has_older: bool


def turn_event(state: str, message: int | None) -> Draft:
    """Frames the bot's answer; `message` is the customer's event that it answers."""
    return Draft(author=Author.BOT, type="turn", data={"state": state, "message": message})


async def append(
    connection: AsyncConnection, conversation_id: str, drafts: Sequence[Draft], *, now: datetime
) -> tuple[Event, ...]:
    """Number the drafts and add them; the row of the conversation is the lock that orders them."""
    if not drafts:
        return ()
    newest = (
        await connection.execute(
            update(tables.conversations)
            .where(tables.conversations.c.id == conversation_id)
            .values(last_event=tables.conversations.c.last_event + len(drafts), last_at=now)
            .returning(tables.conversations.c.last_event)
        )
    ).scalar_one()
    first = newest - len(drafts) + 1
    added = tuple(_numbered(draft, first + index, now) for index, draft in enumerate(drafts))
    await connection.execute(
        insert(tables.events), [_row(conversation_id, event) for event in added]
    )
    return added


def _numbered(draft: Draft, number: int, now: datetime) -> Event:
    return Event(
        id=number,
        at=now,
        author=draft.author,
        type=draft.type,
        text=draft.text,
        data=dict(draft.data),
    )


def _row(conversation_id: str, event: Event) -> dict[str, Json]:
    return {
        "conversation_id": conversation_id,
        "id": event.id,
        "at": event.at,
        "author": event.author.value,
        "type": event.type,
        "text": event.text,
        "data": event.data,
    }


async def read_after(
    connection: AsyncConnection, conversation_id: str, *, after: int, limit: int
) -> tuple[Event, ...]:
    """The first `limit` events after a cursor."""
    table = tables.events
    rows = await connection.execute(
        select(table)
        .where(table.c.conversation_id == conversation_id, table.c.id > after)
        .order_by(table.c.id)
        .limit(limit)
    )
    return tuple(Event.from_row(row) for row in rows)


async def read_before(
    connection: AsyncConnection, conversation_id: str, *, after: int, before: int, limit: int
) -> tuple[Event, ...]:
    """The last `limit` events between two cursors (both exclusive), oldest first."""
    table = tables.events
    rows = await connection.execute(
        select(table)
        .where(table.c.conversation_id == conversation_id)
        .where(table.c.id > after, table.c.id < before)
        .order_by(table.c.id.desc())
        .limit(limit)
    )
    return tuple(Event.from_row(row) for row in reversed(rows.all()))
