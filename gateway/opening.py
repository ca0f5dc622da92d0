"""Opening a conversation, coming back to it, logging in from outside it, and ending it.

A valid cookie comes back to its conversation. A proven identity binds to the open conversation of
the cookie as long as that was nobody's or the same account's, and gets a new cookie, so that one
planted beforehand opens nothing; for another account a new conversation begins.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from gateway import conversations, logins, outcomes, queue
from gateway.conversations import Conversation
from gateway.errors import NoConversation
from gateway.events import Event
from gateway.fanout import Fanout
from gateway.identities import Proven
from gateway.storage import Store
from gateway.turns import TurnRunner
from kvitt.identity import AccountChoices, Session, Sessions

REPLACED_COOKIE_COUNTS_FOR = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    conversation_id: str
    cursor: int
    """Everything that may be read comes after it."""
    cookie: str | None
    """A new cookie for the visitor; None when theirs stays good."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reception:
    store: Store
    sessions: Sessions
    account_choices: AccountChoices
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
        if cookie is None:
            return None
        async with self.store.read() as connection:
            return await conversations.find_by_cookie(connection, cookie)

    async def open(self, cookie: str | None) -> Opened:
        """Come back to the cookie's conversation, or begin one as nobody in particular."""
        known = await self._find(cookie)
        if known is not None and known.is_open:
            return Opened(conversation_id=known.id, cursor=known.hidden_until, cookie=None)
        return await self._begin(None)

    async def open_as(self, cookie: str | None, proven: Proven) -> Opened:
        """As somebody whom a site has vouched for."""
        known = await self._find(cookie) or await self._find_replaced(cookie, proven)
        if known is None or not known.is_open:
            return await self._begin(proven)
        if not _may_join(known, proven):
            await self.end(known)
            return await self._begin(proven)
        return await self.log_in(known, proven)

    async def _find_replaced(self, cookie: str | None, proven: Proven) -> Conversation | None:
        """Two tabs opened at once: the second still holds the cookie that the first replaced."""
        if cookie is None:
            return None
        since = self.clock() - REPLACED_COOKIE_COUNTS_FOR
        async with self.store.read() as connection:
            found = await conversations.find_replaced(connection, cookie, since=since)
        is_theirs = found is not None and found.client_id is not None and _may_join(found, proven)
        return found if is_theirs else None

    async def _begin(self, proven: Proven | None) -> Opened:
        now, conversation_id, cookie = self.clock(), self.make_id(), self.make_token()
        session = await self._prove(conversation_id, proven, now) if proven else None
        async with self.store.write() as connection:
            await conversations.create(connection, conversation_id, now=now)
            await conversations.give_cookie(connection, conversation_id, cookie, now=now)
            if session is not None:
                await conversations.set_login(
                    connection, conversation_id, session.client_id, hide=False
                )
            await queue.put_internal(connection, conversation_id, outcomes.GREETING, now=now)
            if proven is not None and session is None:
                await queue.put_internal(connection, conversation_id, "identity_changed", now=now)
        self.runner.wake(conversation_id)
        return Opened(conversation_id=conversation_id, cursor=0, cookie=cookie)

    async def _prove(self, conversation_id: str, proven: Proven, now: datetime) -> Session | None:
        """A session for the one account; with several, what to choose from."""
        if proven.only is not None:
            return await self.sessions.begin(
                conversation_id, proven.only, proof=proven.proof, now=now
            )
        await self.account_choices.offer(
            conversation_id, proven.email, proven.customers, proof=proven.proof, now=now
        )
        return None

    async def log_in(self, known: Conversation, proven: Proven) -> Opened:
        """Bind a proven identity to an open conversation, under a new cookie."""
        now, cookie = self.clock(), self.make_token()
        before = await self.sessions.current(known.id, now=now, touch=False)
        session = await self._prove(known.id, proven, now)
        is_same = before and session and before.client_id == session.client_id
        async with self.store.write() as connection:
            await conversations.replace_cookies(connection, known.id, now=now)
            await conversations.give_cookie(connection, known.id, cookie, now=now)
            hidden_until, told = await self._note(connection, known.id, session, now)
            if not is_same:
                key = f"identity_changed:{cookie[:16]}"
                await queue.put_internal(connection, known.id, key, now=now)
        if told:
            self.fanout.hide(known.id, hidden_until)
            self.fanout.publish(known.id, told)
        self.runner.wake(known.id)
        return Opened(conversation_id=known.id, cursor=hidden_until, cookie=cookie)

    async def _note(
        self,
        connection: AsyncConnection,
        conversation_id: str,
        session: Session | None,
        now: datetime,
    ) -> tuple[int, tuple[Event, ...]]:
        """Bring the log in line with the login; from where it may be read now."""
        held = await conversations.lock(connection, conversation_id)
        if held is None or not held.is_open:
            raise NoConversation("conversation_ended")
        if session is None:
            return held.hidden_until, ()
        change = logins.compare(held.client_id, session)
        told = await logins.apply(connection, held, change, session, now=now)
        return (held.last_event if told else held.hidden_until), told

    async def end(self, conversation: Conversation) -> None:
        """The customer ends it: nobody reads it by a cookie any more."""
        now = self.clock()
        await self.sessions.end(conversation.id, now=now)
        async with self.store.write() as connection:
            await conversations.end(connection, conversation.id, now=now)
        self.fanout.end(conversation.id)


def _may_join(known: Conversation, proven: Proven) -> bool:
    """Whether what this conversation has shown may be seen by who is proven now."""
    ids = {customer.client_id for customer in proven.customers}
    return known.client_id is None or known.client_id in ids
