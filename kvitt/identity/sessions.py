"""Who a conversation is with, proven how, and until when.

A conversation has at most one session. A login replaces it, silence ends it after the idle limit,
and the absolute limit ends it whatever happens. Nothing of a session is kept by the client or by
Rasa: actions ask here, on every turn.
"""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Self

from sqlalchemy import ColumnElement, delete, insert, select, update
from sqlalchemy.engine import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from billing.model import Customer
from kvitt.identity.tables import (
    account_choices,
    code_requests,
    logins,
    openid_logins,
    sessions,
)
from kvitt.identity.upserts import insert_for
from kvitt.settings import Settings

TOUCH_AFTER = timedelta(seconds=20)
"""A session that was touched this recently is not written again: reads stay reads."""


class Proof(StrEnum):
    """How a customer showed who they are."""

    SIGNED_IDENTITY = "signed_identity"
    EMAIL_CODE = "email_code"
    OPENID = "openid"


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionLimits:
    idle: timedelta = timedelta(minutes=15)
    absolute: timedelta = timedelta(hours=12)
    payment_proof: timedelta = timedelta(hours=1)
    """How old the proof may be when a payment is confirmed."""

    @classmethod
    def from_settings(cls, settings: Settings) -> Self:
        return cls(
            idle=timedelta(minutes=settings.session_idle_minutes),
            absolute=timedelta(hours=settings.session_hours),
            payment_proof=timedelta(minutes=settings.payment_proof_minutes),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """An identified customer in one conversation."""

    id: str
    """New with every login, so that what belonged to the last one can be told apart."""
    conversation_id: str
    client_id: int
    user_id: int | None
    email: str
    name: str
    permissions: frozenset[str]
    proof: Proof
    proven_at: datetime
    idle_until: datetime
    ends_at: datetime
    payment_until: datetime
    """Until when the proof is fresh enough to confirm a payment."""

    def may(self, permission: str) -> bool:
        """Whether the billing system lets this person do that (`invoices`, `quotes` …)."""
        return permission in self.permissions

    def is_live(self, now: datetime) -> bool:
        return now < self.idle_until and now < self.ends_at

    def is_fresh_for_payment(self, now: datetime) -> bool:
        return self.is_live(now) and now < self.payment_until


Recognise = Callable[[int, str], Awaitable[object]]


def new_session_id() -> str:
    return secrets.token_urlsafe(24)


class Sessions:
    """The sessions of all conversations, shared by every process through the database."""

    def __init__(
        self,
        engine: AsyncEngine,
        limits: SessionLimits | None = None,
        *,
        new_id: Callable[[], str] = new_session_id,
        recognise: Recognise | None = None,
    ) -> None:
        """`recognise` is told the account number and uuid of everybody who logs in, before they
        can do anything."""
        self._engine = engine
        self._recognise = recognise
        self._reader = engine.execution_options(is_reading=True)
        self._limits = limits or SessionLimits()
        self._new_id = new_id

    async def current(
        self, conversation_id: str, *, now: datetime, touch: bool = True
    ) -> Session | None:
        """The live session, if there is one; `touch` puts the idle limit off."""
        query = select(sessions).where(sessions.c.conversation_id == conversation_id)
        async with self._reader.connect() as connection:
            row = (await connection.execute(query)).mappings().one_or_none()
        session = self._from_row(row) if row is not None else None
        if session is None or not session.is_live(now):
            return None
        return await self._touched(session, now) if touch else session

    async def begin(
        self, conversation_id: str, customer: Customer, *, proof: Proof, now: datetime
    ) -> Session:
        """A new session; an earlier one of this conversation, and a pending choice, are over."""
        if self._recognise is not None:
            await self._recognise(customer.client_id, customer.uuid)
        row = self._new_row(conversation_id, customer, proof, now)
        async with self._engine.begin() as connection:
            await close_login(connection, sessions.c.conversation_id == conversation_id, now)
            await connection.execute(
                insert_for(connection, sessions)
                .values(row)
                .on_conflict_do_update(index_elements=["conversation_id"], set_=row)
            )
            await connection.execute(insert(logins).values(_login_of(row)))
            await connection.execute(
                delete(account_choices).where(account_choices.c.conversation_id == conversation_id)
            )
        return self._from_row(row)

    async def end(self, conversation_id: str, *, now: datetime) -> None:
        """Log out: also what was asked for and not yet finished is over."""
        mine = code_requests.c.conversation_id == conversation_id
        async with self._engine.begin() as connection:
            await close_login(connection, sessions.c.conversation_id == conversation_id, now)
            for table in (sessions, account_choices, openid_logins):
                await connection.execute(
                    delete(table).where(table.c.conversation_id == conversation_id)
                )
            await connection.execute(
                update(code_requests)
                .where(mine, code_requests.c.used_at.is_(None))
                .values(used_at=now)
            )

    async def _touched(self, session: Session, now: datetime) -> Session:
        """By its id: a session that ended meanwhile does not come back."""
        idle_until = min(now + self._limits.idle, session.ends_at)
        if idle_until - session.idle_until < TOUCH_AFTER:
            return session
        async with self._engine.begin() as connection:
            await connection.execute(
                update(sessions).where(sessions.c.id == session.id).values(idle_until=idle_until)
            )
        return replace(session, idle_until=idle_until)

    def _new_row(
        self, conversation_id: str, customer: Customer, proof: Proof, now: datetime
    ) -> dict[str, Any]:
        return {
            "id": self._new_id(),
            "conversation_id": conversation_id,
            "client_id": customer.client_id,
            "user_id": customer.user_id,
            "email": customer.email,
            "name": customer.display_name,
            "permissions": sorted(customer.permissions),
            "proof": proof.value,
            "proven_at": now,
            "idle_until": now + min(self._limits.idle, self._limits.absolute),
            "ends_at": now + self._limits.absolute,
        }

    def _from_row(self, row: RowMapping | dict[str, Any]) -> Session:
        values = dict(row)
        values["permissions"] = frozenset(values["permissions"])
        values["proof"] = Proof(values["proof"])
        values["payment_until"] = values["proven_at"] + self._limits.payment_proof
        return Session(**values)


def _login_of(row: dict[str, Any]) -> dict[str, Any]:
    """What is remembered of a login when its session is gone."""
    kept = {name: row[name] for name in ("id", "conversation_id", "client_id", "user_id", "proof")}
    return kept | {"began_at": row["proven_at"]}


async def close_login(
    connection: AsyncConnection, which: ColumnElement[bool], now: datetime
) -> None:
    """Remember when these sessions ended: now, or before by a limit. They are about to go."""
    ending = select(sessions.c.id, sessions.c.idle_until, sessions.c.ends_at).where(which)
    for id_, idle_until, ends_at in (await connection.execute(ending)).all():
        ended_at = min(idle_until, ends_at, now)
        await connection.execute(update(logins).where(logins.c.id == id_).values(ended_at=ended_at))
