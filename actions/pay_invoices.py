"""Paying invoices: which, with which card, and a yes to exactly what was shown.

The form asks for invoices, then a card, then a confirmation. An answer may also change an earlier
one ("ta visakortet i stället"). Nothing is charged here: a confirmed order is handed to the payment
worker (`billing.payments`), whose news come back as turns of their own (`actions.pay_outcome`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, ClassVar

from actions.base import OFFERED, QUIET, FormTask, is_yes_to_something_else
from actions.following import same_again
from actions.names import (
    CARD_ID,
    CONFIRMATION,
    INVOICE_IDS,
    LOGIN_FORM,
    LOGIN_NEXT,
    PAY_CARD,
    PAY_CONFIRMATION,
    PAY_FORM,
    PAY_INVOICES,
    PAY_SUMMARY,
    PROBLEM,
    REQUESTED_SLOT,
    SELECT_NEXT,
    SHOWN_CARDS,
    SHOWN_INVOICES,
)
from actions.pay_reading import (
    CREDIT,
    SURE,
    changed,
    chooses_all_the_same,
    is_missing,
    read_answer,
    read_wider,
)
from actions.pay_start import read_start
from actions.pay_summary import link, page_for, page_slots, summary
from actions.payable import SHOW_ALL, Payable, payable_invoices
from actions.reading import asks, is_certain_yes
from actions.reply import Reply, Say, say
from actions.services import Services
from actions.shown import shown_cards, shown_invoices
from actions.turn import Turn
from billing.payments.model import AlreadyUsed, Changed, Confirmed, Expired, Unknown
from kvitt.identity import Session

CHANGE_INVOICES = "change_invoices"
CHANGE_CARD = "change_card"
PAY_WITH_CREDIT = "pay_with_credit"
PAY_ON_PAGE = "pay_on_page"
CHANGE = "change"
"""Value of `offered`: to change what was shown."""


class ValidatePayForm(FormTask):
    NAME: ClassVar[str] = "validate_pay_form"
    FORM: ClassVar[str | None] = PAY_FORM
    BEGUN_BY: ClassVar[frozenset[str]] = frozenset({"pay_invoices"})

    async def begin(self, turn: Turn, services: Services) -> Reply:
        session = await services.sessions.current(turn.conversation_id, now=turn.now)
        if session is None:
            return log_in_first(turn)
        if not session.may("invoices"):
            return Reply(says=(say("utter_permission_missing"),), leave_form=True)
        payable = await payable_invoices(session, turn, services)
        if not payable.shown:
            return _nothing_to_pay(payable)
        slots = await self._first_slots(session, payable, turn, services)
        return Reply(says=_noted_card(slots, turn, services), slots=slots)

    async def _first_slots(
        self, session: Session, payable: Payable, turn: Turn, services: Services
    ) -> dict[str, Any]:
        cards = await services.billing.cards(session.client_id)
        usable = [card for card in cards if not card.is_expired(turn.today)]
        listed, saved = shown_invoices(payable.shown), shown_cards(usable)
        first = read_start(turn, listed, saved)
        if first.is_missing:
            every = shown_invoices(payable.invoices)
            wider = read_start(turn, every, saved)
            listed, first = (every, wider) if wider.invoice_ids else (listed, first)
        card = CREDIT if turn.intent == PAY_WITH_CREDIT else first.card
        return {
            SHOWN_INVOICES: listed,
            SHOWN_CARDS: saved,
            PAY_INVOICES: list(first.invoice_ids) or None,
            PAY_CARD: card,
            PAY_CONFIRMATION: None,
            PAY_SUMMARY: None,
            SELECT_NEXT: None,
            PROBLEM: first.problem,
        }

    async def answer(self, turn: Turn, services: Services) -> Reply:
        if turn.intent == "cancel":
            return await _leave(turn, services)
        session = await services.sessions.current(turn.conversation_id, now=turn.now)
        if session is None:
            return log_in_first(turn)
        if turn.intent == SHOW_ALL:
            return await self.begin(turn, services)
        if turn.intent == PAY_ON_PAGE:
            return await _pay_on_page(turn, services)
        if turn.intent in STEPS:
            return STEPS[turn.intent](turn)
        by_credit = await _read_credit(session, turn, services)
        if by_credit:
            return by_credit
        reply = await self._widened(read_answer(turn), session, turn, services)
        if turn.requested == PAY_CONFIRMATION and reply.not_mine:
            return await self._read_confirmation(session, turn, services)
        if reply.not_mine and turn.intent == "deny":
            return await _leave(turn, services)
        return replace(reply, says=(*reply.says, *_noted_card(reply.slots, turn, services)))

    async def _widened(
        self, reply: Reply, session: Session, turn: Turn, services: Services
    ) -> Reply:
        """What is not on the list may be among those that are not overdue yet."""
        if not is_missing(reply.slots.get(PROBLEM)):
            return reply
        payable = await payable_invoices(session, turn, services)
        return read_wider(turn, shown_invoices(payable.invoices)) or reply

    async def _read_confirmation(self, session: Session, turn: Turn, services: Services) -> Reply:
        if turn.intent == "deny":
            problem = {"reason": QUIET, OFFERED: CHANGE}
            slots = {REQUESTED_SLOT: PAY_CONFIRMATION, PROBLEM: problem}
            return Reply(says=(say("utter_pay_what_to_change"),), slots=slots)
        is_tapped = bool(turn.entities.get(CONFIRMATION))
        if not is_tapped and is_yes_to_something_else(turn):
            return Reply(slots={REQUESTED_SLOT: PAY_CONFIRMATION, PROBLEM: None})
        is_to_change = (turn.slot(PROBLEM) or {}).get(OFFERED) == CHANGE
        if turn.intent == "affirm" and is_to_change and not is_tapped:
            return _choose_invoices_again(turn)
        if turn.intent == "affirm" and not (
            turn.slot(PAY_SUMMARY) or turn.entities.get(CONFIRMATION)
        ):
            return Reply(slots={REQUESTED_SLOT: PAY_CONFIRMATION, PROBLEM: None})
        if turn.intent == "affirm" and not is_certain_yes(turn.values, turn.confidence):
            slots = {REQUESTED_SLOT: PAY_CONFIRMATION, PROBLEM: {"reason": QUIET}}
            return Reply(says=(say("utter_pay_was_that_yes"),), slots=slots)
        if turn.intent == "affirm":
            return await _confirm(session, turn, services)
        if turn.intent == "add_card":
            return _choose_card_again(turn)
        return Reply(not_mine=True)


def log_in_first(turn: Turn) -> Reply:
    """Log in, then come back with what was said or chosen."""
    chosen: dict[str, Any] = {}
    if turn.requested and turn.slot(PAY_CARD) == CREDIT:
        turn = replace(turn, intent=PAY_WITH_CREDIT)
    if turn.requested and turn.slot(PAY_INVOICES) and not turn.ids(INVOICE_IDS):
        chosen[INVOICE_IDS] = turn.slot(PAY_INVOICES)
    if turn.requested and turn.slot(PAY_CARD) and not turn.ids(CARD_ID):
        chosen[CARD_ID] = turn.slot(PAY_CARD)
    slots = {LOGIN_NEXT: same_again(PAY_FORM, turn, chosen)}
    return Reply(slots=slots, follow=LOGIN_FORM, leave_form=True)


def _nothing_to_pay(payable: Payable) -> Reply:
    if payable.being_paid:
        said = say("utter_invoices_being_paid", count=payable.being_paid)
    else:
        said = say("utter_invoices_none")
    return Reply(says=(said,), leave_form=True)


def _noted_card(slots: Mapping[str, Any], turn: Turn, services: Services) -> tuple[Say, ...]:
    """That a card was heard, where the question for invoices comes next all the same."""
    chosen, is_open = slots.get(PAY_CARD), not (slots.get(PAY_INVOICES) or turn.slot(PAY_INVOICES))
    listed = slots.get(SHOWN_CARDS) or turn.slot(SHOWN_CARDS) or ()
    card = next((row for row in listed if str(row["id"]) == chosen), None)
    if card is None or not is_open or turn.slot(PAY_CARD) == chosen or len(listed) == 1:
        return ()
    words = services.words
    name = words.part("card", brand=card["brand"], last_four=card["last_four"])
    return (say("utter_pay_card_noted", card=name),)


async def _read_credit(session: Session, turn: Turn, services: Services) -> Reply | None:
    """Credit instead of a card: offered where it is asked about, taken where it is wanted."""
    is_offered = (turn.slot(PROBLEM) or {}).get(OFFERED) == CREDIT
    if turn.intent == PAY_WITH_CREDIT or (is_offered and turn.intent == "affirm"):
        return changed({PAY_CARD: CREDIT}, turn)
    if is_offered and turn.intent == "deny":
        return Reply(slots={PROBLEM: None, REQUESTED_SLOT: turn.requested})
    if turn.intent != "use_credit" or turn.slot(PAY_CARD) == CREDIT:
        return None
    if turn.confidence < SURE or chooses_all_the_same(turn):
        return None
    customer = await services.billing.customer(session.client_id)
    if not customer.credit:
        return None
    if not asks(turn.values):
        return changed({PAY_CARD: CREDIT}, turn)
    offer = say("utter_pay_offer_credit", credit=services.words.money(customer.credit))
    slots = {PROBLEM: {"reason": QUIET, OFFERED: CREDIT}, REQUESTED_SLOT: turn.requested}
    return Reply(says=(offer,), slots=slots)


async def _leave(turn: Turn, services: Services) -> Reply:
    """Stop, and make sure that a yes said later means nothing."""
    shown = turn.slot(PAY_SUMMARY)
    if shown:
        await services.payments.cancel_confirmation(
            str(shown), conversation_id=turn.conversation_id
        )
    return Reply(says=(say("utter_pay_cancelled"),), leave_form=True)


async def _pay_on_page(turn: Turn, services: Services) -> Reply:
    """One single charge, on the billing system's own page, instead of several here."""
    left = await _leave(turn, services)
    page = page_for(turn.slot(PAY_INVOICES) or ())
    said = say("utter_pay_on_page", link(page, services.words))
    return replace(left, says=(said,), slots=page_slots(page))


def _choose_invoices_again(_turn: Turn) -> Reply:
    return Reply(slots={PAY_INVOICES: None, REQUESTED_SLOT: PAY_INVOICES})


def _choose_card_again(_turn: Turn) -> Reply:
    return Reply(slots={PAY_CARD: None, REQUESTED_SLOT: PAY_CARD})


def _step_back(turn: Turn) -> Reply:
    if turn.requested == PAY_CONFIRMATION and turn.slot(PAY_CARD) != CREDIT:
        return _choose_card_again(turn)
    return _choose_invoices_again(turn)


STEPS: Mapping[str, Callable[[Turn], Reply]] = {
    CHANGE_INVOICES: _choose_invoices_again,
    CHANGE_CARD: _choose_card_again,
    "go_back": _step_back,
}


async def _confirm(session: Session, turn: Turn, services: Services) -> Reply:
    """Say yes to the summary that was shown: the tapped one, or the one on the table."""
    if not session.is_fresh_for_payment(turn.now):
        await services.sessions.end(turn.conversation_id, now=turn.now)
        again = log_in_first(turn)
        return Reply(
            says=(say("utter_pay_log_in_again"),),
            slots=again.slots,
            follow=again.follow,
            leave_form=True,
        )
    wanted = turn.entities.get(CONFIRMATION) or turn.slot(PAY_SUMMARY)
    result = await services.payments.confirm(
        str(wanted),
        conversation_id=turn.conversation_id,
        client_id=session.client_id,
        now=turn.now,
    )
    return _confirmed(result, turn, services)


def _confirmed(result: object, turn: Turn, services: Services) -> Reply:
    match result:
        case Confirmed(order_id=order):
            started = {"type": "progress", "order": order, "done": 0}
            said: tuple[Say, ...] = (say("utter_pay_started", started),)
            return Reply(says=said, slots={PAY_SUMMARY: None}, leave_form=True)
        case AlreadyUsed():
            return Reply(says=(say("utter_pay_already_confirmed"),), leave_form=True)
        case Changed(prepared=prepared):
            return summary(prepared, turn, services, before="utter_pay_changed")
        case Expired(prepared=prepared):
            return summary(prepared, turn, services, before="utter_pay_expired")
        case Unknown():
            return Reply(says=(say("utter_choice_too_old"),), slots={PAY_CONFIRMATION: None})
        case _:
            raise TypeError(f"unexpected answer to a confirmation: {type(result).__name__}")
