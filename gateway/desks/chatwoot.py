"""Chatwoot as a desk elsewhere: an inbox of its API channel.

The contact and the conversation are made by the public client API, lines are added by the
application API: only that one can write notes and tell what stands there already. Chatwoot knows no
idempotency keys. What may have been done is looked for instead: a conversation by the handover in
its custom attributes, a line by its kind below our last one, since nobody but us writes there as
the customer.

Source: developers.chatwoot.com, API reference.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

import httpx
import msgspec
from pydantic import SecretStr

from gateway.desks import chatwoot_webhooks
from gateway.desks.errors import Busy, NoAnswer, Refused
from gateway.desks.port import Contact, ContactThere, Delivery, Line
from kvitt.settings import Settings, SettingsError

INCOMING = 0
RATE_LIMITED = 429
_UNKNOWN_OUTCOME = frozenset({408, 425})
_REQUIRED = ("url", "account_id", "inbox_identifier", "token", "webhook_secret")


class _Contact(msgspec.Struct, frozen=True, kw_only=True):
    source_id: str
    id: int


class _Conversation(msgspec.Struct, frozen=True, kw_only=True):
    id: int
    custom_attributes: dict[str, Any] = {}


class _Conversations(msgspec.Struct, frozen=True, kw_only=True):
    payload: tuple[_Conversation, ...]


class _Message(msgspec.Struct, frozen=True, kw_only=True):
    id: int
    content: str | None = None
    message_type: int | str | None = None
    private: bool = False

    def is_same_as(self, line: Line) -> bool:
        if line.is_note:
            return self.private and (self.content or "").split() == line.text.split()
        return self.message_type in (INCOMING, "incoming") and not self.private


class _Messages(msgspec.Struct, frozen=True, kw_only=True):
    payload: tuple[_Message, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """Where it is, and what it lets us in with."""

    url: str
    account_id: int
    inbox_identifier: str
    token: SecretStr
    webhook_secret: SecretStr
    identity_secret: SecretStr
    """Of the inbox; empty where it does not ask for proof of contacts' identity."""
    connect_timeout_seconds: float
    read_timeout_seconds: float

    @classmethod
    def from_settings(cls, settings: Settings) -> Self | None:
        """None without any of it; raises SettingsError with what is missing of the rest."""
        given = {name: _plain(getattr(settings, f"chatwoot_{name}")) for name in _REQUIRED}
        missing = [f"KVITT_CHATWOOT_{name.upper()}" for name in _REQUIRED if not given[name]]
        if len(missing) == len(_REQUIRED):
            return None
        if missing:
            raise SettingsError(f"{', '.join(missing)}: missing, since others of Chatwoot are set")
        if not given["account_id"].isascii() or not given["account_id"].isdigit():
            raise SettingsError("KVITT_CHATWOOT_ACCOUNT_ID: the number in the dashboard's address")
        if not given["url"].startswith(("https://", "http://")):
            raise SettingsError("KVITT_CHATWOOT_URL: an address that begins with https://")
        return cls(
            url=given["url"].rstrip("/"),
            account_id=int(given["account_id"]),
            inbox_identifier=given["inbox_identifier"],
            token=settings.chatwoot_token,
            webhook_secret=settings.chatwoot_webhook_secret,
            identity_secret=settings.chatwoot_identity_secret,
            connect_timeout_seconds=settings.chatwoot_connect_timeout_seconds,
            read_timeout_seconds=settings.chatwoot_read_timeout_seconds,
        )

    @property
    def longest_seconds(self) -> float:
        """Of one call."""
        return self.connect_timeout_seconds + self.read_timeout_seconds


def _plain(value: str | SecretStr) -> str:
    return (value.get_secret_value() if isinstance(value, SecretStr) else value).strip()


class Chatwoot:
    def __init__(self, access: Access) -> None:
        self._access = access
        self._http = httpx.AsyncClient(
            base_url=access.url,
            headers={"Content-Type": "application/json"},
            timeout=httpx.Timeout(
                access.read_timeout_seconds, connect=access.connect_timeout_seconds
            ),
            trust_env=False,
        )

    @property
    def name(self) -> str:
        return "chatwoot"

    async def add_contact(self, contact: Contact) -> ContactThere:
        """Said twice it makes a second place of the same contact, which nobody sees."""
        body: dict[str, Any] = {
            "identifier": contact.key,
            "name": contact.name,
            "custom_attributes": dict(contact.facts),
        }
        if contact.email:
            body["email"] = contact.email
        if secret := self._access.identity_secret.get_secret_value():
            body["identifier_hash"] = _hash(secret, contact.key)
        made = await self._public("add_contact", "/contacts", body, _Contact)
        return ContactThere(source=made.source_id, number=made.id)

    async def open(
        self, contact: ContactThere, *, handover: int, topic: str, is_retry: bool
    ) -> str:
        if is_retry and (earlier := await self._find_conversation(contact, handover)):
            return earlier
        body = {"custom_attributes": {"kvitt_handover": str(handover), "kvitt_topic": topic}}
        path = f"/contacts/{contact.source}/conversations"
        return str((await self._public("open", path, body, _Conversation)).id)

    async def _find_conversation(self, contact: ContactThere, handover: int) -> str | None:
        path = f"/contacts/{contact.number}/conversations"
        found = await self._read("find_conversation", path, _Conversations)
        for one in found.payload:
            if str(one.custom_attributes.get("kvitt_handover")) == str(handover):
                return str(one.id)
        return None

    async def add(self, conversation: str, line: Line, *, after: int, is_retry: bool) -> int:
        path = f"/conversations/{conversation}/messages"
        if is_retry and (earlier := await self._find_line(path, line, after)):
            return earlier
        body = {
            "content": line.text,
            "message_type": "outgoing" if line.is_note else "incoming",
            "private": line.is_note,
        }
        return (await self._post("add", self._account(path), body, _Message)).id

    async def _find_line(self, path: str, line: Line, after: int) -> int | None:
        found = await self._read("find_line", f"{path}?after={after}", _Messages)
        below = sorted(one.id for one in found.payload if one.id > after and one.is_same_as(line))
        return below[0] if below else None

    async def resolve(self, conversation: str) -> None:
        path = self._account(f"/conversations/{conversation}/toggle_status")
        await self._post("resolve", path, {"status": "resolved"}, dict[str, Any])

    def hear(self, headers: Mapping[str, str], body: bytes, *, now: datetime) -> Delivery:
        secret = self._access.webhook_secret.get_secret_value()
        return chatwoot_webhooks.read(
            headers, body, secret=secret, account_id=self._access.account_id, now=now
        )

    async def close(self) -> None:
        await self._http.aclose()

    # The wire

    def _account(self, path: str) -> str:
        return f"/api/v1/accounts/{self._access.account_id}{path}"

    async def _public[T](self, operation: str, path: str, body: Any, answer: type[T]) -> T:
        inbox = f"/public/api/v1/inboxes/{self._access.inbox_identifier}"
        return await self._call(operation, "POST", inbox + path, {}, answer, body=body)

    async def _post[T](self, operation: str, path: str, body: Any, answer: type[T]) -> T:
        return await self._call(operation, "POST", path, self._token(), answer, body=body)

    async def _read[T](self, operation: str, path: str, answer: type[T]) -> T:
        return await self._call(operation, "GET", self._account(path), self._token(), answer)

    def _token(self) -> dict[str, str]:
        return {"api_access_token": self._access.token.get_secret_value()}

    async def _call[T](
        self,
        operation: str,
        method: str,
        path: str,
        headers: dict[str, str],
        answer: type[T],
        *,
        body: Any = None,
    ) -> T:
        content = None if body is None else msgspec.json.encode(body)
        try:
            async with asyncio.timeout(self._access.longest_seconds):
                response = await self._http.request(method, path, headers=headers, content=content)
        except (httpx.HTTPError, TimeoutError) as error:
            raise NoAnswer(operation, type(error).__name__) from None
        _check(operation, response.status_code)
        try:
            return msgspec.json.decode(response.content, type=answer)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            raise NoAnswer(operation, "unreadable answer") from None


def _check(operation: str, status: int) -> None:
    """By status alone whether it was done, may have been, or will not be."""
    if 200 <= status < 300:
        return
    reason = f"status {status}"
    if status == RATE_LIMITED:
        raise Busy(operation, reason)
    if status >= 500 or status in _UNKNOWN_OUTCOME:
        raise NoAnswer(operation, reason)
    raise Refused(operation, reason)


def _hash(secret: str, identifier: str) -> str:
    return hmac.new(secret.encode(), identifier.encode(), hashlib.sha256).hexdigest()
