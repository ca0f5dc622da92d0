"""Whose account it is when somebody has signed in at the company's login, and in which role.

A person is known by the issuer and `sub`: names and addresses get new owners. The first time, an
account that nobody has signed in to yet is theirs if its name is their verified address. Where a
claim tells roles, it decides at each sign-in, and an account is made for a person who has none.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from sqlalchemy import delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.console import audit
from gateway.console.tables import NAME_LENGTH, agent_sessions, agents
from gateway.errors import Forbidden
from gateway.storage import Store
from kvitt.identity.emails import canonical_email
from kvitt.identity.openid_provider import is_true
from kvitt.identity.upserts import insert_for
from kvitt.settings import Settings

MARK_LENGTH = 8
_UNFIT = re.compile(r"[^a-z0-9._@-]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Roles:
    """Which values of which claim make somebody an agent or a supervisor."""

    claim: str
    agent: frozenset[str]
    supervisor: frozenset[str]

    @classmethod
    def from_settings(cls, settings: Settings) -> Self | None:
        """None: the table of agents says who has which role."""
        if not settings.console_openid_roles_claim:
            return None
        return cls(
            claim=settings.console_openid_roles_claim,
            agent=frozenset(settings.console_openid_agent_values.split()),
            supervisor=frozenset(settings.console_openid_supervisor_values.split()),
        )

    def found_in(self, claims: Mapping[str, Any]) -> str | None:
        held = _values(claims, self.claim)
        if held & self.supervisor:
            return "supervisor"
        return "agent" if held & self.agent else None


def _values(claims: Mapping[str, Any], name: str) -> frozenset[str]:
    """Of a claim by its name, or by a path with dots, as Keycloak's `realm_access.roles`."""
    found: Any = claims.get(name)
    if found is None:
        found = claims
        for part in name.split("."):
            found = found.get(part) if isinstance(found, Mapping) else None
    listed = found if isinstance(found, list) else [found]
    return frozenset(one for one in listed if isinstance(one, str))


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody at the company's login."""

    subject: str
    """A hash: 64 digits."""
    email: str
    """Verified, in small letters; else empty."""
    name: str
    """For a new account."""
    display_name: str

    @classmethod
    def from_claims(cls, claims: Mapping[str, Any]) -> Self:
        """An address that is not verified is anybody's: it neither finds nor names an account."""
        subject = hashlib.sha256(f"{claims['iss']}\n{claims['sub']}".encode()).hexdigest()
        is_verified = is_true(claims.get("email_verified"))
        email = canonical_email(_word(claims, "email")) if is_verified else ""
        name = _fit(email or _word(claims, "preferred_username")) or f"openid-{subject[:4]}"
        shown = _word(claims, "given_name") or _word(claims, "name") or name.partition("@")[0]
        return cls(subject=subject, email=email, name=name, display_name=shown[:NAME_LENGTH])

    @property
    def names(self) -> tuple[str, ...]:
        """To try for a new account; the second one is nobody else's."""
        mark = f"-{self.subject[:MARK_LENGTH]}"
        return self.name, self.name[: NAME_LENGTH - len(mark)] + mark


def _word(claims: Mapping[str, Any], name: str) -> str:
    found = claims.get(name)
    text = found if isinstance(found, str) else ""
    return " ".join("".join(one if one.isprintable() else " " for one in text).split())


def _fit(text: str) -> str:
    """As an account's name may be (`agents.NAME`)."""
    return _UNFIT.sub("-", text.lower())[:NAME_LENGTH].strip("._@-")


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    name: str
    role: str
    is_active: bool
    is_bound: bool
    """Whether the person has signed in to it before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    code: str


def decide(
    person: Person, account: Account | None, roles: Roles | None, claims: Mapping[str, Any]
) -> str | Refusal:
    """The role that the person signs in with."""
    if account is not None and not account.is_active:
        return Refusal(code="agent_openid_closed")
    if roles is not None:
        return roles.found_in(claims) or Refusal(code="agent_openid_role")
    if account is not None:
        return account.role
    return Refusal(code="agent_openid_role" if person.email else "agent_openid_email")


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenIdAccounts:
    store: Store
    roles: Roles | None
    clock: Callable[[], datetime]

    async def open_for(self, claims: Mapping[str, Any]) -> str:
        """The name of the person's account; raises Forbidden, and ends the sessions of one whose
        role is gone."""
        person, now = Person.from_claims(claims), self.clock()
        async with self.store.write() as connection:
            account = await _find(connection, person)
            decided = decide(person, account, self.roles, claims)
            if isinstance(decided, str):
                return await _settle(connection, person, account, decided, now)
            if account is not None and account.is_bound:
                await _end_sessions(connection, account, now)
        raise Forbidden(decided.code)


async def _find(connection: AsyncConnection, person: Person) -> Account | None:
    is_free = agents.c.openid_subject.is_(None) & (agents.c.name == person.email)
    query = (
        select(agents)
        .where(or_(agents.c.openid_subject == person.subject, is_free))
        .order_by(agents.c.openid_subject.is_(None))
    )
    row = (await connection.execute(query)).first()
    if row is None:
        return None
    return Account(
        name=row.name,
        role=row.role,
        is_active=row.is_active,
        is_bound=row.openid_subject is not None,
    )


async def _settle(
    connection: AsyncConnection, person: Person, account: Account | None, role: str, now: datetime
) -> str:
    if account is None:
        return await _make(connection, person, role, now)
    if account.is_bound and account.role == role:
        return account.name
    is_theirs = or_(agents.c.openid_subject.is_(None), agents.c.openid_subject == person.subject)
    changed = await connection.execute(
        update(agents)
        .where(agents.c.name == account.name, is_theirs)
        .values(role=role, openid_subject=person.subject)
    )
    if changed.rowcount != 1:  # somebody else has signed in to it in this very moment
        raise Forbidden("agent_openid_failed")
    act = "role_changed" if account.is_bound else "openid_bound"
    await audit.write(connection, agent=account.name, act=act, now=now, role=role)
    return account.name


async def _make(connection: AsyncConnection, person: Person, role: str, now: datetime) -> str:
    """Without a password. Of two browsers at once, one makes it and the other finds it."""
    for name in person.names:
        made = await connection.execute(
            insert_for(connection, agents)
            .values(
                name=name,
                display_name=person.display_name,
                role=role,
                password_hash="",
                is_active=True,
                created_at=now,
                openid_subject=person.subject,
            )
            .on_conflict_do_nothing()
        )
        if made.rowcount == 1:
            await audit.write(connection, agent=name, act="openid_account", now=now, role=role)
            return name
        found = await _find(connection, person)
        if found is not None and found.is_bound:
            return found.name
    raise Forbidden("agent_openid_failed")


async def _end_sessions(connection: AsyncConnection, account: Account, now: datetime) -> None:
    await connection.execute(delete(agent_sessions).where(agent_sessions.c.agent == account.name))
    await audit.write(connection, agent=account.name, act="role_lost", now=now)
