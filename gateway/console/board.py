"""What every console shows live: the queue, who holds what, who looks and who writes.

One picture of it all is made when something has happened and at least every two seconds, shared by
the streams of this process; a console that has it fetches what its open conversation lacks.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import Row, Select, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway import tables as log_tables
from gateway.console import tables
from gateway.console.hours import OpeningHours
from gateway.console.texts import topic_text
from gateway.events import Json
from gateway.hub import Hub
from gateway.storage import Store
from kvitt.identity.tables import sessions

REFRESH_SECONDS = 2.0
COALESCE_SECONDS = 0.05
HEARTBEAT_SECONDS = 15.0
VIEWING = timedelta(seconds=40)
TYPING = timedelta(seconds=6)
LONGEST = 500

type Send = Callable[[str], Awaitable[None]]
type IsSignedIn = Callable[[], Awaitable[bool]]


@dataclass(slots=True, kw_only=True)
class Presence:
    """Who has which conversation open, and who is writing: kept in memory and soon forgotten."""

    viewing: dict[tuple[str, str], datetime] = field(default_factory=dict)
    typing: dict[tuple[str, str], datetime] = field(default_factory=dict)

    def note(
        self, agent: str, conversation_id: str | None, *, is_typing: bool, now: datetime
    ) -> None:
        """An agent looks at one conversation at a time."""
        for kept in (self.viewing, self.typing):
            for key in [key for key in kept if key[0] == agent]:
                del kept[key]
        if conversation_id is None:
            return
        self.viewing[agent, conversation_id] = now + VIEWING
        if is_typing:
            self.typing[agent, conversation_id] = now + TYPING

    def note_customer(self, conversation_id: str, *, now: datetime) -> None:
        self.typing["", conversation_id] = now + TYPING

    def forget_customer(self, conversation_id: str) -> None:
        """What they wrote has come."""
        self.typing.pop(("", conversation_id), None)

    def as_wire(self, now: datetime) -> dict[str, Json]:
        return {"viewing": _live(self.viewing, now), "typing": _live(self.typing, now)}

    def watched(self, now: datetime) -> tuple[str, ...]:
        return tuple(_live(self.viewing, now))

    def is_typing(self, conversation_id: str, now: datetime) -> bool:
        """Whether some agent writes in it."""
        return any(
            conversation == conversation_id and agent and until > now
            for (agent, conversation), until in self.typing.items()
        )


def _live(kept: dict[tuple[str, str], datetime], now: datetime) -> dict[str, list[str]]:
    for key in [key for key, until in kept.items() if until <= now]:
        del kept[key]
    found: dict[str, list[str]] = {}
    for agent, conversation_id in sorted(kept):
        found.setdefault(conversation_id, []).append(agent)
    return found


@dataclass(slots=True, kw_only=True)
class Board:
    store: Store
    hub: Hub
    hours: OpeningHours
    clock: Callable[[], datetime]
    presence: Presence = field(default_factory=Presence)
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    _known: str = ""
    _known_at: float = -COALESCE_SECONDS
    _known_until: asyncio.Event | None = None
    """Set when something has happened that the known picture may lack."""

    async def run(self, send: Send, is_signed_in: IsSignedIn) -> None:
        """Send the picture whenever it has changed, until the session or the process ends."""
        loop = asyncio.get_running_loop()
        sent, sent_at = "", loop.time()
        while not self.hub.is_closed:
            changed = self.hub.anything
            if not await is_signed_in():
                await send("event: signed_out\ndata: {}\n\n")
                return
            picture = await self.picture()
            if picture != sent:
                await send(f"data: {picture}\n\n")
                sent, sent_at = picture, loop.time()
            elif loop.time() - sent_at > HEARTBEAT_SECONDS:
                await send(": .\n\n")
                sent_at = loop.time()
            await _wait(changed)

    async def picture(self) -> str:
        """As JSON; asked of the database at most twenty times a second, whoever looks."""
        async with self._lock:
            loop = asyncio.get_running_loop()
            rest = self._known_at + COALESCE_SECONDS - loop.time()
            if rest > 0 and self._known_until is self.hub.anything:
                return self._known
            await asyncio.sleep(max(0, rest))
            self._known_until = self.hub.anything
            self._known = msgspec.json.encode(await self._make()).decode()
            self._known_at = loop.time()
            return self._known

    async def _make(self) -> dict[str, Json]:
        now = self.clock()
        async with self.store.read() as connection:
            rows = await _open_requests(connection)
            newest = await _newest(connection, self.presence.watched(now))
        return {
            "conversations": [summary(row) for row in rows],
            "newest": newest,
            "is_open": self.hours.is_open(now),
            **self.presence.as_wire(now),
        }


async def _wait(changed: asyncio.Event) -> None:
    try:
        async with asyncio.timeout(REFRESH_SECONDS):
            await changed.wait()
        await asyncio.sleep(COALESCE_SECONDS)
    except TimeoutError:
        pass


async def _open_requests(connection: AsyncConnection) -> list[Row[Any]]:
    """Who waits and what is held, oldest first."""
    query = requests_query().where(tables.handovers.c.state.in_(("waiting", "agent")))
    found = await connection.execute(
        query.order_by(tables.handovers.c.requested_at, tables.handovers.c.id).limit(LONGEST)
    )
    return list(found.all())


def requests_query() -> Select[Any]:
    """Requests with their conversation, its customer and who holds it."""
    log, table = log_tables.conversations, tables.handovers
    notes = (
        select(func.count())
        .where(tables.notes.c.conversation_id == log.c.id)
        .correlate(log)
        .scalar_subquery()
    )
    return select(
        log.c.id,
        log.c.holder,
        log.c.last_event,
        log.c.last_at,
        log.c.created_at,
        log.c.ended_at,
        table.c.state,
        table.c.reason,
        table.c.topic,
        table.c.requested_at,
        table.c.claimed_at,
        table.c.agent,
        table.c.rating,
        table.c.ticket,
        tables.agents.c.display_name.label("agent_name"),
        sessions.c.name.label("customer"),
        notes.label("notes"),
    ).select_from(
        log.join(table, table.c.conversation_id == log.c.id)
        .outerjoin(tables.agents, tables.agents.c.name == table.c.agent)
        .outerjoin(sessions, sessions.c.conversation_id == log.c.id)
    )


def summary(row: Row[Any]) -> dict[str, Json]:
    """One line of a list of conversations."""
    return {
        "id": row.id,
        "holder": "closed" if row.ended_at else row.holder,
        "state": row.state,
        "reason": row.reason,
        "topic": row.topic or topic_text(row.reason or "other"),
        "requested_at": row.requested_at,
        "claimed_at": row.claimed_at,
        "last_at": row.last_at,
        "last_event": row.last_event,
        "agent": row.agent,
        "agent_name": row.agent_name,
        "customer": row.customer,
        "notes": row.notes,
        "rating": row.rating,
        "ticket": row.ticket,
    }


async def _newest(connection: AsyncConnection, watched: tuple[str, ...]) -> dict[str, list[int]]:
    """How far the open conversations have come: events, notes."""
    if not watched:
        return {}
    log = log_tables.conversations
    notes = (
        select(func.count())
        .where(tables.notes.c.conversation_id == log.c.id)
        .correlate(log)
        .scalar_subquery()
    )
    rows = await connection.execute(
        select(log.c.id, log.c.last_event, notes, log.c.holder).where(log.c.id.in_(watched))
    )
    return {row[0]: [row[1], row[2], row[3]] for row in rows}


def connect(store: Store, hub: Hub, hours: OpeningHours, clock: Callable[[], datetime]) -> Board:
    return Board(store=store, hub=hub, hours=hours, clock=clock)
