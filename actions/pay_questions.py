"""The questions of a payment: which invoices, which card, and is this right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from actions.base import QUIET, CustomerTask
from actions.names import (
    PAY_CARD,
    PAY_INVOICES,
    PROBLEM,
    SHOWN_CARDS,
    SHOWN_INVOICES,
)
from actions.pay_invoices import payable_invoices
from actions.pay_reading import CREDIT, NEW_CARD
from actions.pay_summary import link, page_for, page_slots, summary
from actions.reply import Reply, Say, say
from actions.services import Services
from actions.shown import (
    card_lines,
    cards_content,
    invoice_lines,
    invoices_content,
    shown_cards,
    shown_invoices,
    totals,
)
from actions.turn import Turn
from billing.model import Card
from billing.payments.model import Method
from kvitt.identity import Session


class AskPayInvoices(CustomerTask):
    NAME: ClassVar[str] = "action_ask_pay_invoices"

    async def reply_to(self, session: Session, turn: Turn, services: Services) -> Reply:
        problem = turn.slot(PROBLEM) or {}
        if problem.get("reason") == QUIET:
            return Reply(slots={PROBLEM: None})
        payable = await payable_invoices(session, turn, services)
        if not payable.shown:
            return Reply(says=(say("utter_invoices_none"),), leave_form=True)
        shown, words = payable.shown, services.words
        content = invoices_content(
            shown,
            turn.today,
            words,
            select="select_invoices",
            selected=turn.slot(PAY_INVOICES) or (),
        )
        hidden = len(payable.invoices) - len(shown)
        if problem.get("reason"):
            said = _asked_back(problem, content, services)
        else:
            name = "utter_pay_ask_invoices_more" if hidden else "utter_pay_ask_invoices"
            said = say(
                name,
                content,
                count=len(shown),
                more=hidden,
                invoices=invoice_lines(shown, turn.today, words),
                total=totals(shown, words),
            )
        return Reply(says=(said,), slots={PROBLEM: None, SHOWN_INVOICES: shown_invoices(shown)})


def _asked_back(problem: Mapping[str, Any], content: Mapping[str, Any], services: Services) -> Say:
    """Why it is asked again, with the invoices that it may be about."""
    words = services.words
    candidates = set(problem.get("candidates") or ())
    named = [row for row in content["invoices"] if not candidates or row["id"] in candidates]
    name = f"utter_pay_unclear_invoices_{problem['reason']}"
    if not words.has(name):
        name = "utter_pay_unclear_invoices"
    params = {k: str(v) for k, v in problem.items() if k not in {"reason", "candidates"}}
    asked_for = words.all_of_or(
        words.part("invoice_short", number=row["number"], amount=row["amount_text"])
        for row in named
    )
    return say(name, content, **{"candidates": asked_for, **params})


class AskPayCard(CustomerTask):
    NAME: ClassVar[str] = "action_ask_pay_card"

    async def reply_to(self, session: Session, turn: Turn, services: Services) -> Reply:
        problem = turn.slot(PROBLEM) or {}
        if problem.get("reason") == QUIET:
            return Reply(slots={PROBLEM: None})
        cards = await services.billing.cards(session.client_id)
        usable = [card for card in cards if not card.is_expired(turn.today)]
        if not usable:
            return _pay_on_page("utter_pay_no_card", turn, services)
        return Reply(
            says=(_ask_card(cards, problem, turn, services),),
            slots={PROBLEM: None, SHOWN_CARDS: shown_cards(usable)},
        )


def _ask_card(
    cards: Sequence[Card], problem: Mapping[str, Any], turn: Turn, services: Services
) -> Say:
    words = services.words
    usable = [card for card in cards if not card.is_expired(turn.today)]
    content = cards_content(usable, turn.today, words, select="choose_card")
    lines = card_lines(usable, turn.today, words)
    if not problem.get("reason"):
        return say("utter_pay_ask_card", content, cards=lines)
    candidates = set(problem.get("candidates") or ())
    named = [card for card in usable if not candidates or card.id in candidates]
    asked_for = words.all_of_or(words.card(card) for card in named)
    return say("utter_pay_unclear_card", content, candidates=asked_for, cards=lines)


def _pay_on_page(response: str, turn: Turn, services: Services) -> Reply:
    """The way on for a card that is not saved: the billing system's own page."""
    page = page_for(turn.slot(PAY_INVOICES) or ())
    said = say(response, link(page, services.words))
    return Reply(says=(said,), slots=page_slots(page), leave_form=True)


class AskPayConfirmation(CustomerTask):
    NAME: ClassVar[str] = "action_ask_pay_confirmation"

    async def reply_to(self, session: Session, turn: Turn, services: Services) -> Reply:
        if (turn.slot(PROBLEM) or {}).get("reason") == QUIET:
            return Reply(slots={PROBLEM: None})
        card = turn.slot(PAY_CARD)
        if card == NEW_CARD:
            return _pay_on_page("utter_pay_new_card", turn, services)
        prepared = await services.payments.prepare(
            conversation_id=turn.conversation_id,
            client_id=session.client_id,
            invoice_ids=[int(i) for i in turn.slot(PAY_INVOICES) or ()],
            card_id=None if card == CREDIT else int(card),
            method=Method.CREDIT if card == CREDIT else Method.CARD,
            today=turn.today,
            now=turn.now,
        )
        return summary(prepared, turn, services)
