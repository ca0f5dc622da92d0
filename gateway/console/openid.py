"""Agents sign in at the company's own login (OpenID Connect), where one is configured.

What keeps the way there and back safe stands in `kvitt.identity.code_flow`; who becomes which agent
in `openid_accounts`. It ends with the same session as a password does.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import httpx
import structlog

from gateway.console.openid_accounts import OpenIdAccounts, Roles
from gateway.console.sign_in import AgentSessions
from gateway.errors import Forbidden, Unavailable
from kvitt.identity import KeyedHash
from kvitt.identity.code_flow import CodeFlow
from kvitt.identity.openid_provider import OpenIdProvider, ProviderFailed
from kvitt.settings import Settings, SettingsError

log = structlog.get_logger()

OWNER = "console"
LOGIN_PATH = "/login/console"
CALLBACK_PATH = f"{LOGIN_PATH}/callback"


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentOpenId:
    flow: CodeFlow
    accounts: OpenIdAccounts
    sessions: AgentSessions
    clock: Callable[[], datetime]

    async def begin(self, browser: str) -> str:
        """Where to sign in; raises Unavailable."""
        try:
            return await self.flow.begin(OWNER, browser_binding=browser, now=self.clock())
        except ProviderFailed as error:
            log.warning("agent_openid_unavailable", error=str(error))
            raise Unavailable("agent_openid_down") from None

    async def finish(self, state: str, code: str, browser: str) -> str:
        """A new session's token; raises Forbidden."""
        try:
            returned = await self.flow.finish(
                state, code, browser_binding=browser, now=self.clock()
            )
        except ProviderFailed as error:
            log.warning("agent_openid_failed", error=str(error))
            raise Forbidden("agent_openid_failed") from None
        if returned is None:
            log.warning("agent_openid_failed", error="the state opens nothing for this browser")
            raise Forbidden("agent_openid_failed")
        try:
            name = await self.accounts.open_for(returned.claims)
        except Forbidden as refusal:
            log.warning("agent_openid_refused", reason=refusal.code)
            raise
        return await self.sessions.begin(name, how="openid")


def connect(
    settings: Settings, sessions: AgentSessions, keyed: KeyedHash, client: httpx.AsyncClient
) -> AgentOpenId | None:
    """None where it is not configured; raises SettingsError for half of it."""
    discovery_url = settings.console_openid_discovery_url
    if not discovery_url:
        if not settings.console_passwords:
            raise SettingsError(
                "KVITT_CONSOLE_PASSWORDS: without passwords agents need"
                " KVITT_CONSOLE_OPENID_DISCOVERY_URL"
            )
        return None
    for name in ("console_openid_client_id", "console_openid_client_secret"):
        if not getattr(settings, name):
            raise SettingsError(f"KVITT_{name.upper()}: needed with …_OPENID_DISCOVERY_URL")
    provider = OpenIdProvider(
        discovery_url,
        settings.console_openid_client_id,
        settings.console_openid_client_secret,
        client,
        is_pkce_sure=True,
    )
    redirect = settings.public_url.rstrip("/") + CALLBACK_PATH
    return AgentOpenId(
        flow=CodeFlow(
            sessions.store.engine, keyed, provider, redirect_uri=redirect, name="console openid"
        ),
        accounts=OpenIdAccounts(
            store=sessions.store, roles=Roles.from_settings(settings), clock=sessions.clock
        ),
        sessions=sessions,
        clock=sessions.clock,
    )
