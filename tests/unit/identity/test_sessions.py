"""A session: who, proven how, and until when."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from billing.model import Customer
from kvitt.identity import Proof, SessionLimits, Sessions
from tests.fakes.billing import FakeBilling
from tests.unit.identity.conftest import NOW

LIMITS = SessionLimits(
    idle=timedelta(minutes=15), absolute=timedelta(hours=12), payment_proof=timedelta(minutes=30)
)


def later(minutes: float) -> datetime:
    return NOW + timedelta(minutes=minutes)


@pytest.fixture
def sessions(engine: AsyncEngine) -> Sessions:
    return Sessions(engine, LIMITS)


@pytest.fixture
def anna(billing: FakeBilling) -> Customer:
    return billing.add_customer(email="anna@example.se", name="Anna Berg")


async def test_a_conversation_has_no_session_until_someone_logs_in(sessions: Sessions) -> None:
    assert await sessions.current("c1", now=NOW) is None


async def test_a_login_carries_the_person_the_account_and_the_permissions(
    sessions: Sessions, anna: Customer
) -> None:
    bookkeeper = replace(anna, user_id=77, permissions=frozenset({"invoices"}))

    await sessions.begin("c1", bookkeeper, proof=Proof.OPENID, now=NOW)
    session = await sessions.current("c1", now=later(1))

    assert session is not None
    assert (session.client_id, session.user_id) == (anna.client_id, 77)
    assert session.proof is Proof.OPENID
    assert session.may("invoices")
    assert not session.may("quotes")
    assert session.proven_at == NOW


async def test_a_session_belongs_to_its_conversation_only(
    sessions: Sessions, anna: Customer
) -> None:
    await sessions.begin("c1", anna, proof=Proof.EMAIL_CODE, now=NOW)

    assert await sessions.current("c2", now=NOW) is None
    assert await sessions.current("c1.2", now=NOW) is None
    assert await sessions.current("C1", now=NOW) is None


async def test_silence_ends_a_session(sessions: Sessions, anna: Customer) -> None:
    await sessions.begin("c1", anna, proof=Proof.EMAIL_CODE, now=NOW)

    assert await sessions.current("c1", now=later(15)) is None
    assert await sessions.current("c1", now=later(14.9)) is not None


async def test_each_look_puts_the_idle_limit_off(sessions: Sessions, anna: Customer) -> None:
    await sessions.begin("c1", anna, proof=Proof.EMAIL_CODE, now=NOW)
    for minutes in (10, 20, 30):
        assert await sessions.current("c1", now=later(minutes)) is not None

    assert await sessions.current("c1", now=later(44), touch=False) is not None
    assert await sessions.current("c1", now=later(46)) is None


async def test_nothing_extends_a_session_beyond_the_absolute_limit(
    sessions: Sessions, anna: Customer
) -> None:
    await sessions.begin("c1", anna, proof=Proof.EMAIL_CODE, now=NOW)
    for minutes in range(10, 720, 10):
        assert await sessions.current("c1", now=later(minutes)) is not None

    assert await sessions.current("c1", now=later(720)) is None


async def test_another_login_replaces_the_session(sessions: Sessions, billing: FakeBilling) -> None:
    anna, bo = billing.add_customer(email="anna@x.se"), billing.add_customer(email="bo@x.se")
    first = await sessions.begin("c1", anna, proof=Proof.EMAIL_CODE, now=NOW)
    await sessions.begin("c1", bo, proof=Proof.SIGNED_IDENTITY, now=later(1))

    session = await sessions.current("c1", now=later(2))

    assert session is not None
    assert session.client_id == bo.client_id
    assert session.id != first.id


async def test_logging_out_ends_it(sessions: Sessions, anna: Customer) -> None:
    await sessions.begin("c1", anna, proof=Proof.EMAIL_CODE, now=NOW)

    await sessions.end("c1", now=later(1))

    assert await sessions.current("c1", now=later(1)) is None


async def test_a_proof_grows_too_old_for_paying_before_the_session_ends(
    sessions: Sessions, anna: Customer
) -> None:
    await sessions.begin("c1", anna, proof=Proof.EMAIL_CODE, now=NOW)
    for minutes in (10, 20, 29):
        session = await sessions.current("c1", now=later(minutes))
    assert session is not None

    assert session.is_fresh_for_payment(later(29))
    assert not session.is_fresh_for_payment(later(30))
    assert session.is_live(later(30))
