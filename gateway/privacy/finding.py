"""Which conversations are a customer's, and in which tables something hangs on them.

The tables are read from the database itself, so that those of every part are found: whatever has a
`conversation_id` belongs to a chat, except the payment journal's.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import MetaData, Table, select
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway import tables
from kvitt.identity import retention

JOURNAL_PREFIX = "payment_"


@dataclass(frozen=True, slots=True, kw_only=True)
class Whom:
    """The account, and the e-mail addresses that are known to be its."""

    client_id: int
    emails: frozenset[str] = frozenset()


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
    for table in journal_tables(found):
        if "conversation_id" in table.c:
            paid = select(table.c.conversation_id).where(table.c.client_id == whom.client_id)
            ids |= set((await connection.execute(paid)).scalars())
    return frozenset(ids)


def journal_tables(found: MetaData) -> Iterable[Table]:
    """The payment journal, as far as it says whose it is."""
    return (
        table
        for table in found.sorted_tables
        if table.name.startswith(JOURNAL_PREFIX) and "client_id" in table.c
    )


def chat_tables(found: MetaData) -> list[Table]:
    """Tables that hang on a conversation, those that others refer to last; not the journal's."""
    return [
        table
        for table in reversed(found.sorted_tables)
        if "conversation_id" in table.c and not table.name.startswith(JOURNAL_PREFIX)
    ]
