"""Opening a conversation, coming back to it, and ending it.

A valid cookie comes back to its conversation. A signed identity binds to the open conversation of the
cookie as long as that was nobody's or the same account's, and gets a new cookie, so that one planted
beforehand opens nothing; for another account a new conversation begins.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncConnection

from billing.model import Customer
from gateway import conversations, logins, outcomes, queue
from gateway.conversations import Conversation
from gateway.errors import NoConversation
from gateway.fanout import Fanout
from gateway.logins import Sessions
from gateway.queue import NewTurn
from gateway.storage import Store
from gateway.turns import TurnRunner
from kvitt.identity.sessions import Proof

REPLACED_COOKIE_COUNTS_FOR = timedelta(minutes=1)


class Beginnings(Sessions, Protocol):
    async def begin(
        self, conversation_id: str, customer: Customer, *, proof: Proof, now: datetime
    ) -> logins.Session: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    conversation_id: str
    cursor: int
    cookie: str | None
    """A new cookie for the visitor; None when theirs stays good."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reception:
    store: Store
    sessions: Beginnings
    fanout: Fanout
    runner: TurnRunner
    clock: Callable[[], datetime]
    make_id: Callable[[], str]
    make_token: Callable[[], str]

    async def visitor(self, cookie: str | None) -> Conversation:
        """The open conversation of a cookie; raises NoConversation."""
        found = await self._find(cookie)
        if found is None:
            raise NoConversation("no_conversation")
        if not found.is_open:
            raise NoConversation("conversation_ended")
        return found

    async def _find(self, cookie: str | None) -> Conversation | None:
        if not cookie or len(cookie) > 200:
            return None
        async with self.store.read() as connection:
            return await conversations.find_by_cookie(connection, cookie)

    async def open(self, cookie: str | None) -> Opened:
        """Come back to the cookie's conversation, or begin one as nobody in particular."""
        known = await self._find(cookie)
        if known is not None and known.is_open:
            return Opened(conversation_id=known.id, cursor=known.hidden_until, cookie=None)
        return await self._begin(None)

    async def open_as(self, cookie: str | None, customer: Customer) -> Opened:
        """As a customer that a signed identity has proven."""
        known = await self._find(cookie) or await self._find_replaced(cookie, customer)
        if known is None or not known.is_open:
            return await self._begin(customer)
        if known.client_id not in (None, customer.client_id):
            await self.end(known)
            return await self._begin(customer)
        return await self._bind(known, customer)

    async def _find_replaced(self, cookie: str | None, customer: Customer) -> Conversation | None:
        """Two tabs opened at once: the second still holds the cookie that the first replaced."""
        if not cookie:
            return None
        since = self.clock() - REPLACED_COOKIE_COUNTS_FOR
        async with self.store.read() as connection:
            found = await conversations.find_replaced(connection, cookie, since=since)
        return found if found and found.client_id == customer.client_id else None

    async def _begin(self, customer: Customer | None) -> Opened:
        now, conversation_id, cookie = self.clock(), self.make_id(), self.make_token()
        if customer is not None:
            await self.sessions.begin(
                conversation_id, customer, proof=Proof.SIGNED_IDENTITY, now=now
            )
        async with self.store.write() as connection:
            await conversations.create(connection, conversation_id, now=now)
            await conversations.give_cookie(connection, conversation_id, cookie, now=now)
            if customer is not None:
                await conversations.set_login(
                    connection, conversation_id, customer.client_id, hide=False
                )
            await queue_internal(
                connection, conversation_id, outcomes.GREETING, intent="session_started", now=now
            )
        self.runner.wake(conversation_id)
        return Opened(conversation_id=conversation_id, cursor=0, cookie=cookie)

    async def _bind(self, known: Conversation, customer: Customer) -> Opened:
        now, cookie = self.clock(), self.make_token()
        before = await self.sessions.current(known.id, now=now, touch=False)
        await self.sessions.begin(known.id, customer, proof=Proof.SIGNED_IDENTITY, now=now)
        async with self.store.write() as connection:
            await conversations.replace_cookies(connection, known.id, now=now)
            await conversations.give_cookie(connection, known.id, cookie, now=now)
            await conversations.set_login(connection, known.id, customer.client_id, hide=False)
            if before is None:
                await queue_internal(
                    connection,
                    known.id,
                    f"identity_changed:{cookie[:16]}",
                    intent="identity_changed",
                    now=now,
                )
        self.runner.wake(known.id)
        return Opened(conversation_id=known.id, cursor=known.hidden_until, cookie=cookie)

    async def end(self, conversation: Conversation) -> None:
        """The customer ends it: nobody reads it by a cookie any more."""
        now = self.clock()
        await self.sessions.end(conversation.id, now=now)
        async with self.store.write() as connection:
            await conversations.end(connection, conversation.id, now=now)
        self.fanout.end(conversation.id)


async def queue_internal(
    connection: AsyncConnection,
    conversation_id: str,
    key: str,
    *,
    intent: str,
    entities: dict[str, object] | None = None,
    now: datetime,
) -> None:
    """Queue a turn of the gateway's own, once per key."""
    if await queue.find_earlier(connection, conversation_id, key) is None:
        turn = NewTurn(key=key, intent=intent, entities=entities or {}, is_internal=True)
        await queue.put(connection, conversation_id, turn, now=now)
