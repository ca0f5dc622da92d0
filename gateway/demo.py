"""The demo zone's visitors who are logged in: for them it signs identities as a site would.

Only where `KVITT_DEMO_ZONE` is set, which `make run` does when the sandbox is the billing system.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path

import yaml
from jose import jwt

from kvitt.identity.verification_keys import shared_secrets
from kvitt.settings import Settings

PATH = Path(__file__).with_name("demo.yml")
LIFE_SECONDS = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoVisitor:
    id: str
    name: str
    email: str
    detail: str


@lru_cache
def _all() -> tuple[DemoVisitor, ...]:
    return tuple(DemoVisitor(**entry) for entry in yaml.safe_load(PATH.read_text("utf-8")))


def visitors(settings: Settings) -> tuple[DemoVisitor, ...]:
    """Who can be tried as logged in; nobody where there is no demo zone or no key to sign with."""
    has_key = bool(settings.identity_keys.get_secret_value().split())
    return _all() if settings.demo_zone and has_key else ()


def identity(settings: Settings, visitor_id: str, *, now: datetime) -> str | None:
    """A token that says who the visitor is; None for one who is not there."""
    visitor = next((one for one in visitors(settings) if one.id == visitor_id), None)
    if visitor is None:
        return None
    kid, secret = next(iter(shared_secrets(settings.identity_keys.get_secret_value()).items()))
    issued = int(now.timestamp())
    claims = {
        "iss": settings.identity_issuer,
        "aud": settings.identity_audience,
        "sub": visitor.email,
        "email": visitor.email,
        "iat": issued,
        "exp": issued + LIFE_SECONDS,
        "jti": secrets.token_hex(16),
    }
    return str(jwt.encode(claims, secret, algorithm="HS256", headers={"kid": kid}))
