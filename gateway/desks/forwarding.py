"""Forwarding conversations to the desk: opened there, then word by word, in order and once.

Nothing here runs within a customer's turn. A call that fails is tried again with growing pauses;
one whose outcome nobody knows is looked for first. When the desk has not answered for long, or will
not, the customer is told so and gets a ticket.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy import select

from gateway import conversations, events
from gateway.console import states, tables
from gateway.console.keeping import ticket_instead
from gateway.console.states import Request
from gateway.console.tickets import LONGEST_LOG, transcript
from gateway.conversations import Conversation, Holder
from gateway.desks import links, texts
from gateway.desks.errors import DeskError, NoAnswer, Refused
from gateway.desks.links import HELD, Fenced, Link
from gateway.desks.port import ContactThere, DeskElsewhere, Line
from gateway.desks.telling import contact_of, customer_of, lines, topic_of
from gateway.events import Author, Draft, Event
from gateway.fanout import Fanout
from gateway.replies import Reply
from gateway.storage import Store
from kvitt.identity import Sessions
from kvitt.identity.sessions import Session

log = structlog.get_logger()

LONGEST_PAUSE = timedelta(seconds=30)
LINES_AT_ONCE = 50
MEMORY_OF_DELIVERIES = timedelta(days=2)
RESOLVED_BY_US = frozenset({"cancelled", "ticket", "email"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """A link with what it is about, as it stands now."""

    link: Link
    conversation: Conversation
    request: Request

    @property
    def ending(self) -> str | None:
        """How it has ended for us, if it has."""
        if not self.conversation.is_open:
            return "left"
        return None if self.request.state in HELD else self.request.state

    @property
    def contact(self) -> ContactThere | None:
        source, number = self.link.source, self.link.contact
        return (
            None if source is None or number is None else ContactThere(source=source, number=number)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Forwarder:
    store: Store
    desk: DeskElsewhere
    sessions: Sessions
    fanout: Fanout
    timezone: ZoneInfo
    pause: timedelta
    """After the first failure; twice as long after each further one."""
    patience: timedelta
    """How long the desk may fail before the customer is told."""
    under_way: timedelta
    """Longer than a line takes, with a look before it: until then nobody else forwards."""
    clock: Callable[[], datetime]

    def until(self) -> datetime:
        return self.clock() + self.under_way

    async def send_due(self) -> None:
        async with self.store.read() as connection:
            found = await links.due(connection, self.clock())
        await asyncio.gather(*(self._serve(link) for link in found))

    async def forget_deliveries(self) -> None:
        async with self.store.write() as connection:
            before = self.clock() - MEMORY_OF_DELIVERIES
            await links.forget_deliveries(connection, before=before)

    async def _serve(self, link: Link) -> None:
        async with self.store.write() as connection:
            if not await links.take(connection, link, until=self.until()):
                return
        work = Work(forwarder=self, link_id=link.id, round=link.round + 1, is_unsure=link.is_unsure)
        try:
            await self._run(work)
        except Fenced:
            return
        except Exception as error:  # of one conversation: the others go on
            log.error("desk_forwarding_failed", link=link.id, error=type(error).__name__)

    async def _run(self, work: Work) -> None:
        try:
            await work.run()
        except DeskError as error:
            await self._failed(work, error)
        except asyncio.CancelledError:
            await work.save(due_at=self.clock())  # whoever goes on need not wait
            raise

    async def scene(self, link_id: int) -> Scene:
        """Raises Fenced when the conversation has been forgotten meanwhile."""
        async with self.store.read() as connection:
            link = await links.read(connection, link_id)
            found = await conversations.find(connection, link.conversation_id)
            table = tables.handovers
            row = (
                await connection.execute(select(table).where(table.c.id == link.handover_id))
            ).first()
        if found is None or row is None:
            raise Fenced
        return Scene(link=link, conversation=found, request=Request.from_row(row))

    async def log_of(self, scene: Scene, *, after: int, until: int | None) -> Sequence[Event]:
        """Never what has been hidden since a login ended."""
        start = max(after, scene.conversation.hidden_until)
        async with self.store.read() as connection:
            told = await events.read_after(
                connection, scene.conversation.id, after=start, limit=LONGEST_LOG
            )
        return [event for event in told if until is None or event.id <= until]

    # Failing

    async def _failed(self, work: Work, error: DeskError) -> None:
        log.warning(
            "desk_failed", link=work.link_id, operation=error.operation, reason=error.reason
        )
        scene, now = await self.scene(work.link_id), self.clock()
        since = scene.link.failing_since or now
        if isinstance(error, Refused) or now - since >= self.patience:
            await self._lose(work, scene, now)
            return
        pause = min(self.pause * 2 ** min(scene.link.tries, 10), LONGEST_PAUSE)
        await work.save(
            tries=scene.link.tries + 1,
            failing_since=since,
            due_at=now + pause,
            is_unsure=work.is_unsure or isinstance(error, NoAnswer),
        )

    async def _lose(self, work: Work, scene: Scene, now: datetime) -> None:
        """Give it up, and tell the customer the truth if they still count on it."""
        told: tuple[Event, ...] = ()
        name = "unreachable" if scene.link.state == "opening" else "lost"
        why = Draft(author=Author.SYSTEM, text=texts.customer_text(name))
        async with self.store.write() as connection:
            held = await conversations.lock(connection, scene.conversation.id)
            await links.save(connection, work.link_id, work.round, state="ended")
            request = await states.latest(connection, scene.conversation.id)
            if held is None or request is None or not _is_waited_for(request, scene):
                return
            told = await ticket_instead(
                connection,
                held,
                request,
                Reply(draft=why),
                now=now,
                expected=(Holder.WAITING, Holder.AGENT),
            )
        self.fanout.publish(scene.conversation.id, told)
        self.fanout.hub.stir()
        log.error("desk_lost", link=work.link_id, told=bool(told))


def _is_waited_for(request: Request, scene: Scene) -> bool:
    return request.id == scene.request.id and request.state in HELD


@dataclass(slots=True, kw_only=True)
class Work:
    """One round of one link. Every step is saved before the next is begun."""

    forwarder: Forwarder
    link_id: int
    round: int
    is_unsure: bool

    async def run(self) -> None:
        scene = await self.forwarder.scene(self.link_id)
        if scene.link.state == "opening":
            if scene.ending is not None and scene.link.place is None:
                await self.save(state="ended")
                return
            scene = await self._open(scene)
        if scene.link.state == "open":
            scene = await self._forward(scene)
        if scene.link.state == "resolving":
            await self.forwarder.desk.resolve(_place(scene))
            await self.save(state="ended")
            return
        await self.save(is_unsure=False, due_at=self.forwarder.clock())

    async def save(self, **values: Any) -> None:
        async with self.forwarder.store.write() as connection:
            await links.save(connection, self.link_id, self.round, **values)

    async def _done(self, **values: Any) -> Scene:
        """A call has been carried out; what comes next has not been tried."""
        await self.save(tries=0, failing_since=None, due_at=self.forwarder.until(), **values)
        self.is_unsure = False
        return await self.forwarder.scene(self.link_id)

    # Opening

    async def _open(self, scene: Scene) -> Scene:
        desk = self.forwarder.desk
        session = await self.forwarder.sessions.current(
            scene.conversation.id, now=self.forwarder.clock(), touch=False
        )
        if scene.contact is None:
            made = await desk.add_contact(contact_of(scene.conversation, session))
            scene = await self._done(source=made.source, contact=made.number)
        contact = scene.contact
        assert contact is not None
        if scene.link.place is None:
            place = await desk.open(
                contact,
                handover=scene.request.id,
                topic=topic_of(scene.request),
                is_retry=self.is_unsure,
            )
            scene = await self._done(place=place)
        note = await self._opening_note(scene, session)
        return await self._add(scene, note, state="open")

    async def _opening_note(self, scene: Scene, session: Session | None) -> Line:
        told = await self.forwarder.log_of(scene, after=0, until=scene.link.sent_until)
        text = texts.agents_text(
            "opening",
            handover=scene.request.id,
            topic=topic_of(scene.request),
            customer=customer_of(scene.conversation, session),
            transcript=transcript(told, self.forwarder.timezone) or texts.agents_text("silence"),
        )
        return Line(text=text, is_note=True)

    # Word by word

    async def _forward(self, scene: Scene) -> Scene:
        while True:
            until = scene.link.until
            has_stopped = scene.ending is not None and until is None
            told = await self.forwarder.log_of(scene, after=scene.link.sent_until, until=until)
            waiting = [] if has_stopped else list(lines(told))[:LINES_AT_ONCE]
            for event_id, line in waiting:
                scene = await self._add(scene, line, sent_until=event_id)
            if not waiting:
                last = told[-1].id if told else scene.conversation.last_event
                return await self._rest(scene, last)

    async def _rest(self, scene: Scene, last: int) -> Scene:
        """Nothing is left to say, unless that it has ended."""
        ending = scene.ending
        if ending is None:
            async with self.forwarder.store.write() as connection:
                await links.save(
                    connection,
                    self.link_id,
                    self.round,
                    sent_until=max(last, scene.link.sent_until),
                )
            return await self.forwarder.scene(self.link_id)
        after = "resolving" if ending in RESOLVED_BY_US else "ended"
        text = texts.ending_text(ending)
        if text is None:
            return await self._done(state=after)
        return await self._add(scene, Line(text=text, is_note=True), state=after)

    async def _add(self, scene: Scene, line: Line, **values: Any) -> Scene:
        number = await self.forwarder.desk.add(
            _place(scene), line, after=scene.link.newest_line, is_retry=self.is_unsure
        )
        return await self._done(newest_line=number, **values)


def _place(scene: Scene) -> str:
    assert scene.link.place is not None
    return scene.link.place
