"""One login at an OpenID Connect provider: there with a state, back with a code.

The state belongs to one owner (a conversation, or the console) and one browser, works once, and for
ten minutes; nothing that comes back is believed without it. Nonce and PKCE verifier are derived
from the state under our secret, so that the database holds nothing that could be used.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import delete, insert
from sqlalchemy.ext.asyncio import AsyncEngine

from kvitt.identity.keyed_hash import KeyedHash
from kvitt.identity.openid_provider import Identified, OpenIdProvider, ProviderFailed
from kvitt.identity.tables import openid_logins

STATE_LIFE = timedelta(minutes=10)
LONGEST_VALUE = 4096
"""Of a state or a code; those of Entra ID go beyond 1,000 characters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Returned:
    """Somebody has come back: whose login it was, and who they are there."""

    owner: str
    identified: Identified

    @property
    def claims(self) -> Mapping[str, Any]:
        return self.identified.claims


class CodeFlow:
    def __init__(
        self,
        engine: AsyncEngine,
        keyed: KeyedHash,
        provider: OpenIdProvider,
        *,
        redirect_uri: str,
        name: str = "openid",
    ) -> None:
        """`name` keeps the states of one provider from being taken back to another."""
        self._engine = engine
        self._keyed = keyed
        self._provider = provider
        self._redirect_uri = redirect_uri
        self._name = name

    async def begin(self, owner: str, *, browser_binding: str, now: datetime) -> str:
        """The address of the login page. Raises `ProviderFailed` when it cannot be reached."""
        endpoints = await self._provider.endpoints(now=now)
        state = secrets.token_urlsafe(32)
        await self._remember(state, owner, browser_binding, now)
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
    ) -> Returned | None:
        """Who came back; None for a state that is unknown, used, too old, or of another browser.

        The state is used up whatever comes of it, unless it was not this browser's. Raises
        `ProviderFailed` when the answers cannot be had or cannot be believed.
        """
        owner = await self._use(state, browser_binding, now)
        if owner is None or not 0 < len(code) <= LONGEST_VALUE:
            return None
        identified = await self._provider.identify(
            code, redirect_uri=self._redirect_uri, verifier=self._verifier(state), now=now
        )
        if not hmac.compare_digest(identified.nonce.encode(), self._nonce(state).encode()):
            raise ProviderFailed("the ID token belongs to another login")
        return Returned(owner=owner, identified=identified)

    async def _remember(self, state: str, owner: str, browser_binding: str, now: datetime) -> None:
        row = {
            "state_hash": self._hash("state", state),
            "conversation_id": owner,
            "browser_hash": self._hash("browser", browser_binding),
            "expires_at": now + STATE_LIFE,
        }
        async with self._engine.begin() as connection:
            await connection.execute(insert(openid_logins).values(row))

    async def _use(self, state: str, browser_binding: str, now: datetime) -> str | None:
        """The owner of a state, once; another browser neither gets nor burns it."""
        used = (
            delete(openid_logins)
            .where(
                openid_logins.c.state_hash == self._hash("state", state),
                openid_logins.c.browser_hash == self._hash("browser", browser_binding),
                openid_logins.c.expires_at > now,
            )
            .returning(openid_logins.c.conversation_id)
        )
        async with self._engine.begin() as connection:
            found: str | None = (await connection.execute(used)).scalar_one_or_none()
        return found

    def _hash(self, purpose: str, value: str) -> str:
        return self._keyed.hex(f"{self._name} {purpose}", value)

    def _nonce(self, state: str) -> str:
        return _urlsafe(self._keyed.bytes(f"{self._name} nonce", state))

    def _verifier(self, state: str) -> str:
        return _urlsafe(self._keyed.bytes(f"{self._name} pkce", state))

    def _challenge(self, state: str) -> str:
        return _urlsafe(hashlib.sha256(self._verifier(state).encode()).digest())


def _urlsafe(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()
