"""The cashier at work: each answer, each failure, each death."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from billing.errors import (
    AuthenticationRequired,
    BadAnswer,
    BillingError,
    CircuitOpen,
    NotAllowed,
    NotFound,
    NotPayable,
    NotReached,
    OutcomeUnknown,
)
from billing.model import InvoiceStatus, LinkPurpose, Money
from billing.payments.memory_store import MemoryStore
from billing.payments.model import Hosted, Reason, State
from billing.payments.store import Claim
from tests.unit.payments.shop import LEASE, Shop


def captures_sent(shop: Shop) -> int:
    return sum(call[0] == "capture" for call in shop.billing.calls)


async def test_a_lost_reply_is_read_at_once_and_told_as_paid(shop: Shop) -> None:
    shop.billing.script("capture", OutcomeUnknown("capture"), after_effect=True)
    order = await shop.order(shop.invoice())

    await shop.work()

    assert await shop.statuses(order) == ["paid"]
    assert captures_sent(shop) == 1


async def test_a_lost_request_is_checked_and_never_sent_again(shop: Shop) -> None:
    invoice = shop.invoice()
    shop.billing.script("capture", OutcomeUnknown("capture"))
    order = await shop.order(invoice)

    for seconds in (0, 10, 50, 240, 3300, 86_000):
        shop.clock.go(seconds=seconds)
        await shop.work()
        assert await shop.statuses(order) == ["checking"]

    assert captures_sent(shop) == 1
    assert await shop.payments.being_paid(shop.anna.client_id) == {invoice.id}


async def test_what_was_unknown_is_told_when_it_turns_out_paid(shop: Shop) -> None:
    invoice = shop.invoice()
    shop.billing.script("capture", OutcomeUnknown("capture"))
    order = await shop.order(invoice)
    await shop.work()
    shop.billing.settle(invoice.id, invoice.balance)

    shop.clock.go(seconds=10)
    await shop.work()

    assert await shop.statuses(order) == ["paid"]


async def test_after_a_day_a_person_is_asked_once(shop: Shop) -> None:
    shop.billing.script("capture", OutcomeUnknown("capture"))
    order = await shop.order(shop.invoice())
    await shop.work()
    for seconds in (10, 60, 300, 3600, 86_400, 86_400):
        shop.clock.go(seconds=seconds)
        await shop.work()

    line = (await shop.report(order)).lines[0]
    assert (line.status.value, bool(line.ticket)) == ("checking", True)
    assert len(shop.billing.tickets) == 1


@pytest.mark.parametrize("operation", ["departments", "open_ticket"])
async def test_a_ticket_that_cannot_be_opened_is_tried_again_within_the_hour(
    shop: Shop, operation: str
) -> None:
    shop.billing.script("capture", OutcomeUnknown("capture"))
    shop.billing.script(operation, NotReached(operation))
    await shop.order(shop.invoice())
    await shop.work()
    for seconds in (10, 60, 300, 3600, 86_400):
        shop.clock.go(seconds=seconds)
        await shop.work()
    assert len(shop.billing.tickets) == 0

    shop.clock.go(hours=1)
    await shop.work()

    assert len(shop.billing.tickets) == 1


async def test_without_a_department_there_is_no_ticket_and_no_crash(shop: Shop) -> None:
    shop.billing.departments_ = ()
    shop.billing.script("capture", OutcomeUnknown("capture"))
    order = await shop.order(shop.invoice())
    await shop.work()
    for seconds in (10, 60, 300, 3600, 86_400):
        shop.clock.go(seconds=seconds)
        await shop.work()

    assert await shop.statuses(order) == ["checking"]


async def test_a_declined_card_is_told_with_the_hosted_page_as_the_way_on(shop: Shop) -> None:
    invoice = shop.invoice()
    shop.billing.set_behaviour(shop.visa.id, "decline")
    order = await shop.order(invoice)

    await shop.work()

    line = (await shop.report(order)).lines[0]
    assert line.status.value == "declined"
    assert line.hosted == Hosted(purpose=LinkPurpose.PAY_INVOICE, ids=(invoice.id,))
    assert not await shop.payments.being_paid(shop.anna.client_id)


async def test_an_authentication_is_told_where_the_billing_system_tells_it(shop: Shop) -> None:
    shop.billing.script("capture", AuthenticationRequired("capture"))
    order = await shop.order(shop.invoice())

    await shop.work()

    line = (await shop.report(order)).lines[0]
    assert (line.status.value, line.hosted is not None) == ("needs_authentication", True)


@pytest.mark.parametrize("error", [NotPayable("c"), NotFound("c"), NotAllowed("c")])
async def test_a_refused_charge_has_drawn_nothing(shop: Shop, error: BillingError) -> None:
    shop.billing.script("capture", error)
    order = await shop.order(shop.invoice())

    await shop.work()

    line = (await shop.report(order)).lines[0]
    assert (line.status.value, line.reason) == ("not_charged", Reason.NOT_PAYABLE)


@pytest.mark.parametrize("error", [BadAnswer("c"), ValueError("a bug"), OSError("reset")])
async def test_any_other_failure_of_a_charge_is_unknown(shop: Shop, error: Exception) -> None:
    shop.billing.script("capture", error)
    order = await shop.order(shop.invoice())

    await shop.work()

    assert await shop.statuses(order) == ["checking"]


async def test_a_charge_that_was_not_carried_out_is_sent_again(shop: Shop) -> None:
    shop.billing.script("capture", NotReached("capture"), CircuitOpen("capture"))
    order = await shop.order(shop.invoice())

    for _ in range(3):
        await shop.work()
        shop.clock.go(seconds=2)

    assert await shop.statuses(order) == ["paid"]
    assert (captures_sent(shop), len(shop.billing.charges)) == (3, 1)


async def test_a_billing_system_that_stays_away_ends_the_order_without_a_charge(
    shop: Shop,
) -> None:
    invoice = shop.invoice()
    order = await shop.order(invoice)
    for _ in range(40):
        shop.billing.script("invoice", NotReached("invoice"))
        await shop.work()
        shop.clock.go(seconds=30)

    line = (await shop.report(order)).lines[0]
    assert (line.status.value, line.reason) == ("not_charged", Reason.NOT_REACHED)
    assert captures_sent(shop) == 0


async def test_a_success_that_cannot_be_read_back_is_checked(shop: Shop) -> None:
    order = await shop.order(shop.invoice())
    shop.billing.script("invoice", None, NotReached("invoice"))

    await shop.work()
    assert await shop.statuses(order) == ["checking"]

    shop.clock.go(seconds=10)
    await shop.work()
    assert await shop.statuses(order) == ["paid"]


async def test_a_pending_payment_is_checked_until_the_bank_has_decided(shop: Shop) -> None:
    invoice = shop.invoice()
    shop.billing.set_behaviour(shop.visa.id, "pending")
    order = await shop.order(invoice)
    await shop.work()
    assert await shop.statuses(order) == ["checking"]

    shop.billing.script("invoice", BadAnswer("invoice"))
    shop.clock.go(seconds=10)
    await shop.work()
    assert await shop.statuses(order) == ["checking"]

    shop.billing.change_invoice(replace(invoice, status=InvoiceStatus.UNPAID))
    shop.clock.go(minutes=1)
    await shop.work()
    assert await shop.statuses(order) == ["declined"]


async def test_somebody_elses_payment_before_ours_is_told_as_theirs(shop: Shop) -> None:
    invoice = shop.invoice()
    order = await shop.order(invoice)
    shop.billing.settle(invoice.id, invoice.balance)

    await shop.work()

    line = (await shop.report(order)).lines[0]
    assert (line.status.value, line.is_elsewhere, captures_sent(shop)) == ("paid", True, 0)


async def test_an_invoice_that_is_gone_is_not_charged(shop: Shop) -> None:
    order = await shop.order(shop.invoice())
    shop.billing.script("invoice", NotFound("invoice"))

    await shop.work()

    assert (await shop.report(order)).lines[0].reason is Reason.NOT_PAYABLE


async def test_a_fee_after_the_yes_is_not_charged_without_a_new_yes(shop: Shop) -> None:
    invoice = shop.invoice()
    order = await shop.order(invoice)
    shop.billing.change_invoice(replace(invoice, balance=Money.parse("559.00", "SEK")))

    await shop.work()

    assert (await shop.report(order)).lines[0].reason is Reason.CHANGED
    assert captures_sent(shop) == 0


async def test_the_chosen_card_is_made_the_default_before_the_charge(shop: Shop) -> None:
    other = shop.billing.add_card(shop.anna.client_id, last_four="1881")
    order = await shop.order(shop.invoice(), card_id=other.id)
    assert shop.billing.default_card(shop.anna.client_id) == shop.visa.id

    await shop.work()

    assert await shop.statuses(order) == ["paid"]
    assert [one.card_id for one in shop.billing.charges] == [other.id]


async def test_a_card_that_is_the_invoices_own_is_charged_without_changing_the_default(
    shop: Shop,
) -> None:
    other = shop.billing.add_card(shop.anna.client_id, last_four="1881")
    await shop.order(shop.invoice(card_id=other.id), card_id=other.id)

    await shop.work()

    assert shop.billing.default_card(shop.anna.client_id) == shop.visa.id
    assert [one.card_id for one in shop.billing.charges] == [other.id]


async def test_a_card_that_cannot_be_made_the_default_leads_to_the_hosted_page(
    shop: Shop,
) -> None:
    order = await shop.order(shop.invoice())
    shop.billing.script("make_default", NotAllowed("make_default"))

    await shop.work()

    line = (await shop.report(order)).lines[0]
    assert (line.reason, line.hosted is not None) == (Reason.CARD_NOT_SET, True)
    assert captures_sent(shop) == 0


async def test_a_default_that_may_or_may_not_be_made_is_made_again(shop: Shop) -> None:
    order = await shop.order(shop.invoice())
    shop.billing.script("make_default", OutcomeUnknown("make_default"))

    await shop.work()
    shop.clock.go(seconds=1)
    await shop.work()

    assert await shop.statuses(order) == ["paid"]


async def test_another_default_card_waits_for_an_unanswered_charge(shop: Shop) -> None:
    other = shop.billing.add_card(shop.anna.client_id, last_four="1881")
    shop.billing.script("capture", OutcomeUnknown("capture"))
    await shop.order(shop.invoice())
    await shop.work()
    second = await shop.order(shop.invoice(), card_id=other.id)

    await shop.work()
    assert await shop.statuses(second) == ["waiting"]
    assert shop.billing.default_card(shop.anna.client_id) == shop.visa.id

    shop.clock.go(minutes=5)
    await shop.work()
    assert await shop.statuses(second) == ["paid"]


class Dead(BaseException):
    """As SIGKILL: nothing catches it."""


STEPS = ["claimed", "making_default", "ready", "sent", "answered", "settling", "settled"]


@pytest.mark.parametrize("step", STEPS)
async def test_a_worker_that_dies_at_any_step_is_succeeded_without_a_second_charge(
    shop: Shop, step: str
) -> None:
    invoice = shop.invoice()
    order = await shop.order(invoice)
    await _die_at(shop, step)

    assert await shop.work("two") == 0  # the lease still holds
    for seconds in (96, 10):
        shop.clock.go(seconds=seconds)
        await shop.work("two")

    assert len(shop.billing.charges) == (0 if step == "sent" else 1)
    assert await shop.statuses(order) == (["checking"] if step == "sent" else ["paid"])


async def _die_at(shop: Shop, step: str) -> None:
    def reached(name: str) -> None:
        if name == step:
            raise Dead

    cashier = shop.cashier(reached=reached)
    claim = await cashier.claim()
    assert claim
    with pytest.raises(Dead):
        await cashier.serve(claim)


async def test_a_janitor_that_dies_while_looking_is_succeeded(shop: Shop) -> None:
    invoice = shop.invoice()
    shop.billing.script("capture", OutcomeUnknown("capture"))
    order = await shop.order(invoice)
    await shop.work()
    shop.billing.settle(invoice.id, invoice.balance)
    shop.clock.go(seconds=10)
    await _die_at(shop, "looked")

    shop.clock.go(seconds=96)
    await shop.work("two")

    assert await shop.statuses(order) == ["paid"]


async def test_a_worker_that_slept_too_long_before_the_charge_does_not_send_it(
    shop: Shop,
) -> None:
    order = await shop.order(shop.invoice())

    def reached(name: str) -> None:
        if name == "sent" and captures_sent(shop) == 0 and not slept:
            slept.append(name)
            shop.clock.go(seconds=11)

    slept: list[str] = []
    cashier = shop.cashier(reached=reached)
    claim = await cashier.claim()
    assert claim
    await cashier.serve(claim)
    assert captures_sent(shop) == 0

    shop.clock.go(seconds=1)
    await shop.work()
    assert await shop.statuses(order) == ["paid"]


async def test_a_worker_whose_lease_has_passed_on_writes_nothing(shop: Shop) -> None:
    order = await shop.order(shop.invoice())
    slow = shop.cashier("slow")
    claim = await slow.claim()
    assert claim
    shop.clock.go(seconds=96)
    await shop.work("quick")
    assert await shop.statuses(order) == ["paid"]

    await slow.serve(claim)

    assert len(shop.billing.charges) == 1
    assert await shop.statuses(order) == ["paid"]


class Failing(MemoryStore):
    """Fails so many times before it does as asked."""

    def __init__(self) -> None:
        super().__init__()
        self.moves_fail = 0
        self.releases_fail = 0

    async def move(self, claim: Claim, *args: object) -> None:
        if self.moves_fail:
            self.moves_fail -= 1
            raise ConnectionError
        await super().move(claim, *args)  # type: ignore[arg-type]

    async def release(self, claim: Claim) -> None:
        if self.releases_fail:
            self.releases_fail -= 1
            raise ConnectionError
        await super().release(claim)


async def test_a_database_that_fails_for_a_moment_gets_the_customer_back(shop: Shop) -> None:
    store = shop.store = Failing()
    order = await shop.order(shop.invoice())
    store.moves_fail, store.releases_fail = 1, 2

    with pytest.raises(ConnectionError):
        await shop.work()
    await shop.work()

    assert await shop.statuses(order) == ["paid"]


async def test_a_database_that_stays_away_leaves_the_lease_to_run_out(shop: Shop) -> None:
    store = shop.store = Failing()
    order = await shop.order(shop.invoice())
    store.moves_fail, store.releases_fail = 1, 99

    with pytest.raises(ConnectionError):
        await shop.work()
    store.releases_fail = 0
    shop.clock.now += LEASE
    await shop.work()

    assert await shop.statuses(order) == ["paid"]


async def test_a_clock_that_goes_back_delays_no_new_charge(shop: Shop) -> None:
    order = await shop.order(shop.invoice())

    shop.clock.go(hours=-3)
    await shop.work()

    assert await shop.statuses(order) == ["paid"]


async def test_a_clock_that_leaps_ahead_charges_nothing_that_was_confirmed_long_ago(
    shop: Shop,
) -> None:
    order = await shop.order(shop.invoice())

    shop.clock.now += timedelta(days=1)
    await shop.work()

    assert (await shop.report(order)).lines[0].reason is Reason.NOT_REACHED
    assert captures_sent(shop) == 0


async def test_rows_that_are_not_due_are_left_alone(shop: Shop) -> None:
    shop.billing.script("capture", OutcomeUnknown("capture"))
    first = await shop.order(shop.invoice())
    await shop.work()
    calls = len(shop.billing.calls)
    second = await shop.order(shop.invoice())
    await shop.work()

    looked = [call for call in shop.billing.calls[calls:] if call[0] == "transactions"]
    assert looked == [looked[0]]
    assert await shop.statuses(first) == ["checking"]
    assert await shop.statuses(second) == ["paid"]
    assert State.UNKNOWN in (await shop.store.live_of(shop.anna.client_id)).values()
