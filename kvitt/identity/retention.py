"""What is over is forgotten: codes, states, spent tokens and counters go soon after they end.

The gateway calls `forget_expired` now and then, and for one customer `conversations_of`,
`forget_conversations` and `held_about` (its privacy commands know the conversations themselves).
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, delete, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from kvitt.identity.emails import canonical_email
from kvitt.identity.sessions import close_login
from kvitt.identity.tables import (
    account_choices,
    code_requests,
    logins,
    openid_logins,
    rate_limits,
    sessions,
    spent_tokens,
    visitors,
)

KEPT_AFTER_EXPIRY = timedelta(hours=1)
"""A code or session that has just ended is still told apart from one that never was."""
VISITORS_KEPT_FOR = timedelta(days=1)
OF_A_CONVERSATION = (sessions, logins, account_choices, openid_logins, code_requests, visitors)


async def forget_expired(engine: AsyncEngine, *, now: datetime, chats_kept_days: int = 90) -> int:
    """Delete what has ended, and logins as old as chats may be; how many rows that were."""
    ended = now - KEPT_AFTER_EXPIRY
    is_ended = or_(sessions.c.ends_at < ended, sessions.c.idle_until < ended)
    is_over = (
        delete(sessions).where(is_ended),
        delete(logins).where(logins.c.began_at < now - timedelta(days=chats_kept_days)),
        delete(code_requests).where(code_requests.c.expires_at < ended),
        delete(account_choices).where(account_choices.c.expires_at < ended),
        delete(spent_tokens).where(spent_tokens.c.expires_at < ended),
        delete(openid_logins).where(openid_logins.c.expires_at < ended),
        delete(visitors).where(visitors.c.seen_at < now - VISITORS_KEPT_FOR),
        delete(rate_limits).where(rate_limits.c.full_at < now.timestamp()),
    )
    async with engine.begin() as connection:
        await close_login(connection, is_ended, now)
        results = [await connection.execute(statement) for statement in is_over]
    return sum(result.rowcount for result in results)


async def conversations_of(
    connection: AsyncConnection, client_id: int, emails: Collection[str] = ()
) -> frozenset[str]:
    """Conversations that this account has logged in to, or one of its addresses has asked a code
    in."""
    known = select(logins.c.conversation_id).where(logins.c.client_id == client_id)
    asked = select(code_requests.c.conversation_id).where(_is_asked_by(emails))
    found = (*await connection.execute(known), *await connection.execute(asked))
    return frozenset(conversation_id for (conversation_id,) in found)


async def forget_conversations(
    connection: AsyncConnection, conversation_ids: Collection[str], emails: Collection[str] = ()
) -> int:
    """Delete what is held of these conversations and addresses; how many rows that were."""
    statements = [
        delete(table).where(table.c.conversation_id.in_(conversation_ids))
        for table in OF_A_CONVERSATION
    ]
    statements.append(delete(code_requests).where(_is_asked_by(emails)))
    results = [await connection.execute(statement) for statement in statements]
    return sum(result.rowcount for result in results)


async def held_about(
    connection: AsyncConnection, client_id: int, emails: Collection[str] = ()
) -> dict[str, list[dict[str, Any]]]:
    """What is held of this account, for the customer to have: no hashes, salts or keys."""
    session_columns = (c for c in sessions.c if c.name not in ("id", "client_id"))
    login_columns = (c for c in logins.c if c.name not in ("id", "client_id"))
    asked_columns = (code_requests.c[name] for name in ("conversation_id", "email", "requested_at"))
    return {
        "sessions": await _rows(
            connection, select(*session_columns).where(sessions.c.client_id == client_id)
        ),
        "logins": await _rows(
            connection,
            select(*login_columns)
            .where(logins.c.client_id == client_id)
            .order_by(logins.c.began_at),
        ),
        "code_requests": await _rows(
            connection, select(*asked_columns).where(_is_asked_by(emails))
        ),
    }


def _is_asked_by(emails: Collection[str]) -> Any:
    return code_requests.c.email.in_([canonical_email(email) for email in emails])


async def _rows(connection: AsyncConnection, query: Select[Any]) -> list[dict[str, Any]]:
    return [dict(row) for row in (await connection.execute(query)).mappings()]
