"""Logging in at the billing system's own login page (OpenID Connect), bound to one conversation.

`begin` gives the address to send the visitor to. The state in it belongs to one conversation and
one browser, works once, and for ten minutes; nothing that comes back is believed without it:

    url = await openid.begin(conversation_id, browser_binding=cookie, now=now)
    … the browser returns with state and code; the page that it lands on posts them …
    linked = await openid.finish(state, code, browser_binding=cookie, now=now)

The code flow with nonce, and PKCE where it is offered. The nonce and the PKCE verifier are derived
from the state under our secret, so that the database holds nothing that could be used. The person
is found by the verified e-mail address, since what `sub` means is not documented.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from urllib.parse import urlencode

from sqlalchemy import delete, insert
from sqlalchemy.ext.asyncio import AsyncEngine

from billing.model import Customer
from billing.port import BillingPort
from kvitt.identity.keyed_hash import KeyedHash
from kvitt.identity.openid_provider import OpenIdProvider, Person, ProviderFailed
from kvitt.identity.tables import openid_logins

STATE_LIFE = timedelta(minutes=10)
LONGEST_VALUE = 2048


class LinkRefusal(StrEnum):
    """Why a login did not come through; for the log."""

    STATE = "state"
    """Unknown, used, too old, or of another browser."""
    PROVIDER = "provider"
    """The login page's answers could not be had or could not be believed."""
    EMAIL = "email"
    """No verified address."""
    NO_ACCOUNT = "no_account"


@dataclass(frozen=True, slots=True, kw_only=True)
class Linked:
    conversation_id: str
    email: str
    customers: tuple[Customer, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkRefused:
    reason: LinkRefusal


class OpenIdLogin:
    def __init__(
        self,
        engine: AsyncEngine,
        billing: BillingPort,
        keyed: KeyedHash,
        provider: OpenIdProvider,
        *,
        redirect_uri: str,
        new_state: Callable[[], str] = lambda: secrets.token_urlsafe(32),
    ) -> None:
        self._engine = engine
        self._billing = billing
        self._keyed = keyed
        self._provider = provider
        self._redirect_uri = redirect_uri
        self._new_state = new_state

    async def begin(self, conversation_id: str, *, browser_binding: str, now: datetime) -> str:
        """The address of the login page. Raises `ProviderFailed` when it cannot be reached."""
        endpoints = await self._provider.endpoints(now=now)
        state = self._new_state()
        await self._remember(state, conversation_id, browser_binding, now)
        query = {
            "response_type": "code",
            "client_id": self._provider.client_id,
            "redirect_uri": self._redirect_uri,
            "scope": "openid email profile",
            "state": state,
            "nonce": self._nonce(state),
        }
        if endpoints.has_pkce:
            query |= {"code_challenge": self._challenge(state), "code_challenge_method": "S256"}
        separator = "&" if "?" in endpoints.authorization else "?"
        return f"{endpoints.authorization}{separator}{urlencode(query)}"

    async def finish(
        self, state: str, code: str, *, browser_binding: str, now: datetime
    ) -> Linked | LinkRefused:
        """What the login led to. The state is used up whatever comes of it, unless it was not this
        browser's. Raises `BillingError` when the accounts cannot be read."""
        conversation_id = await self._use(state, browser_binding, now)
        if conversation_id is None or not 0 < len(code) <= LONGEST_VALUE:
            return LinkRefused(reason=LinkRefusal.STATE)
        try:
            person = await self._person(state, code, now)
        except ProviderFailed:
            return LinkRefused(reason=LinkRefusal.PROVIDER)
        if not person.has_verified_email:
            return LinkRefused(reason=LinkRefusal.EMAIL)
        customers = await self._billing.find_customers(person.email)
        if not customers:
            return LinkRefused(reason=LinkRefusal.NO_ACCOUNT)
        return Linked(conversation_id=conversation_id, email=person.email, customers=customers)

    async def _person(self, state: str, code: str, now: datetime) -> Person:
        person = await self._provider.person(
            code, redirect_uri=self._redirect_uri, verifier=self._verifier(state), now=now
        )
        if not hmac.compare_digest(person.nonce.encode(), self._nonce(state).encode()):
            raise ProviderFailed("the ID token belongs to another login")
        return person

    async def _remember(
        self, state: str, conversation_id: str, browser_binding: str, now: datetime
    ) -> None:
        row = {
            "state_hash": self._keyed.hex("openid state", state),
            "conversation_id": conversation_id,
            "browser_hash": self._keyed.hex("openid browser", browser_binding),
            "expires_at": now + STATE_LIFE,
        }
        async with self._engine.begin() as connection:
            await connection.execute(insert(openid_logins).values(row))

    async def _use(self, state: str, browser_binding: str, now: datetime) -> str | None:
        """The conversation of a state, once; another browser neither gets nor burns it."""
        used = (
            delete(openid_logins)
            .where(
                openid_logins.c.state_hash == self._keyed.hex("openid state", state),
                openid_logins.c.browser_hash == self._keyed.hex("openid browser", browser_binding),
                openid_logins.c.expires_at > now,
            )
            .returning(openid_logins.c.conversation_id)
        )
        async with self._engine.begin() as connection:
            found: str | None = (await connection.execute(used)).scalar_one_or_none()
        return found

    def _nonce(self, state: str) -> str:
        return _urlsafe(self._keyed.bytes("openid nonce", state))

    def _verifier(self, state: str) -> str:
        return _urlsafe(self._keyed.bytes("openid pkce", state))

    def _challenge(self, state: str) -> str:
        return _urlsafe(hashlib.sha256(self._verifier(state).encode()).digest())


def _urlsafe(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()
