"""Money and the small judgements that belong to the data."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.model import (
    NO_EXPIRY,
    CurrencyMismatch,
    Invoice,
    InvoiceLine,
    InvoiceStatus,
    Money,
    QuoteStage,
)
from tests.fakes.billing import FakeBilling

MINOR = st.integers(-(10**12), 10**12)


@given(MINOR, MINOR)
def test_sums_are_exact_to_the_ore(one: int, other: int) -> None:
    total = Money.from_minor(one, "SEK") + Money.from_minor(other, "SEK")

    assert total.minor == one + other
    assert Money.parse(str(total.amount), "SEK") == total


@pytest.mark.parametrize("text", ["", "1,50", "1_000", "1e3", "NaN", "inf", "٣", "1.", "9" * 14])
def test_an_amount_is_a_plain_decimal(text: str) -> None:
    with pytest.raises(ValueError, match="not an amount"):
        Money.parse(text, "SEK")


def test_money_is_never_made_of_a_float() -> None:
    with pytest.raises(TypeError):
        Money(0.1, "SEK")  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        Money.parse(0.1, "SEK")  # type: ignore[arg-type]


def test_currencies_do_not_mix() -> None:
    krona, euro = Money.parse("1.00", "SEK"), Money.parse("1.00", "EUR")

    with pytest.raises(CurrencyMismatch):
        krona + euro
    with pytest.raises(CurrencyMismatch):
        assert krona < euro
    with pytest.raises(CurrencyMismatch):
        Money.sum([krona, euro], "SEK")


def an_invoice(**changes: object) -> Invoice:
    fake = FakeBilling()
    client_id = fake.add_customer().client_id
    return replace(fake.add_invoice(client_id, "10.00", due=date(2026, 9, 3)), **changes)  # type: ignore[arg-type]


def test_an_invoice_is_overdue_from_the_day_after() -> None:
    invoice = an_invoice()

    assert not invoice.is_overdue(date(2026, 9, 3))
    assert invoice.is_overdue(date(2026, 9, 4))
    assert invoice.days_overdue(date(2026, 9, 4)) == 1


@pytest.mark.parametrize("status", set(InvoiceStatus) - {InvoiceStatus.UNPAID})
def test_only_an_unpaid_invoice_is_payable(status: InvoiceStatus) -> None:
    assert not an_invoice(status=status).is_payable()


@pytest.mark.parametrize("type", ["Invoice", "AddFunds"])
def test_a_container_or_deposit_is_no_debt_even_with_a_late_fee(type: str) -> None:
    money = Money.parse("60.00", "SEK")
    lines = tuple(
        InvoiceLine(description="", amount=money, type=one, related_id=0)
        for one in (type, "LateFee")
    )

    assert not an_invoice(lines=lines).is_payable()


def test_a_card_is_good_through_its_last_month() -> None:
    fake = FakeBilling()
    card = fake.add_card(fake.add_customer().client_id, expires=(2026, 11))

    assert not card.is_expired(date(2026, 11, 30))
    assert card.is_expired(date(2026, 12, 1))
    assert card.expiry_text == "11/26"


def test_a_card_without_expiry_never_expires_and_shows_none() -> None:
    fake = FakeBilling()
    card = fake.add_card(fake.add_customer().client_id, expires=NO_EXPIRY)

    assert not card.is_expired(date(2099, 1, 1))
    assert card.expiry_text == ""


@pytest.mark.parametrize(
    ("stage", "valid_until", "is_open"),
    [
        (QuoteStage.DELIVERED, date(2026, 11, 24), True),
        (QuoteStage.ON_HOLD, None, True),
        (QuoteStage.DELIVERED, date(2026, 11, 23), False),
        (QuoteStage.ACCEPTED, None, False),
        (QuoteStage.DEAD, None, False),
    ],
)
def test_a_quote_is_open_while_it_is_offered(
    stage: QuoteStage, valid_until: date | None, is_open: bool
) -> None:
    fake = FakeBilling()
    client_id = fake.add_customer().client_id

    quote = fake.add_quote(client_id, stage=stage, valid_until=valid_until)

    assert quote.is_open(date(2026, 11, 24)) is is_open


def test_a_customers_mail_is_compared_as_a_whole() -> None:
    customer = FakeBilling().add_customer(email="anna@example.se")

    assert customer.gets_mail_at(" ANNA@example.SE ")
    assert not customer.gets_mail_at("anna@example.s")
    assert not replace(customer, billing_email="").gets_mail_at("")


def test_money_knows_when_it_is_nothing() -> None:
    assert not Money.zero("SEK")
    assert Money(Decimal("0.01"), "SEK")
