"""Erase a customer, or hand out what is held of them: `python -m gateway.privacy erase CLIENT`.

    python -m gateway.privacy erase CLIENT     chats, logins, code requests and Rasa's memory go
    python -m gateway.privacy export CLIENT    the same, and the payment journal, as JSON

CLIENT is the account's number in the billing system, or an e-mail address. The payment journal is
accounting material and stays; what the billing system itself holds is not touched.

Every table that has a `conversation_id` is cleared, whoever made it, except the journal's.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import MetaData, Table, delete, func, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from gateway import tables, trackers
from gateway.events import Event
from kvitt.identity import retention
from kvitt.identity.tables import logins

JOURNAL_PREFIX = "payment_"


@dataclass(frozen=True, slots=True, kw_only=True)
class Whom:
    """The account, and the e-mail addresses that are known to be its."""

    client_id: int
    emails: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased:
    """Rows by table; what Rasa remembered counts as `rasa trackers`."""

    gone: dict[str, int]
    kept: dict[str, int]


async def erase(engine: AsyncEngine, tracker_url: str, whom: Whom) -> Erased:
    """Delete the customer's conversations and all that hangs on them. Rasa's memory goes first:
    the conversations are what it is found by, so a crash in between leaves nothing behind."""
    async with engine.begin() as connection:
        found = await reflected(connection)
        conversation_ids = await conversations_of(connection, found, whom)
    forgotten = await trackers.forget(tracker_url, conversation_ids)
    async with engine.begin() as connection:
        gone = await _counted(connection, _with_conversations(found), conversation_ids)
        await retention.forget_conversations(connection, conversation_ids, whom.emails)
        await _delete(connection, found, conversation_ids)
        kept = await _kept(connection, found, whom.client_id)
    return Erased(gone={"rasa trackers": forgotten} | gone, kept=kept)


async def reflected(connection: AsyncConnection) -> MetaData:
    """All tables that are in the database, those of other parts too."""
    found = MetaData()
    await connection.run_sync(found.reflect)
    return found


async def conversations_of(
    connection: AsyncConnection, found: MetaData, whom: Whom
) -> frozenset[str]:
    """Those that the account has logged in to or paid in, or asked a code in."""
    ids = set(await retention.conversations_of(connection, whom.client_id, whom.emails))
    mine = select(tables.conversations.c.id).where(
        tables.conversations.c.client_id == whom.client_id
    )
    ids |= set((await connection.execute(mine)).scalars())
    for table in _journal(found):
        if "conversation_id" in table.c and "client_id" in table.c:
            paid = select(table.c.conversation_id).where(table.c.client_id == whom.client_id)
            ids |= set((await connection.execute(paid)).scalars())
    return frozenset(ids)


def _journal(found: MetaData) -> Iterable[Table]:
    return (table for table in found.sorted_tables if table.name.startswith(JOURNAL_PREFIX))


def _with_conversations(found: MetaData) -> list[Table]:
    """Tables that hang on a conversation, those that others refer to last; not the journal's."""
    return [
        table
        for table in reversed(found.sorted_tables)
        if "conversation_id" in table.c and not table.name.startswith(JOURNAL_PREFIX)
    ]


async def _delete(
    connection: AsyncConnection, found: MetaData, conversation_ids: Collection[str]
) -> None:
    for table in _with_conversations(found):
        await connection.execute(
            delete(table).where(table.c.conversation_id.in_(conversation_ids))
        )
    is_one = tables.conversations.c.id.in_(conversation_ids)
    await connection.execute(delete(tables.conversations).where(is_one))


async def _counted(
    connection: AsyncConnection, chosen: Sequence[Table], conversation_ids: Collection[str]
) -> dict[str, int]:
    counts = {"conversations": len(conversation_ids)}
    for table in chosen:
        query = select(func.count()).where(table.c.conversation_id.in_(conversation_ids))
        counts[table.name] = (await connection.execute(query)).scalar_one()
    return {name: count for name, count in counts.items() if count}


async def _kept(connection: AsyncConnection, found: MetaData, client_id: int) -> dict[str, int]:
    counts = {}
    for table in _journal(found):
        if "client_id" in table.c:
            query = select(func.count()).where(table.c.client_id == client_id)
            counts[table.name] = (await connection.execute(query)).scalar_one()
    return {name: count for name, count in counts.items() if count}


async def export(engine: AsyncEngine, whom: Whom, *, now: datetime) -> dict[str, Any]:
    """What is held of the customer. Of a conversation that others have logged in to as well, only
    the part that was this customer's."""
    async with engine.begin() as connection:
        found = await reflected(connection)
        return {
            "client_id": whom.client_id,
            "exported_at": now,
            "identity": await retention.held_about(connection, whom.client_id, whom.emails),
            "conversations": await _own_conversations(connection, whom.client_id),
            "payments": await _journal_rows(connection, found, whom.client_id),
        }


async def _own_conversations(connection: AsyncConnection, client_id: int) -> list[dict[str, Any]]:
    spans = await _spans(connection, client_id)
    table = tables.events
    exported = []
    for conversation_id, own in spans.items():
        query = (
            select(table).where(table.c.conversation_id == conversation_id).order_by(table.c.id)
        )
        events = [Event.from_row(row) for row in await connection.execute(query)]
        exported.append(
            {
                "conversation_id": conversation_id,
                "events": [event.to_wire() for event in events if is_within(event.at, own)],
            }
        )
    return exported


type Span = tuple[datetime | None, datetime | None]


def is_within(at: datetime, spans: Iterable[Span]) -> bool:
    return any(
        (begins is None or begins <= at) and (ends is None or at <= ends) for begins, ends in spans
    )


async def _spans(connection: AsyncConnection, client_id: int) -> dict[str, list[Span]]:
    """When each conversation was this account's."""
    mine = select(logins.c.conversation_id).where(logins.c.client_id == client_id)
    query = (
        select(logins)
        .where(logins.c.conversation_id.in_(mine))
        .order_by(logins.c.conversation_id, logins.c.began_at)
    )
    by_conversation: dict[str, list[Any]] = {}
    for row in await connection.execute(query):
        by_conversation.setdefault(row.conversation_id, []).append(row)
    return {id_: own_spans(rows, client_id) for id_, rows in by_conversation.items()}


def own_spans(rows: Sequence[Any], client_id: int) -> list[Span]:
    """From login to its end; what was said before the first login belongs to that one."""
    return [
        (row.began_at if position else None, row.ended_at)
        for position, row in enumerate(rows)
        if row.client_id == client_id
    ]


async def _journal_rows(
    connection: AsyncConnection, found: MetaData, client_id: int
) -> dict[str, list[dict[str, Any]]]:
    rows = {}
    for table in _journal(found):
        if "client_id" in table.c:
            query = select(table).where(table.c.client_id == client_id)
            rows[table.name] = [dict(row) for row in (await connection.execute(query)).mappings()]
    return rows
