"""Logging in at the billing system's own login page (OpenID Connect), bound to one conversation.

`begin` gives the address to send the visitor to; what keeps it safe stands in `code_flow`:

    url = await openid.begin(conversation_id, browser_binding=cookie, now=now)
    … the browser returns with state and code; the page that it lands on posts them …
    linked = await openid.finish(state, code, browser_binding=cookie, now=now)

PKCE is used where it is offered. The person is found by the verified e-mail address, since what
`sub` means is not documented.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy.ext.asyncio import AsyncEngine

from billing.model import Customer
from billing.port import BillingPort
from kvitt.identity.code_flow import CodeFlow
from kvitt.identity.keyed_hash import KeyedHash
from kvitt.identity.openid_provider import OpenIdProvider, ProviderFailed


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
    ) -> None:
        self._billing = billing
        self._provider = provider
        self._flow = CodeFlow(engine, keyed, provider, redirect_uri=redirect_uri)

    async def begin(self, conversation_id: str, *, browser_binding: str, now: datetime) -> str:
        """The address of the login page. Raises `ProviderFailed` when it cannot be reached."""
        return await self._flow.begin(conversation_id, browser_binding=browser_binding, now=now)

    async def finish(
        self, state: str, code: str, *, browser_binding: str, now: datetime
    ) -> Linked | LinkRefused:
        """What the login led to. Raises `BillingError` when the accounts cannot be read."""
        try:
            returned = await self._flow.finish(
                state, code, browser_binding=browser_binding, now=now
            )
            if returned is None:
                return LinkRefused(reason=LinkRefusal.STATE)
            person = await self._provider.person(returned.identified, now=now)
        except ProviderFailed:
            return LinkRefused(reason=LinkRefusal.PROVIDER)
        if not person.has_verified_email:
            return LinkRefused(reason=LinkRefusal.EMAIL)
        customers = await self._billing.find_customers(person.email)
        if not customers:
            return LinkRefused(reason=LinkRefusal.NO_ACCOUNT)
        return Linked(conversation_id=returned.owner, email=person.email, customers=customers)
