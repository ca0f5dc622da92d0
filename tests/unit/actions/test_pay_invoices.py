"""Paying in words and taps: the straight way, a changed mind, and what may stand in the way."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from actions.base import UNAVAILABLE
from actions.names import (
    CONFIRMATION,
    LOGIN_FORM,
    LOGIN_NEXT,
    PAY_CARD,
    PAY_CONFIRMATION,
    PAY_FORM,
    PAY_INVOICES,
    PAY_SUMMARY,
    RETRY_NEXT,
)
from billing.errors import CircuitOpen, NotReached
from tests.unit.actions.desk import Desk, Told


async def _to_summary(desk: Desk, text: str = "betala ettan och tvåan med visa") -> Told:
    return await desk.form(PAY_FORM, "pay_invoices", text)


async def test_invoices_card_and_yes_in_three_answers_become_an_order(desk: Desk) -> None:
    asked = await desk.form(PAY_FORM, "pay_invoices", "jag vill betala")
    card = await desk.form(PAY_FORM, "select_invoices", "ettan och tvåan")
    summary = await desk.form(PAY_FORM, "choose_card", "mastercardet")
    done = await desk.form(PAY_FORM, "affirm", "ja")
    await desk.work()

    assert asked.responses == ["utter_pay_ask_invoices"]
    assert card.responses == ["utter_pay_ask_card"]
    assert summary.last.params["total"] == "628,00\N{NO-BREAK SPACE}kr"
    assert summary.last.params["card"] == "MasterCard som slutar på 4444"
    assert done.responses == ["utter_pay_started"]
    assert {charge.invoice_id for charge in desk.billing.charges} == {1042, 1051}


async def test_one_message_that_says_all_goes_straight_to_the_summary(desk: Desk) -> None:
    told = await _to_summary(desk)

    assert told.responses == ["utter_pay_summary_card_many"]
    assert told.last.content["bind"] == {CONFIRMATION: desk.slots[PAY_SUMMARY]}
    assert [row["id"] for row in told.last.content["rows"]] == [1042, 1051]
    assert desk.billing.charges == []


async def test_tapped_rows_and_a_tapped_card_lead_to_the_same_summary(desk: Desk) -> None:
    await desk.form(PAY_FORM, "pay_invoices", "jag vill betala")
    await desk.form(PAY_FORM, "select_invoices", entities={"invoice_ids": [1051, 1042]})
    told = await desk.form(PAY_FORM, "choose_card", entities={"card_id": ["11"]})

    assert [row["id"] for row in told.last.content["rows"]] == [1042, 1051]
    assert told.last.content["card"]["last4"] == "4242"


async def test_a_tapped_row_that_was_not_shown_is_not_taken(desk: Desk) -> None:
    other = desk.billing.add_customer(email="bo@example.se")
    theirs = desk.billing.add_invoice(other.client_id, "10.00")
    await desk.form(PAY_FORM, "pay_invoices", "jag vill betala")

    await desk.form(PAY_FORM, "select_invoices", entities={"invoice_ids": [theirs.id]})

    assert not desk.slots[PAY_INVOICES]


@pytest.mark.parametrize(
    ("intent", "text", "invoices", "card"),
    [
        ("select_invoices", "nej, bara ettan", [1042], "11"),
        ("select_invoices", "lägg till trean", [1042, 1051, 1077], "11"),
        ("choose_card", "ta mastercardet i stället", [1042, 1051], "12"),
        ("affirm", "ja, men med mastercardet", [1042, 1051], "12"),
        ("affirm", "ja, men bara tvåan", [1051], "11"),
    ],
)
async def test_a_changed_mind_at_the_summary_makes_a_new_summary(
    desk: Desk, intent: str, text: str, invoices: list[int], card: str
) -> None:
    await _to_summary(desk)
    first = desk.slots[PAY_SUMMARY]

    told = await desk.form(PAY_FORM, intent, text)

    assert told.last.response in {"utter_pay_summary_card", "utter_pay_summary_card_many"}
    assert (desk.slots[PAY_INVOICES], desk.slots[PAY_CARD]) == (invoices, card)
    assert desk.slots[PAY_SUMMARY] != first


async def test_what_no_invoice_is_for_is_said_to_be_missing(desk: Desk) -> None:
    await desk.form(PAY_FORM, "pay_invoices", "jag vill betala")

    told = await desk.form(PAY_FORM, "out_of_scope", "ta lagringen")

    assert told.asked == PAY_INVOICES
    assert told.responses[0] == "utter_pay_unclear_invoices_no_match"


@pytest.mark.parametrize(
    ("text", "invoices", "asked"),
    [
        ("jag har 650 kr, äldst först", [1042, 1051], PAY_CARD),
        ("jag har bara 650 kr att lägga", [1042, 1051, 1077], PAY_INVOICES),
    ],
)
async def test_what_can_be_spent_is_about_the_invoices_also_when_a_card_is_asked_for(
    desk: Desk, text: str, invoices: list[int], asked: str
) -> None:
    await desk.form(PAY_FORM, "pay_invoices", "jag vill betala allt")

    told = await desk.form(PAY_FORM, "select_invoices", text)

    assert told.asked == asked
    assert desk.slots[PAY_INVOICES] == invoices
    assert not desk.slots[PAY_CARD]


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("ja, men bara den på 77 kr", PAY_INVOICES),
        ("ja, fast ta 9999 i stället", PAY_INVOICES),
        ("ja, 9999 med visa", PAY_INVOICES),
        ("ja, men med mitt amex", None),
    ],
)
async def test_a_yes_that_names_what_is_not_there_pays_nothing(
    desk: Desk, text: str, asked: str | None
) -> None:
    await _to_summary(desk)

    told = await desk.form(PAY_FORM, "affirm", text)
    await desk.work()

    assert told.asked == asked
    assert desk.billing.charges == []


@pytest.mark.parametrize("text", ["ja", "ja, det stämmer", "japp, kör på visakortet", "ja, betala"])
async def test_a_plain_yes_is_not_asked_again(desk: Desk, text: str) -> None:
    await _to_summary(desk)

    told = await desk.form(PAY_FORM, "affirm", text)

    assert told.responses == ["utter_pay_started"]


@pytest.mark.parametrize(
    ("intent", "asked"),
    [
        ("change_invoices", PAY_INVOICES),
        ("change_card", PAY_CARD),
        ("go_back", PAY_CARD),
    ],
)
async def test_a_step_back_asks_that_question_again(desk: Desk, intent: str, asked: str) -> None:
    await _to_summary(desk)

    told = await desk.form(PAY_FORM, intent)

    assert told.asked == asked
    assert told.responses[-1] in {"utter_pay_ask_invoices", "utter_pay_ask_card"}


async def test_a_no_offers_changes_and_a_cancel_makes_a_later_yes_mean_nothing(desk: Desk) -> None:
    await _to_summary(desk)
    confirmation = desk.slots[PAY_SUMMARY]
    no = await desk.form(PAY_FORM, "deny", "nej")
    left = await desk.form(PAY_FORM, "cancel", "avbryt")

    late = await desk.services.payments.confirm(
        confirmation, conversation_id="conversation-1", client_id=7, now=desk.now
    )
    await desk.work()

    assert no.responses == ["utter_pay_what_to_change"]
    assert left.responses == ["utter_pay_cancelled"]
    assert type(late).__name__ in {"Changed", "Expired"}
    assert desk.billing.charges == []


@pytest.mark.parametrize("text", ["ja, men imorgon", "visst inte", "ja om det går", "ja inte nu"])
async def test_a_yes_with_a_reservation_is_asked_once_more(desk: Desk, text: str) -> None:
    await _to_summary(desk)

    told = await desk.form(PAY_FORM, "affirm", text)
    await desk.work()

    assert told.responses == ["utter_pay_was_that_yes"]
    assert desk.billing.charges == []


async def test_an_unsure_yes_is_asked_once_more(desk: Desk) -> None:
    await _to_summary(desk)

    told = await desk.form(PAY_FORM, "affirm", "mm", confidence=0.5)

    assert told.responses == ["utter_pay_was_that_yes"]
    assert told.asked == PAY_CONFIRMATION


async def test_a_second_yes_orders_nothing_more(desk: Desk) -> None:
    await _to_summary(desk)
    kept = dict(desk.slots)
    await desk.form(PAY_FORM, "affirm", "ja")
    desk.slots, desk.form_open = kept, PAY_FORM

    told = await desk.form(PAY_FORM, "affirm", "ja")
    await desk.work()

    assert told.responses == ["utter_pay_already_confirmed"]
    assert len(desk.billing.charges) == 2


async def test_an_amount_that_changed_is_shown_again_and_not_charged(desk: Desk) -> None:
    await _to_summary(desk, "betala ettan med visa")
    fee = desk.billing.money("559.00")
    desk.billing.change_invoice(replace(desk.invoices[0], balance=fee, total=fee))

    told = await desk.form(PAY_FORM, "affirm", "ja")

    assert told.responses == ["utter_pay_changed", "utter_pay_summary_card"]
    assert told.last.params["total"] == "559,00\N{NO-BREAK SPACE}kr"


async def test_a_summary_that_got_old_is_shown_anew(desk: Desk) -> None:
    await _to_summary(desk)
    desk.now += timedelta(minutes=6)

    told = await desk.form(PAY_FORM, "affirm", "ja")

    assert told.responses[0] == "utter_pay_expired"
    assert told.asked == PAY_CONFIRMATION


async def test_a_tap_on_an_older_summary_pays_nothing(desk: Desk) -> None:
    await _to_summary(desk)

    told = await desk.form(PAY_FORM, "affirm", entities={CONFIRMATION: "made up"})
    await desk.work()

    assert told.responses == ["utter_choice_too_old", "utter_pay_summary_card_many"]
    assert desk.billing.charges == []


async def test_who_is_not_logged_in_logs_in_and_what_was_said_is_kept(stranger: Desk) -> None:
    away = await stranger.form(PAY_FORM, "pay_invoices", "betala ettan med visa")
    wanted = stranger.slots[LOGIN_NEXT]
    await stranger.log_in()
    await stranger.ask("action_after_login", "inform_code", "482913", is_answer=False)
    back = await stranger.form(PAY_FORM, "inform_code", "482913", is_answer=False)

    assert (away.follow, wanted["action"]) == (LOGIN_FORM, PAY_FORM)
    assert back.responses == ["utter_pay_summary_card"]
    assert stranger.slots[PAY_INVOICES] == [1042]


async def test_a_login_that_is_too_old_for_money_is_asked_for_again(desk: Desk) -> None:
    for _ in range(5):
        desk.now += timedelta(minutes=14)
        assert await desk.services.sessions.current("conversation-1", now=desk.now)
    await _to_summary(desk)

    told = await desk.form(PAY_FORM, "affirm", "ja")
    await desk.work()

    assert told.responses == ["utter_pay_log_in_again"]
    assert told.follow == LOGIN_FORM
    assert await desk.services.sessions.current("conversation-1", now=desk.now) is None
    assert desk.billing.charges == []


async def test_who_may_not_see_invoices_is_told_so(stranger: Desk) -> None:
    await stranger.log_in(permissions=frozenset({"tickets"}))

    told = await stranger.form(PAY_FORM, "pay_invoices", "betala allt")

    assert told.responses == ["utter_permission_missing"]


async def test_billing_down_at_the_start_is_told_and_a_repeat_begins_again(desk: Desk) -> None:
    desk.billing.script("invoices", NotReached("GetInvoices"))
    failed = await desk.form(PAY_FORM, "pay_invoices", "betala allt")

    again = await desk.ask(
        "action_repeat", "repeat", last_said=desk.services.words.text(UNAVAILABLE)
    )

    assert failed.responses == [UNAVAILABLE]
    assert again.follow == PAY_FORM
    assert desk.slots[RETRY_NEXT] is None


async def test_billing_down_at_the_yes_keeps_the_choice_and_a_repeat_shows_it(desk: Desk) -> None:
    await _to_summary(desk)
    desk.billing.script("customer", CircuitOpen("GetClientsDetails"))

    failed = await desk.form(PAY_FORM, "affirm", "ja")
    again = await desk.form(PAY_FORM, "repeat")

    assert failed.responses == [UNAVAILABLE]
    assert failed.asked == PAY_CONFIRMATION
    assert again.responses == ["utter_pay_summary_card_many"]


@pytest.mark.parametrize("intent", ["faq_receipt", "request_human", "list_cards"])
async def test_an_interruption_is_left_to_the_rules_and_the_question_comes_back(
    desk: Desk, intent: str
) -> None:
    await _to_summary(desk)

    away = await desk.form(PAY_FORM, intent)
    back = await desk.form(PAY_FORM, intent, is_answer=False)

    assert not away.is_mine
    assert back.responses == ["utter_pay_summary_card_many"]


async def test_nothing_overdue_shows_what_is_to_come(desk: Desk) -> None:
    for invoice in desk.invoices:
        desk.billing.change_invoice(replace(invoice, due_date=date(2026, 12, 24)))

    told = await desk.form(PAY_FORM, "pay_invoices", "jag vill betala")

    assert told.responses == ["utter_pay_ask_invoices"]


async def test_nothing_to_pay_is_said_and_the_form_ends(desk: Desk) -> None:
    for invoice in desk.invoices:
        desk.billing.settle(invoice.id, invoice.balance)

    told = await desk.form(PAY_FORM, "pay_invoices", "jag vill betala")

    assert told.responses == ["utter_invoices_none"]
    assert told.asked is None


async def test_invoices_that_are_being_paid_are_not_offered_again(desk: Desk) -> None:
    await _to_summary(desk, "betala alla med visa")
    await desk.form(PAY_FORM, "affirm", "ja")

    told = await desk.form(PAY_FORM, "pay_invoices", "betala allt")

    assert told.responses == ["utter_invoices_being_paid"]


async def test_one_charge_is_offered_on_the_page_and_then_nothing_is_charged_here(
    desk: Desk,
) -> None:
    await _to_summary(desk)

    told = await desk.form(PAY_FORM, "pay_on_page")
    await desk.work()

    assert told.last.content["purpose"] == "mass_payment"
    assert told.last.content["ids"] == [1042, 1051]
    assert desk.billing.charges == []


@pytest.mark.parametrize(
    ("intent", "text"), [("add_card", "ett annat kort"), ("choose_card", "ett nytt kort")]
)
async def test_a_card_that_is_not_saved_is_used_on_the_page(
    desk: Desk, intent: str, text: str
) -> None:
    await desk.form(PAY_FORM, "pay_invoices", "betala ettan")

    told = await desk.form(PAY_FORM, intent, text)

    assert told.responses == ["utter_pay_new_card"]
    assert told.last.content["purpose"] == "pay_invoice"


async def test_credit_is_used_when_it_is_asked_for(desk: Desk) -> None:
    desk.billing.settle(1077, desk.billing.money("1349.50"))

    await desk.form(PAY_FORM, "pay_with_credit")
    told = await desk.form(PAY_FORM, "select_invoices", "tvåan")

    assert told.responses == ["utter_pay_summary_credit"]
    assert told.last.params["total"] == "100,00\N{NO-BREAK SPACE}kr"
    assert told.last.params["remaining"] == "29,00\N{NO-BREAK SPACE}kr"
