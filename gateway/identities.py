"""The two ways to be known outside the chat: a site's signed token, and the billing system's login.

Both end with customers. With one, a session begins; with several, what is proven is kept, and the
bot asks which account it is about.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import httpx
import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from billing.errors import BillingError
from billing.model import Customer
from billing.port import BillingPort
from gateway.errors import BadRequest, Unavailable
from kvitt.identity import KeyedHash
from kvitt.identity.openid import Linked, OpenIdLogin
from kvitt.identity.openid_provider import OpenIdProvider, ProviderFailed
from kvitt.identity.sessions import Proof
from kvitt.identity.signed_identity import Accepted, Expectations, Refused, SignedIdentity
from kvitt.identity.verification_keys import keys_from_settings
from kvitt.settings import Settings

log = structlog.get_logger()

CALLBACK_PATH = "/login/openid/callback"
TIMEOUT_SECONDS = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Proven:
    """Who a visitor may be, and how it was shown."""

    customers: tuple[Customer, ...]
    proof: Proof
    email: str = ""

    @property
    def only(self) -> Customer | None:
        return self.customers[0] if len(self.customers) == 1 else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Identities:
    signed: SignedIdentity
    openid: OpenIdLogin | None
    client: httpx.AsyncClient
    clock: Callable[[], datetime]

    async def prove(self, token: str) -> Proven:
        """A site's token, used up by this; raises BadRequest, or Unavailable if unknown."""
        try:
            result = await self.signed.accept(token, now=self.clock())
        except BillingError as error:
            log.warning("identity_not_read", error=type(error).__name__)
            raise Unavailable("unavailable") from None
        match result:
            case Accepted(customers=customers):
                email = customers[0].email
                return Proven(customers=customers, proof=Proof.SIGNED_IDENTITY, email=email)
            case Refused(reason=reason):
                log.warning("identity_refused", reason=reason.value)
                raise BadRequest("identity")

    async def login_address(self, conversation_id: str, cookie: str) -> str | None:
        """Where to log in for this conversation; None when that cannot be had now."""
        if self.openid is None:
            return None
        try:
            return await self.openid.begin(
                conversation_id, browser_binding=cookie, now=self.clock()
            )
        except ProviderFailed as error:
            log.warning("openid_unavailable", error=type(error).__name__)
            return None

    async def finish_login(self, state: str, code: str, cookie: str) -> tuple[str, Proven] | None:
        """The conversation that a login belongs to and who it proved; None when it did not."""
        if self.openid is None:
            return None
        try:
            result = await self.openid.finish(state, code, browser_binding=cookie, now=self.clock())
        except BillingError as error:
            log.warning("openid_accounts_not_read", error=type(error).__name__)
            return None
        if not isinstance(result, Linked):
            log.warning("openid_refused", reason=result.reason.value)
            return None
        proven = Proven(customers=result.customers, proof=Proof.OPENID, email=result.email)
        return result.conversation_id, proven

    async def close(self) -> None:
        await self.client.aclose()


def connect(
    settings: Settings,
    engine: AsyncEngine,
    billing: BillingPort,
    keyed: KeyedHash,
    clock: Callable[[], datetime],
) -> Identities:
    client = httpx.AsyncClient(timeout=TIMEOUT_SECONDS, trust_env=False)
    return Identities(
        signed=SignedIdentity(
            engine,
            billing,
            keyed,
            keys_from_settings(settings, client),
            Expectations.from_settings(settings),
        ),
        openid=_openid(settings, engine, billing, keyed, client),
        client=client,
        clock=clock,
    )


def _openid(
    settings: Settings,
    engine: AsyncEngine,
    billing: BillingPort,
    keyed: KeyedHash,
    client: httpx.AsyncClient,
) -> OpenIdLogin | None:
    if not settings.openid_discovery_url:
        return None
    provider = OpenIdProvider(
        settings.openid_discovery_url,
        settings.openid_client_id,
        settings.openid_client_secret,
        client,
    )
    redirect = settings.public_url.rstrip("/") + CALLBACK_PATH
    return OpenIdLogin(engine, billing, keyed, provider, redirect_uri=redirect)
