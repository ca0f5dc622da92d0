"""The supervisor's numbers: how many, solved by whom, where the payment path is left, how long.

Counted from the log, the turns, the handovers and the payment journal; no words of customers but
those that were not understood, which are masked when they come in.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from billing.payments import tables as payment_tables
from gateway import tables as log_tables
from gateway.console import tables
from gateway.events import Json
from gateway.storage import Store

LEAST_CONFIDENCE = 0.5
NOT_UNDERSTOOD = frozenset({"nlu_fallback", "out_of_scope"})
LONGEST = 500
STEPS = ("opened", "invoices", "summary", "confirmed", "paid")
PAID = ("succeeded", "part_paid", "paid_elsewhere")


@dataclass(frozen=True, slots=True, kw_only=True)
class Handled:
    """One request for a person, as far as it is told here."""

    conversation_id: str
    state: str
    requested_at: datetime
    claimed_at: datetime | None
    ended_at: datetime | None
    rating: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Insight:
    store: Store
    timezone: ZoneInfo
    clock: Callable[[], datetime]

    async def numbers(self, *, days: int) -> dict[str, Json]:
        now = self.clock()
        since = now - timedelta(days=days)
        async with self.store.read() as connection:
            begun = await _conversations(connection, since)
            handled = await _handled(connection, since)
            seen = await _seen(connection, since)
            paid = await _payments(connection, since)
        return {
            "days": [day.isoformat() for day in _days(since, now, self.timezone)],
            **over_time(begun, handled, _days(since, now, self.timezone), self.timezone),
            "funnel": funnel(begun, seen, paid),
            "waiting_minutes": minutes(
                (one.requested_at, one.claimed_at) for one in handled if one.claimed_at
            ),
            "handling_minutes": minutes(
                (one.claimed_at, one.ended_at) for one in handled if one.claimed_at
            ),
            "ratings": [sum(one.rating == stars for one in handled) for stars in range(1, 6)],
            "requests": dict(Counter(one.state for one in handled)),
            "payments": dict(Counter(state for _, state in paid)),
            "not_understood": len(await self.not_understood(days=days)),
        }

    async def not_understood(self, *, days: int) -> list[dict[str, Json]]:
        """Messages that the bot was unsure of, newest first: candidates to train it with."""
        since = self.clock() - timedelta(days=days)
        turn, event = log_tables.turns, log_tables.events
        query = (
            select(event.c.text, turn.c.understood, turn.c.created_at)
            .join(
                event,
                (event.c.conversation_id == turn.c.conversation_id) & (event.c.id == turn.c.cursor),
            )
            .where(turn.c.created_at >= since, turn.c.is_internal.is_(False))
            .where(turn.c.intent.is_(None), turn.c.outcome.in_(("answered", "no_answer")))
            .order_by(turn.c.id.desc())
            .limit(LONGEST * 20)
        )
        async with self.store.read() as connection:
            rows = (await connection.execute(query)).all()
        found = [
            {
                "text": row.text,
                "intent": row.understood["intent"],
                "confidence": round(row.understood["confidence"], 3),
                "at": row.created_at,
            }
            for row in rows
            if row.understood and is_unsure(row.understood)
        ]
        return found[:LONGEST]


def is_unsure(understood: dict[str, Json]) -> bool:
    return (
        understood["intent"] in NOT_UNDERSTOOD or float(understood["confidence"]) < LEAST_CONFIDENCE
    )


def over_time(
    begun: Sequence[tuple[str, datetime]],
    handled: Sequence[Handled],
    days: Sequence[date],
    timezone: ZoneInfo,
) -> dict[str, Json]:
    """By day: all conversations, and those in which nobody had to be asked for."""
    with_person = {one.conversation_id for one in handled}
    everything = Counter(at.astimezone(timezone).date() for _, at in begun)
    alone = Counter(at.astimezone(timezone).date() for name, at in begun if name not in with_person)
    return {
        "conversations": [everything[day] for day in days],
        "by_bot_alone": [alone[day] for day in days],
    }


def funnel(
    begun: Sequence[tuple[str, datetime]],
    seen: Iterable[tuple[str, str]],
    paid: Iterable[tuple[str, str]],
) -> list[dict[str, Json]]:
    """How many conversations came how far towards a payment; who got far passed all before."""
    reached: dict[str, set[str]] = {step: set() for step in STEPS}
    reached["opened"] = {name for name, _ in begun}
    for name, kind in seen:
        reached[kind].add(name)
    for name, state in paid:
        reached["confirmed"].add(name)
        if state in PAID:
            reached["paid"].add(name)
    for later, step in zip(reversed(STEPS), reversed(STEPS[:-1]), strict=False):
        reached[step] |= reached[later] & reached["opened"]
    return [{"step": step, "count": len(reached[step] & reached["opened"])} for step in STEPS]


def minutes(spans: Iterable[tuple[datetime | None, datetime | None]]) -> dict[str, Json]:
    """Median and the slowest tenth, of spans that are over."""
    found = sorted((end - start).total_seconds() / 60 for start, end in spans if start and end)
    if not found:
        return {"count": 0, "median": None, "p90": None}
    return {
        "count": len(found),
        "median": round(median(found), 1),
        "p90": round(found[min(len(found) - 1, int(len(found) * 0.9))], 1),
    }


def _days(since: datetime, now: datetime, timezone: ZoneInfo) -> list[date]:
    last = now.astimezone(timezone).date()
    count = (last - since.astimezone(timezone).date()).days
    return [last - timedelta(days=count - index) for index in range(count + 1)]


async def _conversations(
    connection: AsyncConnection, since: datetime
) -> list[tuple[str, datetime]]:
    table = log_tables.conversations
    rows = await connection.execute(
        select(table.c.id, table.c.created_at).where(table.c.created_at >= since)
    )
    return [(row.id, row.created_at) for row in rows]


async def _handled(connection: AsyncConnection, since: datetime) -> list[Handled]:
    table = tables.handovers
    columns = [table.c[name] for name in Handled.__slots__]
    rows = await connection.execute(select(*columns).where(table.c.requested_at >= since))
    return [Handled(**row._mapping) for row in rows]


async def _seen(connection: AsyncConnection, since: datetime) -> list[tuple[str, str]]:
    table = log_tables.events
    rows = await connection.execute(
        select(table.c.conversation_id, table.c.type)
        .where(table.c.at >= since, table.c.type.in_(("invoices", "summary")))
        .distinct()
    )
    return [(row.conversation_id, row.type) for row in rows]


async def _payments(connection: AsyncConnection, since: datetime) -> list[tuple[str, str]]:
    table = payment_tables.captures
    rows = await connection.execute(
        select(table.c.conversation_id, table.c.state).where(table.c.planned_at >= since)
    )
    return [(row.conversation_id, row.state) for row in rows]
