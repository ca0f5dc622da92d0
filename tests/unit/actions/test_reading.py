"""A message may name invoices and a card; a place or a number counts for one of them only."""

from __future__ import annotations

import pytest

from actions.reading import mentions_invoices, split
from actions.selection import ChosenCard, ShownCard, resolve_cards
from tests.unit.actions.desk import TODAY, read

VISA = ShownCard(id=11, brand="Visa", last4="4242", expiry_year=2028, expiry_month=8)
MASTERCARD = ShownCard(id=12, brand="MasterCard", last4="4444", expiry_year=2029, expiry_month=1)


@pytest.mark.parametrize(
    ("text", "card"),
    [
        ("betala ettan och tvåan med visa", 11),
        ("tvåan och trean, mastercard", 12),
        ("ta visa till tvåan", 11),
        ("ta visakortet på 1042 och 1051", 11),
        ("1042 med visa 4242", 11),
        ("1042 med kortet som slutar på 4444", 12),
        ("ettan med visa som slutar på 4242 och tvåan", 11),
        ("betala 1042 och 1051 med kortet som går ut i augusti 2028", 11),
        ("det första kortet", 11),
    ],
)
def test_the_card_is_read_without_the_invoices_beside_it(text: str, card: int) -> None:
    _, about_card = split(read(text)["values"], {"1042", "1051"})

    assert about_card
    assert resolve_cards(about_card, (VISA, MASTERCARD), today=TODAY) == ChosenCard(id=card)


@pytest.mark.parametrize("text", ["betala tvåan med kortet", "1042 med ett kort"])
def test_the_place_of_an_invoice_is_not_the_place_of_a_card(text: str) -> None:
    _, about_card = split(read(text)["values"], {"1042"})

    read_card = resolve_cards(about_card or {}, (VISA, MASTERCARD), today=TODAY)
    assert not isinstance(read_card, ChosenCard)


@pytest.mark.parametrize("text", ["med visa 4242", "kortet som slutar på 4444", "visa"])
def test_the_number_of_a_card_is_no_invoice(text: str) -> None:
    about_invoices, _ = split(read(text)["values"], {"1042"})

    assert not mentions_invoices(about_invoices)


def test_without_a_card_all_is_about_invoices() -> None:
    values = read("ettan och 1042")["values"]

    assert split(values, {"1042"}) == (values, None)
    assert split(None, ()) == (None, None)
