"""The customer's side: asking for a person, leaving the queue, a ticket's address, a rating."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.console import states, tables
from gateway.console.hours import OpeningHours
from gateway.console.states import Request
from gateway.console.texts import customer_text, is_cancelling, weekday_text
from gateway.console.words import CANCEL, RATE, RATINGS, Words, plain
from gateway.conversations import Conversation, Holder
from gateway.events import Json
from gateway.replies import Reply

EMAIL_WAITS = timedelta(minutes=30)

_EMAIL = re.compile(r"[^\s@<>()\"',;:]{1,64}@[^\s@<>()\"',;:]{1,200}\.[^\s@<>()\"',;:.]{2,24}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What a customer's message leads to before the bot would see it."""

    replies: tuple[Reply, ...] = ()
    is_for_bot: bool = True


FOR_BOT = Taken()
FOR_PERSON = Taken(is_for_bot=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    text: str
    intent: str | None
    entities: Mapping[str, Json]


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerDesk:
    words: Words
    hours: OpeningHours

    async def request(
        self,
        connection: AsyncConnection,
        conversation: Conversation,
        details: Mapping[str, Json],
        /,
        *,
        now: datetime,
    ) -> tuple[Reply, ...]:
        """Put the conversation into the queue, or make a ticket where nobody would take it."""
        current = await states.latest(connection, conversation.id)
        if current and current.state == "waiting":
            return (await self._still_waiting(connection, current, now),)
        if current and current.state == "email":
            await states.change(connection, current.id, requested_at=now)
            return (plain("email"),)
        if not self.hours.is_open(now) or not await self._is_staffed(connection):
            closed = plain("nobody", opens=self._opens(now))
            return (closed, *await self._ticket(connection, conversation, details, now))
        return await self._queue(connection, conversation, details, now)

    async def _is_staffed(self, connection: AsyncConnection) -> bool:
        query = select(func.count()).where(tables.agents.c.is_active.is_(True))
        return bool((await connection.execute(query)).scalar_one())

    async def _still_waiting(
        self, connection: AsyncConnection, current: Request, now: datetime
    ) -> Reply:
        place = await states.position(connection, current.id)
        return self.words.waiting(place, now=now, name="still_waiting")

    async def _queue(
        self,
        connection: AsyncConnection,
        conversation: Conversation,
        details: Mapping[str, Json],
        now: datetime,
    ) -> tuple[Reply, ...]:
        if not await states.move(
            connection, conversation.id, expected=Holder.BOT, to=Holder.WAITING
        ):
            return ()
        request_id = await states.add(
            connection, conversation.id, state="waiting", details=details, now=now
        )
        place = await states.position(connection, request_id)
        return (self.words.waiting(place, now=now),)

    async def _ticket(
        self,
        connection: AsyncConnection,
        conversation: Conversation,
        details: Mapping[str, Json],
        now: datetime,
    ) -> tuple[Reply, ...]:
        is_known = conversation.client_id is not None
        await states.add(
            connection,
            conversation.id,
            state="ticket" if is_known else "email",
            details=details,
            now=now,
            ticket_due_at=now if is_known else None,
        )
        return (plain("ticket_soon" if is_known else "email"),)

    def _opens(self, now: datetime) -> str:
        at = self.hours.opens_at(now)
        if at is None:
            return ""
        when = f"{weekday_text(at.weekday())} klockan {at:%H.%M}"
        return customer_text("opens", when=when)

    # What a customer says while a person has to do with it

    async def take(
        self,
        connection: AsyncConnection,
        conversation: Conversation,
        said: Said,
        *,
        now: datetime,
    ) -> Taken:
        """Within the message's own transaction, with the conversation's row held."""
        if said.intent == CANCEL or _leaves_queue(conversation, said):
            return await self._cancel(connection, conversation, now)
        if said.intent == RATE:
            return await self._rate(connection, int(said.entities["request"]), said)
        match conversation.holder:
            case Holder.AGENT:
                return FOR_PERSON
            case Holder.CLOSED:
                return await self._after_closing(connection, conversation, said)
            case Holder.BOT if said.intent is None:
                return await self._find_email(connection, conversation, said, now)
        return FOR_BOT

    async def _cancel(
        self, connection: AsyncConnection, conversation: Conversation, now: datetime
    ) -> Taken:
        """Too late once somebody has taken it: then the wish is there to be read."""
        current = await states.latest(connection, conversation.id)
        moved = current is not None and await states.move(
            connection, conversation.id, expected=Holder.WAITING, to=Holder.BOT
        )
        if current is None or not moved:
            return FOR_PERSON
        await states.change(connection, current.id, state="cancelled", ended_at=now)
        told = self.words.state(customer_text("cancelled"), "bot")
        return Taken(replies=(told,), is_for_bot=False)

    async def _rate(self, connection: AsyncConnection, request_id: int, said: Said) -> Taken:
        await states.change(connection, request_id, rating=int(said.entities["rating"]))
        return Taken(replies=(plain("rated"),), is_for_bot=False)

    async def _after_closing(
        self, connection: AsyncConnection, conversation: Conversation, said: Said
    ) -> Taken:
        """A single figure is a rating; any other word goes on with the bot."""
        current = await states.latest(connection, conversation.id)
        if said.text in RATINGS and current and current.rating is None:
            await states.change(connection, current.id, rating=int(said.text))
            return Taken(replies=(plain("rated"),), is_for_bot=False)
        await states.move(connection, conversation.id, expected=Holder.CLOSED, to=Holder.BOT)
        return FOR_BOT

    async def _find_email(
        self, connection: AsyncConnection, conversation: Conversation, said: Said, now: datetime
    ) -> Taken:
        """The address that a ticket waits for, where the message has one."""
        match = _EMAIL.search(said.text)
        if match is None:
            return FOR_BOT
        current = await states.latest(connection, conversation.id)
        if current is None or not _waits_for_email(current, now):
            return FOR_BOT
        await states.change(
            connection, current.id, state="ticket", email=match[0], ticket_due_at=now
        )
        return Taken(replies=(plain("email_thanks"),), is_for_bot=False)


def _leaves_queue(conversation: Conversation, said: Said) -> bool:
    return (
        conversation.holder == Holder.WAITING and said.intent is None and is_cancelling(said.text)
    )


def _waits_for_email(current: Request, now: datetime) -> bool:
    return current.state == "email" and now - current.requested_at < EMAIL_WAITS
