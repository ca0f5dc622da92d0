"""Links to hosted pages: kept here under a token, made by the billing system only on a tap.

Asking for the page burns nothing; single-sign-on addresses live 60 seconds and work once.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway import tables
from gateway.errors import Gone, Unknown
from gateway.replies import NewLink


@dataclass(frozen=True, slots=True, kw_only=True)
class HostedLink:
    conversation_id: str
    purpose: str
    ids: tuple[int, ...]


async def keep(connection: AsyncConnection, conversation_id: str, link: NewLink) -> None:
    await connection.execute(
        insert(tables.hosted_links).values(
            token=link.token,
            conversation_id=conversation_id,
            purpose=link.purpose,
            ids=list(link.ids),
            expires_at=link.expires_at,
        )
    )


async def find(
    connection: AsyncConnection, conversation_id: str, token: str, *, now: datetime
) -> HostedLink:
    """A link of this conversation; raises Unknown for another's, and Gone when it is too late."""
    table = tables.hosted_links
    row = (
        await connection.execute(
            select(table).where(table.c.token == token, table.c.conversation_id == conversation_id)
        )
    ).first()
    if row is None:
        raise Unknown("link_unknown")
    if row.expires_at <= now:
        raise Gone("link_unknown")
    return HostedLink(conversation_id=conversation_id, purpose=row.purpose, ids=tuple(row.ids))
