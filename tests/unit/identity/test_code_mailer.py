"""The mailer: who gets a code, what it says, and what happens when billing does not answer."""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from billing.errors import NotConfigured, NotReached, OutcomeUnknown, Refused
from kvitt.identity import CodeMailer, CodeNotSent, KeyedHash, LoginCodes, Verified
from kvitt.identity.code_mailer import LEASE, RETRY_AFTER, new_code
from kvitt.identity.mail_texts import login_code_text
from kvitt.identity.tables import code_requests
from tests.fakes.billing import FakeBilling
from tests.unit.identity.conftest import NOW

ANNA = "anna@example.se"


class Post:
    """A mailer and what it told."""

    def __init__(self, engine: AsyncEngine, billing: FakeBilling, keyed: KeyedHash) -> None:
        self.engine, self.billing, self.now = engine, billing, NOW
        self.told: list[CodeNotSent] = []
        self.codes = LoginCodes(engine, billing, keyed)
        self.mailer = self.another(keyed)
        self.keyed = keyed

    def another(self, keyed: KeyedHash) -> CodeMailer:
        async def tell(news: CodeNotSent) -> None:
            self.told.append(news)

        return CodeMailer(
            self.engine,
            self.billing,
            keyed,
            company="Nordhost",
            tell=tell,
            clock=lambda: self.now,
        )

    async def ask(self, email: str, conversation: str = "c1") -> None:
        await self.codes.request(conversation, email, address="192.0.2.1", now=self.now)

    async def wait_and_mail(self, times: int) -> None:
        for _ in range(times):
            await self.mailer.mail_due()
            self.now += timedelta(seconds=41)

    async def state(self) -> str:
        async with self.engine.begin() as connection:
            rows = await connection.execute(select(code_requests.c.state))
            return " ".join(rows.scalars())


@pytest.fixture
def post(engine: AsyncEngine, billing: FakeBilling, keyed: KeyedHash) -> Post:
    billing.add_customer(email=ANNA, id=7)
    return Post(engine, billing, keyed)


async def test_the_mail_is_in_swedish_with_the_company_and_one_run_of_digits_beside_the_life(
    post: Post,
) -> None:
    await post.ask(ANNA)
    await post.mailer.mail_due()

    (mail,) = post.billing.mails
    assert mail.client_id == 7
    assert mail.subject == "Din inloggningskod till Nordhost"
    assert "Koden gäller i 10 minuter" in mail.message
    assert len(re.findall(r"\d{3,}", mail.message)) == 1
    assert not set("{}<>") & set(mail.message + mail.subject)


def test_the_text_uses_every_value_that_it_is_given() -> None:
    text = login_code_text()
    used = set(re.findall(r"\{(\w+)\}", text.subject + text.body))

    assert used == {"company", "code", "minutes"}


def test_codes_are_six_digits_and_differ() -> None:
    codes = {new_code() for _ in range(200)}

    assert all(re.fullmatch(r"\d{6}", code) for code in codes)
    assert len(codes) > 190


async def test_an_address_that_nobody_has_gets_no_mail_and_no_news(post: Post) -> None:
    await post.ask("ingen@example.se")
    await post.wait_and_mail(3)

    assert post.billing.mails == []
    assert post.told == []
    assert await post.state() == "nobody"


async def test_a_code_is_never_mailed_to_somebody_elses_address(post: Post) -> None:
    """WHMCS mails to the account's address; a co-user's code would prove the account's owner."""
    post.billing.add_user(7, "assistent@example.se", ["invoices"])
    await post.ask("assistent@example.se")
    await post.mailer.mail_due()

    assert post.billing.mails == []


async def test_billing_that_is_down_for_a_moment_only_delays_the_mail(post: Post) -> None:
    post.billing.script("find_customers", NotReached("GetUsers"))
    await post.ask(ANNA)
    await post.wait_and_mail(2)

    assert len(post.billing.mails) == 1
    assert post.told == []


@pytest.mark.parametrize("email", [ANNA, "ingen@example.se"])
async def test_billing_that_stays_down_is_told_for_known_and_unknown_alike(
    post: Post, email: str
) -> None:
    for _ in range(len(RETRY_AFTER) + 1):
        post.billing.script("find_customers", NotReached("GetUsers"))
    await post.ask(email)
    await post.wait_and_mail(len(RETRY_AFTER) + 3)

    assert post.told == [CodeNotSent(conversation_id="c1")]
    assert post.billing.mails == []
    assert await post.state() == "failed"


@pytest.mark.parametrize("error", [NotReached, NotConfigured, Refused])
async def test_a_mail_that_cannot_be_sent_is_not_told_since_that_would_tell_who_is_a_customer(
    post: Post, error: type[NotReached]
) -> None:
    for _ in range(len(RETRY_AFTER) + 1):
        post.billing.script("send_login_code", error("SendEmail"))
    await post.ask(ANNA)
    await post.wait_and_mail(len(RETRY_AFTER) + 3)

    assert post.told == []
    assert post.billing.mails == []


async def test_a_mail_that_was_perhaps_sent_is_not_sent_again_and_its_code_is_good(
    post: Post,
) -> None:
    post.billing.script("send_login_code", OutcomeUnknown("SendEmail"), after_effect=True)
    await post.ask(ANNA)
    await post.wait_and_mail(3)

    (mail,) = post.billing.mails
    (code,) = re.findall(r"\d{6}", mail.message)
    assert isinstance(await post.codes.verify("c1", code, now=NOW), Verified)


async def test_several_mailers_send_one_mail_each_request(post: Post) -> None:
    mailers = [post.mailer, *(post.another(post.keyed) for _ in range(5))]
    for number in range(4):
        await post.ask(ANNA, f"c{number}")

    await asyncio.gather(*(mailer.mail_due() for mailer in mailers))

    assert len(post.billing.mails) == 4


async def test_what_a_mailer_that_died_had_taken_is_mailed_by_another(post: Post) -> None:
    await post.ask(ANNA)
    await post.mailer._lease()  # and no more: it has died
    await post.mailer.mail_due()
    assert post.billing.mails == []

    post.now += LEASE
    await post.mailer.mail_due()

    assert len(post.billing.mails) == 1


async def test_a_request_that_has_run_out_is_not_mailed(post: Post) -> None:
    await post.ask(ANNA)
    post.now += timedelta(minutes=10)
    await post.mailer.mail_due()

    assert post.billing.mails == []


async def test_a_fault_of_our_own_does_not_end_the_mailer(post: Post) -> None:
    post.billing.script("find_customers", ZeroDivisionError())
    await post.ask(ANNA, "c1")
    await post.ask(ANNA, "c2")
    running = asyncio.create_task(post.mailer.run(poll_seconds=0.01))
    try:
        async with asyncio.timeout(10):
            while not post.billing.mails:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
    finally:
        running.cancel()

    assert not running.done() or running.cancelled()
