"""What time does: nobody came, a login after a closing, a payment that nobody knows of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from billing.payments import tables as payment_tables
from gateway import conversations, events, recording
from gateway import tables as log_tables
from gateway.console import states, tables
from gateway.console.requests import CustomerDesk
from gateway.console.states import Request
from gateway.console.words import plain
from gateway.conversations import Conversation, Holder
from gateway.events import Event
from gateway.fanout import Fanout
from gateway.replies import Reply
from gateway.storage import Store
from kvitt.identity import Sessions

AT_ONCE = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Keeping:
    store: Store
    desk: CustomerDesk
    sessions: Sessions
    fanout: Fanout
    waiting: timedelta
    login_kept: timedelta
    unknown_payment: timedelta
    clock: Callable[[], datetime]

    # Nobody came

    async def give_up_waiting(self) -> None:
        """Those whom nobody took in time, or who stand there at closing time, get a ticket."""
        now, table = self.clock(), tables.handovers
        query = select(table.c.conversation_id).where(table.c.state == "waiting").limit(AT_ONCE)
        if self.desk.hours.is_open(now):
            query = query.where(table.c.requested_at <= now - self.waiting)
        async with self.store.read() as connection:
            found = tuple((await connection.execute(query)).scalars())
        for conversation_id in found:
            await self._give_up(conversation_id, now)

    async def _give_up(self, conversation_id: str, now: datetime) -> None:
        async with self.store.write() as connection:
            held = await conversations.lock(connection, conversation_id)
            request = await states.latest(connection, conversation_id)
            if held is None or request is None:
                return
            added = await ticket_instead(
                connection, held, request, plain("too_long"), now=now, expected=Holder.WAITING
            )
        self.fanout.publish(conversation_id, added)

    # After a closing

    async def end_logins(self) -> None:
        """A login ends with the handover that it was part of, some minutes later, so that the last
        answer can be read."""
        now, table = self.clock(), tables.handovers
        query = (
            select(table.c.id, table.c.conversation_id, table.c.ended_at)
            .where(table.c.state == "closed", table.c.is_login_ended.is_(False))
            .where(table.c.ended_at <= now - self.login_kept)
            .limit(AT_ONCE)
        )
        async with self.store.read() as connection:
            rows = (await connection.execute(query)).all()
        for row in rows:
            session = await self.sessions.current(row.conversation_id, now=now, touch=False)
            if session is not None and session.proven_at <= row.ended_at:
                await self.sessions.end(row.conversation_id, now=now)
            async with self.store.write() as connection:
                await connection.execute(
                    update(table).where(table.c.id == row.id).values(is_login_ended=True)
                )

    # A payment without an answer

    async def ask_for_unknown_payments(self) -> None:
        """Where nobody knows for long whether money was drawn, a person shall look; once each."""
        now = self.clock()
        capture, log = payment_tables.captures, log_tables.conversations
        asked = select(tables.handovers.c.id).where(
            tables.handovers.c.conversation_id == log.c.id,
            or_(
                tables.handovers.c.requested_at >= capture.c.sent_at,
                tables.handovers.c.state.in_(("waiting", "agent", "email")),
            ),
        )
        query = (
            select(log.c.id)
            .join(capture, capture.c.conversation_id == log.c.id)
            .where(capture.c.state == "unknown", capture.c.sent_at <= now - self.unknown_payment)
            .where(log.c.holder == Holder.BOT.value, log.c.ended_at.is_(None), ~asked.exists())
            .distinct()
            .limit(AT_ONCE)
        )
        async with self.store.read() as connection:
            found = tuple((await connection.execute(query)).scalars())
        for conversation_id in found:
            await self._ask(conversation_id, now)

    async def _ask(self, conversation_id: str, now: datetime) -> None:
        async with self.store.write() as connection:
            held = await conversations.lock(connection, conversation_id)
            if held is None or not held.is_open or held.holder != Holder.BOT:
                return
            details = {"reason": "payment_unknown"}
            asked = await self.desk.request(connection, held, details, now=now)
            replies: tuple[Reply, ...] = (plain("payment_unknown"), *asked)
            drafts = tuple(reply.draft for reply in replies)
            added = await events.append(connection, conversation_id, drafts, now=now)
            await recording.keep(connection, conversation_id, replies, added)
        self.fanout.publish(conversation_id, added)


async def ticket_instead(
    connection: AsyncConnection,
    held: Conversation,
    request: Request,
    why: Reply,
    *,
    now: datetime,
    expected: Holder | tuple[Holder, ...],
) -> tuple[Event, ...]:
    """The bot has it back, and the request becomes a ticket, once an address is known; returns what
    the customer is told, nothing when somebody else holds the conversation by now."""
    if not await states.move(connection, held.id, expected=expected, to=Holder.BOT):
        return ()
    is_known = held.client_id is not None
    await states.change(
        connection,
        request.id,
        state="ticket" if is_known else "email",
        requested_at=request.requested_at if is_known else now,
        ticket_due_at=now if is_known else None,
    )
    replies = (why, plain("ticket_soon" if is_known else "email"))
    drafts = tuple(reply.draft for reply in replies)
    return await events.append(connection, held.id, drafts, now=now)
