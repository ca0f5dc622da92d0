"""Saved cards: listed, and removed by a yes to the card that was asked about."""

from __future__ import annotations

import pytest

from actions.names import REMOVE_CARD_FORM, REMOVE_CARD_ID
from actions.reply import say
from tests.unit.actions.desk import Desk


async def _saved(desk: Desk) -> set[int]:
    return {card.id for card in await desk.services.billing.cards(7)}


async def _ask_about_mastercard(desk: Desk) -> None:
    await desk.form(REMOVE_CARD_FORM, "remove_card", "ta bort mastercardet")
    assert desk.slots[REMOVE_CARD_ID] == 12


@pytest.mark.parametrize(("intent", "text"), [("affirm", "ja"), ("remove_card", "ja ta bort det")])
async def test_a_yes_removes_the_card_that_was_asked_about(
    desk: Desk, intent: str, text: str
) -> None:
    await _ask_about_mastercard(desk)

    told = await desk.form(REMOVE_CARD_FORM, intent, text)

    assert told.says == (say("utter_card_removed"),)
    assert await _saved(desk) == {11}


@pytest.mark.parametrize(
    ("intent", "text", "asked"),
    [
        ("affirm", "ja, ta visakortet", "utter_card_confirm_remove"),
        ("choose_card", "ja men inte det, det andra", "utter_card_ask_remove"),
        ("deny", "nej, det andra", "utter_card_ask_remove"),
        ("deny", "nej, behåll kortet", "utter_card_kept"),
        ("remove_card", "ta bort ett kort", "utter_card_ask_remove"),
        ("affirm", "ja eller nej inte det", "utter_card_was_that_yes"),
    ],
)
async def test_anything_but_a_plain_yes_removes_nothing(
    desk: Desk, intent: str, text: str, asked: str
) -> None:
    await _ask_about_mastercard(desk)

    told = await desk.form(REMOVE_CARD_FORM, intent, text)

    assert told.last.response == asked
    assert await _saved(desk) == {11, 12}


async def test_a_no_keeps_the_card_at_either_question(desk: Desk) -> None:
    await desk.form(REMOVE_CARD_FORM, "remove_card", "ta bort ett kort")
    at_which = await desk.form(REMOVE_CARD_FORM, "deny", "nej")
    await _ask_about_mastercard(desk)
    at_yes = await desk.form(REMOVE_CARD_FORM, "deny", "nej")

    assert at_which.says == at_yes.says == (say("utter_card_kept"),)
    assert await _saved(desk) == {11, 12}
