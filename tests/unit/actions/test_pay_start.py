"""How a payment begins: what was seen and named counts, and nothing is put in its place."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from actions.names import PAY_CARD, PAY_FORM, PAY_INVOICES, PAY_SUMMARY
from tests.unit.actions.desk import Desk


async def test_a_place_counts_in_the_list_that_was_seen(desk: Desk) -> None:
    await desk.form(PAY_FORM, "pay_invoices", "jag vill betala")
    await desk.form(PAY_FORM, "select_invoices", "ettan med visa")
    await desk.form(PAY_FORM, "affirm", "ja")
    desk.form_open = None

    told = await desk.form(PAY_FORM, "pay_invoices", "betala ettan")

    assert told.responses == ["utter_pay_problem_being_paid", "utter_pay_ask_invoices"]
    assert told.says[0].params["number"] == "1042"
    assert not desk.slots[PAY_INVOICES]


async def test_a_paid_invoice_is_named_as_paid(desk: Desk) -> None:
    desk.billing.settle(1042, desk.invoices[0].balance)

    told = await desk.form(PAY_FORM, "pay_invoices", "betala 1042")

    assert told.responses == ["utter_pay_problem_already_paid", "utter_pay_ask_invoices"]


async def test_an_invoice_that_is_not_due_yet_is_found_by_its_number(desk: Desk) -> None:
    desk.billing.change_invoice(replace(desk.invoices[2], due_date=date(2026, 12, 24)))

    await desk.form(PAY_FORM, "pay_invoices", "betala 1077")

    assert desk.slots[PAY_INVOICES] == [1077]


async def test_a_card_is_noted_where_invoices_are_asked_for(desk: Desk) -> None:
    told = await desk.form(PAY_FORM, "pay_invoices", "jag vill betala med mastercardet")

    assert told.responses == ["utter_pay_card_noted", "utter_pay_ask_invoices"]
    assert desk.slots[PAY_CARD] == "12"


async def test_the_only_invoice_is_taken_by_a_yes(desk: Desk) -> None:
    for invoice in desk.invoices[1:]:
        desk.billing.settle(invoice.id, invoice.balance)
    await desk.form(PAY_FORM, "pay_invoices", "jag vill betala")
    back = await desk.form(PAY_FORM, "go_back", "tillbaka")
    told = await desk.form(PAY_FORM, "affirm", "ja")

    assert back.responses == ["utter_pay_ask_invoices_one"]
    assert told.responses == ["utter_pay_ask_card"]


@pytest.mark.parametrize(
    ("intent", "text"), [("choose_card", "visa"), ("choose_card", "med samma kort")]
)
async def test_what_is_chosen_already_is_shown_again(desk: Desk, intent: str, text: str) -> None:
    await desk.form(PAY_FORM, "pay_invoices", "betala ettan med visa")

    told = await desk.form(PAY_FORM, intent, text)

    assert told.responses == ["utter_pay_summary_card"]


async def test_an_invoice_is_added_at_the_question_for_a_card(desk: Desk) -> None:
    await desk.form(PAY_FORM, "pay_invoices", "betala ettan")

    told = await desk.form(PAY_FORM, "nlu_fallback", "kan jag betala den sista också", confidence=0)

    assert told.responses == ["utter_pay_ask_card"]
    assert desk.slots[PAY_INVOICES] == [1042, 1077]


async def test_a_yes_before_any_summary_shows_one(desk: Desk) -> None:
    await desk.form(PAY_FORM, "pay_invoices", "betala ettan med visa")
    desk.slots[PAY_SUMMARY] = None

    told = await desk.form(PAY_FORM, "affirm", "ja")
    await desk.work()

    assert told.responses == ["utter_pay_summary_card"]
    assert desk.billing.charges == []


async def test_a_yes_to_change_something_is_no_yes_to_pay(desk: Desk) -> None:
    await desk.form(PAY_FORM, "pay_invoices", "betala ettan med visa")
    await desk.form(PAY_FORM, "deny", "nej")

    told = await desk.form(PAY_FORM, "affirm", "ja")
    await desk.work()

    assert told.responses == ["utter_pay_ask_invoices"]
    assert desk.billing.charges == []


@pytest.mark.parametrize("action", ["action_clarify", "action_complain"])
async def test_a_yes_after_something_else_shows_the_summary_again(desk: Desk, action: str) -> None:
    await desk.form(PAY_FORM, "pay_invoices", "betala ettan med visa")
    await desk.ask(action, "nlu_fallback")
    await desk.form(PAY_FORM, "nlu_fallback", is_answer=False)

    told = await desk.form(PAY_FORM, "affirm", "ja")
    await desk.work()
    sure = await desk.form(PAY_FORM, "affirm", "ja")

    assert told.responses == ["utter_pay_summary_card"]
    assert desk.billing.charges == []
    assert sure.responses == ["utter_pay_started"]


async def test_stopping_needs_no_login(desk: Desk) -> None:
    await desk.form(PAY_FORM, "pay_invoices", "betala ettan med visa")
    await desk.log_out()

    told = await desk.form(PAY_FORM, "cancel", "avbryt")

    assert told.responses == ["utter_pay_cancelled"]


@pytest.mark.parametrize(
    ("intent", "text", "chosen"),
    [
        ("dispute_invoice", "Allt förutom servern, den är vi inte överens om än", [1042, 1051]),
        ("thank", "Tvåan tack!", [1051]),
        ("request_receipt", "Kör ettan, sen vill jag gärna ha kvitto på mejlen.", [1042]),
        ("faq_late_fee", "Ta de två äldsta, så slipper jag inkasso på dem.", [1042, 1051]),
    ],
)
async def test_an_answer_is_read_whatever_its_reasons_sound_like(
    desk: Desk, intent: str, text: str, chosen: list[int]
) -> None:
    await desk.form(PAY_FORM, "pay_invoices", "jag vill betala")

    told = await desk.form(PAY_FORM, intent, text, confidence=0.98)

    assert told.responses == ["utter_pay_ask_card"]
    assert desk.slots[PAY_INVOICES] == chosen


@pytest.mark.parametrize(
    ("intent", "text"),
    [
        ("dispute_invoice", "jag bestrider ettan"),
        ("request_receipt", "skicka kvitto på 1042"),
        ("thank", "tack ska du ha"),
        ("faq_late_fee", "vad kostar det om jag är sen?"),
    ],
)
async def test_what_chooses_nothing_is_answered_as_what_it_is(
    desk: Desk, intent: str, text: str
) -> None:
    await desk.form(PAY_FORM, "pay_invoices", "jag vill betala")

    told = await desk.form(PAY_FORM, intent, text, confidence=0.98)

    assert not told.is_mine
