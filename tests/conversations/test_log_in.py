"""Logging in by the chat API: typing errors, a new code, several accounts, and out again."""

from __future__ import annotations

import pytest

from tests.chat import Chat
from tests.conversations.customers import ANNA, HOSTING, VISA, anna, paid
from tests.conversations.transcript import LOG_IN, talk
from tests.stack import Stack

pytestmark = pytest.mark.timeout(180)


def test_a_new_code_comes_when_it_is_wanted(stack: Stack, chat: Chat) -> None:
    talk(
        chat,
        stack,
        [
            ("logga in", ["Vilken e-postadress"]),
            ("anna snabel-a exempel punkt se", ["skickat en kod"]),
            ("12345", ["sex siffror"]),
            ("jag har inte fått någon kod", ["Ska jag skicka en ny?"]),
            ("ja", ["skickat en kod"]),
            ("fel adress", ["Vilken e-postadress"]),
            (LOG_IN, ["inloggad som Anna", "Vad vill du göra?"]),
        ],
    )


def test_one_of_two_accounts_is_chosen_by_name_and_its_invoice_paid(
    stack: Stack, chat: Chat
) -> None:
    books = anna()
    books["clients"].append(
        {
            **books["clients"][0],
            "id": 8,
            "companyname": "Svensson Bygg AB",
            "email": "faktura@bygg.se",
            "users": [{"email": "faktura@bygg.se", "owner": True}, {"email": ANNA}],
            "invoices": [{**HOSTING, "id": 2042}],
            "paymethods": [{**VISA, "id": 31}],
        }
    )
    stack.scenario(books)
    talk(
        chat,
        stack,
        [
            ("jag vill betala min faktura", ["Vilken e-postadress"]),
            (LOG_IN, ["Vilket gäller det"]),
            ("bygg", ["inloggad som Svensson Bygg AB", "Faktura 2042"]),
            ("ja", []),
        ],
    )
    chat.until_type("receipt")

    assert paid(stack) == {2042}


def test_out_in_the_middle_pays_nothing_and_a_late_yes_neither(stack: Stack, chat: Chat) -> None:
    talk(
        chat,
        stack,
        [
            ("betala alla med visa", ["Vilken e-postadress"]),
            (LOG_IN, ["inloggad", "1 877,50 kr"]),
            ("logga ut", ["borttaget ur chatten", "utloggad"]),
            ("ja", ["ingen fråga"]),
        ],
    )

    assert paid(stack) == set()
