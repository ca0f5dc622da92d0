"""The key that signs ID tokens: made once, kept in the sandbox's settings."""

from __future__ import annotations

import base64
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from jose import jwt

from sandbox.switches import read, write
from sandbox.world import World

KEY_ID = "sandbox-1"


def _private_pem(world: World) -> str:
    pem = read(world.store, "signing_key", str, "")
    if not pem:
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        pem = key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        ).decode()
        write(world.store, "signing_key", pem)
    return pem


def sign(world: World, claims: dict[str, Any]) -> str:
    token: str = jwt.encode(claims, _private_pem(world), algorithm="RS256", headers={"kid": KEY_ID})
    return token


def public_keys(world: World) -> dict[str, Any]:
    key = serialization.load_pem_private_key(_private_pem(world).encode(), password=None)
    assert isinstance(key, rsa.RSAPrivateKey)
    numbers = key.public_key().public_numbers()
    public = {"n": _number(numbers.n), "e": _number(numbers.e)}
    return {"keys": [{"kty": "RSA", "use": "sig", "alg": "RS256", "kid": KEY_ID, **public}]}


def _number(value: int) -> str:
    data = value.to_bytes((value.bit_length() + 7) // 8, "big")
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
