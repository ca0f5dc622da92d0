"""What a conversation's log owes to logins: when one ends, what was shown before is hidden.

`Sessions` is what the gateway asks of `kvitt.identity`; the rest compares the account that the log
was shown to with the session as it is now.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncConnection

from gateway import choices, conversations
from gateway.conversations import Conversation
from gateway.events import Author, Draft, Event, append
from gateway.texts import event_text


class Session(Protocol):
    @property
    def client_id(self) -> int: ...


class Sessions(Protocol):
    """The part of `kvitt.identity` that turns need."""

    async def current(
        self, conversation_id: str, *, now: datetime, touch: bool = True
    ) -> Session | None: ...

    async def end(self, conversation_id: str, *, now: datetime) -> None: ...


class LoginChange(StrEnum):
    NONE = "none"
    BEGAN = "began"
    LOGGED_OUT = "logged_out"
    EXPIRED = "login_expired"
    CHANGED = "login_changed"


HIDING = frozenset({LoginChange.LOGGED_OUT, LoginChange.EXPIRED, LoginChange.CHANGED})
"""Changes after which nothing that was shown before may be read."""


def compare(known: int | None, session: Session | None, *, asked_out: bool = False) -> LoginChange:
    """What happened to the login since the gateway last looked."""
    if session is None:
        if known is None:
            return LoginChange.LOGGED_OUT if asked_out else LoginChange.NONE
        return LoginChange.LOGGED_OUT if asked_out else LoginChange.EXPIRED
    if known is None:
        return LoginChange.BEGAN
    return LoginChange.NONE if known == session.client_id else LoginChange.CHANGED


async def apply(
    connection: AsyncConnection,
    conversation: Conversation,
    change: LoginChange,
    session: Session | None,
    *,
    now: datetime,
) -> tuple[Event, ...]:
    """Bring the log in line with the login; returns the event that tells of it."""
    if change == LoginChange.NONE:
        return ()
    client_id = session.client_id if session else None
    if change == LoginChange.BEGAN:
        await conversations.set_login(connection, conversation.id, client_id, hide=False)
        return ()
    await conversations.set_login(connection, conversation.id, client_id, hide=True)
    await choices.retire_all(connection, conversation.id, now=now)
    return await append(connection, conversation.id, (ended_event(change),), now=now)


def ended_event(change: LoginChange) -> Draft:
    """Tells every tab to forget what it shows."""
    return Draft(
        author=Author.SYSTEM,
        type="login",
        text=event_text(change.value),
        data={"step": "ended", "reason": change.value},
    )
