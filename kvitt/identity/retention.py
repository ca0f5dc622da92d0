"""What is over is forgotten: codes, states, spent tokens and counters are kept no longer than needed.

The gateway calls `forget_expired` now and then. Erasing a customer is the gateway's command, which
knows the conversations (`python -m gateway.erase`); it asks here for identity's part.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Table, delete, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from kvitt.identity.emails import canonical_email
from kvitt.identity.tables import (
    account_choices,
    code_requests,
    openid_logins,
    rate_limits,
    sessions,
    spent_tokens,
    visitors,
)

KEPT_AFTER_EXPIRY = timedelta(hours=1)
"""A code or session that has just ended is still told apart from one that never was."""
VISITORS_KEPT_FOR = timedelta(days=1)
OF_A_CONVERSATION = (sessions, account_choices, openid_logins, code_requests, visitors)


async def forget_expired(engine: AsyncEngine, *, now: datetime) -> int:
    """Delete what has ended; how many rows that were."""
    ended = now - KEPT_AFTER_EXPIRY
    is_over = (
        delete(sessions).where(or_(sessions.c.ends_at < ended, sessions.c.idle_until < ended)),
        delete(code_requests).where(code_requests.c.expires_at < ended),
        delete(account_choices).where(account_choices.c.expires_at < ended),
        delete(spent_tokens).where(spent_tokens.c.expires_at < ended),
        delete(openid_logins).where(openid_logins.c.expires_at < ended),
        delete(visitors).where(visitors.c.seen_at < now - VISITORS_KEPT_FOR),
        delete(rate_limits).where(rate_limits.c.full_at < now.timestamp()),
    )
    async with engine.begin() as connection:
        results = [await connection.execute(statement) for statement in is_over]
    return sum(result.rowcount for result in results)


async def conversations_of(
    connection: AsyncConnection, client_id: int, emails: Sequence[str] = ()
) -> frozenset[str]:
    """Conversations that identity knows to be this account's, or of one of its addresses."""
    addresses = [canonical_email(email) for email in emails]
    known = select(sessions.c.conversation_id).where(sessions.c.client_id == client_id)
    asked = select(code_requests.c.conversation_id).where(code_requests.c.email.in_(addresses))
    found = (*await connection.execute(known), *await connection.execute(asked))
    return frozenset(conversation_id for (conversation_id,) in found)


async def forget_conversations(
    connection: AsyncConnection, conversation_ids: Sequence[str], emails: Sequence[str] = ()
) -> dict[str, int]:
    """Delete what identity holds of these conversations and addresses; rows by table."""
    gone = {
        table.name: await _forget(connection, table, conversation_ids)
        for table in OF_A_CONVERSATION
    }
    addresses = [canonical_email(email) for email in emails]
    asked = delete(code_requests).where(code_requests.c.email.in_(addresses))
    gone[code_requests.name] += (await connection.execute(asked)).rowcount
    return gone


async def _forget(
    connection: AsyncConnection, table: Table, conversation_ids: Sequence[str]
) -> int:
    statement = delete(table).where(table.c.conversation_id.in_(conversation_ids))
    return (await connection.execute(statement)).rowcount


async def held_about(
    connection: AsyncConnection, conversation_ids: Sequence[str], emails: Sequence[str] = ()
) -> dict[str, list[dict[str, Any]]]:
    """What identity holds of these, for the customer to have: no hashes, salts or keys."""
    addresses = [canonical_email(email) for email in emails]
    logins = select(
        sessions.c.conversation_id,
        sessions.c.email,
        sessions.c.name,
        sessions.c.permissions,
        sessions.c.proof,
        sessions.c.proven_at,
        sessions.c.ends_at,
    ).where(sessions.c.conversation_id.in_(conversation_ids))
    codes = select(
        code_requests.c.conversation_id, code_requests.c.email, code_requests.c.requested_at
    ).where(
        or_(
            code_requests.c.conversation_id.in_(conversation_ids),
            code_requests.c.email.in_(addresses),
        )
    )
    return {
        "sessions": [dict(row) for row in (await connection.execute(logins)).mappings()],
        "code_requests": [dict(row) for row in (await connection.execute(codes)).mappings()],
    }
