"""A customer whom the company's own site vouches for: a short-lived signed token (JWT), taken once.

The site's server signs who is logged in there; the widget hands the token on. Required claims:

    iss, aud    as configured                  iat, exp    at most five minutes apart
    sub         the site's id of the person    jti         a random id, accepted once
    email       the person's address in the billing system, or
    client_id   the account (with `email`: one that this person may act for)

Keys are HS256 secrets by `kid` (`KVITT_IDENTITY_KEYS`) or public keys in a JWKS, RS256 or ES256
(`KVITT_IDENTITY_JWKS`). The key decides the algorithm, never the token.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol, Self

from jose import jws, jwt
from jose.exceptions import JOSEError
from sqlalchemy.ext.asyncio import AsyncEngine

from billing.errors import NotFound
from billing.model import Customer
from billing.port import BillingPort
from kvitt.identity.keyed_hash import KeyedHash
from kvitt.identity.tables import spent_tokens
from kvitt.identity.upserts import insert_for
from kvitt.identity.verification_keys import ALGORITHMS, VerificationKey
from kvitt.settings import Settings

LONGEST_TOKEN = 8192
LONGEST_CLAIM = 320
LONGEST_LIFE = timedelta(minutes=5)
CLOCK_SKEW = timedelta(seconds=30)
JOSE_OPTIONS = {
    "verify_exp": False,
    "verify_iat": False,
    "verify_nbf": False,
    "require_iss": True,
    "require_aud": True,
    "require_sub": True,
    "require_jti": True,
}
"""jose would ask the wall clock, and requiring a time makes it check that: `read_claim` requires
and checks the times, against `now`."""


class Refusal(StrEnum):
    """Why a token was not accepted; for the log, the customer only learns that it was not."""

    OFF = "off"
    MALFORMED = "malformed"
    UNKNOWN_KEY = "unknown_key"
    BAD_SIGNATURE = "bad_signature"
    CLAIMS = "claims"
    TOO_LONG_LIVED = "too_long_lived"
    EXPIRED = "expired"
    NOT_YET = "not_yet"
    NO_ACCOUNT = "no_account"
    USED = "used"


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """The accounts that the person may act for; one, where the token names it."""

    customers: tuple[Customer, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    reason: Refusal


class TokenRefused(Exception):
    """Carries the reason from where it is found to where it is returned."""

    def __init__(self, reason: Refusal) -> None:
        self.reason = reason
        super().__init__(reason.value)


class Keys(Protocol):
    async def find(self, kid: str | None, *, now: datetime) -> VerificationKey | None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectations:
    issuer: str
    audience: str

    @classmethod
    def from_settings(cls, settings: Settings) -> Self:
        return cls(issuer=settings.identity_issuer, audience=settings.identity_audience)


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What a valid token says."""

    subject: str
    token_id: str
    email: str | None
    client_id: int | None
    expires_at: datetime


class SignedIdentity:
    def __init__(
        self,
        engine: AsyncEngine,
        billing: BillingPort,
        keyed: KeyedHash,
        keys: Keys,
        expected: Expectations,
    ) -> None:
        self._engine = engine
        self._billing = billing
        self._keyed = keyed
        self._keys = keys
        self._expected = expected

    async def accept(self, token: str, *, now: datetime) -> Accepted | Refused:
        """Check a token and use it up. Raises `BillingError` when the accounts cannot be read now;
        the token is then not used up."""
        try:
            claim = await self._claim(token, now)
            customers = await self._customers(claim)
            await self._spend(claim)
        except TokenRefused as refused:
            return Refused(reason=refused.reason)
        return Accepted(customers=customers)

    async def _claim(self, token: str, now: datetime) -> Claim:
        header = header_of(token)
        key = await self._keys.find(header.get("kid"), now=now)
        if key is None:
            raise TokenRefused(Refusal.UNKNOWN_KEY)
        if header.get("alg") != key.algorithm:
            raise TokenRefused(Refusal.BAD_SIGNATURE)
        return read_claim(verified_claims(token, key, self._expected), now)

    async def _customers(self, claim: Claim) -> tuple[Customer, ...]:
        customers = await self._found(claim)
        if claim.client_id is not None:
            customers = tuple(one for one in customers if one.client_id == claim.client_id)
        if not customers:
            raise TokenRefused(Refusal.NO_ACCOUNT)
        return customers

    async def _found(self, claim: Claim) -> tuple[Customer, ...]:
        if claim.email is not None:
            return await self._billing.find_customers(claim.email)
        assert claim.client_id is not None
        try:
            return (await self._billing.customer(claim.client_id),)
        except NotFound:
            return ()

    async def _spend(self, claim: Claim) -> None:
        """The database says whether this was the first time."""
        row = {
            "token_hash": self._keyed.hex("token", self._expected.issuer, claim.token_id),
            "expires_at": claim.expires_at,
        }
        async with self._engine.begin() as connection:
            spent = await connection.execute(
                insert_for(connection, spent_tokens).values(row).on_conflict_do_nothing()
            )
            if spent.rowcount != 1:
                raise TokenRefused(Refusal.USED)


def header_of(token: str) -> Mapping[str, Any]:
    """The unverified header; good for nothing but choosing a key."""
    if len(token) > LONGEST_TOKEN or not token.isascii() or token.count(".") != 2:
        raise TokenRefused(Refusal.MALFORMED)
    try:
        header: dict[str, Any] = jwt.get_unverified_header(token)
    except (JOSEError, ValueError, RecursionError):
        raise TokenRefused(Refusal.MALFORMED) from None
    if not _is_sound(header):
        raise TokenRefused(Refusal.MALFORMED)
    return header


def _is_sound(header: Mapping[str, Any]) -> bool:
    kid, algorithm = header.get("kid"), header.get("alg")
    if kid is not None and not (isinstance(kid, str) and len(kid) <= LONGEST_CLAIM):
        return False
    return isinstance(algorithm, str) and algorithm in ALGORITHMS and "crit" not in header


def verified_claims(token: str, key: VerificationKey, expected: Expectations) -> Mapping[str, Any]:
    """The claims, once the signature, the issuer and the audience are right."""
    algorithms = [key.algorithm]
    try:
        jws.verify(token, key.material, algorithms)
    except (JOSEError, ValueError, TypeError):
        raise TokenRefused(Refusal.BAD_SIGNATURE) from None
    try:
        claims: dict[str, Any] = jwt.decode(
            token,
            key.material,
            algorithms=algorithms,
            issuer=expected.issuer,
            audience=expected.audience,
            options=JOSE_OPTIONS,
        )
    except (JOSEError, ValueError, TypeError, OverflowError, RecursionError):
        raise TokenRefused(Refusal.CLAIMS) from None
    return claims


def read_claim(claims: Mapping[str, Any], now: datetime) -> Claim:
    """What verified claims say at this time; raises TokenRefused."""
    issued, expires = _time(claims.get("iat")), _time(claims.get("exp"))
    if not 0 < expires - issued <= LONGEST_LIFE.total_seconds():
        raise TokenRefused(Refusal.TOO_LONG_LIVED)
    if now.timestamp() >= expires:
        raise TokenRefused(Refusal.EXPIRED)
    begins = max(issued, _time(claims.get("nbf", issued)))
    if begins > now.timestamp() + CLOCK_SKEW.total_seconds():
        raise TokenRefused(Refusal.NOT_YET)
    claim = Claim(
        subject=_text(claims["sub"]),
        token_id=_text(claims["jti"]),
        email=_text(claims["email"]) if claims.get("email") is not None else None,
        client_id=_id(claims["client_id"]) if claims.get("client_id") is not None else None,
        expires_at=datetime.fromtimestamp(expires, now.tzinfo),
    )
    if claim.email is None and claim.client_id is None:
        raise TokenRefused(Refusal.CLAIMS)
    return claim


def _time(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TokenRefused(Refusal.CLAIMS)
    if not math.isfinite(value) or not 0 <= value < 2**40:
        raise TokenRefused(Refusal.CLAIMS)
    return float(value)


def _text(value: object) -> str:
    if not isinstance(value, str) or not value.strip() or len(value) > LONGEST_CLAIM:
        raise TokenRefused(Refusal.CLAIMS)
    return value


def _id(value: object) -> int:
    """An account number, as a number or in digits."""
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 18:
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value < 2**31:
        raise TokenRefused(Refusal.CLAIMS)
    return value
