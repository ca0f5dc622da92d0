"""Every look and every act of an agent, kept in the order in which they happened."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.console import tables
from gateway.events import Json

PAGE = 200


async def write(
    connection: AsyncConnection,
    *,
    agent: str,
    act: str,
    conversation_id: str | None = None,
    now: datetime,
    **details: Json,
) -> None:
    """In the transaction of the act itself; details never hold what was said."""
    await connection.execute(
        insert(tables.audit).values(
            at=now, agent=agent, act=act, conversation_id=conversation_id, details=details
        )
    )


async def read(
    connection: AsyncConnection, *, conversation_id: str | None, before: int
) -> list[dict[str, Json]]:
    """A page of it, newest first; `before` is the id where the last page ended."""
    table = tables.audit
    query = select(table).order_by(table.c.id.desc()).limit(PAGE)
    if conversation_id:
        query = query.where(table.c.conversation_id == conversation_id)
    if before:
        query = query.where(table.c.id < before)
    return [dict(row._mapping) for row in await connection.execute(query)]
