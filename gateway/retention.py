"""Chats are kept for a while only; what was given out and has run out is cleared sooner.

The payment journal is kept for years and is no part of this.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from sqlalchemy import delete, select

from gateway import tables
from gateway.storage import Store
from kvitt.identity.retention import forget_conversations, forget_expired

log = structlog.get_logger()

AT_ONCE = 200
EXPIRED_KEPT = timedelta(days=1)


async def clear(store: Store, *, now: datetime, days: int) -> int:
    """Delete conversations that nothing has happened in for `days`; how many there were."""
    deleted = 0
    while batch := await _delete_some(store, before=now - timedelta(days=days)):
        deleted += batch
    await _clear_expired(store, before=now - EXPIRED_KEPT)
    await forget_expired(store.engine, now=now, chats_kept_days=days)
    log.info("retention_done", conversations=deleted)
    return deleted


async def _delete_some(store: Store, *, before: datetime) -> int:
    table = tables.conversations
    old = select(table.c.id).where(table.c.last_at < before).limit(AT_ONCE)
    async with store.write() as connection:
        ids = tuple((await connection.execute(old)).scalars())
        await connection.execute(delete(table).where(table.c.id.in_(ids)))
        await forget_conversations(connection, ids)
    return len(ids)


async def _clear_expired(store: Store, *, before: datetime) -> None:
    async with store.write() as connection:
        for table in (tables.choices, tables.hosted_links):
            await connection.execute(delete(table).where(table.c.expires_at < before))
        cookies = tables.visitor_cookies
        await connection.execute(delete(cookies).where(cookies.c.replaced_at < before))
