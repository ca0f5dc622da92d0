"""On schedule: once among all processes, and the outcome is kept."""

from __future__ import annotations

from datetime import timedelta

import pytest

from billing.errors import NotReached
from billing.payments.reconciliation import reconcile_in_turn
from tests.unit.payments.shop import Shop
from tests.unit.payments.test_reconciliation import books, paid


async def test_on_schedule_it_is_done_once_and_kept(shop: Shop) -> None:
    await paid(shop)
    shop.billing._transactions.clear()
    day, now = timedelta(days=1), shop.clock.now

    first = await reconcile_in_turn(shop.store, shop.billing, now=now, every=day)
    again = await reconcile_in_turn(shop.store, shop.billing, now=now, every=day)

    assert first
    assert again is None
    ((checked, differences),) = books(shop).reconciliations.values()
    (row,) = books(shop).captures.values()
    assert checked == 1
    assert differences == (
        {
            "kind": "missing_transaction",
            "order": row.order_id,
            "client": str(shop.anna.client_id),
            "invoice": str(row.invoice_id),
            "amount": "499.00 SEK",
            "journal": "succeeded",
            "billing": "Paid, 0 transactions, 0 received",
        },
    )


async def test_on_schedule_too_a_capture_may_be_open_for_a_while(shop: Shop) -> None:
    await shop.order(shop.invoice())
    every, now = timedelta(hours=1), shop.clock.now

    for hours, clean in ((1, True), (2, False)):
        at = now + timedelta(hours=hours)
        result = await reconcile_in_turn(shop.store, shop.billing, now=at, every=every)
        assert result
        assert result.is_clean == clean


async def test_a_clean_one_on_schedule_is_kept_too(shop: Shop) -> None:
    await paid(shop)

    await reconcile_in_turn(shop.store, shop.billing, now=shop.clock.now, every=timedelta(days=1))

    assert list(books(shop).reconciliations.values()) == [(1, ())]


async def test_one_that_could_not_be_done_has_no_outcome(shop: Shop) -> None:
    await paid(shop)
    shop.billing.script("invoice", NotReached("GetInvoice"))
    now = shop.clock.now

    with pytest.raises(NotReached):
        await reconcile_in_turn(shop.store, shop.billing, now=now, every=timedelta(days=1))

    assert books(shop).reconciliations == {now: None}
