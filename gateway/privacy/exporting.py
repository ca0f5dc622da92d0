"""Tells what is held of a customer, for the customer to have."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import MetaData, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from gateway import tables
from gateway.events import Event
from gateway.privacy.finding import Whom, journal_tables, reflected
from kvitt.identity import retention
from kvitt.identity.tables import logins

type Span = tuple[datetime | None, datetime | None]


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
        query = select(table).where(table.c.conversation_id == conversation_id).order_by(table.c.id)
        events = [Event.from_row(row) for row in await connection.execute(query)]
        exported.append(
            {
                "conversation_id": conversation_id,
                "events": [event.to_wire() for event in events if is_within(event.at, own)],
            }
        )
    return exported


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
    for table in journal_tables(found):
        query = select(table).where(table.c.client_id == client_id)
        rows[table.name] = [dict(row) for row in (await connection.execute(query)).mappings()]
    return rows
