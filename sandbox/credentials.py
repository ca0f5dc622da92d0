"""Passwords and second factors of the invented people in the sandbox."""

from __future__ import annotations

import base64
import hashlib
import hmac
import struct
from functools import lru_cache

STEP_SECONDS = 30
DIGITS = 6


@lru_cache(64)  # a scenario gives the same password to many
def hash_password(password: str) -> str:
    """Scrypt with a salt made of the password: invented people only, and the same on every run."""
    salt = hashlib.sha256(password.encode()).digest()[:16]
    digest = hashlib.scrypt(password.encode(), salt=salt, n=2**12, r=8, p=1)
    return f"{salt.hex()}${digest.hex()}"


def verify_password(kept: str, given: str) -> bool:
    return bool(kept) and hmac.compare_digest(kept, hash_password(given))


def one_time_code(secret: str, timestamp: float) -> str:
    """The authenticator app's code (RFC 6238) for a base32 secret."""
    key = base64.b32decode(secret)
    digest = hmac.digest(key, struct.pack(">Q", int(timestamp) // STEP_SECONDS), "sha1")
    offset = digest[-1] & 0x0F
    (number,) = struct.unpack(">I", digest[offset : offset + 4])
    return f"{(number & 0x7FFFFFFF) % 10**DIGITS:0{DIGITS}d}"


def is_code_good(secret: str, code: str, timestamp: float) -> bool:
    """Whether the code is this half minute's or a neighbour's."""
    steps = (timestamp - STEP_SECONDS, timestamp, timestamp + STEP_SECONDS)
    return any(hmac.compare_digest(one_time_code(secret, at), code.strip()) for at in steps)
