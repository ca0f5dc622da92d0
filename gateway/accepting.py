"""Taking a customer's message in: masked, appended and queued in one transaction, or refused.

The answer to a message id is kept with its turn: the same message again gets the same cursor and
has no second effect, another content under the same id is a conflict.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway import choices, conversations, events, logins, metrics, queue, recording
from gateway.console import requests
from gateway.console.requests import CustomerDesk
from gateway.conversations import Conversation
from gateway.errors import Conflict, NoConversation
from gateway.events import Author, Draft, Event, Json
from gateway.fanout import Fanout
from gateway.incoming import Message
from gateway.logins import LoginChange, Session, Sessions
from gateway.queue import NewTurn
from gateway.storage import Store
from gateway.texts import event_text
from gateway.turns import TurnRunner
from kvitt.identity.masking import Found, Masked

_NOTICES = {
    Found.CARD_NUMBER: "masked_card",
    Found.SECURITY_CODE: "masked_card",
    Found.PERSONAL_NUMBER: "masked_identity",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    cursor: int
    events: tuple[Event, ...] = ()
    hidden_until: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a message says, as it may be kept."""

    text: str
    intent: str | None = None
    entities: dict[str, Json]
    answers: int | None = None
    """The event whose choice was taken."""
    found: frozenset[Found] = frozenset()

    @property
    def draft(self) -> Draft:
        data = {"answers": self.answers} if self.answers is not None else {}
        return Draft(author=Author.CUSTOMER, text=self.text, data=data)

    @property
    def for_desk(self) -> requests.Said:
        return requests.Said(text=self.text, intent=self.intent, entities=self.entities)


@dataclass(frozen=True, slots=True, kw_only=True)
class Acceptance:
    store: Store
    sessions: Sessions
    fanout: Fanout
    runner: TurnRunner
    mask: Callable[[str], Masked]
    desk: CustomerDesk
    clock: Callable[[], datetime]

    async def accept(self, conversation_id: str, message: Message) -> int:
        """The cursor of the customer's event; the bot will answer it."""
        now = self.clock()
        masked = self.mask(message.text or "")
        session = await self.sessions.current(conversation_id, now=now)
        async with self.store.write() as connection:
            accepted = await self._record(
                connection, conversation_id, message, masked, session, now
            )
        self._announce(conversation_id, accepted)
        return accepted.cursor

    def _announce(self, conversation_id: str, accepted: Accepted) -> None:
        if accepted.hidden_until is not None:
            self.fanout.hide(conversation_id, accepted.hidden_until)
        self.fanout.publish(conversation_id, accepted.events)
        if accepted.events:
            self.runner.wake(conversation_id)

    async def _record(
        self,
        connection: AsyncConnection,
        conversation_id: str,
        message: Message,
        masked: Masked,
        session: Session | None,
        now: datetime,
    ) -> Accepted:
        conversation = await conversations.lock(connection, conversation_id)
        if conversation is None or not conversation.is_open:
            raise NoConversation("conversation_ended")
        digest = digest_of(message, masked)
        earlier = await queue.find_earlier(connection, conversation_id, _key(message))
        if earlier is not None:
            return _same_answer(earlier, digest)
        change, told = await _check_login(connection, conversation, session, now)
        said = await _read(connection, conversation_id, message, masked, now)
        taken = await self.desk.take(connection, conversation, said.for_desk, now=now)
        drafts = (*_drafts(said), *(reply.draft for reply in taken.replies))
        added = await events.append(connection, conversation_id, drafts, now=now)
        answers = added[len(added) - len(taken.replies) :]
        await recording.keep(connection, conversation_id, taken.replies, answers)
        await queue.put(
            connection,
            conversation_id,
            _turn(message, said, digest, cursor=added[0].id),
            now=now,
            is_for_bot=taken.is_for_bot,
        )
        _count(said)
        return Accepted(
            cursor=added[0].id,
            events=told + added,
            hidden_until=conversation.last_event if change in logins.HIDING else None,
        )


async def _check_login(
    connection: AsyncConnection, conversation: Conversation, session: Session | None, now: datetime
) -> tuple[LoginChange, tuple[Event, ...]]:
    """A login that ended in silence ends in the log before the next word is taken in."""
    change = logins.compare(conversation.client_id, session)
    return change, await logins.apply(connection, conversation, change, session, now=now)


async def _read(
    connection: AsyncConnection,
    conversation_id: str,
    message: Message,
    masked: Masked,
    now: datetime,
) -> Said:
    if message.choice is None:
        return Said(text=masked.text, entities={}, found=masked.found)
    redeemed = await choices.redeem(
        connection, conversation_id, message.choice, message.values, now=now
    )
    return Said(
        text=redeemed.title,
        intent=redeemed.intent,
        entities=dict(redeemed.entities),
        answers=redeemed.event_id,
    )


def _drafts(said: Said) -> tuple[Draft, ...]:
    notices = dict.fromkeys(_NOTICES[kind] for kind in sorted(said.found))
    return (
        said.draft,
        *(Draft(author=Author.SYSTEM, text=event_text(notice)) for notice in notices),
    )


def _turn(message: Message, said: Said, digest: str, *, cursor: int) -> NewTurn:
    return NewTurn(
        key=_key(message),
        text=said.text,
        intent=said.intent,
        entities=said.entities,
        cursor=cursor,
        digest=digest,
    )


def _key(message: Message) -> str:
    """Apart from the gateway's own keys, whatever a client calls its message."""
    return f"client:{message.client_message_id}"


def digest_of(message: Message, masked: Masked) -> str:
    """What makes two messages the same; of the masked text, so that no number hides in it."""
    content = [masked.text, message.choice, message.values]
    return hashlib.sha256(msgspec.json.encode(content)).hexdigest()


def _same_answer(earlier: queue.Earlier, digest: str) -> Accepted:
    if earlier.digest != digest:
        raise Conflict("message_id_reused")
    return Accepted(cursor=earlier.cursor)


def _count(said: Said) -> None:
    metrics.messages.labels(kind="text" if said.intent is None else "choice").inc()
    for kind in said.found:
        metrics.masked.labels(kind=kind.value).inc()
