"""Which conversation at the desk belongs to which one here, and how far the log has been forwarded.

The log is the outbox: it is durable and in order already, so forwarding is a cursor in it. Whoever
forwards takes the link with a compare-and-set of `round`, and saves only while that is still its
own; the others wait until `due_at`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, delete, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway import tables as log_tables
from gateway.console.tables import handovers
from gateway.desks import tables
from gateway.events import Author
from kvitt.identity.upserts import insert_for

AT_ONCE = 16
HELD = ("waiting", "agent")


class Fenced(Exception):
    """Somebody else forwards this conversation now, or it is gone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    id: int
    conversation_id: str
    handover_id: int
    state: str
    source: str | None
    contact: int | None
    place: str | None
    sent_until: int
    until: int | None
    newest_line: int
    round: int
    is_unsure: bool
    tries: int
    failing_since: datetime | None

    @classmethod
    def from_row(cls, row: Row[Any]) -> Link:
        return cls(**{name: getattr(row, name) for name in cls.__slots__})


async def add(
    connection: AsyncConnection,
    conversation_id: str,
    *,
    handover_id: int,
    sent_until: int,
    now: datetime,
    **values: Any,
) -> None:
    row = {"state": "opening", "due_at": now, "sent_until": sent_until} | values
    await connection.execute(
        insert(tables.links).values(conversation_id=conversation_id, handover_id=handover_id, **row)
    )


async def before_last_words(connection: AsyncConnection, conversation_id: str, last: int) -> int:
    """The event before the customer's newest words, from which on the log is forwarded."""
    table = log_tables.events
    query = (
        select(table.c.id)
        .where(table.c.conversation_id == conversation_id)
        .where(table.c.author == Author.CUSTOMER.value, table.c.type == "text")
        .order_by(table.c.id.desc())
        .limit(1)
    )
    found = (await connection.execute(query)).scalar()
    return last if found is None else int(found) - 1


async def due(connection: AsyncConnection, now: datetime) -> Sequence[Link]:
    """Those with something to do: to open, to forward, or to end."""
    table, log = tables.links, log_tables.conversations
    has_work = or_(
        table.c.state.in_(("opening", "resolving")),
        log.c.last_event > table.c.sent_until,
        handovers.c.state.not_in(HELD),
        log.c.ended_at.is_not(None),
    )
    query = (
        select(table)
        .join(log, log.c.id == table.c.conversation_id)
        .join(handovers, handovers.c.id == table.c.handover_id)
        .where(and_(table.c.state != "ended", table.c.due_at <= now, has_work))
        .order_by(table.c.due_at)
        .limit(AT_ONCE)
    )
    return [Link.from_row(row) for row in await connection.execute(query)]


async def take(connection: AsyncConnection, link: Link, *, until: datetime) -> bool:
    """Whether it is ours to forward, nobody else's until then. A call may be under way now."""
    table = tables.links
    taken = await connection.execute(
        update(table)
        .where(table.c.id == link.id, table.c.round == link.round, table.c.state != "ended")
        .values(round=link.round + 1, due_at=until, is_unsure=True)
    )
    return taken.rowcount == 1


async def save(connection: AsyncConnection, link_id: int, round: int, **values: Any) -> None:
    """Raises Fenced when the round is over."""
    table = tables.links
    saved = await connection.execute(
        update(table).where(table.c.id == link_id, table.c.round == round).values(**values)
    )
    if saved.rowcount != 1:
        raise Fenced


async def read(connection: AsyncConnection, link_id: int) -> Link:
    """Raises Fenced when it has been forgotten with its conversation."""
    table = tables.links
    row = (await connection.execute(select(table).where(table.c.id == link_id))).first()
    if row is None:
        raise Fenced
    return Link.from_row(row)


async def find(connection: AsyncConnection, *, place: str, source: str) -> Link | None:
    """The newest of a conversation there; one whose opening has not been answered yet is known by
    the customer's place."""
    table = tables.links
    is_opening = and_(table.c.place.is_(None), table.c.source == source)
    query = (
        select(table)
        .where(or_(table.c.place == place, is_opening))
        .order_by(table.c.id.desc())
        .limit(1)
    )
    row = (await connection.execute(query)).first()
    return Link.from_row(row) if row else None


async def stop_at(connection: AsyncConnection, link_id: int, event_id: int) -> None:
    """Forward what was said until then, and no more."""
    table = tables.links
    await connection.execute(update(table).where(table.c.id == link_id).values(until=event_id))


async def reopen(
    connection: AsyncConnection, link: Link, *, place: str, handover_id: int, now: datetime
) -> None:
    """Go on forwarding where it was left off. Whoever is at it is fenced off, and what they have
    under way is looked for by the next."""
    table = tables.links
    await connection.execute(
        update(table)
        .where(table.c.id == link.id)
        .values(
            state="opening" if link.state == "opening" else "open",
            handover_id=handover_id,
            place=place,
            until=None,
            round=table.c.round + 1,
            is_unsure=True,
            due_at=now,
            tries=0,
            failing_since=None,
        )
    )


# Webhooks heard


async def is_first(connection: AsyncConnection, keys: Sequence[str], *, now: datetime) -> bool:
    """Note a delivery by all its names; False when one of them has been heard before."""
    for key in keys:
        added = await connection.execute(
            insert_for(connection, tables.deliveries)
            .values(key=key, at=now)
            .on_conflict_do_nothing()
        )
        if added.rowcount != 1:
            return False
    return True


async def forget_deliveries(connection: AsyncConnection, *, before: datetime) -> None:
    await connection.execute(delete(tables.deliveries).where(tables.deliveries.c.at < before))
