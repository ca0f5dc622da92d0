"""Journal against billing system: every planted difference is found, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from billing.errors import NotFound, OutcomeUnknown
from billing.model import InvoiceStatus, Money
from billing.payments.memory_store import MemoryStore
from billing.payments.model import Method, State
from billing.payments.reconciliation import (
    OPEN_FOR,
    Difference,
    Kind,
    Reconciliation,
    reconcile,
)
from billing.payments.reconciliation import PAGE as PAGE_OF_ORDERS
from billing.payments.store import Booked
from tests.unit.payments.shop import Shop


async def check(shop: Shop) -> Reconciliation:
    return await reconcile(shop.store, shop.billing, now=shop.clock.now)


async def kinds(shop: Shop) -> list[Kind]:
    return [one.kind for one in (await check(shop)).differences]


async def paid(shop: Shop, amount: str = "499.00") -> int:
    """A paid invoice; its id."""
    invoice = shop.invoice(amount)
    await shop.order(invoice)
    await shop.work()
    return invoice.id


def books(shop: Shop) -> MemoryStore:
    assert isinstance(shop.store, MemoryStore)
    return shop.store


def rewrite(shop: Shop, **changes: object) -> None:
    """Tamper with the journal's only row."""
    store = books(shop)
    (row_id,) = store.captures
    store.captures[row_id] = replace(store.captures[row_id], **changes)  # type: ignore[arg-type]


async def test_what_agrees_is_no_difference(shop: Shop) -> None:
    await paid(shop)
    await paid(shop, "100.50")
    shop.billing.set_behaviour(shop.visa.id, "decline")
    await shop.order(shop.invoice())
    await shop.work()

    result = await check(shop)

    assert result.is_clean
    assert (result.orders, result.invoices, result.under_way) == (3, 3, 0)
    assert result.paid == (Money.parse("599.50", "SEK"),)


async def test_an_empty_journal_is_clean(shop: Shop) -> None:
    result = await check(shop)

    assert (result.is_clean, result.paid) == (True, ())


class _Paged(MemoryStore):
    """Writes down which pages are asked for."""

    pages: list[tuple[str, int]]

    async def journal(self, after: str, limit: int) -> tuple[Booked, ...]:
        self.pages.append((after, limit))
        return await super().journal(after, limit)


async def test_more_orders_than_a_page_are_all_read(shop: Shop) -> None:
    store = shop.store = _Paged()
    store.pages = []
    for _ in range(PAGE_OF_ORDERS + 1):
        await shop.order(shop.invoice("1.00"))

    assert (await check(shop)).orders == PAGE_OF_ORDERS + 1
    ids = sorted(store.orders)
    starts = ["", ids[PAGE_OF_ORDERS - 1], ids[PAGE_OF_ORDERS]]
    assert store.pages == [(start, PAGE_OF_ORDERS) for start in starts]


async def test_what_was_paid_in_the_customer_zone_after_our_decline_is_no_difference(
    shop: Shop,
) -> None:
    invoice = shop.invoice()
    shop.billing.set_behaviour(shop.visa.id, "decline")
    await shop.order(invoice)
    await shop.work()
    shop.billing.now += timedelta(seconds=30)
    shop.billing.settle(invoice.id, invoice.balance)

    assert await kinds(shop) == []


async def test_what_was_refunded_later_is_no_difference(shop: Shop) -> None:
    invoice_id = await paid(shop)
    known = await shop.billing.invoice(shop.anna.client_id, invoice_id)
    shop.billing.change_invoice(replace(known, status=InvoiceStatus.REFUNDED))

    assert await kinds(shop) == []


async def test_an_invoice_that_is_unpaid_again_is_found(shop: Shop) -> None:
    invoice_id = await paid(shop)
    known = await shop.billing.invoice(shop.anna.client_id, invoice_id)
    shop.billing.change_invoice(replace(known, status=InvoiceStatus.UNPAID))

    assert await kinds(shop) == [Kind.NOT_PAID_THERE]


async def test_an_invoice_that_is_gone_is_found(shop: Shop) -> None:
    await paid(shop)
    shop.billing.script("invoice", NotFound("invoice"))

    (difference,) = (await check(shop)).differences
    assert (difference.kind, difference.billing) == (Kind.MISSING_INVOICE, "none")


async def test_a_transaction_that_is_gone_is_found(shop: Shop) -> None:
    await paid(shop)
    shop.billing._transactions.clear()

    assert await kinds(shop) == [Kind.MISSING_TRANSACTION]


@pytest.mark.parametrize(
    ("amount", "kind"),
    [
        ("498.99", Kind.OTHER_AMOUNT),
        ("0.01", Kind.OTHER_AMOUNT),
        ("0.00", Kind.MISSING_TRANSACTION),  # a refund, or a note: no money came in
    ],
)
async def test_another_amount_is_found(shop: Shop, amount: str, kind: Kind) -> None:
    await paid(shop)
    changed = replace(shop.billing._transactions[0], amount_in=Decimal(amount))
    shop.billing._transactions[0] = changed

    assert await kinds(shop) == [kind]


async def test_a_difference_says_which_invoice_and_when(shop: Shop) -> None:
    invoice_id = await paid(shop)
    sent = shop.clock.now
    shop.billing._transactions.clear()
    rewrite(shop, number="F-1", planned_at=sent - timedelta(minutes=1))

    (row,) = books(shop).captures.values()
    assert (await check(shop)).differences == (
        Difference(
            kind=Kind.MISSING_TRANSACTION,
            order_id=row.order_id,
            client_id=shop.anna.client_id,
            invoice_id=invoice_id,
            number="F-1",
            amount=Money.parse("499.00", "SEK"),
            at=sent,
            journal="succeeded",
            billing="Paid, 0 transactions, 0 received",
        ),
    )


async def test_what_was_never_sent_is_dated_by_its_yes(shop: Shop) -> None:
    planned = shop.clock.now
    await shop.order(shop.invoice())
    shop.clock.go(hours=2)

    assert [one.at for one in (await check(shop)).differences] == [planned]


async def test_a_second_payment_is_found(shop: Shop) -> None:
    invoice_id = await paid(shop)
    shop.billing.settle(invoice_id, Money.parse("499.00", "SEK"))

    assert await kinds(shop) == [Kind.PAID_TOO_MUCH]


async def test_a_second_payment_that_was_paid_back_is_no_difference(shop: Shop) -> None:
    invoice_id = await paid(shop)
    shop.billing.settle(invoice_id, Money.parse("499.00", "SEK"))
    refund = replace(
        shop.billing._transactions[-1], id=99, amount_in=Decimal(0), amount_out=Decimal(499)
    )
    shop.billing._transactions.append(refund)

    assert await kinds(shop) == []


async def test_a_charge_that_the_journal_denies_is_found(shop: Shop) -> None:
    await paid(shop)
    rewrite(shop, state=State.DECLINED)

    assert await kinds(shop) == [Kind.UNRECORDED_CHARGE]


@pytest.mark.parametrize(
    ("seconds", "amount", "is_ours"),
    [
        (-6, "499.00", False),
        (-5, "499.00", True),
        (15, "499.00", True),
        (16, "499.00", False),
        (0, "0.01", True),
        (0, "0.00", False),
    ],
)
async def test_money_that_came_between_the_charge_and_its_end_is_taken_for_ours(
    shop: Shop, seconds: int, amount: str, is_ours: bool
) -> None:
    await paid(shop)
    sent = shop.clock.now
    rewrite(shop, state=State.DECLINED, settled_at=sent + timedelta(seconds=10))
    at, came_in = sent + timedelta(seconds=seconds), Decimal(amount)
    booked = replace(shop.billing._transactions[0], date=at, amount_in=came_in)
    shop.billing._transactions[0] = booked

    assert await kinds(shop) == ([Kind.UNRECORDED_CHARGE] if is_ours else [])


async def test_a_row_that_was_never_sent_denies_nothing(shop: Shop) -> None:
    await paid(shop)
    rewrite(shop, state=State.NOT_CHARGED, sent_at=None)

    assert await kinds(shop) == []


async def test_a_payment_elsewhere_while_we_tried_is_no_difference(shop: Shop) -> None:
    await paid(shop)
    rewrite(shop, state=State.PAID_ELSEWHERE)

    assert await kinds(shop) == []


async def test_a_payment_elsewhere_that_is_none_is_found(shop: Shop) -> None:
    invoice = shop.invoice()
    await shop.order(invoice)
    shop.billing.settle(invoice.id, invoice.balance)
    await shop.work()
    assert await kinds(shop) == []

    shop.billing.change_invoice(invoice)
    assert await kinds(shop) == [Kind.NOT_PAID_THERE]


async def test_a_journal_that_lacks_a_row_is_found(shop: Shop) -> None:
    await shop.order(shop.invoice(), shop.invoice())
    await shop.work()
    store = books(shop)
    (order_id,) = store.of_order
    store.captures.pop(store.of_order[order_id].pop())

    (difference,) = (await check(shop)).differences
    assert difference == Difference(
        kind=Kind.JOURNAL_INCOMPLETE,
        order_id=order_id,
        client_id=shop.anna.client_id,
        invoice_id=None,
        number="",
        amount=Money.parse("998.00", "SEK"),
        at=shop.clock.now,
        journal="1 of 2 rows",
        billing="",
    )
    assert difference.as_texts()["invoice"] == ""


async def test_a_journal_with_another_sum_is_found(shop: Shop) -> None:
    await paid(shop)
    rewrite(shop, balance_minor=1)

    assert await kinds(shop) == [Kind.JOURNAL_INCOMPLETE]


async def test_what_is_under_way_is_counted_and_found_when_it_stays(shop: Shop) -> None:
    shop.billing.script("capture", OutcomeUnknown("capture"))
    await shop.order(shop.invoice())
    await shop.work()
    result = await check(shop)
    assert (result.is_clean, result.under_way) == (True, 1)

    shop.clock.now += OPEN_FOR[State.UNKNOWN]
    assert await kinds(shop) == []
    shop.clock.go(seconds=1)
    assert await kinds(shop) == [Kind.STILL_OPEN]


async def test_an_order_that_nobody_takes_on_is_found(shop: Shop) -> None:
    await shop.order(shop.invoice())
    shop.clock.go(hours=1, seconds=1)

    assert await kinds(shop) == [Kind.STILL_OPEN]


async def test_credit_that_was_not_applied_is_found(shop: Shop) -> None:
    rich = shop.billing.add_customer(email="rik@example.se", credit="600.00")
    invoice = shop.billing.add_invoice(rich.client_id, "499.00")
    shop.anna = rich
    await shop.order(invoice, method=Method.CREDIT, card_id=None)
    await shop.work()
    assert await kinds(shop) == []

    known = await shop.billing.invoice(rich.client_id, invoice.id)
    shop.billing.change_invoice(replace(known, credit_applied=Money.zero("SEK")))
    assert await kinds(shop) == [Kind.MISSING_CREDIT]
