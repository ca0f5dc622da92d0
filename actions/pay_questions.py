"""The questions of a payment: which invoices, which card, and is this right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar

from actions.base import Question
from actions.names import (
    PAY_CARD,
    PAY_FORM,
    PAY_INVOICES,
    PROBLEM,
    SHOWN_CARDS,
    SHOWN_INVOICES,
)
from actions.pay_invoices import log_in_first
from actions.pay_reading import CREDIT, GONE, NEW_CARD
from actions.pay_summary import link, page_for, page_slots, summary
from actions.payable import Payable, payable_invoices, why_not
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


class PayQuestion(Question):
    """A login in between keeps what was chosen."""

    ASKED_IN: ClassVar[str] = PAY_FORM

    def log_in_first(self, turn: Turn) -> Reply:
        return log_in_first(turn)


class AskPayInvoices(PayQuestion):
    NAME: ClassVar[str] = "action_ask_pay_invoices"

    async def reply_to(self, session: Session, turn: Turn, services: Services) -> Reply:
        problem = turn.slot(PROBLEM) or {}
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
        because = await _because(problem, session, services)
        if problem.get("reason") and not because:
            said = _asked_back(problem, payable, content, turn, words)
        else:
            said = say(
                _question(len(shown), hidden),
                content,
                count=len(shown),
                more=hidden,
                invoices=invoice_lines(shown, turn.today, words),
                total=totals(shown, words),
            )
        slots = {PROBLEM: None, SHOWN_INVOICES: shown_invoices(shown)}
        return Reply(says=(*because, said), slots=slots)


async def _because(
    problem: Mapping[str, Any], session: Session, services: Services
) -> tuple[Say, ...]:
    """Why what was named is not on the list, where it is an invoice of the customer's."""
    if problem.get("reason") == GONE:
        return await why_not(session, services, ids=problem.get("ids") or ())
    if problem.get("reason") == Reason.NO_SUCH_NUMBER:
        return await why_not(session, services, number=str(problem.get("number", "")))
    return ()


def _question(shown: int, hidden: int) -> str:
    if hidden:
        return "utter_pay_ask_invoices_more"
    return "utter_pay_ask_invoices_one" if shown == 1 else "utter_pay_ask_invoices"


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


class AskPayCard(PayQuestion):
    NAME: ClassVar[str] = "action_ask_pay_card"

    async def reply_to(self, session: Session, turn: Turn, services: Services) -> Reply:
        problem = turn.slot(PROBLEM) or {}
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


class AskPayConfirmation(PayQuestion):
    NAME: ClassVar[str] = "action_ask_pay_confirmation"

    async def reply_to(self, session: Session, turn: Turn, services: Services) -> Reply:
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
