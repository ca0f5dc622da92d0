"""A confirmation becomes an order and its rows, field by field; which steps are news."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from billing.payments.model import (
    AT_ONCE,
    Capture,
    Confirmation,
    Line,
    Method,
    Order,
    Plan,
    Reason,
    State,
    captures_of,
    is_news,
    order_of,
    settled,
)
from tests.unit.payments.test_outcome import capture

NOW = datetime(2026, 11, 24, 9, 3, tzinfo=UTC)
CONFIRMATION = Confirmation(
    id="c1",
    billing="nordhost",
    conversation_id="chat",
    client_id=7,
    method=Method.CARD,
    card_id=3,
    card_brand="Visa",
    card_last_four="4242",
    currency="SEK",
    lines=(
        Line(
            invoice_id=12,
            number="F-12",
            description="Webbhotell",
            balance_minor=49900,
            amount_minor=49800,
            credit_before_minor=100,
            plan=Plan.MAKE_DEFAULT,
            currency="SEK",
        ),
        Line(
            invoice_id=11,
            number="F-11",
            description="Domän",
            balance_minor=19900,
            amount_minor=19900,
            credit_before_minor=0,
            plan=Plan.CAPTURE,
            currency="SEK",
        ),
    ),
    created_at=datetime(2026, 11, 24, 9, 0, tzinfo=UTC),
    expires_at=datetime(2026, 11, 24, 9, 5, tzinfo=UTC),
)


def test_an_order_is_what_was_confirmed() -> None:
    assert order_of(CONFIRMATION, "o1", NOW) == Order(
        id="o1",
        billing="nordhost",
        confirmation_id="c1",
        conversation_id="chat",
        client_id=7,
        method=Method.CARD,
        card_id=3,
        card_brand="Visa",
        card_last_four="4242",
        currency="SEK",
        total_minor=69700,
        line_count=2,
        confirmed_at=NOW,
    )


def test_its_rows_are_the_lines_in_the_order_they_were_shown() -> None:
    first = Capture(
        id="o1.1",
        order_id="o1",
        billing="nordhost",
        conversation_id="chat",
        client_id=7,
        position=1,
        invoice_id=12,
        number="F-12",
        description="Webbhotell",
        plan=Plan.MAKE_DEFAULT,
        card_id=3,
        amount_minor=49800,
        balance_minor=49900,
        credit_before_minor=100,
        currency="SEK",
        state=State.PLANNED,
        planned_at=NOW,
        due_at=AT_ONCE,
    )
    second = replace(
        first,
        id="o1.2",
        position=2,
        invoice_id=11,
        number="F-11",
        description="Domän",
        plan=Plan.CAPTURE,
        amount_minor=19900,
        balance_minor=19900,
        credit_before_minor=0,
    )

    assert captures_of(CONFIRMATION, "o1", NOW) == (first, second)


def test_a_row_at_its_end_has_nothing_due() -> None:
    row = capture(due_at=NOW)

    done = settled(row, State.NOT_CHARGED, NOW, Reason.CHANGED)

    told = {"state": State.NOT_CHARGED, "reason": Reason.CHANGED}
    assert done == replace(row, **told, settled_at=NOW, due_at=None)  # type: ignore[arg-type]
    assert settled(row, State.SUCCEEDED, NOW).reason is None


@pytest.mark.parametrize(
    ("before", "after", "ticket", "expected"),
    [
        (State.PLANNED, State.SENT, None, False),
        (State.SENT, State.PLANNED, None, False),
        (State.SENT, State.UNKNOWN, None, True),
        (State.SENT, State.SUCCEEDED, None, True),
        (State.UNKNOWN, State.UNKNOWN, None, False),
        (State.UNKNOWN, State.UNKNOWN, "KVT-1", True),
    ],
)
def test_what_the_customer_would_want_to_hear_is_news(
    before: State, after: State, ticket: str | None, expected: bool
) -> None:
    assert is_news(capture(state=before), capture(state=after, ticket=ticket)) == expected
