"""The durable queue of turns: a row is put in with the event it answers and leaves with the answer.

A conversation's turns run one at a time, whatever process runs them: a claim takes a lease on the
conversation and raises its fence; an answer counts only under the fence it was claimed with.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, case, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway import tables
from gateway.conversations import Conversation, Holder
from gateway.events import Json
from gateway.rasa import Understood


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTurn:
    """Something for the bot to answer; `key` makes it one of a kind in its conversation."""

    key: str
    text: str = ""
    intent: str | None = None
    entities: Mapping[str, Json] = field(default_factory=dict)
    cursor: int | None = None
    digest: str = ""
    is_internal: bool = False


NEWS = "payment_news:"
"""How the keys of news about payments begin."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    id: int
    key: str
    text: str
    intent: str | None
    entities: Mapping[str, Json]
    cursor: int | None
    is_internal: bool
    attempts: int
    """How many times it was claimed before."""

    @property
    def is_news(self) -> bool:
        """Of a payment: must be told, however long a person has the conversation first."""
        return self.key.startswith(NEWS)

    @classmethod
    def from_row(cls, row: Row[Any]) -> Turn:
        return cls(
            id=row.id,
            key=row.key,
            text=row.text,
            intent=row.intent,
            entities=row.entities,
            cursor=row.cursor,
            is_internal=row.is_internal,
            attempts=row.attempts,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """The right to answer one turn, as long as nobody has claimed the conversation since."""

    conversation: Conversation
    fence: int
    turn: Turn


class NothingToDo(Exception):
    """No turn is due, or another process is at it."""


class Fenced(Exception):
    """Somebody else has claimed the conversation since (or it is gone)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """What a message id was answered with."""

    cursor: int
    digest: str


async def find_earlier(
    connection: AsyncConnection, conversation_id: str, key: str
) -> Earlier | None:
    table = tables.turns
    row = (
        await connection.execute(
            select(table.c.cursor, table.c.digest).where(
                table.c.conversation_id == conversation_id, table.c.key == key
            )
        )
    ).first()
    return Earlier(cursor=row.cursor or 0, digest=row.digest) if row else None


async def put(
    connection: AsyncConnection,
    conversation_id: str,
    turn: NewTurn,
    *,
    now: datetime,
    is_for_bot: bool = True,
) -> None:
    """Queue a turn; one that is not for the bot is kept as done, so that its id stays used."""
    await connection.execute(
        insert(tables.turns).values(
            conversation_id=conversation_id,
            key=turn.key,
            digest=turn.digest,
            is_internal=turn.is_internal,
            cursor=turn.cursor,
            text=turn.text if is_for_bot else "",
            intent=turn.intent,
            entities=dict(turn.entities),
            state="queued" if is_for_bot else "done",
            outcome=None if is_for_bot else "for_person",
            attempts=0,
            created_at=now,
            run_at=now,
            done_at=None if is_for_bot else now,
        )
    )


async def put_internal(
    connection: AsyncConnection,
    conversation_id: str,
    key: str,
    *,
    entities: Mapping[str, Json] | None = None,
    now: datetime,
) -> bool:
    """Queue a turn of the gateway's own; once per key, which is its intent and what it is about."""
    if await find_earlier(connection, conversation_id, key) is not None:
        return False
    turn = NewTurn(key=key, intent=key.partition(":")[0], entities=entities or {}, is_internal=True)
    await put(connection, conversation_id, turn, now=now)
    return True


async def claim(
    connection: AsyncConnection,
    conversation_id: str,
    *,
    owner: str,
    now: datetime,
    lease: timedelta,
) -> Claim:
    """Take the conversation and its next turn; raises NothingToDo, so that no lease stays."""
    table = tables.conversations
    row = (
        await connection.execute(
            update(table)
            .where(table.c.id == conversation_id)
            .where(or_(table.c.lease_until.is_(None), table.c.lease_until <= now))
            .values(lease_owner=owner, lease_until=now + lease, fence=table.c.fence + 1)
            .returning(table)
        )
    ).first()
    if row is None:
        raise NothingToDo
    conversation = Conversation.from_row(row)
    turn = await _next(connection, conversation, now)
    if turn is None:
        raise NothingToDo
    await connection.execute(
        update(tables.turns)
        .where(tables.turns.c.id == turn.id)
        .values(state="running", attempts=turn.attempts + 1)
    )
    return Claim(conversation=conversation, fence=row.fence, turn=turn)


async def _next(
    connection: AsyncConnection, conversation: Conversation, now: datetime
) -> Turn | None:
    """The oldest turn that is due; the gateway's own turns wait until the bot holds again."""
    table = tables.turns
    query = (
        select(table)
        .where(table.c.conversation_id == conversation.id)
        .where(table.c.state != "done", table.c.run_at <= now)
        .order_by(table.c.id)
        .limit(1)
    )
    if conversation.is_open and not conversation.is_with_bot:
        query = query.where(table.c.is_internal.is_(False))
    row = (await connection.execute(query)).first()
    return Turn.from_row(row) if row else None


async def has_more(connection: AsyncConnection, conversation_id: str) -> bool:
    """Whether another turn of the conversation waits to be run."""
    table = tables.turns
    query = select(table.c.id).where(
        table.c.conversation_id == conversation_id, table.c.state != "done"
    )
    return (await connection.execute(query.limit(1))).first() is not None


async def release(connection: AsyncConnection, claim: Claim) -> Conversation:
    """Give the lease back, to be followed by the turn's end; raises Fenced when it was lost."""
    table = tables.conversations
    row = (
        await connection.execute(
            update(table)
            .where(table.c.id == claim.conversation.id, table.c.fence == claim.fence)
            .values(lease_owner=None, lease_until=None)
            .returning(table)
        )
    ).first()
    if row is None:
        raise Fenced(claim.conversation.id)
    return Conversation.from_row(row)


async def finish(
    connection: AsyncConnection,
    turn: Turn,
    *,
    outcome: str,
    understood: Understood | None,
    now: datetime,
) -> None:
    """The turn is answered; what it said is kept in the log only."""
    found = (
        {"intent": understood.intent, "confidence": understood.confidence} if understood else None
    )
    await connection.execute(
        update(tables.turns)
        .where(tables.turns.c.id == turn.id)
        .values(
            state="done",
            outcome=outcome,
            done_at=now,
            text="",
            entities={},
            understood=found,
        )
    )


async def postpone(connection: AsyncConnection, turn: Turn, *, until: datetime) -> None:
    await connection.execute(
        update(tables.turns)
        .where(tables.turns.c.id == turn.id)
        .values(state="queued", run_at=until)
    )


async def renew(
    connection: AsyncConnection, claims: Mapping[str, int], *, now: datetime, lease: timedelta
) -> None:
    """Prolong the leases of turns that take long (conversation id → fence)."""
    if not claims:
        return
    table = tables.conversations
    fences = case(claims, value=table.c.id, else_=-1)
    await connection.execute(
        update(table)
        .where(table.c.id.in_(tuple(claims)), table.c.fence == fences)
        .where(table.c.lease_until.is_not(None))
        .values(lease_until=now + lease)
    )


async def waiting(connection: AsyncConnection, *, now: datetime, limit: int) -> tuple[str, ...]:
    """Conversations with something to do that nobody is at."""
    table, turns = tables.conversations, tables.turns
    rows = await connection.execute(
        select(turns.c.conversation_id)
        .join(table, table.c.id == turns.c.conversation_id)
        .where(turns.c.state != "done", turns.c.run_at <= now)
        .where(or_(table.c.lease_until.is_(None), table.c.lease_until <= now))
        .where(
            or_(
                turns.c.is_internal.is_(False),
                table.c.holder.in_((Holder.BOT, Holder.WAITING)),
                table.c.ended_at.is_not(None),
            )
        )
        .distinct()
        .limit(limit)
    )
    return tuple(rows.scalars())
