"""Quotes by the chat API: only the one that was shown is accepted, and only by a yes."""

from __future__ import annotations

from typing import Any

import pytest

from tests.chat import Chat
from tests.conversations.customers import anna
from tests.conversations.transcript import LOG_IN, TAP, talk
from tests.stack import Stack

pytestmark = pytest.mark.timeout(180)

WEBSITE = {
    "id": 17,
    "subject": "Ny webbplats",
    "validuntil": "2027-12-31",
    "customernotes": "Betalas inom 30 dagar.",
    "items": [
        {"description": "Design", "unitprice": "8000.00"},
        {"description": "Bygge", "unitprice": "12000.00", "quantity": 2},
    ],
}
MOVE = {
    "id": 18,
    "subject": "Serverflytt",
    "validuntil": "2027-12-15",
    "items": [{"description": "Flytt", "unitprice": "4500.00"}],
}
OLD = {**MOVE, "id": 19, "subject": "Gammal offert", "validuntil": "2026-01-31"}
DRAFT = {**MOVE, "id": 20, "subject": "Hemligt utkast", "stage": "Draft"}


def _stages(stack: Stack) -> dict[int, str]:
    quotes: list[dict[str, Any]] = stack.books()["quotes"]
    return {int(quote["id"]): quote["stage"] for quote in quotes}


def test_a_quote_is_seen_asked_about_and_accepted(stack: Stack, chat: Chat) -> None:
    stack.scenario(anna(quotes=[WEBSITE, MOVE, OLD, DRAFT]))
    talk(
        chat,
        stack,
        [
            ("vilka offerter har jag?", ["Vilken e-postadress"]),
            (LOG_IN, ["inloggad som Anna", "Här är dina offerter"]),
            ("den första", ["Offert 18: Serverflytt"]),
            ("nej", ["inte godkänd"]),
            ("godkänn offert 17", ["Bygge, 2 st: 24 000,00 kr"]),
            ("godkänn offert 99", ["Jag hittar ingen offert 99", "Offert 17"]),
            ("godkänn offert 20", ["Jag hittar ingen offert 20", "Offert 17"]),
            ("godkänn offert 19", ["går inte att godkänna längre", "Offert 17"]),
            ("ja", ["Offert 17 är godkänd"]),
        ],
    )

    assert "utkast" not in chat.said()
    assert _stages(stack) == {17: "Accepted", 18: "Delivered", 19: "Delivered", 20: "Draft"}


def test_quotes_are_accepted_one_at_a_time_and_by_taps(stack: Stack, chat: Chat) -> None:
    stack.scenario(anna(quotes=[WEBSITE, MOVE]))
    talk(
        chat,
        stack,
        [
            ("jag vill godkänna en offert", ["Vilken e-postadress"]),
            (LOG_IN, ["inloggad", "Vilken offert"]),
            ("båda", ["en offert i taget", "Vilken offert"]),
            ("serverflytten", ["Offert 18"]),
            (TAP + "Nej, inte nu", ["inte godkänd"]),
        ],
    )

    assert set(_stages(stack).values()) == {"Delivered"}
