"""A person's verdict: only on what is open, and "charged" only when the books say so too."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from billing.errors import OutcomeUnknown
from billing.model import Money
from billing.payments.model import Capture, Reason
from billing.payments.sql_store import SqlStore
from billing.payments.verdict import CannotSettle, give_verdict
from tests.unit.payments.shop import LEASE, Shop


@pytest.fixture
async def capture_id(shop: Shop) -> str:
    """A capture that nobody knows the outcome of."""
    shop.billing.script("capture", OutcomeUnknown("capture"))
    order = await shop.order(shop.invoice())
    await shop.work()
    return f"{order}.1"


async def settle(shop: Shop, capture_id: str, *, was_charged: bool) -> Capture:
    return await give_verdict(
        shop.store, shop.billing, capture_id, was_charged=was_charged, now=shop.clock.now
    )


async def refusal(shop: Shop, capture_id: str, *, was_charged: bool) -> str:
    """What the person reads who may not settle it so."""
    with pytest.raises(CannotSettle) as refused:
        await settle(shop, capture_id, was_charged=was_charged)
    return str(refused.value)


async def only_invoice(shop: Shop) -> int:
    (invoice,) = await shop.billing.invoices(shop.anna.client_id)
    return invoice.id


async def test_not_charged_frees_the_invoice(shop: Shop, capture_id: str) -> None:
    result = await settle(shop, capture_id, was_charged=False)

    assert (result.state, result.reason) == ("not_charged", Reason.BY_PERSON)
    assert result.settled_at == shop.clock.now
    assert not await shop.payments.being_paid(shop.anna.client_id)
    assert len(await shop.payments.take_news(now=shop.clock.now)) == 1


async def test_not_charged_but_paid_is_paid_elsewhere(shop: Shop, capture_id: str) -> None:
    shop.billing.settle(await only_invoice(shop), Money.parse("499.00", "SEK"))

    assert (await settle(shop, capture_id, was_charged=False)).state == "paid_elsewhere"


async def test_charged_needs_the_payment_in_the_books(shop: Shop, capture_id: str) -> None:
    why = await refusal(shop, capture_id, was_charged=True)
    assert why == "book the payment on the invoice in the billing system first"

    shop.billing.settle(await only_invoice(shop), Money.parse("499.00", "SEK"))
    assert (await settle(shop, capture_id, was_charged=True)).state == "succeeded"


async def test_charged_on_an_invoice_that_has_grown_is_a_part_payment(
    shop: Shop, capture_id: str
) -> None:
    invoice_id = await only_invoice(shop)
    known = await shop.billing.invoice(shop.anna.client_id, invoice_id)
    shop.billing.change_invoice(replace(known, balance=Money.parse("559.00", "SEK")))
    shop.billing.settle(invoice_id, Money.parse("499.00", "SEK"))

    assert (await settle(shop, capture_id, was_charged=True)).state == "part_paid"


@pytest.mark.parametrize("was_charged", [True, False])
async def test_the_customer_is_given_back_whatever_comes_of_it(
    shop: Shop, capture_id: str, was_charged: bool
) -> None:
    with suppress(CannotSettle):
        await settle(shop, capture_id, was_charged=was_charged)

    assert await shop.store.claim("worker", shop.clock.now, LEASE, shop.anna.client_id)


async def test_only_that_row_of_the_order_is_settled(shop: Shop) -> None:
    shop.billing.script("capture", *[OutcomeUnknown("capture")] * 3)
    order = await shop.order(shop.invoice(), shop.invoice(), shop.invoice())
    await shop.work()

    await settle(shop, f"{order}.2", was_charged=False)

    assert await shop.statuses(order) == ["checking", "not_charged", "checking"]


@pytest.mark.parametrize("capture", ["none", "none.1"])
async def test_there_must_be_such_a_capture(shop: Shop, capture: str) -> None:
    assert await refusal(shop, capture, was_charged=True) == "there is no such capture"


async def test_what_is_settled_stays_so(shop: Shop, capture_id: str) -> None:
    await settle(shop, capture_id, was_charged=False)

    why = await refusal(shop, capture_id, was_charged=False)
    assert why == "it is not_charged, and only an open outcome can be settled"


async def test_a_worker_at_the_customers_payments_comes_first(shop: Shop, capture_id: str) -> None:
    shop.clock.go(seconds=10)
    assert await shop.store.claim("worker", shop.clock.now, LEASE)

    why = await refusal(shop, capture_id, was_charged=False)
    assert why == "a worker is at this customer's payments just now: try again"


async def test_a_verdict_is_given_in_a_database_too(shop: Shop, engine: AsyncEngine) -> None:
    shop.store = SqlStore(engine, billing="test")
    shop.billing.script("capture", OutcomeUnknown("capture"))
    order = await shop.order(shop.invoice())
    await shop.work()

    await settle(shop, f"{order}.1", was_charged=False)

    assert await shop.statuses(order) == ["not_charged"]
