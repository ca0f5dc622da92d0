"""Credit: offered where it is asked about, and used only by a yes to its own summary."""

from __future__ import annotations

import pytest

from actions.names import PAY_CARD, PAY_CONFIRMATION, PAY_FORM, PAY_INVOICES
from actions.pay_reading import CREDIT
from tests.unit.actions.desk import Desk


@pytest.fixture
def rich(desk: Desk) -> Desk:
    """Anna has more than enough credit: an invoice was paid with too much."""
    desk.billing.settle(1077, desk.billing.money("9249.50"))
    return desk


async def test_a_yes_to_the_offer_of_credit_pays_nothing_with_the_card(rich: Desk) -> None:
    await rich.form(PAY_FORM, "pay_invoices", "betala ettan med visa")
    offered = await rich.form(PAY_FORM, "use_credit", "har jag något tillgodo?")
    told = await rich.form(PAY_FORM, "affirm", "ja")
    await rich.work()

    assert offered.responses == ["utter_pay_offer_credit"]
    assert (told.responses, rich.slots[PAY_CARD]) == (["utter_pay_summary_credit"], CREDIT)
    assert told.asked == PAY_CONFIRMATION
    assert rich.billing.charges == []


async def test_a_no_to_the_offer_shows_the_summary_again(rich: Desk) -> None:
    await rich.form(PAY_FORM, "pay_invoices", "betala ettan med visa")
    await rich.form(PAY_FORM, "use_credit", "har jag något tillgodo?")

    told = await rich.form(PAY_FORM, "deny", "nej")

    assert told.responses == ["utter_pay_summary_card"]


@pytest.mark.parametrize("intent", ["use_credit", "pay_with_credit"])
async def test_wanted_credit_takes_the_place_of_the_card(rich: Desk, intent: str) -> None:
    await rich.form(PAY_FORM, "pay_invoices", "betala ettan med visa")

    told = await rich.form(PAY_FORM, intent, "använd mitt tillgodohavande")

    assert told.responses == ["utter_pay_summary_credit"]
    assert rich.slots[PAY_INVOICES] == [1042]


async def test_invoices_named_after_the_offer_are_paid_with_credit(rich: Desk) -> None:
    await rich.ask("action_use_credit", "use_credit", "har jag något tillgodo?")
    follow = await rich.ask("action_selected", "select_invoices", "webbhotellet")
    told = await rich.form(PAY_FORM, "select_invoices", "webbhotellet")

    assert follow.follow == PAY_FORM
    assert told.responses == ["utter_pay_summary_credit"]


@pytest.mark.parametrize("confidence", [0.6, 0.95])
async def test_what_can_be_spent_is_no_credit(rich: Desk, confidence: float) -> None:
    await rich.form(PAY_FORM, "pay_invoices", "jag vill betala")

    told = await rich.form(
        PAY_FORM,
        "use_credit",
        "jag har 650 kr kvar på kontot. Ta den äldsta först, så långt pengarna räcker.",
        confidence=confidence,
    )

    assert told.responses == ["utter_pay_ask_card"]
    assert (rich.slots[PAY_INVOICES], rich.slots[PAY_CARD]) == ([1042, 1051], None)


async def test_credit_is_not_taken_on_a_guess(rich: Desk) -> None:
    await rich.form(PAY_FORM, "pay_invoices", "betala ettan")

    told = await rich.form(PAY_FORM, "use_credit", "det jag har hos er", confidence=0.6)

    assert not told.is_mine
    assert rich.slots[PAY_CARD] is None
