"""The login page's side of OpenID Connect: discovery, code for tokens, who it is.

Everything that comes from there is checked: addresses are https (plain http on this machine only),
the ID token's signature, issuer, audience and times, and that user information is about the same
person. Answers are bounded, redirects are not followed, and no body gets into an error.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote, urlsplit

import httpx
import msgspec
from jose import jwt
from jose.exceptions import JOSEError
from pydantic import SecretStr

from kvitt.identity.verification_keys import KeySet, VerificationKey

GOOD_FOR = timedelta(hours=1)
CLOCK_SKEW = timedelta(seconds=60)
LARGEST_ANSWER_BYTES = 100_000
PUBLIC_ALGORITHMS = frozenset({"RS256", "ES256"})
JOSE_OPTIONS = {
    "verify_exp": False,
    "verify_iat": False,
    "verify_nbf": False,
    "verify_at_hash": False,
    "require_iss": True,
    "require_aud": True,
    "require_sub": True,
}
"""jose would ask the wall clock: `check_id_claims` checks the times, against `now`."""


class ProviderFailed(Exception):
    """The login page did not answer, or not in a way that can be believed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoints:
    """What the discovery document says."""

    issuer: str
    authorization: str
    token: str
    userinfo: str
    """Empty where there is none."""
    key_set: str
    has_pkce: bool
    wants_basic: bool
    """Whether the client's secret must go in a header, not in the form."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Identified:
    """Somebody has logged in there: what their ID token says, verified."""

    claims: Mapping[str, Any]
    access_token: str = field(repr=False)

    @property
    def nonce(self) -> str:
        return _text(self.claims, "nonce")


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    subject: str
    email: str
    has_verified_email: bool


class OpenIdProvider:
    def __init__(
        self,
        discovery_url: str,
        client_id: str,
        client_secret: SecretStr,
        client: httpx.AsyncClient,
        *,
        is_pkce_sure: bool = False,
    ) -> None:
        """`is_pkce_sure`: use PKCE also where it is not announced, as by Entra ID, which has it."""
        self.client_id = client_id
        self._discovery_url = discovery_url
        self._client_secret = client_secret
        self._client = client
        self._is_pkce_sure = is_pkce_sure
        self._endpoints: Endpoints | None = None
        self._read_at: datetime | None = None
        self._key_set: KeySet | None = None

    async def endpoints(self, *, now: datetime) -> Endpoints:
        """From the discovery document, read once an hour; raises ProviderFailed."""
        is_old = self._read_at is None or now - self._read_at >= GOOD_FOR
        if self._endpoints is None or is_old:
            found = read_discovery(await self._get(self._discovery_url))
            self._endpoints = replace(found, has_pkce=found.has_pkce or self._is_pkce_sure)
            self._key_set = KeySet(found.key_set, self._client)
            self._read_at = now
        return self._endpoints

    async def identify(
        self, code: str, *, redirect_uri: str, verifier: str, now: datetime
    ) -> Identified:
        """Who has logged in, by the ID token; raises ProviderFailed. The nonce is the caller's."""
        endpoints = await self.endpoints(now=now)
        tokens = await self._tokens(endpoints, code, redirect_uri, verifier)
        claims = await self._verified(_text(tokens, "id_token"), endpoints, now)
        return Identified(claims=claims, access_token=_text(tokens, "access_token"))

    async def person(self, identified: Identified, *, now: datetime) -> Person:
        """The same, with what the user information says; raises ProviderFailed."""
        claims, endpoints = identified.claims, await self.endpoints(now=now)
        about = await self._userinfo(endpoints, identified.access_token)
        if about.get("sub") != claims["sub"]:
            raise ProviderFailed("the user information is about somebody else")
        return Person(
            subject=claims["sub"],
            email=_text(about, "email"),
            has_verified_email=is_true(about.get("email_verified", claims.get("email_verified"))),
        )

    async def _tokens(
        self, endpoints: Endpoints, code: str, redirect_uri: str, verifier: str
    ) -> Mapping[str, Any]:
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri}
        if endpoints.has_pkce:
            form["code_verifier"] = verifier
        secret = self._client_secret.get_secret_value()
        if endpoints.wants_basic:
            # Both are form-encoded first: WHMCS's contain . / + =
            basic = httpx.BasicAuth(quote(self.client_id, safe=""), quote(secret, safe=""))
            return await self._ask("POST", endpoints.token, data=form, auth=basic)
        form |= {"client_id": self.client_id, "client_secret": secret}
        return await self._ask("POST", endpoints.token, data=form)

    async def _userinfo(self, endpoints: Endpoints, access_token: str) -> Mapping[str, Any]:
        """By header, never in the address, where it would be logged."""
        if not endpoints.userinfo:
            raise ProviderFailed("there is no user information")
        headers = {"Authorization": f"Bearer {access_token}"}
        return await self._ask("GET", endpoints.userinfo, headers=headers)

    async def _verified(
        self, id_token: str, endpoints: Endpoints, now: datetime
    ) -> Mapping[str, Any]:
        key = await self._key_for(id_token, now)
        try:
            claims: dict[str, Any] = jwt.decode(
                id_token,
                key.material,
                algorithms=[key.algorithm],
                issuer=endpoints.issuer,
                audience=self.client_id,
                options=JOSE_OPTIONS,
            )
        except (JOSEError, ValueError, TypeError, OverflowError, RecursionError):
            raise ProviderFailed("the ID token is not valid") from None
        check_id_claims(claims, self.client_id, now)
        return claims

    async def _key_for(self, id_token: str, now: datetime) -> VerificationKey:
        try:
            header = jwt.get_unverified_header(id_token)
        except (JOSEError, ValueError, RecursionError):
            raise ProviderFailed("the ID token is not a token") from None
        kid, algorithm = header.get("kid"), header.get("alg")
        assert self._key_set is not None
        is_sound = isinstance(algorithm, str) and isinstance(kid, str | None)
        key = await self._key_set.find(kid, now=now) if is_sound else None
        if key is None or algorithm != key.algorithm or algorithm not in PUBLIC_ALGORITHMS:
            raise ProviderFailed("the ID token is signed with no key of the login page")
        return key

    async def _get(self, url: str) -> Mapping[str, Any]:
        return await self._ask("GET", checked_address(url))

    async def _ask(self, method: str, url: str, **parts: Any) -> Mapping[str, Any]:
        try:
            answer = await self._client.request(method, url, follow_redirects=False, **parts)
            answer.raise_for_status()
        except httpx.HTTPError as error:
            raise ProviderFailed(type(error).__name__) from None
        if len(answer.content) > LARGEST_ANSWER_BYTES:
            raise ProviderFailed("an answer is too large")
        return _object(answer.content)


def read_discovery(document: Mapping[str, Any]) -> Endpoints:
    """The endpoints; raises ProviderFailed when one is missing or not safe to use."""
    pkce = document.get("code_challenge_methods_supported") or ()
    ways = document.get("token_endpoint_auth_methods_supported") or ()
    has_userinfo = "userinfo_endpoint" in document
    return Endpoints(
        issuer=_text(document, "issuer"),
        authorization=checked_address(_text(document, "authorization_endpoint")),
        token=checked_address(_text(document, "token_endpoint")),
        userinfo=checked_address(_text(document, "userinfo_endpoint")) if has_userinfo else "",
        key_set=checked_address(_text(document, "jwks_uri")),
        has_pkce="S256" in pkce,
        wants_basic="client_secret_basic" in ways and "client_secret_post" not in ways,
    )


def checked_address(url: str) -> str:
    """https anywhere, http on this machine only."""
    parts = urlsplit(url)
    if parts.scheme == "https" and parts.hostname:
        return url
    if parts.scheme == "http" and _is_this_machine(parts.hostname or ""):
        return url
    raise ProviderFailed("an address of the login page is not https")


def _is_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def check_id_claims(claims: Mapping[str, Any], client_id: str, now: datetime) -> None:
    """Times, and that the token was made for us; raises ProviderFailed."""
    moment, skew = now.timestamp(), CLOCK_SKEW.total_seconds()
    expires, issued = claims.get("exp"), claims.get("iat")
    if not (isinstance(expires, int | float) and isinstance(issued, int | float)):
        raise ProviderFailed("the ID token has no times")
    if not moment - skew < expires or not issued < moment + skew:
        raise ProviderFailed("the ID token is too old, or not yet good")
    audience = claims["aud"]
    if isinstance(audience, list) and len(audience) > 1 and claims.get("azp") != client_id:
        raise ProviderFailed("the ID token was made for another client")


def _object(body: bytes) -> Mapping[str, Any]:
    try:
        parsed = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise ProviderFailed("an answer is not JSON") from None
    if not isinstance(parsed, dict):
        raise ProviderFailed("an answer is not an object")
    return parsed


def _text(values: Mapping[str, Any], name: str) -> str:
    value = values.get(name)
    if not isinstance(value, str) or not value:
        raise ProviderFailed(f"an answer lacks {name}")
    return value


def is_true(value: object) -> bool:
    """Of `email_verified`, which some send as a number or a word."""
    return value is True or value == 1 or value in ("1", "true")
