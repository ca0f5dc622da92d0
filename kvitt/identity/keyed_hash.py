"""Hashes under a server secret: what is stored cannot be turned back by trying every value.

Six digits are a million values, so a plain hash of a code, or of an address, hides nothing from one
who reads the database. Each purpose has a key of its own, derived from the service secret.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import Self

from kvitt.settings import Settings, SettingsError

SHORTEST_SECRET_BYTES = 16


class KeyedHash:
    """HMAC-SHA256 under a key that is derived from the service secret."""

    __slots__ = ("_key",)

    def __init__(self, secret: bytes) -> None:
        if len(secret) < SHORTEST_SECRET_BYTES:
            raise SettingsError(
                f"KVITT_SERVICE_SECRET: at least {SHORTEST_SECRET_BYTES} random characters"
                " are needed"
            )
        self._key = hmac.digest(secret, b"kvitt identity", "sha256")

    @classmethod
    def from_settings(cls, settings: Settings) -> Self:
        return cls(settings.service_secret.get_secret_value().encode())

    def bytes(self, purpose: str, *parts: str) -> bytes:
        """32 bytes that depend on the secret, the purpose, and each part."""
        message = b"".join(_framed(part) for part in (purpose, *parts))
        return hmac.digest(self._key, message, hashlib.sha256)

    def hex(self, purpose: str, *parts: str) -> str:
        return self.bytes(purpose, *parts).hex()


def _framed(part: str) -> bytes:
    """With its length in front, so that ("ab", "c") and ("a", "bc") differ."""
    encoded = part.encode("utf-8", "surrogatepass")
    return len(encoded).to_bytes(4, "big") + encoded
