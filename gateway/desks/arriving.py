"""What is heard from the desk: an agent's words, and that it is settled.

Each is one transaction, as in the console: the delivery noted, the conversation's holder moved by
compare-and-set, its words in the log, its line in the audit.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway import conversations, queue
from gateway.console import audit, states
from gateway.console import texts as console_texts
from gateway.console.desk import Act, note_first_answer
from gateway.console.states import Request
from gateway.console.words import Words
from gateway.conversations import Holder
from gateway.desks import links, texts
from gateway.desks.links import HELD, Link
from gateway.desks.port import AgentThere, Delivery, Resolved, Said
from gateway.errors import Conflict
from gateway.events import Author, Draft
from gateway.fanout import Fanout
from gateway.queue import NewTurn
from gateway.replies import Reply
from gateway.storage import Store
from kvitt.identity.masking import Masked

log = structlog.get_logger()

LATE = timedelta(seconds=10)
"""Webhooks overtake each other: words that come so soon after the closing were said before it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrivals:
    name: str
    """The desk's; stands before agents' numbers in the audit log."""
    store: Store
    fanout: Fanout
    words: Words
    mask: Callable[[str], Masked]
    clock: Callable[[], datetime]

    async def take_in(self, delivery: Delivery) -> None:
        """Once, whatever is sent again; raises Conflict for words that nobody will read, so that
        the desk marks them as not delivered."""
        act: Act | None = None
        async with self.store.write() as connection:
            if not await links.is_first(connection, delivery.keys, now=self.clock()):
                return
            news = delivery.news
            link = await self._find(connection, news) if news is not None else None
            if news is None or link is None:
                return
            act = await self._act(connection, link)
            if isinstance(news, Said):
                await self._say(act, link, news)
            else:
                await self._close(act, link, news)
        for target, added in act.told:
            self.fanout.publish(target, added)
        self.fanout.hub.stir()

    async def _find(self, connection: AsyncConnection, news: Said | Resolved) -> Link | None:
        link = await links.find(connection, place=news.conversation, source=news.source)
        if link is not None and news.source and link.source != news.source:
            log.warning("desk_other_inbox", link=link.id)
            return None
        return link

    async def _act(self, connection: AsyncConnection, link: Link) -> Act:
        held = await conversations.lock(connection, link.conversation_id)
        if held is None:
            raise Conflict("desk_unknown")
        request = await states.latest(connection, held.id)
        return Act(connection=connection, conversation=held, request=request, now=self.clock())

    async def _note(self, act: Act, agent: str, name: str, shown: str) -> None:
        await audit.write(
            act.connection,
            agent=agent,
            act=name,
            conversation_id=act.conversation.id,
            now=act.now,
            desk=self.name,
            name=shown,
        )

    # An agent's words

    async def _say(self, act: Act, link: Link, said: Said) -> None:
        conversation_id = act.conversation.id
        key = f"{self.name}:{said.message}"
        if await queue.find_earlier(act.connection, conversation_id, key) is not None:
            return
        if not act.conversation.is_open:
            raise Conflict("desk_state")
        shown = said.agent.name or console_texts.speaker_text(Author.AGENT)
        if not _is_afterwards(act, link, said):
            await self._hold(act, link, said, shown)
        for text in _texts(said):
            draft = Draft(author=Author.AGENT, text=self.mask(text).text, data={"agent": shown})
            added = await act.say(Reply(draft=draft))
        turn = NewTurn(key=key, cursor=added[-1].id, is_internal=True)
        await queue.put(act.connection, conversation_id, turn, now=act.now, is_for_bot=False)
        if act.request is not None:
            await note_first_answer(act, act.request)
        await self._note(act, self._agent(said.agent), "reply", shown)

    async def _hold(self, act: Act, link: Link, said: Said, shown: str) -> None:
        """The agent who writes has the conversation from here on; the bot is silent."""
        agent, request = self._agent(said.agent), act.request
        match act.conversation.holder:
            case Holder.AGENT:
                if request is None or request.id != link.handover_id or not self._is_ours(request):
                    raise Conflict("desk_not_yours")
                if request.is_held_by(agent):
                    return
                await states.change(act.connection, request.id, agent=agent)
                name, told = "transfer", "transferred"
            case Holder.WAITING:
                if request is None or request.id != link.handover_id:
                    raise Conflict("desk_state")
                await self._take(act, link, agent, said)
                name, told = "claim", "agent"
            case _:
                await self._take(act, link, agent, said)
                name, told = "reopen", "reopened"
        text = console_texts.customer_text(told, agent=shown)
        await act.say(self.words.state(text, "agent", agent=shown))
        await self._note(act, agent, name, shown)

    async def _take(self, act: Act, link: Link, agent: str, said: Said) -> None:
        """A request that still waits becomes the agent's; else there is a new one."""
        connection, conversation_id, request = act.connection, act.conversation.id, act.request
        holder = act.conversation.holder
        if not await states.move(connection, conversation_id, expected=holder, to=Holder.AGENT):
            raise Conflict("desk_state")
        if request is not None and request.state in ("waiting", "email"):
            request_id = request.id
            await states.change(
                connection, request_id, state="agent", agent=agent, claimed_at=act.now
            )
        else:
            request_id = await states.add(
                connection,
                conversation_id,
                state="agent",
                details={"reason": "reopened"},
                now=act.now,
                agent=agent,
                claimed_at=act.now,
            )
        if holder != Holder.WAITING:
            await links.reopen(
                connection, link, place=said.conversation, handover_id=request_id, now=act.now
            )
        act.request = await states.latest(connection, conversation_id)

    # It is settled

    async def _close(self, act: Act, link: Link, resolved: Resolved) -> None:
        """As when our own agents close: who has been helped is asked for a rating, and the next
        word goes to the bot. Nothing to do where it has ended otherwise, also by ourselves."""
        request, conversation = act.request, act.conversation
        if request is None or request.id != link.handover_id or request.state not in HELD:
            return
        holders = (Holder.WAITING, Holder.AGENT)
        if not await states.move(
            act.connection, conversation.id, expected=holders, to=Holder.CLOSED
        ):
            return
        await states.change(act.connection, request.id, state="closed", ended_at=act.now)
        await links.stop_at(act.connection, link.id, conversation.last_event)
        closed = self.words.state(console_texts.customer_text("closed"), "closed")
        was_helped = conversation.holder == Holder.AGENT
        rating = (self.words.rating(request.id, now=act.now),) if was_helped else ()
        await act.say(closed, *rating)
        agent = self._agent(resolved.agent) if resolved.agent else request.agent or self.name
        shown = resolved.agent.name if resolved.agent else ""
        await self._note(act, agent, "close", shown)

    def _agent(self, agent: AgentThere) -> str:
        return f"{self.name}:{agent.number}"

    def _is_ours(self, request: Request) -> bool:
        return (request.agent or "").startswith(f"{self.name}:")


def _is_afterwards(act: Act, link: Link, said: Said) -> bool:
    """Words about something that is settled are delivered, and change nothing else."""
    request = act.request
    if act.conversation.holder not in (Holder.BOT, Holder.CLOSED) or request is None:
        return False
    if request.id != link.handover_id or request.state != "closed" or request.ended_at is None:
        return said.is_resolved
    return said.is_resolved or act.now - request.ended_at < LATE


def _texts(said: Said) -> tuple[str, ...]:
    """At least one: a file alone is announced."""
    files = (texts.customer_text("file"),) if said.has_files or not said.text else ()
    return ((said.text,) if said.text else ()) + files
