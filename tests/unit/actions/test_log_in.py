"""Logging in: what was wanted before goes on afterwards, with its words."""

from __future__ import annotations

import pytest

from actions.following import step
from actions.names import (
    EMAIL,
    LOGIN_ACCOUNT,
    LOGIN_CODE,
    LOGIN_EMAIL,
    LOGIN_FORM,
    LOGIN_NEXT,
    PROBLEM,
    REQUESTED_SLOT,
)
from actions.reply import say
from tests.unit.actions.desk import Desk


async def _to_code(desk: Desk) -> None:
    await desk.form(LOGIN_FORM, "log_in", "logga in")
    told = await desk.form(LOGIN_FORM, "inform_email", "anna@example.se")
    assert told.asked == LOGIN_CODE


async def test_what_was_asked_before_the_login_is_answered_after_it(stranger: Desk) -> None:
    away = await stranger.ask("action_show_invoice", "show_invoice", "vad gäller faktura 1051?")
    await stranger.log_in()
    follow = await stranger.ask("action_after_login", "inform_code", "482913")
    told = await stranger.ask("action_show_invoice", "inform_code", "482913", is_answer=False)

    assert (away.follow, follow.follow) == (LOGIN_FORM, "action_show_invoice")
    assert told.says[0].params["number"] == "1051"


async def test_a_code_is_never_read_as_an_invoice_number(desk: Desk) -> None:
    desk.billing.add_invoice(7, "10.00", id=482913)

    told = await desk.ask("action_show_invoice", "inform_code", "482913", is_answer=False)

    assert told.says[0].response == "utter_invoice_ask_which"


async def test_an_address_in_the_first_message_is_not_asked_for_again(stranger: Desk) -> None:
    wanted = step("action_list_invoices", "list_invoices", {EMAIL: "anna@example.se"})
    stranger.slots[LOGIN_NEXT] = wanted

    told = await stranger.form(LOGIN_FORM, "list_invoices", "", is_answer=False)

    assert told.responses == ["utter_login_ask_code"]


@pytest.mark.parametrize("intent", ["new_code", "log_in"])
async def test_a_new_code_is_sent_when_it_is_asked_for(stranger: Desk, intent: str) -> None:
    await _to_code(stranger)

    told = await stranger.form(LOGIN_FORM, intent, "skicka en ny kod")

    assert told.responses == ["utter_login_ask_code"]


async def test_an_offered_code_is_sent_by_a_yes_and_only_then(stranger: Desk) -> None:
    await _to_code(stranger)
    unasked = await stranger.form(LOGIN_FORM, "affirm", "ja")
    offered = await stranger.form(LOGIN_FORM, "faq_login_help", "det kommer ingen kod")
    sent = await stranger.form(LOGIN_FORM, "affirm", "ja tack")

    assert not unasked.is_mine
    assert offered.responses == ["utter_login_no_code_came"]
    assert sent.responses == ["utter_login_ask_code"]
    assert stranger.slots[PROBLEM] is None


async def test_digits_that_are_no_code_are_told_how_long_a_code_is(stranger: Desk) -> None:
    await _to_code(stranger)

    told = await stranger.form(LOGIN_FORM, "select_invoices", "12345")

    assert told.responses == ["utter_login_no_code"]


async def test_the_wrong_address_can_be_changed(stranger: Desk) -> None:
    await _to_code(stranger)

    told = await stranger.form(LOGIN_FORM, "faq_change_details", "fel adress")

    assert (told.responses, told.asked) == (["utter_login_ask_email"], LOGIN_EMAIL)


async def test_who_does_not_want_to_log_in_is_left_alone(stranger: Desk) -> None:
    stranger.slots[LOGIN_NEXT] = step("pay_form", "pay_invoices")
    await stranger.form(LOGIN_FORM, "log_in", "logga in")

    told = await stranger.form(LOGIN_FORM, "deny", "nej jag vill inte")

    assert told.says == (say("utter_cancelled"),)
    assert stranger.slots[LOGIN_NEXT] is None


@pytest.mark.parametrize(
    ("text", "asks_again"),
    [("bygg", False), ("Anna Svensson", False), ("svensson", True), ("tvåan", False)],
)
async def test_an_account_is_chosen_by_a_word_that_only_it_has(
    stranger: Desk, text: str, *, asks_again: bool
) -> None:
    stranger.slots[LOGIN_ACCOUNT] = [
        {"id": 7, "name": "Anna Svensson"},
        {"id": 8, "name": "Svensson Bygg AB"},
    ]
    stranger.form_open = LOGIN_FORM
    stranger.slots[REQUESTED_SLOT] = LOGIN_ACCOUNT

    told = await stranger.form(LOGIN_FORM, "out_of_scope", text)

    assert told.is_mine is not asks_again
