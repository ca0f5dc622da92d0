"""What Chatwoot sends: who proves to be it, and what it means here. Pure.

The signature is `sha256=` and the HMAC-SHA256, under the secret of the inbox's webhook, of the
timestamp, a full stop and the body as it came. The delivery's own id is not signed, so that it
cannot be relied upon alone: the signature, which names moment and body, is noted as well.

Source: the webhook schema of Chatwoot's API description. Inboxes of the API channel sign since
4.13.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from gateway.desks.errors import NotProven
from gateway.desks.port import AgentThere, Delivery, Resolved, Said

SIGNATURE = "x-chatwoot-signature"
TIMESTAMP = "x-chatwoot-timestamp"
DELIVERY = "x-chatwoot-delivery"
WINDOW_SECONDS = 300
NAME_LENGTH = 64
RESOLVED = "resolved"

_MOMENT = re.compile(r"[0-9]{1,12}")
_DELIVERY_ID = re.compile(r"[A-Za-z0-9-]{8,64}")
_OUTGOING = frozenset({"outgoing", 1})

type _Number = int | str


class _Person(msgspec.Struct, frozen=True, kw_only=True):
    id: _Number | None = None
    name: str | None = None
    type: str | None = None


class _Inbox(msgspec.Struct, frozen=True, kw_only=True):
    source_id: str | None = None


class _Meta(msgspec.Struct, frozen=True, kw_only=True):
    assignee: _Person | None = None


class _Conversation(msgspec.Struct, frozen=True, kw_only=True):
    id: _Number | None = None
    status: str | None = None
    contact_inbox: _Inbox | None = None


class _Account(msgspec.Struct, frozen=True, kw_only=True):
    id: _Number | None = None


class _Event(msgspec.Struct, frozen=True, kw_only=True):
    """Of a message, or of a conversation: the fields of both."""

    event: str = ""
    id: _Number | None = None
    account: _Account | None = None
    # Of a message
    content: str | None = None
    message_type: _Number | None = None
    private: bool | None = None
    sender: _Person | None = None
    conversation: _Conversation | None = None
    attachments: tuple[Any, ...] | None = None
    # Of a conversation
    status: str | None = None
    contact_inbox: _Inbox | None = None
    meta: _Meta | None = None


def read(
    headers: Mapping[str, str], body: bytes, *, secret: str, account_id: int, now: datetime
) -> Delivery:
    """Raises NotProven before anything of the body is read; ValueError when it is no event."""
    signature = _proven(headers, body, secret, now)
    try:
        event = msgspec.json.decode(body, type=_Event)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise ValueError("not an event") from None
    account = event.account.id if event.account else None
    is_ours = account is None or str(account) == str(account_id)
    return Delivery(keys=_keys(headers, signature), news=_news(event) if is_ours else None)


def _proven(headers: Mapping[str, str], body: bytes, secret: str, now: datetime) -> str:
    moment = headers.get(TIMESTAMP, "")
    if not _MOMENT.fullmatch(moment):
        raise NotProven("no timestamp")
    expected = sign(secret, moment, body)
    given = headers.get(SIGNATURE, "")
    if not hmac.compare_digest(expected.encode(), given.encode(errors="replace")):
        raise NotProven("signature")
    if abs(now.timestamp() - int(moment)) > WINDOW_SECONDS:
        raise NotProven("age")
    return expected


def sign(secret: str, moment: str, body: bytes) -> str:
    digest = hmac.new(secret.encode(), f"{moment}.".encode() + body, hashlib.sha256)
    return f"sha256={digest.hexdigest()}"


def _keys(headers: Mapping[str, str], signature: str) -> tuple[str, ...]:
    given = headers.get(DELIVERY, "")
    named = (f"chatwoot:{given}",) if _DELIVERY_ID.fullmatch(given) else ()
    return (*named, f"chatwoot:{signature}")


def _news(event: _Event) -> Said | Resolved | None:
    if event.event == "message_created":
        return _said(event)
    if event.event == "conversation_resolved":
        return _resolved(event)
    if event.event == "conversation_status_changed" and event.status == RESOLVED:
        return _resolved(event)
    return None


def _said(event: _Event) -> Said | None:
    """Only what a person wrote for the customer: no note, and nothing of a bot, a rule or a form.
    What does not say that it is no note is taken for one."""
    sender, there = event.sender, event.conversation
    if event.message_type not in _OUTGOING or event.private is not False:
        return None
    if sender is None or sender.type != "user" or sender.id is None:
        return None
    if event.id is None or there is None or there.id is None:
        return None
    return Said(
        conversation=str(there.id),
        source=_source(there.contact_inbox),
        message=str(event.id),
        agent=_agent(sender),
        text=(event.content or "").strip(),
        has_files=bool(event.attachments),
        is_resolved=there.status == RESOLVED,
    )


def _resolved(event: _Event) -> Resolved | None:
    if event.id is None:
        return None
    assignee = event.meta.assignee if event.meta else None
    is_person = assignee is not None and assignee.id is not None
    return Resolved(
        conversation=str(event.id),
        source=_source(event.contact_inbox),
        agent=_agent(assignee) if assignee is not None and is_person else None,
    )


def _agent(person: _Person) -> AgentThere:
    return AgentThere(number=str(person.id)[:20], name=(person.name or "").strip()[:NAME_LENGTH])


def _source(inbox: _Inbox | None) -> str:
    return (inbox.source_id if inbox else None) or ""
