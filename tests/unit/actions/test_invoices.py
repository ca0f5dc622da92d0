"""Invoices and receipts that are named in words, and what comes after they were shown."""

from __future__ import annotations

import pytest

from actions.following import step
from actions.names import NEWS_TOLD, ORDER, PAY_FORM, PAY_INVOICES, SELECT_NEXT, TOPIC
from actions.reply import Reply
from billing.errors import Declined
from tests.unit.actions.desk import Desk


@pytest.fixture
def with_paid(desk: Desk) -> Desk:
    for invoice in desk.invoices[:2]:
        desk.billing.settle(invoice.id, invoice.balance)
    return desk


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        ("kvitto på 1042 och 1051", {"1042", "1051"}),
        ("båda kvittona tack", {"1042", "1051"}),
        ("kvitto på webbhotellet", {"1042"}),
    ],
)
async def test_receipts_are_sent_for_all_that_are_named(
    with_paid: Desk, text: str, sent: set[str]
) -> None:
    told = await with_paid.ask("action_request_receipt", "request_receipt", text)

    assert {one.response for one in told.says} == {"utter_receipt_sent"}
    assert {one.params["number"] for one in told.says} == sent


async def test_a_receipt_for_what_is_not_paid_is_refused_by_its_number(with_paid: Desk) -> None:
    told = await with_paid.ask("action_request_receipt", "request_receipt", "kvitto på 1077")

    assert [(s.response, s.params["number"]) for s in told.says] == [
        ("utter_receipt_not_paid", "1077")
    ]


async def test_what_was_shown_last_is_meant_by_a_pointer(desk: Desk) -> None:
    await desk.ask("action_show_invoice", "show_invoice", "visa faktura 1051")
    told = await desk.ask("action_show_invoice", "show_invoice", "när ska den betalas?")
    paid = await desk.form(PAY_FORM, "pay_invoices", "betala den")

    assert told.says[0].params["number"] == "1051"
    assert desk.slots[TOPIC] == [1051]
    assert (paid.responses, desk.slots[PAY_INVOICES]) == (["utter_pay_ask_card"], [1051])


async def test_invoices_to_take_are_paid_whatever_was_asked_before(desk: Desk) -> None:
    desk.slots[SELECT_NEXT] = step("action_show_invoice")

    told = await desk.ask("action_selected", "select_invoices", "ta ettan och trean")

    assert told.follow == PAY_FORM


@pytest.mark.parametrize("intent", ["affirm", "choose_card"])
async def test_refused_invoices_are_tried_again_by_a_yes_or_a_card(desk: Desk, intent: str) -> None:
    await desk.form(PAY_FORM, "pay_invoices", "betala ettan och tvåan med visa")
    desk.billing.script("capture", *_declined(2))
    await desk.form(PAY_FORM, "affirm", "ja")
    await desk.work()
    news = await _news(desk)
    action = "action_affirmed" if intent == "affirm" else "action_selected"
    follow = await desk.ask(action, intent, "ja" if intent == "affirm" else "mastercard")
    told = await desk.form(PAY_FORM, intent, is_answer=False)

    assert news.says[0].response == "utter_pay_declined"
    assert follow.follow == PAY_FORM
    assert desk.slots[PAY_INVOICES] == [1042, 1051]
    assert told.last.response in {"utter_pay_ask_card", "utter_pay_summary_card_many"}


async def test_the_same_news_is_told_once(desk: Desk) -> None:
    await desk.form(PAY_FORM, "pay_invoices", "betala ettan och tvåan med visa")
    await desk.form(PAY_FORM, "affirm", "ja")
    await desk.work()
    first = await _news(desk)
    second = await _news(desk)

    assert [one.response for one in first.says] == ["utter_pay_done"]
    assert desk.slots[NEWS_TOLD]
    assert second == Reply()


async def _news(desk: Desk) -> Reply:
    latest = await desk.services.payments.latest(7)
    assert latest is not None
    return await desk.ask("action_payment_news", "payment_news", entities={ORDER: latest.order_id})


def _declined(count: int) -> list[Exception]:
    return [Declined("CapturePayment", id=n) for n in range(count)]


@pytest.mark.parametrize(
    ("text", "response"),
    [
        ("vilka fakturor har jag betalt?", "utter_invoices_paid"),
        ("visa mina betalda fakturor", "utter_invoices_paid"),
        ("vad har jag betalat i år", "utter_invoices_paid"),
        ("vilka har jag inte betalat", "utter_invoices_overdue_one"),
        ("vilka fakturor är obetalda", "utter_invoices_overdue_one"),
    ],
)
async def test_paid_invoices_are_listed_when_those_are_asked_for(
    with_paid: Desk, text: str, response: str
) -> None:
    told = await with_paid.ask("action_list_invoices", "list_invoices", text)

    assert [one.response for one in told.says] == [response]
