"""A ticket instead of a person: opened in the billing system with the transcript, its number told.

The row says when it is tried; who tries it puts that off first, so that of several processes one
does. A crash in between may open a second ticket: better than none.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy import select, update

from billing.errors import BillingError, NotFound
from billing.model import Department, Ticket
from billing.port import BillingPort
from gateway import conversations, events, recording
from gateway.console import states, tables
from gateway.console.states import Request
from gateway.console.texts import customer_text, speaker_text, ticket_text, topic_text
from gateway.console.words import Words, plain
from gateway.conversations import Conversation
from gateway.events import Event
from gateway.fanout import Fanout
from gateway.replies import Reply
from gateway.storage import Store

log = structlog.get_logger()

TRIES = 5
PAUSE = timedelta(seconds=30)
UNDER_WAY = timedelta(minutes=2)
LONGEST_TRANSCRIPT = 20_000
LONGEST_LOG = 2_000
_UNTOLD = frozenset({"turn", "rating"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Tickets:
    store: Store
    billing: BillingPort
    fanout: Fanout
    words: Words
    department: str
    timezone: ZoneInfo
    clock: Callable[[], datetime]

    async def open_due(self) -> None:
        """Open what is due, one after another."""
        for request in await self._due():
            if await self._start(request):
                await self._open(request)

    async def _due(self) -> Sequence[Request]:
        table = tables.handovers
        query = (
            select(table)
            .where(table.c.state == "ticket", table.c.ticket.is_(None))
            .where(table.c.ticket_due_at <= self.clock())
            .order_by(table.c.id)
            .limit(20)
        )
        async with self.store.read() as connection:
            return [Request.from_row(row) for row in await connection.execute(query)]

    async def _start(self, request: Request) -> bool:
        """Whether it is ours to try now."""
        table = tables.handovers
        async with self.store.write() as connection:
            done = await connection.execute(
                update(table)
                .where(table.c.id == request.id, table.c.ticket_tries == request.ticket_tries)
                .values(
                    ticket_tries=request.ticket_tries + 1, ticket_due_at=self.clock() + UNDER_WAY
                )
            )
        return done.rowcount == 1

    async def _open(self, request: Request) -> None:
        async with self.store.read() as connection:
            found = await conversations.find(connection, request.conversation_id)
            if found is None:
                return
            told = await events.read_after(
                connection, found.id, after=found.hidden_until, limit=LONGEST_LOG
            )
        if found.client_id is None and request.email is None:
            await self._tell(request, plain("email"), state="email", ticket_due_at=None)
            return
        try:
            ticket = await self._send(request, found, told)
        except BillingError as error:
            await self._failed(request, error)
            return
        text = customer_text("ticket", ticket=ticket.number)
        said = self.words.state(text, "ticket", ticket=ticket.number)
        await self._tell(
            request, said, ticket=ticket.number, ticket_due_at=None, ended_at=self.clock()
        )

    async def _send(self, request: Request, found: Conversation, told: Sequence[Event]) -> Ticket:
        department = self._choose(await self.billing.departments())
        topic = request.topic or topic_text(request.reason)
        message = "\n\n".join(
            (ticket_text("intro", reason=topic.lower()), transcript(told, self.timezone))
        )
        is_known = request.email is None
        return await self.billing.open_ticket(
            client_id=found.client_id if is_known else None,
            department_id=department.id,
            subject=ticket_text("subject", topic=topic),
            message=message,
            name="" if is_known else (request.email or "").partition("@")[0],
            email=request.email or "",
        )

    def _choose(self, departments: Sequence[Department]) -> Department:
        """The configured one, or else the first."""
        if not departments:
            raise NotFound("departments", "there is no department to open a ticket in")
        named = (one for one in departments if one.name.casefold() == self.department.casefold())
        return next(named, departments[0])

    async def _failed(self, request: Request, error: BillingError) -> None:
        log.warning("ticket_failed", request=request.id, error=type(error).__name__)
        if request.ticket_tries + 1 >= TRIES:
            await self._tell(
                request, plain("ticket_failed"), ticket_due_at=None, ended_at=self.clock()
            )
            return
        async with self.store.write() as connection:
            due = self.clock() + PAUSE * (request.ticket_tries + 1)
            await states.change(connection, request.id, ticket_due_at=due)

    async def _tell(self, request: Request, reply: Reply, **values: object) -> None:
        async with self.store.write() as connection:
            held = await conversations.lock(connection, request.conversation_id)
            if held is None:
                return
            await states.change(connection, request.id, **values)
            added = await events.append(connection, held.id, (reply.draft,), now=self.clock())
            await recording.keep(connection, held.id, (reply,), added)
        self.fanout.publish(request.conversation_id, added)


def transcript(told: Sequence[Event], timezone: ZoneInfo) -> str:
    """What was said, a paragraph each, the end of it where it is too long. Pure."""
    lines = [
        f"{event.at.astimezone(timezone):%Y-%m-%d %H:%M} {speaker_text(event.author)}: {event.text}"
        for event in told
        if event.text and event.type not in _UNTOLD
    ]
    whole = "\n".join(lines)
    if len(whole) <= LONGEST_TRANSCRIPT:
        return whole
    return f"{ticket_text('shortened')}\n{whole[-LONGEST_TRANSCRIPT:]}"
