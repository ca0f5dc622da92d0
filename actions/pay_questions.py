"""The questions of a payment: which invoices, which card, and is this right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar

from actions.base import QUIET, CustomerTask
from actions.names import (
    PAY_CARD,
    PAY_INVOICES,
    PROBLEM,
    SHOWN_CARDS,
    SHOWN_INVOICES,
)
from actions.pay_invoices import Payable, payable_invoices
from actions.pay_reading import CREDIT, NEW_CARD
from actions.pay_summary import link, page_for, page_slots, summary
from actions.reply import Reply, Say, say
from actions.selection import Reason
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
from actions.wording import Wording
from billing.model import Card, Money
from billing.payments.model import Method
from kvitt.identity import Session

MISSING = frozenset(
    {Reason.NO_SUCH_NUMBER, Reason.NO_SUCH_AMOUNT, Reason.NO_SUCH_POSITION, Reason.NO_MATCH}
)
"""What was meant may be among those that are not shown because they are not overdue."""


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
            said = _asked_back(problem, payable, content, turn, words)
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


def _asked_back(
    problem: Mapping[str, Any],
    payable: Payable,
    content: Mapping[str, Any],
    turn: Turn,
    words: Wording,
) -> Say:
    """Why it is asked again, with the invoices that it may be about."""
    currency = payable.shown[0].balance.currency
    ore = problem.get("ore")
    candidates = frozenset(problem.get("candidates") or ())
    said = say(
        _unclear("invoices", problem, words),
        content,
        invoices=invoice_lines(payable.shown, turn.today, words, only=candidates),
        number=problem.get("number", ""),
        amount=words.money(Money.from_minor(int(ore), currency)) if ore else "",
    )
    is_missing = problem["reason"] in MISSING and len(payable.shown) < len(payable.invoices)
    more = words.buttons("utter_pay_ask_invoices_more") if is_missing else ()
    return replace(said, buttons=tuple(more))


def _unclear(what: str, problem: Mapping[str, Any], words: Wording) -> str:
    """The response for this reason to ask; "which ones make up 500 kr" has one of its own."""
    sum_of = "_sum" if problem["reason"] == Reason.AMBIGUOUS and problem.get("ore") else ""
    name = f"utter_pay_unclear_{what}_{problem['reason']}{sum_of}"
    return name if words.has(name) else f"utter_pay_unclear_{what}_{Reason.NOT_UNDERSTOOD}"


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
    candidates = frozenset(problem.get("candidates") or ())
    return say(
        _unclear("card", problem, words),
        content,
        cards=card_lines(usable, turn.today, words, only=candidates),
        number=problem.get("number", ""),
    )


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
