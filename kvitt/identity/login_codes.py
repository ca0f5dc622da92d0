"""Codes by e-mail: asking for one, proving one, choosing the account.

`request` only records. It does the same work and gives the same answer for an address that nobody
has; the code mailer does the lookup, where no one can time it. `verify` compares against a hash of
nothing when no code was ever sent, and counts every try before it compares.
"""

from __future__ import annotations

import hmac
import secrets
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Self

from sqlalchemy import insert, select, update
from sqlalchemy.engine import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from billing.model import Customer
from billing.port import BillingPort
from kvitt.identity import rates
from kvitt.identity.account_choices import AccountChoices
from kvitt.identity.emails import canonical_email, is_email, masked_email
from kvitt.identity.keyed_hash import KeyedHash
from kvitt.identity.rates import Rate
from kvitt.identity.sessions import Proof
from kvitt.identity.tables import code_requests, visitors
from kvitt.identity.upserts import insert_for
from kvitt.settings import Settings

CODE_DIGITS = 6


class RequestState(StrEnum):
    """Where the mailing of a code stands."""

    PENDING = "pending"
    MAILED = "mailed"
    NOBODY = "nobody"
    """No user has the address, or no account's mail goes there."""
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeLimits:
    life: timedelta = timedelta(minutes=10)
    tries_per_code: int = 5
    per_account: Rate = field(default_factory=lambda: rates.per_hour(10))
    per_address: Rate = field(default_factory=lambda: rates.per_hour(20))

    @classmethod
    def from_settings(cls, settings: Settings) -> Self:
        return cls(
            life=timedelta(minutes=settings.login_code_minutes),
            tries_per_code=settings.login_tries_per_code,
            per_account=rates.per_hour(settings.login_tries_per_account_hour),
            per_address=rates.per_hour(settings.login_tries_per_address_hour),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeRequested:
    """If the address is a customer's, a code is on its way to it."""

    email_masked: str
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Limited:
    """Too many of late, from this address or for this account; nothing was done."""

    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class NotAnAddress:
    """What was given cannot be an e-mail address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """The code was right. With several customers, one is to be chosen (`LoginCodes.choose`)."""

    customers: tuple[Customer, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrong:
    """Not the code; with no tries left a new one must be asked for."""

    tries_left: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Expired:
    """Too old, used already, or out of tries."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoneRequested:
    """This conversation has asked for no code."""


Requested = CodeRequested | Limited | NotAnAddress
Outcome = Verified | Wrong | Expired | Limited | NoneRequested


def hashed_code(keyed: KeyedHash, salt: str, code: str) -> str:
    return keyed.hex("login code", salt, code)


def digits_of(text: str) -> str:
    """The digits alone, in ASCII: "482 913" and full-width digits are the same code."""
    values = (unicodedata.decimal(letter, None) for letter in text)
    return "".join(str(value) for value in values if value is not None)


class LoginCodes:
    def __init__(
        self,
        engine: AsyncEngine,
        billing: BillingPort,
        keyed: KeyedHash,
        limits: CodeLimits | None = None,
        *,
        new_salt: Callable[[], str] = lambda: secrets.token_hex(16),
    ) -> None:
        self._engine = engine
        self._billing = billing
        self._keyed = keyed
        self._limits = limits or CodeLimits()
        self._new_salt = new_salt
        self._choices = AccountChoices(engine, billing)

    async def seen(self, conversation_id: str, address: str, *, now: datetime) -> None:
        """Remember (hashed) which network address a conversation comes from; the gateway knows."""
        row = {
            "conversation_id": conversation_id,
            "address_key": self._address_key(address),
            "seen_at": now,
        }
        async with self._engine.begin() as connection:
            await connection.execute(
                insert_for(connection, visitors)
                .values(row)
                .on_conflict_do_update(index_elements=["conversation_id"], set_=row)
            )

    async def request(
        self, conversation_id: str, email: str, *, address: str | None = None, now: datetime
    ) -> Requested:
        """Record that a code is wanted. `address`: the visitor's network address; without it, the
        one that `seen` was told, else the conversation counts as the visitor."""
        if not is_email(email):
            return NotAnAddress()
        email = canonical_email(email)
        async with self._engine.begin() as connection:
            address_key = await self._visitor(connection, conversation_id, address)
            until = await self._take(connection, "request", email, address_key, now)
            if until is not None:
                return Limited(until=until)
            row = self._new_row(conversation_id, email, address_key, now)
            await connection.execute(insert(code_requests).values(row))
        return CodeRequested(email_masked=masked_email(email), expires_at=row["expires_at"])

    async def verify(self, conversation_id: str, code: str, *, now: datetime) -> Outcome:
        """Try a code. Raises `BillingError` when the code was right but the accounts cannot be
        read now: the same code may then be tried again while it lives."""
        async with self._engine.begin() as connection:
            row = await self._newest(connection, conversation_id)
            outcome = await self._tried(connection, row, digits_of(code), now)
        if outcome is not None or row is None:
            return outcome or NoneRequested()
        customers = await self._billing.find_customers(row["email"])
        if not customers or not await self._use(row, now):
            return Expired()
        if len(customers) > 1:
            await self._choices.offer(
                conversation_id, row["email"], customers, proof=Proof.EMAIL_CODE, now=now
            )
        return Verified(customers=customers)

    async def choose(
        self, conversation_id: str, client_id: int, *, now: datetime
    ) -> Customer | None:
        """One of the accounts that `verify` gave, once; None when it was not among them."""
        chosen = await self._choices.choose(conversation_id, client_id, now=now)
        return chosen.customer if chosen is not None else None

    async def _tried(
        self, connection: AsyncConnection, row: RowMapping | None, code: str, now: datetime
    ) -> Outcome | None:
        """None when the code is right; every other try has been counted."""
        if row is None:
            return NoneRequested()
        if row["used_at"] is not None or now >= row["expires_at"] or row["tries_left"] < 1:
            return Expired()
        if len(code) != CODE_DIGITS:
            return Wrong(tries_left=row["tries_left"])
        until = await self._take(connection, "try", row["email"], row["address_key"], now)
        if until is not None:
            return Limited(until=until)
        if not self._is_right(row, code):
            return Wrong(tries_left=await self._spend_try(connection, row))
        await self._forgive(connection, row)
        return None

    def _is_right(self, row: RowMapping, code: str) -> bool:
        """In constant time, and with the same work where no code was sent."""
        expected = row["code_hash"] or ""
        given = hashed_code(self._keyed, row["salt"], code)
        return hmac.compare_digest(expected.encode(), given.encode())

    async def _spend_try(self, connection: AsyncConnection, row: RowMapping) -> int:
        left: int = row["tries_left"] - 1
        await connection.execute(
            update(code_requests).where(code_requests.c.id == row["id"]).values(tries_left=left)
        )
        return left

    async def _forgive(self, connection: AsyncConnection, row: RowMapping) -> None:
        """A code that was right counts neither as asked for nor as tried."""
        for kind in ("request", "try"):
            for key, rate in self._keys(kind, row["email"], row["address_key"]):
                await rates.give_back(connection, key, rate)

    async def _take(
        self,
        connection: AsyncConnection,
        kind: str,
        email: str,
        address_key: str,
        now: datetime,
    ) -> datetime | None:
        """Count one for the address and, if that may go on, for the account."""
        for key, rate in self._keys(kind, email, address_key):
            until = await rates.take(connection, key, rate, now)
            if until is not None:
                return until
        return None

    def _keys(self, kind: str, email: str, address_key: str) -> tuple[tuple[str, Rate], ...]:
        return (
            (self._keyed.hex("login", kind, "address", address_key), self._limits.per_address),
            (self._keyed.hex("login", kind, "account", email), self._limits.per_account),
        )

    def _address_key(self, address: str) -> str:
        return self._keyed.hex("visitor", rates.address_name(address))

    async def _visitor(
        self, connection: AsyncConnection, conversation_id: str, address: str | None
    ) -> str:
        if address is not None:
            return self._address_key(address)
        query = select(visitors.c.address_key).where(visitors.c.conversation_id == conversation_id)
        known: str | None = (await connection.execute(query)).scalar_one_or_none()
        return known or self._keyed.hex("conversation", conversation_id)

    async def _newest(self, connection: AsyncConnection, conversation_id: str) -> RowMapping | None:
        """The last code that was asked for is the only one that counts; locked until the end."""
        query = (
            select(code_requests)
            .where(code_requests.c.conversation_id == conversation_id)
            .order_by(code_requests.c.id.desc())
            .limit(1)
            .with_for_update()
        )
        return (await connection.execute(query)).mappings().one_or_none()

    async def _use(self, row: RowMapping, now: datetime) -> bool:
        """Use the code up; False when another call was first."""
        async with self._engine.begin() as connection:
            used = await connection.execute(
                update(code_requests)
                .where(code_requests.c.id == row["id"], code_requests.c.used_at.is_(None))
                .values(used_at=now)
            )
            return used.rowcount == 1

    def _new_row(
        self, conversation_id: str, email: str, address_key: str, now: datetime
    ) -> dict[str, Any]:
        return {
            "conversation_id": conversation_id,
            "email": email,
            "address_key": address_key,
            "salt": self._new_salt(),
            "tries_left": self._limits.tries_per_code,
            "state": RequestState.PENDING.value,
            "attempts": 0,
            "next_attempt_at": now,
            "requested_at": now,
            "expires_at": now + self._limits.life,
        }
