"""Which card may be charged for what, and what stays out of a summary."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from billing.model import Card, Invoice, InvoiceStatus, LinkPurpose, Money
from billing.payments.model import Hosted, Method, Plan, Prepared, ProblemKind, State
from billing.payments.plan import Asked, Facts, charges_chosen_card, prepare
from tests.fakes.billing import FakeBilling

TODAY = date(2026, 11, 24)
VISA = Card(
    id=1, brand="Visa", last_four="4242", expires=(2028, 8), description="", gateway="kortbetalning"
)


def invoice(amount: str = "499.00", **changes: object) -> Invoice:
    made = FakeBilling().add_invoice(7, amount)
    return replace(made, **changes)  # type: ignore[arg-type]


def prepared(*asked: Asked, **more: object) -> Prepared:
    facts = Facts(
        client_id=7,
        method=Method.CARD,
        asked=asked,
        live={},
        card_id=1,
        cards=[VISA],
        credit=Money.zero("SEK"),
        today=TODAY,
    )
    return prepare(replace(facts, **more))  # type: ignore[arg-type]


def kinds(result: Prepared) -> list[ProblemKind]:
    return [problem.kind for problem in result.problems]


@pytest.mark.parametrize(
    ("changes", "card", "plan"),
    [
        ({"card_id": 1}, VISA, Plan.CAPTURE),
        ({"card_id": None}, VISA, Plan.MAKE_DEFAULT),
        ({"card_id": 2}, VISA, None),
        ({"card_id": 1, "payment_method": "annan"}, VISA, None),
        ({"card_id": None, "is_card_gateway": False}, VISA, None),
        (
            {"card_id": None, "payment_method": "annan"},
            replace(VISA, gateway=""),
            Plan.MAKE_DEFAULT,
        ),
    ],
)
def test_a_card_is_charged_only_where_no_other_can_be(
    changes: dict[str, object], card: Card, plan: Plan | None
) -> None:
    assert charges_chosen_card(card, invoice(**changes)) is plan  # type: ignore[arg-type]


def test_several_invoices_are_several_charges_with_the_mass_payment_page_as_alternative() -> None:
    one, two = invoice(id=1, card_id=1), invoice("100.50", id=2)

    result = prepared((1, one), (2, two))

    assert [line.plan for line in result.lines] == [Plan.CAPTURE, Plan.MAKE_DEFAULT]
    assert (result.charges, result.changes_default) == (2, True)
    assert str(result.total.amount) == "599.50"
    assert result.mass_payment == Hosted(purpose=LinkPurpose.MASS_PAYMENT, ids=(1, 2))
    assert result.hosted is None
    assert not result.remaining


def test_a_single_invoice_has_no_mass_payment() -> None:
    result = prepared((1, invoice(id=1, card_id=1)))

    assert result.mass_payment is None
    assert not result.changes_default


def test_an_invoice_that_is_asked_for_twice_is_paid_once() -> None:
    one = invoice(id=1)

    assert len(prepared((1, one), (1, one)).lines) == 1


@pytest.mark.parametrize(
    ("found", "live", "kind"),
    [
        (None, None, ProblemKind.NOT_FOUND),
        (invoice(status=InvoiceStatus.PAID), None, ProblemKind.ALREADY_PAID),
        (invoice(status=InvoiceStatus.PAYMENT_PENDING), None, ProblemKind.PENDING_ELSEWHERE),
        (invoice(status=InvoiceStatus.CANCELLED), None, ProblemKind.NOT_PAYABLE),
        (invoice("0.00"), None, ProblemKind.NOT_PAYABLE),
        (invoice(), State.UNKNOWN, ProblemKind.BEING_PAID),
        (invoice(status=InvoiceStatus.PAID), State.PENDING, ProblemKind.BEING_PAID),
        (invoice(), State.SUCCEEDED, ProblemKind.HOSTED_PAGE),
        (invoice(card_id=2), None, ProblemKind.HOSTED_PAGE),
    ],
)
def test_what_cannot_be_paid_here_is_told_and_stays_out(
    found: Invoice | None, live: State | None, kind: ProblemKind
) -> None:
    result = prepared((1, replace(found, id=1) if found else None), live={1: live} if live else {})

    assert kinds(result) == [kind]
    assert result.lines == ()
    has_page = kind is ProblemKind.HOSTED_PAGE
    assert (result.problems[0].hosted is not None) == has_page
    assert result.problems[0].invoice_id == 1
    assert result.problems[0].number == (found.number if found else "1")


def test_the_rest_can_be_paid_when_one_cannot() -> None:
    result = prepared((1, invoice(id=1)), (2, None))

    assert [line.invoice_id for line in result.lines] == [1]
    assert kinds(result) == [ProblemKind.NOT_FOUND]


def test_one_currency_at_a_time() -> None:
    euros = replace(invoice(id=2), balance=Money.parse("10.00", "EUR"))

    result = prepared((1, invoice(id=1)), (2, euros))

    assert kinds(result) == [ProblemKind.OTHER_CURRENCY]
    assert result.total.currency == "SEK"


@pytest.mark.parametrize(
    ("card_id", "today", "kind"),
    [
        (None, TODAY, ProblemKind.NO_CARD),
        (2, TODAY, ProblemKind.CARD_GONE),
        (1, date(2028, 9, 1), ProblemKind.CARD_EXPIRED),
    ],
)
def test_without_a_good_card_the_hosted_page_is_the_way(
    card_id: int | None, today: date, kind: ProblemKind
) -> None:
    result = prepared((1, invoice(id=1)), card_id=card_id, today=today)

    assert kinds(result) == [kind]
    assert result.hosted == Hosted(purpose=LinkPurpose.PAY_INVOICE, ids=(1,))


def test_a_card_is_good_through_its_last_month() -> None:
    assert prepared((1, invoice(id=1)), today=date(2028, 8, 31)).lines


def test_the_mass_payment_page_needs_no_confirmation() -> None:
    result = prepared((1, invoice(id=1)), (2, invoice(id=2)), method=Method.MASS_PAYMENT)

    assert result.lines == ()
    assert result.hosted == Hosted(purpose=LinkPurpose.MASS_PAYMENT, ids=(1, 2))
    assert result.problems == ()


def test_nothing_to_pay_has_no_page() -> None:
    result = prepared()

    assert (result.hosted, result.lines, result.charges) == (None, (), 0)


def test_credit_goes_to_the_oldest_and_may_pay_the_last_in_part() -> None:
    newer = invoice("300.00", id=1, due_date=date(2026, 10, 1))
    older = invoice("499.00", id=2, due_date=date(2026, 9, 1))
    newest = invoice("10.00", id=3, due_date=date(2026, 11, 1))

    result = prepared(
        (1, newer),
        (3, newest),
        (2, older),
        method=Method.CREDIT,
        credit=Money.parse("600.00", "SEK"),
    )

    assert [(one.invoice_id, one.amount_minor) for one in result.lines] == [(2, 49900), (1, 10100)]
    assert {line.plan for line in result.lines} == {Plan.CREDIT}
    assert str(result.remaining.amount) == "209.00"
    assert (result.charges, result.card) == (0, None)


@pytest.mark.parametrize("credit", ["0.01", "1.00"])
def test_the_smallest_credit_counts(credit: str) -> None:
    amount = Money.parse(credit, "SEK")

    result = prepared((1, invoice(id=1)), method=Method.CREDIT, credit=amount)

    assert result.total == amount


@pytest.mark.parametrize("credit", [Money.zero("SEK"), Money.parse("50.00", "EUR")])
def test_credit_that_is_not_there_pays_nothing(credit: Money) -> None:
    result = prepared((1, invoice(id=1)), method=Method.CREDIT, credit=credit)

    assert kinds(result) == [ProblemKind.NO_CREDIT]
    assert result.hosted is not None
