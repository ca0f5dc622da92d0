"""What is told of an order, field by field, in every state."""

from __future__ import annotations

import pytest

from billing.model import LinkPurpose, Money
from billing.payments.model import Hosted, Method, Plan, Reason, State, order_of
from billing.payments.report import LineReport, OrderReport, Status, report
from billing.payments.store import Booked
from tests.unit.payments.test_model import CONFIRMATION, NOW
from tests.unit.payments.test_outcome import capture

WAY_ON = Hosted(purpose=LinkPurpose.PAY_INVOICE, ids=(1,))


def booked(*states: State, **changes: object) -> Booked:
    rows = tuple(capture(state=state, **changes) for state in states)
    return Booked(order=order_of(CONFIRMATION, "o1", NOW), captures=rows)


def test_it_has_all_that_the_journal_has() -> None:
    row = {"number": "F-12", "description": "Webbhotell", "settled_at": NOW, "ticket": "KVT-1"}

    assert report(booked(State.SUCCEEDED, **row)) == OrderReport(
        order_id="o1",
        conversation_id="chat",
        client_id=7,
        method=Method.CARD,
        card_id=3,
        card_brand="Visa",
        card_last_four="4242",
        lines=(
            LineReport(
                invoice_id=1,
                number="F-12",
                description="Webbhotell",
                amount=Money.parse("499.00", "SEK"),
                status=Status.PAID,
                is_elsewhere=False,
                reason=None,
                hosted=None,
                ticket="KVT-1",
                settled_at=NOW,
            ),
        ),
        done=1,
        total=1,
        amount=Money.parse("697.00", "SEK"),
        paid=Money.parse("499.00", "SEK"),
        confirmed_at=NOW,
        is_running=False,
        is_final=True,
    )


@pytest.mark.parametrize(
    ("state", "status", "is_open", "is_paid", "has_way_on"),
    [
        (State.PLANNED, "waiting", True, False, False),
        (State.SENT, "waiting", True, False, False),
        (State.UNKNOWN, "checking", True, False, False),
        (State.PENDING, "checking", True, False, False),
        (State.SUCCEEDED, "paid", False, True, False),
        (State.PART_PAID, "part_paid", False, True, False),
        (State.PAID_ELSEWHERE, "paid", False, False, False),
        (State.DECLINED, "declined", False, False, True),
        (State.NEEDS_AUTHENTICATION, "needs_authentication", False, False, True),
        (State.NOT_CHARGED, "not_charged", False, False, False),
    ],
)
def test_every_state_is_told_as_what_it_is(
    state: State, status: str, is_open: bool, is_paid: bool, has_way_on: bool
) -> None:
    told = report(booked(state))

    (line,) = told.lines
    assert line.status == status
    assert line.is_elsewhere == (state is State.PAID_ELSEWHERE)
    assert line.hosted == (WAY_ON if has_way_on else None)
    assert (told.is_final, told.done) == (not is_open, 0 if is_open else 1)
    assert told.is_running == (status == "waiting")
    assert bool(told.paid) == is_paid


def test_a_card_that_could_not_be_set_has_the_hosted_page_as_the_way_on() -> None:
    told = report(booked(State.NOT_CHARGED, reason=Reason.CARD_NOT_SET, plan=Plan.MAKE_DEFAULT))

    assert told.lines[0].hosted == WAY_ON
    assert told.lines[0].reason is Reason.CARD_NOT_SET


def test_one_of_several_that_is_open_keeps_the_order_open() -> None:
    told = report(booked(State.SUCCEEDED, State.UNKNOWN, State.DECLINED))

    assert (told.done, told.total, told.is_final, told.is_running) == (2, 3, False, False)
