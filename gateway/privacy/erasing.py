"""Deletes a customer's conversations and all that hangs on them; keeps the payment journal."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, MetaData, Table, delete, func, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from gateway import tables
from gateway.privacy import trackers
from gateway.privacy.finding import (
    Whom,
    chat_tables,
    conversations_of,
    journal_tables,
    reflected,
)
from kvitt.identity import retention


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased:
    """Rows by table, those of Rasa's database as `rasa events`."""

    gone: dict[str, int]
    kept: dict[str, int]


async def erase(engine: AsyncEngine, tracker_url: str, whom: Whom) -> Erased:
    """Rasa's memory goes first, since it is found by the conversations: a crash in between leaves
    nothing behind that could not be found again. And once more at the end, for a turn that ran
    meanwhile."""
    async with engine.begin() as connection:
        found = await reflected(connection)
        conversation_ids = await conversations_of(connection, found, whom)
    forgotten = await trackers.forget(tracker_url, conversation_ids)
    async with engine.begin() as connection:
        gone = await _count_chats(connection, found, conversation_ids)
        await _delete(connection, found, conversation_ids, whom)
        kept = await _count_journal(connection, found, whom.client_id)
    forgotten += await trackers.forget(tracker_url, conversation_ids)
    return Erased(gone=_without_none(gone | {"rasa events": forgotten}), kept=_without_none(kept))


async def _delete(
    connection: AsyncConnection, found: MetaData, conversation_ids: Collection[str], whom: Whom
) -> None:
    await retention.forget_conversations(connection, conversation_ids, whom.emails)
    for table in chat_tables(found):
        await connection.execute(delete(table).where(_is_of(table, conversation_ids)))
    is_one = tables.conversations.c.id.in_(conversation_ids)
    await connection.execute(delete(tables.conversations).where(is_one))


async def _count_chats(
    connection: AsyncConnection, found: MetaData, conversation_ids: Collection[str]
) -> dict[str, int]:
    is_one = tables.conversations.c.id.in_(conversation_ids)
    counts = {"conversations": await _count(connection, tables.conversations, is_one)}
    for table in chat_tables(found):
        counts[table.name] = await _count(connection, table, _is_of(table, conversation_ids))
    return counts


async def _count_journal(
    connection: AsyncConnection, found: MetaData, client_id: int
) -> dict[str, int]:
    return {
        table.name: await _count(connection, table, table.c.client_id == client_id)
        for table in journal_tables(found)
    }


async def _count(connection: AsyncConnection, table: Table, which: ColumnElement[bool]) -> int:
    query = select(func.count()).select_from(table).where(which)
    return int((await connection.execute(query)).scalar_one())


def _is_of(table: Table, conversation_ids: Iterable[str]) -> ColumnElement[bool]:
    return table.c.conversation_id.in_(conversation_ids)


def _without_none(counts: dict[str, int]) -> dict[str, int]:
    return {name: count for name, count in counts.items() if count}
