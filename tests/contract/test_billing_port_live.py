"""The billing port's contract on a WHMCS that an operator names; on the sandbox by default.

    pytest tests/contract/test_billing_port_live.py --live --live-email=ADDRESS [--live-writes]

What is asked must hold for any customer's data, so it is about how answers fit together. Nothing is
changed, which the run on the sandbox proves; with `--live-writes` a link is made and a code mailed.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta

import pytest

from billing.errors import NotFound
from billing.model import Customer, InvoiceStatus, LinkPurpose, Money
from billing.port import BillingPort
from billing.whmcs import connect
from kvitt.settings import Settings, load
from tests.sandbox_server import RunningSandbox, running_sandbox

NOBODY = "nobody-has-this-address@example.invalid"
DEMO_CUSTOMER = "maja.lundqvist@exempel.se"
NO_SUCH_ID = 2_000_000_000


@pytest.fixture(scope="module")
def sandbox(request: pytest.FixtureRequest) -> Iterator[RunningSandbox | None]:
    """None when a live WHMCS is to be used."""
    is_live = request.config.getoption("--live")
    with nullcontext(None) if is_live else running_sandbox() as running:
        yield running


@pytest.fixture(autouse=True)
def untouched(sandbox: RunningSandbox | None, request: pytest.FixtureRequest) -> Iterator[None]:
    """On the sandbox it shows that reading changes nothing."""
    is_reading = sandbox is not None and "may_write" not in request.fixturenames
    before = sandbox.state() if sandbox and is_reading else None
    yield
    if sandbox and is_reading:
        assert sandbox.state() == before


@pytest.fixture
def settings(sandbox: RunningSandbox | None) -> Settings:
    if sandbox is None:
        return load()
    return load(billing_url=sandbox.url, billing_identifier="sandbox", billing_secret="sandbox")


@pytest.fixture
async def billing(settings: Settings) -> AsyncIterator[BillingPort]:
    port = connect(settings)
    yield port
    await port.close()


@pytest.fixture
def email(request: pytest.FixtureRequest, sandbox: RunningSandbox | None) -> str:
    named = str(request.config.getoption("--live-email"))
    if sandbox is None and not named:
        pytest.fail("name a customer to read by: --live-email=ADDRESS")
    return named or DEMO_CUSTOMER


@pytest.fixture
async def customer(billing: BillingPort, email: str) -> Customer:
    found = await billing.find_customers(email)
    assert found, "no user has that address"
    return found[0]


@pytest.fixture
def may_write(request: pytest.FixtureRequest, sandbox: RunningSandbox | None) -> None:
    if sandbox is None and not request.config.getoption("--live-writes"):
        pytest.skip("changes something: only with --live-writes")


async def test_an_address_is_found_however_it_is_written(
    billing: BillingPort, email: str, customer: Customer
) -> None:
    assert customer in await billing.find_customers(email.upper())
    assert await billing.find_customers(email[:-1]) == ()
    assert await billing.find_customers(NOBODY) == ()


async def test_the_account_agrees_with_what_was_found(
    billing: BillingPort, customer: Customer
) -> None:
    account = await billing.customer(customer.client_id)

    assert (account.name, account.currency) == (customer.name, customer.currency)
    assert account.credit == customer.credit
    assert len(account.currency) == 3


async def test_invoices_are_owed_ordered_and_in_one_currency(
    billing: BillingPort, customer: Customer
) -> None:
    found = await billing.invoices(customer.client_id, limit=20)

    assert list(found) == sorted(found, key=lambda one: (one.due_date, one.id))
    assert {one.client_id for one in found} <= {customer.client_id}
    assert {one.balance.currency for one in found} <= {customer.currency}
    assert all(one.is_debt and one.number for one in found)
    assert InvoiceStatus.DRAFT not in {one.status for one in found}


async def test_unpaid_invoices_read_the_same_alone_and_in_the_list(
    billing: BillingPort, customer: Customer
) -> None:
    for listed in (await billing.invoices(customer.client_id, InvoiceStatus.UNPAID))[:5]:
        assert await billing.invoice(customer.client_id, listed.id) == listed
        assert listed.balance <= listed.total


async def test_overdue_invoices_are_those_of_the_unpaid_that_were_due(
    billing: BillingPort, customer: Customer
) -> None:
    day = datetime.now(UTC).date() - timedelta(days=1)
    unpaid = await billing.invoices(customer.client_id, InvoiceStatus.UNPAID)

    due = await billing.invoices(customer.client_id, InvoiceStatus.UNPAID, due_before=day)

    assert due == tuple(one for one in unpaid if one.due_date < day)


async def test_what_was_paid_shows_as_money_or_credit(
    billing: BillingPort, customer: Customer
) -> None:
    for paid in await billing.invoices(customer.client_id, InvoiceStatus.PAID, limit=3):
        came_in = await billing.transactions(customer.client_id, paid.id)

        assert not paid.is_payable()
        assert {one.invoice_id for one in came_in} <= {paid.id}
        assert paid.balance <= Money.zero(customer.currency)


async def test_nobody_sees_what_is_not_theirs(billing: BillingPort, customer: Customer) -> None:
    with pytest.raises(NotFound):
        await billing.invoice(customer.client_id, NO_SUCH_ID)
    with pytest.raises(NotFound):
        await billing.customer(NO_SUCH_ID)
    for own in await billing.invoices(customer.client_id, limit=1):
        with pytest.raises(NotFound):
            await billing.invoice(NO_SUCH_ID, own.id)


async def test_cards_show_no_more_than_their_last_four(
    billing: BillingPort, customer: Customer
) -> None:
    for card in await billing.cards(customer.client_id):
        assert len(card.last_four) in (0, 4)
        assert 1 <= card.expires[1] <= 12


async def test_quotes_and_departments_can_be_read(billing: BillingPort, customer: Customer) -> None:
    quotes = await billing.quotes(customer.client_id)

    assert {one.total.currency for one in quotes} <= {customer.currency}
    assert all(one.name for one in await billing.departments())


@pytest.mark.usefixtures("may_write")
async def test_a_link_logs_the_person_in(billing: BillingPort, customer: Customer) -> None:
    link = await billing.link(customer.client_id, LinkPurpose.INVOICES, user_id=customer.user_id)

    assert link.startswith("http")


@pytest.mark.usefixtures("may_write")
async def test_a_code_is_mailed(billing: BillingPort, customer: Customer) -> None:
    await billing.send_login_code(customer.client_id, "Kvitt: ett test", "Koden är 000000.")
