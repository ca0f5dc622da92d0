"""The keys that a token may be signed with: our own secrets, or the public keys of a JWKS.

A key carries its one algorithm, chosen here by its type; what a token says of itself never decides.
A key set is read again when a token names a key that is not in it, at most once a minute; while it
cannot be read, the keys that are known stay good.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import msgspec
import structlog
from jose import jwk
from jose.exceptions import JOSEError

from kvitt.settings import Settings, SettingsError

ALGORITHMS = frozenset({"HS256", "RS256", "ES256"})
SHORTEST_SECRET_BYTES = 32
SHORTEST_RSA_BITS = 2048
LARGEST_KEY_SET_BYTES = 100_000
READ_AGAIN_AFTER = timedelta(minutes=1)
GOOD_FOR = timedelta(hours=1)

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class VerificationKey:
    kid: str | None
    algorithm: str
    material: Any = field(repr=False)
    """A secret, or a public JWK, as jose takes it."""


class SharedSecrets:
    """HS256 secrets by name; several while one replaces another."""

    def __init__(self, secrets: Mapping[str, str]) -> None:
        for kid, secret in secrets.items():
            if len(secret.encode()) < SHORTEST_SECRET_BYTES:
                raise SettingsError(
                    f"KVITT_IDENTITY_KEYS: the secret of {kid} needs"
                    f" {SHORTEST_SECRET_BYTES} characters or more"
                )
            if secret.lstrip().startswith(("-----BEGIN", "ssh-")):
                raise SettingsError(f"KVITT_IDENTITY_KEYS: {kid} is a key file, not a secret")
        self._keys = {
            kid: VerificationKey(kid=kid, algorithm="HS256", material=secret)
            for kid, secret in secrets.items()
        }

    async def find(
        self,
        kid: str | None,
        *,
        now: datetime,
    ) -> VerificationKey | None:
        """The secret of that name; without a name, the only one there is."""
        if kid is None:
            return next(iter(self._keys.values())) if len(self._keys) == 1 else None
        return self._keys.get(kid)


class KeySet:
    """A JWKS, read from a file or an address."""

    def __init__(self, location: str, client: httpx.AsyncClient) -> None:
        self._location = location
        self._client = client
        self._keys: tuple[VerificationKey, ...] = ()
        self._read_at: datetime | None = None
        self._tried_at: datetime | None = None
        self._lock = asyncio.Lock()

    async def find(self, kid: str | None, *, now: datetime) -> VerificationKey | None:
        async with self._lock:
            found = self._known(kid)
            if self._is_due(now, is_missing=found is None):
                await self._read(now)
                found = self._known(kid)
        return found

    def _known(self, kid: str | None) -> VerificationKey | None:
        if kid is None:
            return self._keys[0] if len(self._keys) == 1 else None
        return next((key for key in self._keys if key.kid == kid), None)

    def _is_due(self, now: datetime, *, is_missing: bool) -> bool:
        if self._tried_at is not None and now - self._tried_at < READ_AGAIN_AFTER:
            return False
        return is_missing or self._read_at is None or now - self._read_at >= GOOD_FOR

    async def _read(self, now: datetime) -> None:
        self._tried_at = now
        try:
            body = await self._body()
            self._keys = public_keys(body)
            self._read_at = now
        except (httpx.HTTPError, OSError, ValueError, RecursionError) as error:
            log.warning("key_set_not_read", error=type(error).__name__)

    async def _body(self) -> bytes:
        if not self._location.startswith(("https://", "http://")):
            return await asyncio.to_thread(Path(self._location).read_bytes)
        answer = await self._client.get(self._location)
        answer.raise_for_status()
        return answer.content


def public_keys(body: bytes) -> tuple[VerificationKey, ...]:
    """The usable public keys of a JWKS; raises ValueError when it is none."""
    if len(body) > LARGEST_KEY_SET_BYTES:
        raise ValueError("the key set is too large")
    parsed = msgspec.json.decode(body)
    listed = parsed.get("keys") if isinstance(parsed, dict) else None
    if not isinstance(listed, list):
        raise ValueError("not a key set")
    return usable_keys(listed)


def usable_keys(listed: Sequence[object]) -> tuple[VerificationKey, ...]:
    found = (_usable(one) for one in listed if isinstance(one, dict))
    return tuple(key for key in found if key is not None)


def _usable(key: dict[str, Any]) -> VerificationKey | None:
    """None for a key that is for something else, too weak, or secret (an `oct` key in public)."""
    algorithm = _algorithm_of(key)
    if algorithm is None or key.get("alg", algorithm) != algorithm or "d" in key:
        return None
    if key.get("use", "sig") != "sig" or not isinstance(key.get("kid"), str | None):
        return None
    try:
        made: Any = jwk.construct(key, algorithm)
    except (JOSEError, ValueError, TypeError, AttributeError):
        return None
    if algorithm == "RS256" and made.prepared_key.key_size < SHORTEST_RSA_BITS:
        return None
    return VerificationKey(kid=key.get("kid"), algorithm=algorithm, material=key)


def _algorithm_of(key: Mapping[str, Any]) -> str | None:
    match key:
        case {"kty": "RSA"}:
            return "RS256"
        case {"kty": "EC", "crv": "P-256"}:
            return "ES256"
    return None


class AllKeys:
    """Secrets first, then key sets."""

    def __init__(self, *sources: SharedSecrets | KeySet) -> None:
        self._sources = sources

    async def find(self, kid: str | None, *, now: datetime) -> VerificationKey | None:
        for source in self._sources:
            found = await source.find(kid, now=now)
            if found is not None:
                return found
        return None


def shared_secrets(text: str) -> dict[str, str]:
    """`kid=secret`, several with a space between; the first one is the one to sign with."""
    pairs = [pair.partition("=") for pair in text.split()]
    if any(not kid or not separator for kid, separator, _ in pairs):
        raise SettingsError(
            "KVITT_IDENTITY_KEYS: expected name=secret, with spaces between several"
        )
    return {kid: secret for kid, _, secret in pairs}


def keys_from_settings(settings: Settings, client: httpx.AsyncClient) -> AllKeys:
    secrets = SharedSecrets(shared_secrets(settings.identity_keys.get_secret_value()))
    sets = [KeySet(settings.identity_jwks, client)] if settings.identity_jwks else []
    return AllKeys(secrets, *sets)
