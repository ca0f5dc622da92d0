"""Saved cards by the chat API: seen, and removed by a yes to the right one."""

from __future__ import annotations

import pytest

from tests.chat import Chat
from tests.conversations.customers import anna
from tests.conversations.transcript import LOG_IN, talk
from tests.stack import Stack

pytestmark = pytest.mark.timeout(180)


def _saved(stack: Stack) -> set[int]:
    return {int(card["id"]) for card in stack.books()["paymethods"]}


def test_the_other_card_is_asked_about_before_it_goes(stack: Stack, chat: Chat) -> None:
    talk(
        chat,
        stack,
        [
            ("vilka kort har jag sparade", ["Vilken e-postadress"]),
            (LOG_IN, ["inloggad", "Du har 2 sparade kort"]),
            ("ta bort mastercardet", ["Ska jag ta bort MasterCard"]),
            ("är det säkert att ha kort sparade?", ["Kortnumret går direkt", "MasterCard"]),
            ("ja men inte det, det andra", ["Vilket kort vill du ta bort?"]),
            ("visa", ["Ska jag ta bort Visa"]),
            ("ja", ["kortet borttaget"]),
            ("vilka kort har jag kvar", ["MasterCard"]),
            ("ta bort det", ["Ska jag ta bort MasterCard"]),
            ("nej", ["kortet är kvar"]),
        ],
    )

    assert _saved(stack) == {12}


def test_without_cards_there_is_nothing_to_remove(stack: Stack, chat: Chat) -> None:
    stack.scenario(anna(paymethods=[]))
    talk(
        chat,
        stack,
        [
            ("ta bort mitt kort", ["Vilken e-postadress"]),
            (LOG_IN, ["inloggad", "inget sparat kort"]),
            ("jag vill lägga till ett nytt kort", ["på den säkra sidan"]),
        ],
    )
