"""Every look and every act of an agent, kept in the order in which they happened."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.console import tables
from gateway.events import Json


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
