"""Proving a signed identity that a site hands over when its visitor opens the chat."""

from __future__ import annotations

from typing import Protocol

from billing.model import Customer
from gateway.errors import BadRequest


class Identities(Protocol):
    async def prove(self, token: str) -> Customer:
        """The customer of a valid token, used up by this; raises errors.BadRequest("identity")."""


class NoIdentities:
    """No site is configured that signs identities."""

    async def prove(self, token: str) -> Customer:
        raise BadRequest("identity")
