"""From the summary to the outcome, through the service and the cashier."""

from __future__ import annotations

from billing.errors import OutcomeUnknown
from billing.payments.model import (
    AlreadyUsed,
    Confirmed,
)
from tests.unit.payments.shop import Shop


async def test_three_invoices_are_paid_one_by_one_and_reported(shop: Shop) -> None:
    invoices = [shop.invoice("499.00"), shop.invoice("100.50"), shop.invoice("1.00")]

    order = await shop.order(*invoices)
    assert await shop.statuses(order) == ["waiting"] * 3
    await shop.work()

    report = await shop.report(order)
    assert [line.status.value for line in report.lines] == ["paid"] * 3
    assert report.is_final
    assert str(report.paid.amount) == "600.50"
    assert [one.invoice_id for one in shop.billing.charges] == [one.id for one in invoices]


async def test_the_same_yes_twice_is_one_order(shop: Shop) -> None:
    prepared = await shop.prepare(shop.invoice())

    first = await shop.confirm(prepared)
    second = await shop.confirm(prepared)
    await shop.work()
    third = await shop.confirm(prepared)

    assert isinstance(first, Confirmed)
    assert second == third == AlreadyUsed(order_id=first.order_id)
    assert len(shop.billing.charges) == 1


async def test_a_lost_reply_is_checked_and_never_sent_again(shop: Shop) -> None:
    invoice = shop.invoice()
    shop.billing.script("capture", OutcomeUnknown("capture"))
    order = await shop.order(invoice)

    await shop.work()
    assert await shop.statuses(order) == ["checking"]
    assert await shop.payments.being_paid(shop.anna.client_id) == {invoice.id}

    shop.billing.settle(invoice.id, invoice.balance)
    shop.clock.go(seconds=10)
    await shop.work()

    assert await shop.statuses(order) == ["paid"]
    assert [call for call in shop.billing.calls if call[0] == "capture"] == [
        ("capture", shop.anna.client_id, invoice.id)
    ]
