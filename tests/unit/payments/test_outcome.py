"""What has become of a capture: every answer against every reading."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from billing.model import Invoice, InvoiceStatus, Money, Transaction
from billing.payments.model import Capture, Plan, Reason, Reply, State
from billing.payments.outcome import (
    before_sending,
    conclude,
    is_stale,
    look_again,
    needs_person,
    try_later,
    wait_for_default_card,
)
from tests.fakes.billing import FakeBilling

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
BALANCE = 49900


def capture(**changes: object) -> Capture:
    made = Capture(
        id="o1.1",
        order_id="o1",
        billing="test",
        conversation_id="chat",
        client_id=7,
        position=1,
        invoice_id=1,
        number="1",
        description="",
        plan=Plan.CAPTURE,
        card_id=3,
        amount_minor=BALANCE,
        balance_minor=BALANCE,
        credit_before_minor=0,
        currency="SEK",
        state=State.SENT,
        planned_at=NOW,
        sent_at=NOW,
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def invoice(status: InvoiceStatus = InvoiceStatus.UNPAID, **changes: object) -> Invoice:
    made = FakeBilling().add_invoice(7, "499.00", status=status, card_id=3)
    return replace(made, **changes)  # type: ignore[arg-type]


def money_in(amount: str = "499.00", at: datetime = NOW) -> Transaction:
    return Transaction(
        id=1,
        invoice_id=1,
        date=at,
        gateway="kort",
        reference="t1",
        amount_in=Decimal(amount),
        amount_out=Decimal(0),
        fees=Decimal(0),
        description="",
    )


PAID, UNPAID = InvoiceStatus.PAID, InvoiceStatus.UNPAID
PENDING, CANCELLED = InvoiceStatus.PAYMENT_PENDING, InvoiceStatus.CANCELLED


@pytest.mark.parametrize(
    ("reply", "status", "transactions", "state"),
    [
        (Reply.SUCCESS, PAID, (money_in(),), State.SUCCEEDED),
        (Reply.SUCCESS, PAID, (), State.SUCCEEDED),
        (Reply.SUCCESS, UNPAID, (), State.UNKNOWN),
        (Reply.SUCCESS, PENDING, (), State.PENDING),
        (Reply.SUCCESS, CANCELLED, (), State.UNKNOWN),
        (Reply.SUCCESS, UNPAID, (money_in(),), State.PART_PAID),
        (Reply.SUCCESS, UNPAID, (money_in(at=NOW - timedelta(minutes=5)),), State.PART_PAID),
        (Reply.SUCCESS, UNPAID, (money_in(at=NOW - timedelta(minutes=6)),), State.UNKNOWN),
        (Reply.SUCCESS, UNPAID, (money_in("1.00"),), State.UNKNOWN),
        (Reply.DECLINED, UNPAID, (), State.DECLINED),
        (Reply.DECLINED, PAID, (money_in(),), State.PAID_ELSEWHERE),
        (Reply.DECLINED, PAID, (money_in("559.00"),), State.PAID_ELSEWHERE),
        (Reply.DECLINED, PENDING, (), State.PENDING),
        (Reply.DECLINED, CANCELLED, (), State.DECLINED),
        (Reply.NEEDS_AUTHENTICATION, UNPAID, (), State.NEEDS_AUTHENTICATION),
        (Reply.REFUSED, UNPAID, (), State.NOT_CHARGED),
        (Reply.REFUSED, PAID, (money_in(),), State.PAID_ELSEWHERE),
        (Reply.REFUSED, CANCELLED, (), State.NOT_CHARGED),
        (Reply.REFUSED, PENDING, (), State.PENDING),
        (None, PAID, (money_in(),), State.SUCCEEDED),
        (None, PAID, (), State.PAID_ELSEWHERE),
        (None, UNPAID, (), State.UNKNOWN),
        (None, UNPAID, (money_in(),), State.UNKNOWN),
        (None, PENDING, (), State.UNKNOWN),
        (None, CANCELLED, (), State.UNKNOWN),
    ],
)
def test_an_answer_and_a_reading_make_an_outcome(
    reply: Reply | None,
    status: InvoiceStatus,
    transactions: tuple[Transaction, ...],
    state: State,
) -> None:
    row = capture(reply=reply)

    result = conclude(row, invoice(status), transactions, NOW)

    assert result.state is state
    assert (result.settled_at is None) == result.is_open
    assert (result.due_at is None) != result.is_open
    assert result.amount_minor == BALANCE


@pytest.mark.parametrize(
    ("reply", "status", "state"),
    [
        (Reply.SUCCESS, UNPAID, State.DECLINED),
        (Reply.SUCCESS, PAID, State.SUCCEEDED),
        (Reply.SUCCESS, PENDING, State.PENDING),
        (Reply.SUCCESS, CANCELLED, State.PENDING),
        (Reply.REFUSED, UNPAID, State.NOT_CHARGED),
        (Reply.DECLINED, UNPAID, State.DECLINED),
    ],
)
def test_what_was_pending_is_paid_or_refused_in_the_end(
    reply: Reply, status: InvoiceStatus, state: State
) -> None:
    row = capture(state=State.PENDING, reply=reply)

    assert conclude(row, invoice(status), (), NOW).state is state


@pytest.mark.parametrize(
    ("amounts", "drawn"),
    [
        ((), 49900),
        (("559.00",), 55900),  # a fee came between
        (("100.00", "559.00"), 55900),
        (("499.00", "100.00"), 49900),
        (("559.00", "0.00"), 55900),
        (("0.50",), 50),
    ],
)
def test_what_was_really_drawn_is_told(amounts: tuple[str, ...], drawn: int) -> None:
    booked = [money_in(amount) for amount in amounts]

    result = conclude(capture(reply=Reply.SUCCESS), invoice(PAID), booked, NOW)

    assert (result.amount_minor, result.confirmed_minor) == (drawn, BALANCE)


def test_money_is_ours_from_when_it_was_sent_not_planned() -> None:
    row = capture(reply=Reply.SUCCESS, planned_at=NOW - timedelta(minutes=14))
    before = money_in(at=NOW - timedelta(minutes=10))

    assert conclude(row, invoice(UNPAID), (before,), NOW).state is State.UNKNOWN


def test_any_money_that_came_in_speaks_for_our_charge() -> None:
    assert conclude(capture(), invoice(PAID), (money_in("0.50"),), NOW).state is State.SUCCEEDED


def test_a_refund_is_no_money_that_came_in() -> None:
    refund = replace(money_in("0.00"), amount_out=Decimal("499.00"))

    assert conclude(capture(), invoice(PAID), (refund,), NOW).state is State.PAID_ELSEWHERE


def credit_row(**changes: object) -> Capture:
    return capture(plan=Plan.CREDIT, card_id=None, amount_minor=10000, **changes)


@pytest.mark.parametrize(
    ("reply", "status", "applied", "state", "reason"),
    [
        (Reply.SUCCESS, PAID, "100.00", State.SUCCEEDED, None),
        (None, PAID, "100.00", State.SUCCEEDED, None),
        (Reply.SUCCESS, UNPAID, "100.00", State.PART_PAID, None),
        (None, UNPAID, "100.00", State.PART_PAID, None),
        (Reply.SUCCESS, UNPAID, "0.00", State.UNKNOWN, None),
        (None, UNPAID, "99.99", State.UNKNOWN, None),
        (None, PAID, "0.00", State.PAID_ELSEWHERE, None),
        (Reply.REFUSED, UNPAID, "0.00", State.NOT_CHARGED, Reason.CHANGED),
        (Reply.REFUSED, PAID, "0.00", State.NOT_CHARGED, Reason.CHANGED),
    ],
)
def test_credit_is_told_by_what_was_applied(
    reply: Reply | None, status: InvoiceStatus, applied: str, state: State, reason: Reason | None
) -> None:
    reading = invoice(status, credit_applied=Money.parse(applied, "SEK"))

    result = conclude(credit_row(reply=reply), reading, (), NOW)

    assert (result.state, result.reason) == (state, reason)
    assert result.confirmed_minor == 10000


def test_credit_from_before_the_charge_is_not_taken_for_ours() -> None:
    row = credit_row(credit_before_minor=5000)

    for applied, state in (("149.99", State.UNKNOWN), ("150.00", State.PART_PAID)):
        reading = invoice(credit_applied=Money.parse(applied, "SEK"))
        assert conclude(row, reading, (), NOW).state is state


@pytest.mark.parametrize(
    ("changes", "state", "reason"),
    [
        ({"status": PAID}, State.PAID_ELSEWHERE, None),
        ({"status": PENDING}, State.NOT_CHARGED, Reason.PENDING_ELSEWHERE),
        ({"status": CANCELLED}, State.NOT_CHARGED, Reason.NOT_PAYABLE),
        ({"balance": Money.parse("559.00", "SEK")}, State.NOT_CHARGED, Reason.CHANGED),
        ({"card_id": 9}, State.NOT_CHARGED, Reason.CHANGED),
        ({"card_id": None}, State.NOT_CHARGED, Reason.CHANGED),
        ({"credit_applied": Money.parse("1.00", "SEK")}, State.NOT_CHARGED, Reason.CHANGED),
    ],
)
def test_what_is_not_as_it_was_confirmed_is_not_sent(
    changes: dict[str, object], state: State, reason: Reason | None
) -> None:
    result = before_sending(capture(state=State.PLANNED), invoice(**changes), NOW)  # type: ignore[arg-type]

    assert result
    assert (result.state, result.reason, result.settled_at) == (state, reason, NOW)


@pytest.mark.parametrize(
    ("plan", "card_id"), [(Plan.CAPTURE, 3), (Plan.MAKE_DEFAULT, None), (Plan.CREDIT, 9)]
)
def test_what_is_as_it_was_confirmed_may_be_sent(plan: Plan, card_id: int | None) -> None:
    assert before_sending(capture(plan=plan), invoice(card_id=card_id), NOW) is None


def test_a_yes_is_good_for_a_quarter_of_an_hour() -> None:
    assert not is_stale(capture(), NOW + timedelta(minutes=15))
    assert is_stale(capture(), NOW + timedelta(minutes=15, seconds=1))


def test_an_open_outcome_is_looked_for_at_growing_intervals_then_daily() -> None:
    row, now, waits = capture(), NOW, []
    for _ in range(7):
        row = look_again(row, now)
        assert row.due_at
        waits.append(row.due_at - NOW)
        now = row.due_at

    day = timedelta(days=1)
    assert waits == [
        timedelta(seconds=10),
        timedelta(minutes=1),
        timedelta(minutes=5),
        timedelta(hours=1),
        day,
        2 * day,
        3 * day,
    ]


def test_a_look_that_is_overdue_is_not_repeated_at_once() -> None:
    late = NOW + timedelta(days=3)

    assert look_again(capture(sent_at=None), NOW).due_at == NOW + timedelta(seconds=10)
    assert look_again(capture(), late).due_at == late + timedelta(seconds=10)


def test_a_person_is_asked_after_a_day_and_five_looks_and_once() -> None:
    day = NOW + timedelta(days=1)

    assert needs_person(capture(checks=5), day)
    assert not needs_person(capture(checks=4), day)
    assert not needs_person(capture(checks=5), day - timedelta(seconds=1))
    assert not needs_person(capture(checks=5, ticket="T1"), day)
    assert not needs_person(capture(checks=5, sent_at=None), day)


def test_what_was_not_carried_out_is_planned_again_a_little_later_each_time() -> None:
    row, pauses = capture(), []
    for _ in range(7):
        row = try_later(row, NOW)
        assert row.due_at
        pauses.append((row.due_at - NOW).total_seconds())

    assert pauses == [1, 2, 4, 8, 16, 30, 30]
    assert (row.state, row.sent_at) == (State.PLANNED, None)
    assert try_later(capture(tries=16), NOW).tries == 16


def test_the_default_card_stays_while_an_unanswered_charge_may_use_it() -> None:
    mine = capture(plan=Plan.MAKE_DEFAULT, card_id=4, state=State.PLANNED, sent_at=None)
    other = capture(plan=Plan.MAKE_DEFAULT, state=State.UNKNOWN)
    until = NOW + timedelta(minutes=5)

    assert wait_for_default_card(mine, [other], NOW) == until
    assert wait_for_default_card(mine, [other], until) is None
    for harmless in (
        replace(other, card_id=4),
        replace(other, plan=Plan.CAPTURE),
        replace(other, state=State.PENDING),
        replace(other, sent_at=None),
    ):
        assert wait_for_default_card(mine, [harmless], NOW) is None
    assert wait_for_default_card(replace(mine, plan=Plan.CAPTURE), [other], NOW) is None
