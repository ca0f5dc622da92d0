"""From the summary to the order: what a yes means, and what it does not."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from billing.errors import CircuitOpen
from billing.model import Money
from billing.payments.memory_store import MemoryStore
from billing.payments.model import (
    AlreadyUsed,
    Changed,
    Confirmed,
    Expired,
    Method,
    Order,
    ProblemKind,
    Unknown,
)
from billing.payments.store import Enqueued
from tests.unit.payments.shop import CHAT, Shop


async def test_three_invoices_are_paid_one_by_one_and_reported(shop: Shop) -> None:
    invoices = [shop.invoice("499.00"), shop.invoice("100.50"), shop.invoice("1.00")]

    order = await shop.order(*invoices)
    assert await shop.statuses(order) == ["waiting"] * 3
    await shop.work()

    report = await shop.report(order)
    assert [line.status.value for line in report.lines] == ["paid"] * 3
    assert (report.is_final, report.is_running, report.done, report.total) == (True, False, 3, 3)
    assert report.paid == report.amount == Money.parse("600.50", "SEK")
    assert [one.invoice_id for one in shop.billing.charges] == [one.id for one in invoices]


async def test_nothing_is_charged_by_saying_yes(shop: Shop) -> None:
    await shop.order(shop.invoice())

    assert shop.billing.charges == []


async def test_the_same_yes_twice_is_one_order(shop: Shop) -> None:
    prepared = await shop.prepare(shop.invoice())

    first = await shop.confirm(prepared)
    second = await shop.confirm(prepared)
    await shop.work()
    third = await shop.confirm(prepared)

    assert isinstance(first, Confirmed)
    assert second == third == AlreadyUsed(order_id=first.order_id)
    assert len(shop.billing.charges) == 1


async def test_a_yes_of_another_conversation_or_customer_means_nothing(shop: Shop) -> None:
    prepared = await shop.prepare(shop.invoice())

    assert await shop.confirm(prepared, conversation_id="other") == Unknown()
    assert await shop.confirm(prepared, client_id=999) == Unknown()
    missing = replace(prepared, confirmation_id="none")
    assert await shop.confirm(missing) == Unknown()


async def test_a_summary_is_good_for_five_minutes(shop: Shop) -> None:
    prepared = await shop.prepare(shop.invoice())

    shop.clock.go(minutes=5)
    late = await shop.confirm(prepared)

    assert isinstance(late, Expired)
    assert late.prepared.confirmation_id not in (None, prepared.confirmation_id)
    assert isinstance(await shop.confirm(late.prepared), Confirmed)


async def test_a_yes_just_before_the_end_counts(shop: Shop) -> None:
    prepared = await shop.prepare(shop.invoice())
    shop.clock.go(seconds=299)

    assert isinstance(await shop.confirm(prepared), Confirmed)


async def test_a_new_summary_makes_the_earlier_one_void(shop: Shop) -> None:
    invoice = shop.invoice()
    earlier = await shop.prepare(invoice)
    await shop.prepare(invoice)

    assert isinstance(await shop.confirm(earlier), Expired)


async def test_a_summary_that_was_declined_cannot_be_confirmed(shop: Shop) -> None:
    prepared = await shop.prepare(shop.invoice())
    confirmation = str(prepared.confirmation_id)

    assert await shop.payments.cancel_confirmation(confirmation, conversation_id=CHAT)
    assert isinstance(await shop.confirm(prepared), Expired)


async def test_a_balance_that_has_changed_is_shown_and_asked_again(shop: Shop) -> None:
    invoice = shop.invoice()
    prepared = await shop.prepare(invoice)
    more = Money.parse("559.00", "SEK")
    shop.billing.change_invoice(replace(invoice, balance=more, total=more))

    result = await shop.confirm(prepared)

    assert isinstance(result, Changed)
    assert result.prepared.total == more
    assert await shop.payments.latest(shop.anna.client_id) is None


async def test_an_invoice_that_was_paid_meanwhile_leaves_the_summary(shop: Shop) -> None:
    one, two = shop.invoice(), shop.invoice()
    prepared = await shop.prepare(one, two)
    shop.billing.settle(one.id, one.balance)

    result = await shop.confirm(prepared)

    assert isinstance(result, Changed)
    assert [line.invoice_id for line in result.prepared.lines] == [two.id]
    assert [problem.kind for problem in result.prepared.problems] == [ProblemKind.ALREADY_PAID]


async def test_a_card_that_was_removed_is_asked_for_again(shop: Shop) -> None:
    prepared = await shop.prepare(shop.invoice())
    await shop.billing.remove_card(shop.anna.client_id, shop.visa.id)

    result = await shop.confirm(prepared)

    assert isinstance(result, Changed)
    assert result.prepared.confirmation_id is None
    assert [problem.kind for problem in result.prepared.problems] == [ProblemKind.CARD_GONE]


async def test_an_invoice_under_way_in_another_conversation_is_not_ordered_again(
    shop: Shop,
) -> None:
    invoice = shop.invoice()
    here = await shop.prepare(invoice)
    there = await shop.prepare(invoice, conversation_id="elsewhere")
    assert isinstance(await shop.confirm(there, conversation_id="elsewhere"), Confirmed)

    result = await shop.confirm(here)

    assert isinstance(result, Changed)
    assert [problem.kind for problem in result.prepared.problems] == [ProblemKind.BEING_PAID]
    assert await shop.payments.being_paid(shop.anna.client_id) == {invoice.id}


async def test_the_database_has_the_last_word_when_two_yeses_cross(shop: Shop) -> None:
    invoice = shop.invoice()
    here = await shop.prepare(invoice)
    there = await shop.prepare(invoice, conversation_id="elsewhere")
    store = _Crossing(shop, there.confirmation_id or "")
    shop.store = store

    result = await shop.confirm(here)

    assert isinstance(result, Changed)
    assert len(store.orders) == 1


async def test_a_yes_that_loses_against_its_own_twin_is_told_the_order(shop: Shop) -> None:
    prepared = await shop.prepare(shop.invoice())
    store = _Crossing(shop, prepared.confirmation_id or "")
    shop.store = store

    result = await shop.confirm(prepared)

    assert result == AlreadyUsed(order_id=next(iter(store.orders)))


class _Crossing(MemoryStore):
    """Just before an order is written, another yes is faster."""

    def __init__(self, shop: Shop, rival: str) -> None:
        super().__init__()
        known = shop.store
        assert isinstance(known, MemoryStore)
        self.confirmations = known.confirmations
        self._shop = shop
        self._rival = rival

    async def enqueue(self, order: Order, captures: object) -> Enqueued:
        rival, self._rival = self._rival, ""
        if rival:
            chat = self.confirmations[rival].conversation_id
            await self._shop.payments.confirm(
                rival,
                conversation_id=chat,
                client_id=order.client_id,
                now=self._shop.clock.now,
            )
        return await super().enqueue(order, captures)  # type: ignore[arg-type]


async def test_the_mass_payment_page_makes_no_confirmation(shop: Shop) -> None:
    one, two = shop.invoice(), shop.invoice()

    prepared = await shop.prepare(one, two, method="mass_payment", card_id=None)

    assert prepared.confirmation_id is None
    assert prepared.hosted
    assert prepared.hosted.ids == (one.id, two.id)


async def test_credit_is_offered_and_used_only_when_it_is_chosen(shop: Shop) -> None:
    rich = shop.billing.add_customer(email="rik@example.se", credit="600.00")
    card = shop.billing.add_card(rich.client_id)
    one = shop.billing.add_invoice(rich.client_id, "499.00")
    two = shop.billing.add_invoice(rich.client_id, "300.00")
    shop.anna, shop.visa = rich, card

    by_card = await shop.prepare(one, two)
    assert (by_card.method, by_card.charges, str(by_card.credit.amount)) == ("card", 2, "600.00")

    order = await shop.order(one, two, method=Method.CREDIT, card_id=None)
    await shop.work()

    assert await shop.statuses(order) == ["paid", "part_paid"]
    assert (await shop.report(order)).paid == Money.parse("600.00", "SEK")
    assert shop.billing.charges == []
    rest = await shop.prepare(two)
    assert rest.total == Money.parse("199.00", "SEK")


async def test_a_billing_system_that_is_down_is_told_as_it_is(shop: Shop) -> None:
    shop.billing.script("customer", CircuitOpen("customer"))

    with pytest.raises(CircuitOpen):
        await shop.prepare(shop.invoice())


@pytest.mark.parametrize(("seconds", "expected"), [(-60, Confirmed), (-61, Expired)])
async def test_a_summary_from_more_than_a_minute_ahead_is_asked_again(
    shop: Shop, seconds: int, expected: type[object]
) -> None:
    prepared = await shop.prepare(shop.invoice())

    shop.clock.go(seconds=seconds)

    assert isinstance(await shop.confirm(prepared), expected)


async def test_today_may_be_given_and_is_else_the_companys(shop: Shop) -> None:
    invoice = shop.invoice()
    after = (shop.clock.now + timedelta(days=3000)).date()

    assert (await shop.prepare(invoice, today=after)).confirmation_id is None
    assert (await shop.prepare(invoice)).confirmation_id
