"""What the billing port tells, on every billing system that stands behind it.

Each test runs on the fake that other tests use, and on the WHMCS adapter with a running sandbox
under every way in which one WHMCS install differs from another.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from datetime import date

import pytest

from billing.errors import NotAllowed, NotFound
from billing.model import ALL_PERMISSIONS, InvoiceStatus, LinkPurpose, QuoteStage
from tests.contract.billing_scenario import (
    ACCEPTED_QUOTE,
    ANNA,
    BERTIL,
    BERTILS,
    BERTILS_QUOTE,
    BROKE,
    CECILIA,
    CONTAINER,
    CREDITED,
    DRAFT,
    EXPIRED_QUOTE,
    GOOD,
    HELD_QUOTE,
    LATER,
    OLDEST,
    OPEN_QUOTE,
    OWN_CARD,
    PAID,
    PART_PAID,
    PENDING,
    PENDING_CARD,
    SCENARIO,
    UNKNOWN,
    WATCHED,
    WATCHED_CARD,
    sek,
)
from tests.contract.billing_worlds import SWITCHES, World, loaded_world
from tests.sandbox_server import RunningSandbox, running_sandbox

WORLDS = ["fake", *SWITCHES]


@pytest.fixture(scope="module")
def sandbox() -> Iterator[RunningSandbox]:
    with running_sandbox(load_demo=False) as running:
        yield running


@pytest.fixture(scope="module", params=WORLDS)
def loaded(request: pytest.FixtureRequest, sandbox: RunningSandbox) -> World:
    return loaded_world(request.param, sandbox, SCENARIO)


@pytest.fixture
async def world(loaded: World) -> AsyncIterator[World]:
    """Loaded once for all: a test that reads leaves nothing behind."""
    loaded.connect()
    yield loaded
    await loaded.billing.close()


# Who


@pytest.mark.parametrize(
    "written", ["bertil@example.se", "BERTIL@Example.SE", " bertil@example.se "]
)
async def test_a_customer_is_found_by_the_whole_address(world: World, written: str) -> None:
    (found,) = await world.billing.find_customers(written)

    assert (found.client_id, found.name, found.currency) == (BERTIL, "Bertil Ek", "SEK")
    assert found.credit == sek("50.00")
    assert found.permissions == ALL_PERMISSIONS


@pytest.mark.parametrize("written", ["bertil@example", "bertil", "Bertil Ek", "", "x@example.se"])
async def test_part_of_an_address_finds_nobody(world: World, written: str) -> None:
    assert await world.billing.find_customers(written) == ()


async def test_one_user_may_act_for_several_accounts_with_different_permissions(
    world: World,
) -> None:
    found = {one.client_id: one for one in await world.billing.find_customers("anna@example.se")}

    assert set(found) == {ANNA, BERTIL}
    assert found[ANNA].permissions == ALL_PERMISSIONS
    assert found[BERTIL].permissions == {"quotes"}
    assert found[ANNA].user_id == found[BERTIL].user_id


async def test_a_member_who_is_not_the_owner_is_not_reached_by_the_accounts_mail(
    world: World,
) -> None:
    (found,) = await world.billing.find_customers("ekonom@example.se")

    assert (found.client_id, found.email) == (ANNA, "ekonom@example.se")
    assert found.permissions == {"invoices", "tickets"}
    assert not found.gets_mail_at("ekonom@example.se")
    assert found.gets_mail_at("Anna@example.se")


async def test_an_account_is_read_as_its_owner_sees_it(world: World) -> None:
    customer = await world.billing.customer(ANNA)

    assert customer.display_name == "Bergs Bageri"
    assert customer.credit == sek("300.00")
    assert customer.sso_allowed
    assert customer.may("invoices")
    assert customer.user_id is not None


async def test_names_come_as_they_are_written(world: World) -> None:
    customer = await world.billing.customer(CECILIA)

    assert customer.name == "Cecilia Ås & Co"
    assert not customer.sso_allowed


async def test_an_unknown_account_is_not_found(world: World) -> None:
    with pytest.raises(NotFound):
        await world.billing.customer(UNKNOWN)


# Invoices


async def test_unpaid_invoices_come_oldest_first_without_containers_deposits_and_drafts(
    world: World,
) -> None:
    found = await world.billing.invoices(ANNA, InvoiceStatus.UNPAID)

    assert [one.id for one in found] == [
        OLDEST,
        CREDITED,
        PART_PAID,
        OWN_CARD,
        PENDING_CARD,
        WATCHED_CARD,
        LATER,
    ]


async def test_what_is_left_to_pay_is_the_balance_and_not_the_total(world: World) -> None:
    found = {one.id: one for one in await world.billing.invoices(ANNA, InvoiceStatus.UNPAID)}

    assert found[CREDITED].balance == sek("379.50")
    assert found[CREDITED].credit_applied == sek("120.50")
    assert found[PART_PAID].balance == sek("250.00")
    assert found[PART_PAID].total == sek("400.00")
    assert found[LATER].balance == sek("99.90")


async def test_overdue_is_what_was_due_before_today(world: World) -> None:
    today = date(2026, 3, 1)
    found = await world.billing.invoices(ANNA, InvoiceStatus.UNPAID, due_before=today)

    assert [one.id for one in found] == [OLDEST]
    assert found[0].is_overdue(today)


async def test_the_newest_are_read_up_to_a_limit(world: World) -> None:
    found = await world.billing.invoices(ANNA, limit=1)

    assert [one.id for one in found] == [LATER]


async def test_a_limit_counts_only_what_is_owed(world: World) -> None:
    found = await world.billing.invoices(ANNA, InvoiceStatus.UNPAID, limit=6)

    assert len(found) == 6
    assert all(one.is_debt for one in found)


async def test_paid_invoices_have_a_list_of_their_own(world: World) -> None:
    found = await world.billing.invoices(ANNA, InvoiceStatus.PAID)

    assert [(one.id, one.is_payable()) for one in found] == [(PAID, False)]


@pytest.mark.parametrize("status", [None, *InvoiceStatus])
async def test_no_invoices_are_an_empty_list(world: World, status: InvoiceStatus | None) -> None:
    assert await world.billing.invoices(CECILIA, status) == ()


async def test_one_invoice_is_read_with_its_number_lines_and_card(world: World) -> None:
    first = await world.billing.invoice(ANNA, OLDEST)
    second = await world.billing.invoice(ANNA, OWN_CARD)

    assert (first.number, first.card_id, first.is_card_gateway) == ("F-7", None, True)
    assert (first.date, first.due_date) == (date(2026, 1, 15), date(2026, 2, 1))
    assert [(line.description, line.type) for line in first.lines] == [
        (f"Webbhotell {OLDEST}", "Hosting")
    ]
    assert (second.number, second.card_id) == (str(OWN_CARD), BROKE)


async def test_a_container_can_be_read_but_not_paid(world: World) -> None:
    container = await world.billing.invoice(ANNA, CONTAINER)

    assert container.is_container
    assert not container.is_payable()


@pytest.mark.parametrize("invoice_id", [BERTILS, UNKNOWN, DRAFT, 0, -1])
async def test_an_invoice_that_is_not_the_customers_to_see_does_not_exist(
    world: World, invoice_id: int
) -> None:
    with pytest.raises(NotFound):
        await world.billing.invoice(ANNA, invoice_id)
    with pytest.raises(NotFound):
        await world.billing.transactions(ANNA, invoice_id)


async def test_money_on_an_invoice_is_told_as_transactions(world: World) -> None:
    (only,) = await world.billing.transactions(ANNA, PART_PAID)

    assert (only.invoice_id, str(only.amount_in), str(only.amount_out)) == (
        PART_PAID,
        "150.00",
        "0.00",
    )
    assert only.date.tzinfo is not None
    assert await world.billing.transactions(ANNA, OLDEST) == ()


# Cards and charges


async def test_saved_cards_are_listed_without_bank_accounts_or_secrets(world: World) -> None:
    cards = await world.billing.cards(ANNA)

    assert {one.id for one in cards} == {GOOD, BROKE, WATCHED, PENDING}
    (good,) = (one for one in cards if one.id == GOOD)
    assert (good.brand, good.last_four, good.expiry_text) == ("Visa", "4242", "08/28")
    assert good.description == "Företagskortet"
    (broke,) = (one for one in cards if one.id == BROKE)
    assert broke.last_four == "0002"
    assert "token" not in repr(cards)


async def test_no_saved_cards_are_an_empty_list(world: World) -> None:
    assert await world.billing.cards(CECILIA) == ()


# Links


@pytest.mark.parametrize(
    ("purpose", "ids"),
    [
        (LinkPurpose.PAY_INVOICE, [OLDEST]),
        (LinkPurpose.VIEW_INVOICE, [PAID]),
        (LinkPurpose.MASS_PAYMENT, []),
        (LinkPurpose.MASS_PAYMENT, [OLDEST]),
        (LinkPurpose.MASS_PAYMENT, [OLDEST, CREDITED]),
        (LinkPurpose.BILLING_INFORMATION, []),
        (LinkPurpose.ADD_CARD, []),
        (LinkPurpose.INVOICES, []),
        (LinkPurpose.VIEW_QUOTE, [OPEN_QUOTE]),
    ],
)
async def test_every_purpose_has_a_link_and_every_link_is_new(
    world: World, purpose: LinkPurpose, ids: list[int]
) -> None:
    first = await world.billing.link(ANNA, purpose, ids)
    second = await world.billing.link(ANNA, purpose, ids)

    assert first.startswith("http")
    assert first != second


async def test_a_link_logs_in_the_person_who_asked(world: World) -> None:
    (member,) = await world.billing.find_customers("ekonom@example.se")

    assert await world.billing.link(ANNA, LinkPurpose.INVOICES, user_id=member.user_id)


@pytest.mark.parametrize(
    ("purpose", "ids"),
    [
        (LinkPurpose.PAY_INVOICE, [BERTILS]),
        (LinkPurpose.MASS_PAYMENT, [OLDEST, BERTILS]),
        (LinkPurpose.VIEW_QUOTE, [BERTILS_QUOTE]),
    ],
)
async def test_a_link_never_opens_what_belongs_to_a_stranger(
    world: World, purpose: LinkPurpose, ids: list[int]
) -> None:
    with pytest.raises(NotFound):
        await world.billing.link(ANNA, purpose, ids)


async def test_a_customer_may_have_switched_links_off(world: World) -> None:
    with pytest.raises(NotAllowed):
        await world.billing.link(CECILIA, LinkPurpose.INVOICES)


# Quotes


async def test_quotes_come_without_drafts_and_without_staff_notes(world: World) -> None:
    quotes = await world.billing.quotes(ANNA)

    assert {one.id: one.stage for one in quotes} == {
        OPEN_QUOTE: QuoteStage.DELIVERED,
        HELD_QUOTE: QuoteStage.ON_HOLD,
        EXPIRED_QUOTE: QuoteStage.DELIVERED,
        ACCEPTED_QUOTE: QuoteStage.ACCEPTED,
    }
    assert all(one.total == sek("1200.00") for one in quotes)
    assert "hemligt" not in repr(quotes)


async def test_no_quotes_are_an_empty_list(world: World) -> None:
    assert await world.billing.quotes(CECILIA) == ()
