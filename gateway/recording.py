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
from gateway.queue import Claim, Turn
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
        if not held.is_with_bot and claim.turn.is_news:
            await queue.postpone(connection, claim.turn, until=now)  # told when the bot has it
            return Recorded(events=())
        wanted = outcome if held.is_with_bot else FOR_PERSON
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
        controls = outcome.answer.controls
        asked = {control.do for control in controls}
        change = logins.compare(held.client_id, session, asked_out="logout" in asked)
        told = await logins.apply(connection, held, change, session, now=now)
        extra = await self._effects(connection, held, controls, now)
        replies = outcome.answer.replies + extra
        begin, end = _frame(claim.turn, has_words=bool(replies))
        said = tuple(reply.draft for reply in replies)
        added = await events.append(connection, held.id, begin + said + end, now=now)
        await keep(connection, held.id, replies, added[len(begin) :])
        return Recorded(
            events=told + added,
            hidden_until=held.last_event if change in logins.HIDING else None,
            has_more=await queue.has_more(connection, held.id),
        )

    async def _effects(
        self,
        connection: AsyncConnection,
        held: Conversation,
        controls: Sequence[Control],
        now: datetime,
    ) -> tuple[Reply, ...]:
        """What actions asked for beyond words (the logout has been done by now)."""
        replies: tuple[Reply, ...] = ()
        for control in controls:
            if control.do == "new_tracker":
                await conversations.start_new_tracker(connection, held.id)
            if control.do == "handover":
                replies += await self.handover.request(connection, held, control.details, now=now)
        return replies


def _frame(turn: Turn, *, has_words: bool) -> tuple[tuple[Draft, ...], tuple[Draft, ...]]:
    """What stands around the bot's words. A customer's turn was begun when it was claimed; one of
    the gateway's own is framed only here, and only if something is said."""
    if not turn.is_internal:
        return (), (turn_event("finished", turn.cursor),)
    if not has_words:
        return (), ()
    return (turn_event("started", None),), (turn_event("finished", None),)


async def keep(
    connection: AsyncConnection,
    conversation_id: str,
    replies: Sequence[Reply],
    added: Sequence[Event],
) -> None:
    """What the replies gave out, under the events that they have become."""
    for reply, event in zip(replies, added, strict=False):
        await choices.keep(connection, conversation_id, event.id, reply.choices)
        if reply.link is not None:
            await links.keep(connection, conversation_id, reply.link)
