"""Credit by the chat API: a yes means what was offered, and the card is left alone."""

from __future__ import annotations

import pytest

from tests.chat import Chat
from tests.conversations.customers import anna, paid
from tests.conversations.transcript import LOG_IN, talk
from tests.stack import Stack

pytestmark = pytest.mark.timeout(180)


def test_credit_that_was_asked_about_is_used_by_a_yes(stack: Stack, chat: Chat) -> None:
    stack.scenario(anna(credit="300.00"))
    talk(
        chat,
        stack,
        [
            ("har jag något tillgodo?", ["Vilken e-postadress"]),
            (LOG_IN, ["inloggad", "Du har 300,00 kr tillgodo"]),
            ("ja tack", ["Vilka fakturor"]),
            ("ettan", ["300,00 kr från ditt tillgodohavande"]),
            ("ja", []),
        ],
    )
    receipt = chat.until_type("receipt")

    assert "Tillgodohavandet är använt" in receipt["text"]
    assert paid(stack) == set()
    assert stack.books()["transactions"] == []
    assert stack.books()["clients"][0]["credit"] == "0.00"


def test_credit_in_the_middle_of_a_payment_takes_the_card_s_place(stack: Stack, chat: Chat) -> None:
    stack.scenario(anna(credit="5000.00"))
    talk(
        chat,
        stack,
        [
            ("betala tvåan med visa", ["Vilken e-postadress"]),
            (LOG_IN, ["inloggad", "129,00 kr med Visa"]),
            ("har jag något tillgodo?", ["Vill du använda det"]),
            ("ja", ["129,00 kr från ditt tillgodohavande"]),
            ("ja", []),
        ],
    )
    receipt = chat.until_type("receipt")

    assert "betalt med ditt tillgodohavande" in receipt["text"]
    assert (paid(stack), stack.books()["transactions"]) == ({1051}, [])
