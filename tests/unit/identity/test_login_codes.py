"""Codes by e-mail: asking, trying, the limits, and that strangers learn nothing."""

from __future__ import annotations

import asyncio
import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event, select
from sqlalchemy.ext.asyncio import AsyncEngine

from billing.errors import NotReached
from kvitt.identity import (
    CodeLimits,
    CodeMailer,
    CodeRequested,
    Expired,
    KeyedHash,
    Limited,
    LoginCodes,
    NoneRequested,
    NotAnAddress,
    Verified,
    Wrong,
)
from kvitt.identity.tables import code_requests
from tests.fakes.billing import FakeBilling
from tests.unit.identity.conftest import NOW

ANNA, STRANGER = "anna@example.se", "ingen@example.se"


def later(minutes: float) -> datetime:
    return NOW + timedelta(minutes=minutes)


class Desk:
    """Login codes and their mailer over one database and one billing system."""

    def __init__(self, engine: AsyncEngine, billing: FakeBilling, keyed: KeyedHash) -> None:
        self.engine, self.billing = engine, billing
        self.now = NOW
        self.codes = LoginCodes(engine, billing, keyed, CodeLimits())
        self.mailer = CodeMailer(engine, billing, keyed, company="Nordhost", clock=lambda: self.now)

    async def ask(self, email: str, conversation: str = "c1", address: str = "192.0.2.1") -> object:
        asked = await self.codes.request(conversation, email, address=address, now=self.now)
        await self.mailer.mail_due()
        return asked

    async def say(self, code: str, conversation: str = "c1") -> object:
        return await self.codes.verify(conversation, code, now=self.now)

    @property
    def mailed_code(self) -> str:
        (code,) = re.findall(r"\d{6}", self.billing.mails[-1].message)
        return str(code)

    @property
    def wrong_code(self) -> str:
        return f"{(int(self.mailed_code) + 1) % 10**6:06d}"


@pytest.fixture
def desk(engine: AsyncEngine, billing: FakeBilling, keyed: KeyedHash) -> Desk:
    billing.add_customer(email=ANNA)
    return Desk(engine, billing, keyed)


async def test_the_mailed_code_proves_the_address(desk: Desk) -> None:
    asked = await desk.ask(" Anna@Example.SE ")
    outcome = await desk.say(desk.mailed_code)

    assert asked == CodeRequested(email_masked="a•••@example.se", expires_at=later(10))
    assert isinstance(outcome, Verified)
    assert [customer.email for customer in outcome.customers] == [ANNA]


@pytest.mark.parametrize("written", ["482 913", "482-913", "koden är 482913", "４８２９１３"])
async def test_a_code_may_be_written_in_many_ways(desk: Desk, written: str) -> None:
    desk.mailer._new_code = lambda: "482913"
    await desk.ask(ANNA)

    assert isinstance(await desk.say(written), Verified)


async def test_a_code_is_good_once(desk: Desk) -> None:
    await desk.ask(ANNA)
    code = desk.mailed_code

    assert isinstance(await desk.say(code), Verified)
    assert await desk.say(code) == Expired()


async def test_of_two_who_give_the_right_code_at_once_one_gets_in(desk: Desk) -> None:
    await desk.ask(ANNA)
    code = desk.mailed_code

    outcomes = await asyncio.gather(*(desk.say(code) for _ in range(8)))

    assert sum(isinstance(outcome, Verified) for outcome in outcomes) == 1


async def test_a_code_lives_ten_minutes(desk: Desk) -> None:
    await desk.ask(ANNA)
    desk.now = later(10)

    assert await desk.say(desk.mailed_code) == Expired()


async def test_a_code_belongs_to_the_conversation_that_asked(desk: Desk) -> None:
    await desk.ask(ANNA, conversation="c1")

    assert await desk.say(desk.mailed_code, conversation="c2") == NoneRequested()


async def test_only_the_newest_code_counts(desk: Desk) -> None:
    await desk.ask(ANNA)
    first = desk.mailed_code
    await desk.ask(ANNA)
    second = desk.mailed_code

    if first != second:
        assert isinstance(await desk.say(first), Wrong)
    assert isinstance(await desk.say(second), Verified)


async def test_five_wrong_tries_end_a_code(desk: Desk) -> None:
    await desk.ask(ANNA)

    answers = [await desk.say(desk.wrong_code) for _ in range(5)]

    assert answers == [Wrong(tries_left=left) for left in (4, 3, 2, 1, 0)]
    assert await desk.say(desk.mailed_code) == Expired()


async def test_wrong_tries_at_once_are_each_counted(desk: Desk) -> None:
    await desk.ask(ANNA)

    answers = await asyncio.gather(*(desk.say(desk.wrong_code) for _ in range(30)))

    assert sum(isinstance(answer, Wrong) for answer in answers) == 5


async def test_what_is_no_code_costs_no_try(desk: Desk) -> None:
    await desk.ask(ANNA)

    assert await desk.say("vet inte") == Wrong(tries_left=5)
    assert await desk.say("12345") == Wrong(tries_left=5)
    assert await desk.say("1234567") == Wrong(tries_left=5)


async def test_ten_wrong_tries_against_one_account_lock_it_for_a_short_while(desk: Desk) -> None:
    for number in range(2):
        await desk.ask(ANNA, f"c{number}", f"192.0.2.{number}")
        for _ in range(5):
            await desk.say(desk.wrong_code, f"c{number}")
    await desk.ask(ANNA, "c9", "192.0.2.9")

    locked = await desk.say(desk.mailed_code, "c9")
    assert isinstance(locked, Limited)
    assert locked.until - desk.now <= timedelta(minutes=15)

    desk.now = locked.until
    assert isinstance(await desk.say(desk.mailed_code, "c9"), Verified)


async def test_ten_requests_for_one_account_are_the_most(desk: Desk) -> None:
    asked = [await desk.ask(ANNA, f"c{number}", f"192.0.2.{number}") for number in range(11)]

    assert all(isinstance(one, CodeRequested) for one in asked[:10])
    assert isinstance(asked[10], Limited)
    assert asked[10].until - desk.now <= timedelta(minutes=15)
    assert len(desk.billing.mails) == 10


async def test_twenty_requests_from_one_address_are_the_most(desk: Desk) -> None:
    asked = [await desk.ask(f"nr{number}@example.se", f"c{number}") for number in range(21)]

    assert all(isinstance(one, CodeRequested) for one in asked[:20])
    assert isinstance(asked[20], Limited)


async def test_twenty_wrong_tries_from_one_address_are_the_most(desk: Desk) -> None:
    answers = []
    for number in range(5):
        await desk.ask(f"nr{number}@example.se", f"c{number}")
        answers += [await desk.say("000000", f"c{number}") for _ in range(5)]

    assert [isinstance(answer, Limited) for answer in answers] == [False] * 20 + [True] * 5


async def test_an_office_that_logs_in_correctly_is_never_locked(desk: Desk) -> None:
    for number in range(40):
        await desk.ask(ANNA, f"c{number}")
        assert isinstance(await desk.say(desk.mailed_code, f"c{number}"), Verified)


async def test_the_address_that_the_gateway_saw_counts(desk: Desk) -> None:
    for number in range(21):
        await desk.codes.seen(f"c{number}", f"2001:db8:0:1::{number:x}", now=NOW)
        asked = await desk.codes.request(f"c{number}", f"nr{number}@example.se", now=NOW)

    assert isinstance(asked, Limited)


async def test_a_stranger_and_a_customer_get_the_same_answers(desk: Desk) -> None:
    known = [await desk.ask(ANNA, "c1"), *[await desk.say("x" * 6, "c1") for _ in range(2)]]
    unknown = [await desk.ask("aaaa@example.se", "c2")]
    unknown += [await desk.say("x" * 6, "c2") for _ in range(2)]
    for _ in range(6):
        known.append(await desk.say(desk.wrong_code, "c1"))
        unknown.append(await desk.say(desk.wrong_code, "c2"))

    assert known == unknown
    assert len(desk.billing.mails) == 1


async def test_the_database_does_the_same_for_a_stranger_as_for_a_customer(desk: Desk) -> None:
    """Same statements, same work: what time there is to measure is the same."""
    done: dict[str, list[str]] = {}
    for conversation, email in (("c1", ANNA), ("c2", STRANGER)):
        statements: list[str] = []

        def note(
            _conn: Any, _cursor: Any, statement: str, *_: Any, to: list[str] = statements
        ) -> None:
            to.append(statement)

        event.listen(desk.engine.sync_engine, "before_cursor_execute", note)
        await desk.codes.request(conversation, email, address="192.0.2.1", now=NOW)
        event.remove(desk.engine.sync_engine, "before_cursor_execute", note)
        await desk.mailer.mail_due()
        event.listen(desk.engine.sync_engine, "before_cursor_execute", note)
        await desk.say(desk.wrong_code, conversation)
        event.remove(desk.engine.sync_engine, "before_cursor_execute", note)
        done[email] = statements

    assert done[ANNA] == done[STRANGER]
    assert len(done[ANNA]) > 4


async def test_asking_never_asks_the_billing_system(desk: Desk) -> None:
    desk.billing.calls.clear()

    await desk.codes.request("c1", ANNA, address="192.0.2.1", now=NOW)

    assert desk.billing.calls == []


@pytest.mark.parametrize("text", ["anna", "anna@", "@x.se", "a b@x.se", "a@b", "a@x.se\x00", ""])
async def test_what_is_no_address_is_said_so(desk: Desk, text: str) -> None:
    assert await desk.ask(text) == NotAnAddress()


async def test_a_right_code_can_be_given_again_when_the_accounts_could_not_be_read(
    desk: Desk,
) -> None:
    await desk.ask(ANNA)
    desk.billing.script("find_customers", NotReached("GetUsers"))

    with pytest.raises(NotReached):
        await desk.say(desk.mailed_code)

    assert isinstance(await desk.say(desk.mailed_code), Verified)


async def test_of_several_accounts_one_that_was_offered_is_chosen_once(desk: Desk) -> None:
    company = desk.billing.add_customer(email="ekonomi@example.se", company="Berg AB")
    other = desk.billing.add_customer(email="bo@example.se")
    desk.billing.add_user(company.client_id, ANNA, ["invoices"])
    await desk.ask(ANNA)
    outcome = await desk.say(desk.mailed_code)
    assert isinstance(outcome, Verified)
    assert len(outcome.customers) == 2

    assert await desk.codes.choose("c1", other.client_id, now=NOW) is None
    assert await desk.codes.choose("c2", company.client_id, now=NOW) is None
    chosen = await desk.codes.choose("c1", company.client_id, now=NOW)
    assert chosen is not None
    assert chosen.permissions == {"invoices"}
    assert await desk.codes.choose("c1", company.client_id, now=NOW) is None


async def test_a_choice_cannot_wait_for_ever(desk: Desk) -> None:
    company = desk.billing.add_customer(email="ekonomi@example.se")
    desk.billing.add_user(company.client_id, ANNA, ["invoices"])
    await desk.ask(ANNA)
    await desk.say(desk.mailed_code)

    assert await desk.codes.choose("c1", company.client_id, now=later(11)) is None


async def test_the_database_holds_no_code_and_no_network_address(desk: Desk) -> None:
    await desk.ask(ANNA)
    async with desk.engine.begin() as connection:
        row = (await connection.execute(select(code_requests))).mappings().one()

    kept = " ".join(str(value) for value in row.values())
    assert desk.mailed_code not in kept
    assert "192.0.2.1" not in kept
    assert re.fullmatch(r"[0-9a-f]{64}", row["code_hash"])
