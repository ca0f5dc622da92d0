"""Writing the end of a turn: lease, row, log, choices and links change together or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from gateway import choices, conversations, events, links, logins, queue
from gateway.conversations import Conversation, Holder
from gateway.events import Draft, Event, turn_event
from gateway.handover import Handover
from gateway.logins import Session
from gateway.outcomes import FOR_PERSON, Outcome
from gateway.queue import Claim
from gateway.replies import Control, Reply


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """What the streams must learn."""

    events: tuple[Event, ...]
    hidden_until: int | None = None
    has_more: bool = False
    """Whether another turn of the conversation waits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorder:
    handover: Handover

    async def record(
        self,
        connection: AsyncConnection,
        claim: Claim,
        outcome: Outcome,
        session: Session | None,
        *,
        now: datetime,
    ) -> Recorded:
        """Raises queue.Fenced when the turn is not ours any more."""
        held = await queue.release(connection, claim)
        if outcome.retry_in is not None:
            await queue.postpone(connection, claim.turn, until=now + outcome.retry_in)
            return Recorded(events=())
        wanted = outcome if held.holder == Holder.BOT else FOR_PERSON
        await queue.finish(
            connection, claim.turn, outcome=wanted.name, understood=outcome.understood, now=now
        )
        if held.holder == Holder.CLOSED:
            return Recorded(events=())
        return await self._apply(connection, held, claim, wanted, session, now)

    async def _apply(
        self,
        connection: AsyncConnection,
        held: Conversation,
        claim: Claim,
        outcome: Outcome,
        session: Session | None,
        now: datetime,
    ) -> Recorded:
        asked = {control.do for control in outcome.answer.controls}
        change = logins.compare(held.client_id, session, asked_out="logout" in asked)
        told = await logins.apply(connection, held, change, session, now=now)
        said = await self._say(connection, held.id, claim, outcome.answer.replies, now)
        extra = await self._effects(connection, held, outcome.answer.controls, now)
        has_more = await queue.has_more(connection, held.id)
        framed = await self._close_frame(connection, claim, has_begun=bool(said), now=now)
        return Recorded(
            events=told + said + extra + framed,
            hidden_until=held.last_event if change in logins.HIDING else None,
            has_more=has_more,
        )

    async def _say(
        self,
        connection: AsyncConnection,
        conversation_id: str,
        claim: Claim,
        replies: Sequence[Reply],
        now: datetime,
    ) -> tuple[Event, ...]:
        """The replies; an internal turn opens its frame only here, where it is sure to end."""
        opening: tuple[Draft, ...] = ()
        if claim.turn.is_internal and replies:
            opening = (turn_event("started", None),)
        drafts = opening + tuple(reply.draft for reply in replies)
        added = await events.append(connection, conversation_id, drafts, now=now)
        for reply, event in zip(replies, added[len(opening) :], strict=True):
            await choices.keep(connection, conversation_id, event.id, reply.choices)
            if reply.link is not None:
                await links.keep(connection, conversation_id, reply.link)
        return added

    async def _effects(
        self,
        connection: AsyncConnection,
        held: Conversation,
        controls: Sequence[Control],
        now: datetime,
    ) -> tuple[Event, ...]:
        """What actions asked for beyond words (the logout has been done by now)."""
        drafts: tuple[Draft, ...] = ()
        for control in controls:
            if control.do == "new_tracker":
                await conversations.start_new_tracker(connection, held.id)
            if control.do == "handover":
                drafts += await self.handover.request(connection, held, control.details, now=now)
        return await events.append(connection, held.id, drafts, now=now)

    async def _close_frame(
        self, connection: AsyncConnection, claim: Claim, *, has_begun: bool, now: datetime
    ) -> tuple[Event, ...]:
        if claim.turn.is_internal and not has_begun:
            return ()
        frame = turn_event("finished", claim.turn.cursor)
        return await events.append(connection, claim.conversation.id, (frame,), now=now)
