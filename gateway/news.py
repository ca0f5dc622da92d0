"""What happens without the customer's doing and still belongs in the conversation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select

from billing.payments.model import News
from billing.payments.service import Payments
from gateway import conversations, events, logins, queue, tables
from gateway.conversations import Conversation
from gateway.events import Author, Draft
from gateway.fanout import Fanout
from gateway.logins import LoginChange
from gateway.storage import Store
from gateway.texts import event_text
from gateway.turns import TurnRunner
from kvitt.identity import CodeNotSent, Sessions

LOGINS_AT_ONCE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Newsroom:
    store: Store
    payments: Payments
    sessions: Sessions
    fanout: Fanout
    runner: TurnRunner
    clock: Callable[[], datetime]

    async def deliver_payments(self) -> None:
        """Each step of a payment becomes a turn: the action tells what is new from the journal."""
        for item in await self.payments.take_news(now=self.clock()):
            await self._queue(item)
            await self.payments.ack_news(item.ids)

    async def _queue(self, item: News) -> None:
        async with self.store.write() as connection:
            conversation = await conversations.lock(connection, item.conversation_id)
            if conversation is None or not conversation.is_open:
                return
            await queue.put_internal(
                connection,
                item.conversation_id,
                f"{queue.NEWS}{item.id}",
                entities={"order": item.order_id},
                now=self.clock(),
            )
        self.runner.wake(item.conversation_id)

    async def tell_code_not_sent(self, news: CodeNotSent) -> None:
        """Said for known and unknown addresses alike."""
        draft = Draft(
            author=Author.SYSTEM,
            type="login",
            text=event_text("code_not_sent"),
            data={"step": "failed"},
        )
        async with self.store.write() as connection:
            conversation = await conversations.lock(connection, news.conversation_id)
            if conversation is None or not conversation.is_open:
                return
            added = await events.append(connection, conversation.id, (draft,), now=self.clock())
        self.fanout.publish(news.conversation_id, added)

    async def end_expired_logins(self) -> None:
        """Hide what was shown to a login that has ended in silence."""
        for conversation in await self._logged_in():
            now = self.clock()
            session = await self.sessions.current(conversation.id, now=now, touch=False)
            if session is None:
                await self._expire(conversation)

    async def _logged_in(self) -> tuple[Conversation, ...]:
        """Conversations with a login that no turn is at work in."""
        table = tables.conversations
        idle = or_(table.c.lease_until.is_(None), table.c.lease_until <= self.clock())
        query = (
            select(table)
            .where(table.c.client_id.is_not(None), table.c.ended_at.is_(None), idle)
            .limit(LOGINS_AT_ONCE)
        )
        async with self.store.read() as connection:
            return tuple(map(Conversation.from_row, await connection.execute(query)))

    async def _expire(self, conversation: Conversation) -> None:
        async with self.store.write() as connection:
            held = await conversations.lock(connection, conversation.id)
            if held is None or held.client_id != conversation.client_id:
                return
            told = await logins.apply(connection, held, LoginChange.EXPIRED, None, now=self.clock())
        self.fanout.hide(held.id, held.last_event)
        self.fanout.publish(held.id, told)
