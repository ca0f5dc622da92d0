"""What agents do: each act is one transaction with its words in the log and its line in the audit.

Who may do what is decided under the row of the conversation, so that of two agents one wins.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway import conversations, events, queue, recording
from gateway.console import audit, states, tables
from gateway.console.states import Request
from gateway.console.texts import customer_text
from gateway.console.words import Words
from gateway.conversations import Conversation, Holder
from gateway.errors import Conflict, Unknown
from gateway.events import Author, Draft, Event
from gateway.fanout import Fanout
from gateway.queue import NewTurn
from gateway.replies import Reply
from gateway.storage import Store
from gateway.turns import TurnRunner
from kvitt.identity.masking import Masked

NOBODY_YET = 1
"""Whose place has moved up to this is told so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Agent:
    name: str
    display_name: str
    role: str

    @property
    def is_supervisor(self) -> bool:
        return self.role == "supervisor"


@dataclass(slots=True, kw_only=True)
class Act:
    """One act under way: the conversation as it is held, and what the log will say."""

    connection: AsyncConnection
    conversation: Conversation
    request: Request | None
    now: datetime
    told: list[tuple[str, tuple[Event, ...]]] = field(default_factory=list)

    async def say(self, *replies: Reply, conversation_id: str = "") -> tuple[Event, ...]:
        """Add to the log, by default to that of this conversation."""
        target = conversation_id or self.conversation.id
        drafts = tuple(reply.draft for reply in replies)
        added = await events.append(self.connection, target, drafts, now=self.now)
        await recording.keep(self.connection, target, replies, added)
        self.told.append((target, added))
        return added


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    store: Store
    fanout: Fanout
    runner: TurnRunner
    words: Words
    mask: Callable[[str], Masked]
    clock: Callable[[], datetime]

    @asynccontextmanager
    async def _act(self, agent: Agent, conversation_id: str, name: str) -> AsyncIterator[Act]:
        """Holds the conversation, writes the audit, and tells the streams when all is through."""
        now = self.clock()
        async with self.store.write() as connection:
            held = await conversations.lock(connection, conversation_id)
            if held is None:
                raise Unknown("desk_unknown")
            request = await states.latest(connection, conversation_id)
            act = Act(connection=connection, conversation=held, request=request, now=now)
            yield act
            await audit.write(
                connection, agent=agent.name, act=name, conversation_id=conversation_id, now=now
            )
        for target, added in act.told:
            self.fanout.publish(target, added)
        self.fanout.hub.stir()

    # Taking over

    async def claim(self, agent: Agent, conversation_id: str) -> None:
        """From the queue, or from the bot by one's own decision; raises Conflict for the second."""
        async with self._act(agent, conversation_id, "claim") as act:
            if act.conversation.holder == Holder.AGENT:
                raise await _taken(act)
            await self._take(agent, act, (Holder.WAITING, Holder.BOT), reason="agent")
            await act.say(self._is_with(agent, "agent"))
            await self._tell_next(act)

    async def reopen(self, agent: Agent, conversation_id: str) -> None:
        """Take up again what has been closed, while its customer can still read it."""
        async with self._act(agent, conversation_id, "reopen") as act:
            if act.conversation.holder == Holder.AGENT:
                raise await _taken(act)
            await self._take(agent, act, (Holder.CLOSED, Holder.BOT), reason="reopened")
            await act.say(self._is_with(agent, "reopened"))

    async def _take(
        self, agent: Agent, act: Act, expected: tuple[Holder, ...], *, reason: str
    ) -> None:
        conversation_id, request = act.conversation.id, act.request
        if not await states.move(
            act.connection, conversation_id, expected=expected, to=Holder.AGENT
        ):
            raise Conflict("desk_state")
        values: dict[str, Any] = {"agent": agent.name, "claimed_at": act.now, "state": "agent"}
        if request is not None and request.state in ("waiting", "email"):
            await states.change(act.connection, request.id, **values)
            return
        await states.add(
            act.connection, conversation_id, details={"reason": reason}, now=act.now, **values
        )

    def _is_with(self, agent: Agent, name: str) -> Reply:
        text = customer_text(name, agent=agent.display_name)
        return self.words.state(text, "agent", agent=agent.display_name)

    async def _tell_next(self, act: Act) -> None:
        """Who has come to the head of the queue learns it."""
        waiting = await states.first_waiting(act.connection)
        if waiting is None or act.request is None or act.request.state != "waiting":
            return
        if waiting.requested_at < act.request.requested_at:
            return
        told = self.words.state(customer_text("next"), "waiting", position=NOBODY_YET)
        await act.say(told, conversation_id=waiting.conversation_id)

    # While one holds it

    async def reply(self, agent: Agent, conversation_id: str, text: str, message_id: str) -> int:
        """Say something to the customer; the same message id says it once."""
        key = f"agent:{message_id}"
        async with self._act(agent, conversation_id, "reply") as act:
            earlier = await queue.find_earlier(act.connection, conversation_id, key)
            if earlier is not None:
                return earlier.cursor
            request = _own(agent, act)
            draft = Draft(
                author=Author.AGENT,
                text=self.mask(text).text,
                data={"agent": agent.display_name},
            )
            (event,) = await act.say(Reply(draft=draft))
            turn = NewTurn(key=key, cursor=event.id, is_internal=True)
            await queue.put(act.connection, conversation_id, turn, now=act.now, is_for_bot=False)
            await note_first_answer(act, request)
        return event.id

    async def note(self, agent: Agent, conversation_id: str, text: str) -> None:
        """For colleagues only; any agent may leave one."""
        async with self._act(agent, conversation_id, "note") as act:
            await act.connection.execute(
                insert(tables.notes).values(
                    conversation_id=conversation_id,
                    after_event=act.conversation.last_event,
                    agent=agent.name,
                    at=act.now,
                    text=self.mask(text).text,
                )
            )

    # Giving it on

    async def transfer(self, agent: Agent, conversation_id: str, to: str | None) -> None:
        """To a colleague, or back into the queue with the place that it had."""
        async with self._act(agent, conversation_id, "transfer") as act:
            request = _own(agent, act)
            if to is None:
                await self._back_into_queue(act, request)
            else:
                await self._to_colleague(act, request, to)
        if to is None:
            self.runner.wake(conversation_id)  # news that waited while a person had it

    async def _to_colleague(self, act: Act, request: Request, name: str) -> None:
        colleague = await find_agent(act.connection, name)
        if colleague is None:
            raise Unknown("desk_agent_unknown")
        await states.change(act.connection, request.id, agent=colleague.name)
        await act.say(self._is_with(colleague, "transferred"))

    async def _back_into_queue(self, act: Act, request: Request) -> None:
        await _move(act, Holder.WAITING)
        await states.change(act.connection, request.id, state="waiting", agent=None)
        place = await states.position(act.connection, request.id)
        await act.say(self.words.waiting(place, now=act.now, name="back_in_queue"))

    async def hand_back(self, agent: Agent, conversation_id: str, note: str) -> None:
        """The bot goes on where it was; `note` tells it what the person has done."""
        async with self._act(agent, conversation_id, "hand_back") as act:
            request = _own(agent, act)
            await _move(act, Holder.BOT)
            await states.change(act.connection, request.id, state="bot", ended_at=act.now)
            await act.say(self.words.state(customer_text("bot"), "bot"))
            await queue.put_internal(
                act.connection,
                conversation_id,
                f"handback:{act.conversation.last_event}:{request.id}",
                entities={"note": self.mask(note).text},
                now=act.now,
            )
        self.runner.wake(conversation_id)

    async def close(self, agent: Agent, conversation_id: str) -> None:
        """It is settled; the customer is asked for a rating."""
        async with self._act(agent, conversation_id, "close") as act:
            request = _own(agent, act)
            await _move(act, Holder.CLOSED)
            await states.change(act.connection, request.id, state="closed", ended_at=act.now)
            await act.say(
                self.words.state(customer_text("closed"), "closed"),
                self.words.rating(request.id, now=act.now),
            )


async def _move(act: Act, to: Holder) -> None:
    moved = await states.move(act.connection, act.conversation.id, expected=Holder.AGENT, to=to)
    if not moved:
        raise Conflict("desk_state")


def _own(agent: Agent, act: Act) -> Request:
    """The request that this agent holds; raises Conflict for anybody else's."""
    request = act.request
    if act.conversation.holder != Holder.AGENT or request is None:
        raise Conflict("desk_not_yours")
    if not request.is_held_by(agent.name):
        raise Conflict("desk_not_yours")
    return request


async def _taken(act: Act) -> Conflict:
    winner = act.request.agent if act.request else None
    known = await find_agent(act.connection, winner) if winner else None
    return Conflict("desk_taken", agent=known.display_name if known else winner or "")


async def note_first_answer(act: Act, request: Request) -> None:
    table = tables.handovers
    first = select(table.c.answered_at).where(table.c.id == request.id)
    if (await act.connection.execute(first)).scalar_one() is None:
        await states.change(act.connection, request.id, answered_at=act.now)


async def find_agent(connection: AsyncConnection, name: str) -> Agent | None:
    table = tables.agents
    query = select(table).where(table.c.name == name, table.c.is_active.is_(True))
    row = (await connection.execute(query)).first()
    return Agent(name=row.name, display_name=row.display_name, role=row.role) if row else None


async def list_agents(connection: AsyncConnection) -> Sequence[Agent]:
    table = tables.agents
    rows = await connection.execute(
        select(table).where(table.c.is_active.is_(True)).order_by(table.c.display_name)
    )
    return [Agent(name=row.name, display_name=row.display_name, role=row.role) for row in rows]
