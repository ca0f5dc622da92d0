"""What a cashier reads of the billing system, and when: enough to be sure, and not more."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from billing.errors import Declined, NotAllowed, NotFound, NotPayable, OutcomeUnknown
from billing.model import InvoiceStatus
from billing.payments.model import Method
from billing.payments.sql_store import SqlStore
from billing.payments.tables import queue
from tests.unit.payments.shop import Shop


def reads(shop: Shop, operation: str) -> int:
    return sum(call[0] == operation for call in shop.billing.calls)


@pytest.mark.parametrize(
    ("error", "took_effect", "expected"),
    [
        (None, False, 1),
        (OutcomeUnknown("capture"), True, 1),
        (OutcomeUnknown("capture"), False, 0),
        (Declined("capture"), False, 0),
        (NotPayable("capture"), False, 0),
    ],
)
async def test_transactions_are_read_where_money_may_have_come_in(
    shop: Shop, error: Exception | None, took_effect: bool, expected: int
) -> None:
    shop.billing.script("capture", error, after_effect=took_effect)
    await shop.order(shop.invoice())

    await shop.work()

    assert reads(shop, "transactions") == expected


async def test_credit_is_told_by_the_invoice_alone(shop: Shop) -> None:
    shop.anna = shop.billing.add_customer(email="rik@example.se", credit="600.00")
    await shop.order(shop.invoice(), method=Method.CREDIT, card_id=None)

    await shop.work()

    assert reads(shop, "transactions") == 0
    assert reads(shop, "apply_credit") == 1


async def test_what_is_open_is_not_read_before_its_time(shop: Shop) -> None:
    invoice = shop.invoice()
    shop.billing.script("capture", OutcomeUnknown("capture"))
    await shop.order(invoice)
    await shop.work()
    known = shop.billing.calls.count(("invoice", shop.anna.client_id, invoice.id))

    await shop.order(shop.invoice())  # makes the customer due, not that row
    await shop.work()

    assert shop.billing.calls.count(("invoice", shop.anna.client_id, invoice.id)) == known


async def test_what_is_not_sent_ends_when_that_is_found_out(shop: Shop) -> None:
    gone, cancelled, elsewhere, refused = (shop.invoice() for _ in range(4))
    order = await shop.order(gone, cancelled, elsewhere, refused)
    shop.clock.go(seconds=3)
    shop.billing.script("invoice", NotFound("invoice"))
    shop.billing.change_invoice(replace(cancelled, status=InvoiceStatus.CANCELLED))
    shop.billing.settle(elsewhere.id, elsewhere.balance)
    shop.billing.script("make_default", NotAllowed("make_default"))

    await shop.work()

    told = await shop.report(order)
    assert [line.settled_at for line in told.lines] == [shop.clock.now] * 4
    assert reads(shop, "capture") == 0


async def test_a_customer_who_is_served_is_marked_with_the_server(
    shop: Shop, engine: AsyncEngine
) -> None:
    shop.store = SqlStore(engine, billing="test")
    await shop.order(shop.invoice())
    cashier = shop.cashier("host:42")

    async def server() -> str | None:
        async with engine.begin() as db:
            return await db.scalar(select(queue.c.owner))

    assert await server() == ""
    claim = await cashier.claim()
    assert await server() == "host:42"
    assert claim
    await cashier.serve(claim)
    assert await server() == ""
