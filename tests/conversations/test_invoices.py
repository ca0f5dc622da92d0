"""Invoices and receipts by the chat API: what they are, and receipts for those that are paid."""

from __future__ import annotations

import pytest

from tests.chat import Chat
from tests.conversations.customers import DOMAIN, HOSTING, SERVER, anna, paid, receipts
from tests.conversations.transcript import LOG_IN, talk
from tests.stack import Stack

pytestmark = pytest.mark.timeout(180)


def test_what_is_asked_before_the_login_is_answered_and_then_paid(stack: Stack, chat: Chat) -> None:
    talk(
        chat,
        stack,
        [
            ("vad gäller faktura 1051?", ["Vilken e-postadress"]),
            (LOG_IN, ["inloggad", "Faktura 1051", "Hela fakturan"]),
            ("betala den", ["Vilket kort"]),
            ("mastercard", ["129,00 kr med MasterCard"]),
            ("ja", []),
        ],
    )
    chat.until_type("receipt")

    assert paid(stack) == {1051}


def test_receipts_are_sent_for_what_is_paid_and_refused_for_what_is_not(
    stack: Stack, chat: Chat
) -> None:
    stack.scenario(
        anna(invoices=[{**HOSTING, "status": "Paid"}, {**DOMAIN, "status": "Paid"}, SERVER])
    )
    talk(
        chat,
        stack,
        [
            ("kan jag få kvitto på webbhotellet", ["Vilken e-postadress"]),
            (LOG_IN, ["inloggad", "kvittot för faktura 1042"]),
            ("skicka kvitto på 1077", ["1077 är inte betald"]),
            ("kvitto på 1042 och 1051", ["kvittot för faktura", "kvittot för faktura"]),
        ],
    )

    assert len(receipts(stack)) == 3
    assert paid(stack) == {1042, 1051}


def test_paid_invoices_are_told_when_they_are_to_be_paid_again(stack: Stack, chat: Chat) -> None:
    stack.scenario(anna(invoices=[{**HOSTING, "status": "Paid"}, DOMAIN, SERVER]))
    talk(
        chat,
        stack,
        [
            ("betala faktura 1042", ["Vilken e-postadress"]),
            (LOG_IN, ["inloggad", "1042 är redan betald", "Vilka fakturor"]),
            ("avbryt", ["betalar vi inget"]),
        ],
    )

    assert paid(stack) == {1042}
