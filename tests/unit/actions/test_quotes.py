"""Quotes: listed, shown with their terms, and accepted by a yes to the one that was shown."""

from __future__ import annotations

from datetime import date

import pytest

from actions.following import step
from actions.names import QUOTE_FORM, QUOTE_ID, SELECT_NEXT, TOPIC
from actions.reply import say
from billing.model import QuoteStage
from tests.unit.actions.desk import Desk


@pytest.fixture
def open_quotes(desk: Desk) -> Desk:
    """Two that can be accepted, one too old and one accepted before."""
    add = desk.billing.add_quote
    add(7, "20000.00", id=17, subject="Ny webbplats", valid_until=date(2026, 12, 31))
    add(7, "4500.00", id=18, subject="Serverflytt", valid_until=date(2026, 12, 15))
    add(7, "100.00", id=19, subject="Gammal", valid_until=date(2026, 10, 1))
    add(7, "100.00", id=21, subject="Klar", stage=QuoteStage.ACCEPTED)
    return desk


def _accepted(desk: Desk) -> set[int]:
    return {q.id for _, q in desk.billing._quotes.values() if q.stage is QuoteStage.ACCEPTED} - {21}


async def test_a_place_on_the_list_of_quotes_is_a_quote_and_no_invoice(open_quotes: Desk) -> None:
    listed = await open_quotes.ask("action_list_quotes", "list_quotes")
    first = int(listed.says[0].content["quotes"][0]["id"])
    chosen = await open_quotes.ask("action_selected", "select_invoices", "den första")
    shown = await open_quotes.form(QUOTE_FORM, "select_invoices", "den första")

    assert listed.slots[SELECT_NEXT] == step(QUOTE_FORM)
    assert chosen.follow == QUOTE_FORM
    assert (shown.responses, open_quotes.slots[QUOTE_ID]) == (["utter_quote_confirm"], first)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [("godkänn offert 18", 18), ("godkänn serverflytten", 18), ("den på 20 000 kr", 17)],
)
async def test_a_quote_is_named_by_number_subject_or_price(
    open_quotes: Desk, text: str, wanted: int
) -> None:
    told = await open_quotes.form(QUOTE_FORM, "accept_quote", text)

    assert told.responses == ["utter_quote_confirm"]
    assert open_quotes.slots[QUOTE_ID] == wanted


@pytest.mark.parametrize(
    ("text", "response"),
    [
        ("godkänn offert 99", "utter_quote_unknown"),
        ("godkänn offert 19", "utter_quote_not_open"),
        ("godkänn offert 21", "utter_quote_already"),
    ],
)
async def test_a_quote_that_cannot_be_accepted_is_said_and_never_replaced_by_another(
    open_quotes: Desk, text: str, response: str
) -> None:
    at_once = await open_quotes.form(QUOTE_FORM, "accept_quote", text)
    await open_quotes.form(QUOTE_FORM, "accept_quote", "godkänn offert 17")
    instead = await open_quotes.form(QUOTE_FORM, "accept_quote", text)

    assert at_once.responses == [response]
    assert instead.responses == [response, "utter_quote_confirm"]
    assert _accepted(open_quotes) == set()


@pytest.mark.parametrize(
    ("intent", "text", "sure"),
    [
        ("affirm", "njaa", 0.5),
        ("accept_quote", "jag godkänner inte", 0.95),
        ("affirm", "ja men inte nu", 0.95),
    ],
)
async def test_what_is_no_clear_yes_accepts_nothing(
    open_quotes: Desk, intent: str, text: str, sure: float
) -> None:
    await open_quotes.form(QUOTE_FORM, "accept_quote", "godkänn offert 17")

    told = await open_quotes.form(QUOTE_FORM, intent, text, confidence=sure)

    assert told.responses == ["utter_quote_was_that_yes"]
    assert _accepted(open_quotes) == set()


async def test_a_yes_that_is_half_an_acceptance_counts_as_one(open_quotes: Desk) -> None:
    await open_quotes.form(QUOTE_FORM, "accept_quote", "godkänn offert 17")
    ranking = (("affirm", 0.62), ("accept_quote", 0.36))

    told = await open_quotes.form(
        QUOTE_FORM, "affirm", "ja jag godkänner", confidence=0.62, ranking=ranking
    )

    assert told.responses == ["utter_quote_done_invoice"]
    assert _accepted(open_quotes) == {17}
    assert open_quotes.slots[TOPIC] == [told.last.content["bind"]["invoice_ids"][0]]


async def test_a_yes_that_names_another_quote_shows_that_one_first(open_quotes: Desk) -> None:
    await open_quotes.form(QUOTE_FORM, "accept_quote", "godkänn offert 17")

    told = await open_quotes.form(QUOTE_FORM, "accept_quote", "nej godkänn 18")

    assert (told.responses, open_quotes.slots[QUOTE_ID]) == (["utter_quote_confirm"], 18)
    assert _accepted(open_quotes) == set()


async def test_quotes_are_taken_one_at_a_time(open_quotes: Desk) -> None:
    await open_quotes.form(QUOTE_FORM, "accept_quote", "jag vill godkänna")

    told = await open_quotes.form(QUOTE_FORM, "select_invoices", "båda")

    assert told.responses == ["utter_quote_one_at_a_time", "utter_quote_ask_which"]


async def test_a_question_about_the_quote_shows_it_again(open_quotes: Desk) -> None:
    await open_quotes.form(QUOTE_FORM, "accept_quote", "godkänn offert 17")

    told = await open_quotes.form(QUOTE_FORM, "show_invoice", "hur länge gäller den?")

    assert told.responses == ["utter_quote_confirm"]


async def test_a_no_leaves_the_quote(open_quotes: Desk) -> None:
    await open_quotes.form(QUOTE_FORM, "accept_quote", "godkänn offert 17")

    told = await open_quotes.form(QUOTE_FORM, "deny", "nej")

    assert told.says == (say("utter_quote_left"),)
    assert _accepted(open_quotes) == set()
