"""What the billing port does, on every billing system that stands behind it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest

from billing.errors import Declined, NotAllowed, NotFound, NotPayable
from billing.model import InvoiceStatus
from tests.contract.billing_scenario import (
    ACCEPTED_QUOTE,
    ANNA,
    BERTIL,
    BERTILS,
    BERTILS_CARD,
    BERTILS_QUOTE,
    BROKE,
    CONTAINER,
    CREDITED,
    DEPOSIT,
    DRAFT,
    DRAFT_QUOTE,
    EXPIRED_QUOTE,
    GOOD,
    HELD_QUOTE,
    OLDEST,
    OPEN_QUOTE,
    OWN_CARD,
    PAID,
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


@pytest.fixture(params=WORLDS)
async def world(request: pytest.FixtureRequest, sandbox: RunningSandbox) -> AsyncIterator[World]:
    world = loaded_world(request.param, sandbox, SCENARIO)
    world.connect()
    yield world
    await world.billing.close()


# Cards and charges


async def test_a_capture_charges_the_default_card_once_and_pays_the_invoice(world: World) -> None:
    await world.billing.capture(ANNA, CREDITED)

    assert world.charges() == [(CREDITED, GOOD, "379.50")]
    paid = await world.billing.invoice(ANNA, CREDITED)
    assert (paid.status, paid.balance) == (InvoiceStatus.PAID, sek("0.00"))
    assert paid.date_paid is not None
    (transaction,) = await world.billing.transactions(ANNA, CREDITED)
    assert str(transaction.amount_in) == "379.50"
    assert len(world.mails_to(ANNA)) == 1


async def test_a_paid_invoice_is_not_charged_again(world: World) -> None:
    await world.billing.capture(ANNA, OLDEST)

    with pytest.raises(NotPayable):
        await world.billing.capture(ANNA, OLDEST)
    assert len(world.charges()) == 1


@pytest.mark.parametrize("invoice_id", [OWN_CARD, WATCHED_CARD])
async def test_a_refused_card_leaves_the_invoice_unpaid(world: World, invoice_id: int) -> None:
    with pytest.raises(Declined):
        await world.billing.capture(ANNA, invoice_id)

    assert world.charges() == []
    assert (await world.billing.invoice(ANNA, invoice_id)).is_payable()


async def test_a_pending_payment_is_neither_paid_nor_payable(world: World) -> None:
    await world.billing.capture(ANNA, PENDING_CARD)

    waiting = await world.billing.invoice(ANNA, PENDING_CARD)
    assert waiting.status == InvoiceStatus.PAYMENT_PENDING
    assert not waiting.is_payable()


@pytest.mark.parametrize("invoice_id", [BERTILS, UNKNOWN, DRAFT])
async def test_a_strangers_invoice_is_never_charged(world: World, invoice_id: int) -> None:
    with pytest.raises(NotFound):
        await world.billing.capture(ANNA, invoice_id)

    assert world.charges() == []


@pytest.mark.parametrize("invoice_id", [CONTAINER, DEPOSIT, PAID])
async def test_what_is_no_unpaid_debt_is_never_charged(world: World, invoice_id: int) -> None:
    with pytest.raises(NotPayable):
        await world.billing.capture(ANNA, invoice_id)

    assert world.charges() == []


async def test_a_new_default_card_is_charged_where_the_invoice_has_none_of_its_own(
    world: World,
) -> None:
    await world.billing.make_default(ANNA, BROKE)

    with pytest.raises(Declined):
        await world.billing.capture(ANNA, OLDEST)


async def test_a_card_can_be_removed(world: World) -> None:
    await world.billing.remove_card(ANNA, WATCHED)

    assert {one.id for one in await world.billing.cards(ANNA)} == {GOOD, BROKE, PENDING}


@pytest.mark.parametrize("card_id", [BERTILS_CARD, UNKNOWN])
async def test_a_strangers_card_does_not_exist(world: World, card_id: int) -> None:
    with pytest.raises(NotFound):
        await world.billing.make_default(ANNA, card_id)
    with pytest.raises(NotFound):
        await world.billing.remove_card(ANNA, card_id)

    assert [one.id for one in await world.billing.cards(BERTIL)] == [BERTILS_CARD]


async def test_credit_pays_part_of_an_invoice(world: World) -> None:
    await world.billing.apply_credit(ANNA, OLDEST, sek("100.00"))

    left = await world.billing.invoice(ANNA, OLDEST)
    assert (left.balance, left.credit_applied) == (sek("149.00"), sek("100.00"))
    assert (await world.billing.customer(ANNA)).credit == sek("200.00")


async def test_credit_pays_all_of_an_invoice(world: World) -> None:
    await world.billing.apply_credit(ANNA, OLDEST, sek("249.00"))

    assert (await world.billing.invoice(ANNA, OLDEST)).status == InvoiceStatus.PAID


@pytest.mark.parametrize(
    ("invoice_id", "amount"), [(CREDITED, "350.00"), (OLDEST, "249.01"), (OLDEST, "0.00")]
)
async def test_more_credit_than_there_is_or_is_needed_is_refused(
    world: World, invoice_id: int, amount: str
) -> None:
    with pytest.raises(NotAllowed):
        await world.billing.apply_credit(ANNA, invoice_id, sek(amount))

    assert (await world.billing.customer(ANNA)).credit == sek("300.00")


async def test_credit_does_not_pay_for_a_stranger_or_for_what_is_paid(world: World) -> None:
    with pytest.raises(NotFound):
        await world.billing.apply_credit(ANNA, BERTILS, sek("1.00"))
    with pytest.raises(NotPayable):
        await world.billing.apply_credit(ANNA, PAID, sek("1.00"))


# Quotes


@pytest.mark.parametrize("quote_id", [OPEN_QUOTE, HELD_QUOTE])
async def test_an_accepted_quote_leads_to_its_invoice(world: World, quote_id: int) -> None:
    invoice = await world.billing.accept_quote(ANNA, quote_id, terms_accepted=True)

    assert invoice is not None
    assert (invoice.client_id, invoice.balance) == (ANNA, sek("1200.00"))
    with pytest.raises(NotAllowed):
        await world.billing.accept_quote(ANNA, quote_id, terms_accepted=True)


@pytest.mark.parametrize("quote_id", [EXPIRED_QUOTE, ACCEPTED_QUOTE])
async def test_a_quote_that_is_not_open_cannot_be_accepted(world: World, quote_id: int) -> None:
    with pytest.raises(NotAllowed):
        await world.billing.accept_quote(ANNA, quote_id, terms_accepted=True)


async def test_a_quote_is_not_accepted_without_its_terms(world: World) -> None:
    with pytest.raises(NotAllowed):
        await world.billing.accept_quote(ANNA, OPEN_QUOTE, terms_accepted=False)


@pytest.mark.parametrize("quote_id", [BERTILS_QUOTE, DRAFT_QUOTE, UNKNOWN])
async def test_a_quote_that_is_not_the_customers_does_not_exist(
    world: World, quote_id: int
) -> None:
    with pytest.raises(NotFound):
        await world.billing.accept_quote(ANNA, quote_id, terms_accepted=True)


# Mail and tickets


async def test_a_receipt_is_mailed_again_for_what_is_paid(world: World) -> None:
    await world.billing.send_receipt(ANNA, PAID)

    assert len(world.mails_to(ANNA)) == 1


async def test_there_is_no_receipt_for_what_is_unpaid_or_a_strangers(world: World) -> None:
    with pytest.raises(NotAllowed):
        await world.billing.send_receipt(ANNA, OLDEST)
    with pytest.raises(NotFound):
        await world.billing.send_receipt(ANNA, BERTILS)

    assert world.mails_to(ANNA) == []


async def test_a_login_code_is_mailed_to_the_account(world: World) -> None:
    await world.billing.send_login_code(ANNA, "Din kod", "Koden är 123456.\nDen gäller i 10 min.")

    (mail,) = world.mails_to(ANNA)
    assert "Din kod" in mail
    assert "123456" in mail
    with pytest.raises(NotFound):
        await world.billing.send_login_code(UNKNOWN, "Din kod", "Koden är 123456.")


async def test_a_ticket_is_opened_and_added_to(world: World) -> None:
    department = (await world.billing.departments())[0]

    ticket = await world.billing.open_ticket(
        client_id=ANNA, department_id=department.id, subject="Bestrider", message="Jag bestrider."
    )
    await world.billing.reply_ticket(ticket.id, "Faktura 2001.", client_id=ANNA)

    assert ticket.number
    with pytest.raises(NotFound):
        await world.billing.reply_ticket(ticket.id, "Hej", client_id=BERTIL)
    with pytest.raises(NotFound):
        await world.billing.reply_ticket(UNKNOWN, "Hej", client_id=ANNA)


async def test_somebody_without_an_account_opens_a_ticket_by_name_and_address(
    world: World,
) -> None:
    department = (await world.billing.departments())[0]

    ticket = await world.billing.open_ticket(
        client_id=None,
        name="Disa Falk",
        email="disa@example.se",
        department_id=department.id,
        subject="Fråga",
        message="Hej",
    )
    await world.billing.reply_ticket(ticket.id, "Mer", client_id=None)

    with pytest.raises(NotAllowed):
        await world.billing.open_ticket(
            client_id=None, department_id=department.id, subject="Fråga", message="Hej"
        )
    with pytest.raises(NotFound):
        await world.billing.open_ticket(
            client_id=ANNA, department_id=UNKNOWN, subject="Fråga", message="Hej"
        )
