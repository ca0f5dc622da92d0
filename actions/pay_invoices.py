"""Paying invoices: which, with which card, and a yes to exactly what was shown.

The form asks for invoices, then a card, then a confirmation. An answer may also change an earlier
one ("ta visakortet i stället"). Nothing is charged here: a confirmed order is handed to the payment
worker (`billing.payments`), whose news come back as turns of their own (`actions.pay_outcome`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from actions.base import QUIET, FormTask
from actions.names import (
    CONFIRMATION,
    INVOICE_IDS,
    LOGIN_FORM,
    LOGIN_NEXT,
    OVERDUE,
    PAY_CARD,
    PAY_CONFIRMATION,
    PAY_FORM,
    PAY_INVOICES,
    PAY_SUMMARY,
    PAY_VALUES,
    PROBLEM,
    REQUESTED_SLOT,
    SCOPE,
    SELECT_NEXT,
    SHOWN_CARDS,
    SHOWN_INVOICES,
)
from actions.pay_reading import CREDIT, read_answer, read_start
from actions.pay_summary import link, page_for, page_slots, summary
from actions.reading import is_certain_yes
from actions.reply import Reply, Say, say
from actions.services import Services
from actions.shown import shown_cards, shown_invoices
from actions.turn import Turn
from billing.model import Invoice, InvoiceStatus
from billing.payments.model import AlreadyUsed, Changed, Confirmed, Expired, Unknown
from kvitt.identity import Session

CHANGE_INVOICES = "change_invoices"
CHANGE_CARD = "change_card"
SHOW_ALL = "show_all_unpaid"
PAY_WITH_CREDIT = "pay_with_credit"
PAY_ON_PAGE = "pay_on_page"


@dataclass(frozen=True, slots=True, kw_only=True)
class Payable:
    """What a customer could pay now, and which part of it is shown."""

    invoices: tuple[Invoice, ...]
    shown: tuple[Invoice, ...]
    being_paid: int


async def payable_invoices(session: Session, turn: Turn, services: Services) -> Payable:
    """Overdue invoices; all unpaid ones where none is overdue, or where more were asked for."""
    unpaid = await services.billing.invoices(session.client_id, InvoiceStatus.UNPAID)
    busy = await services.payments.being_paid(session.client_id)
    payable = tuple(i for i in unpaid if i.is_payable() and i.id not in busy)
    overdue = tuple(i for i in payable if i.is_overdue(turn.today))
    tapped = frozenset(turn.ids(INVOICE_IDS))
    listed = frozenset(row["id"] for row in turn.slot(SHOWN_INVOICES) or ())
    wants_all = turn.intent == SHOW_ALL or not overdue or tapped - {i.id for i in overdue}
    if wants_all:
        return Payable(invoices=payable, shown=payable, being_paid=len(busy))
    shown = tuple(i for i in payable if i in overdue or i.id in listed)
    return Payable(invoices=payable, shown=shown, being_paid=len(busy))


class ValidatePayForm(FormTask):
    NAME: ClassVar[str] = "validate_pay_form"
    FORM: ClassVar[str | None] = PAY_FORM
    BEGUN_BY: ClassVar[frozenset[str]] = frozenset({"pay_invoices"})

    async def begin(self, turn: Turn, services: Services) -> Reply:
        session = await services.sessions.current(turn.conversation_id, now=turn.now)
        if session is None:
            return _log_in_first(turn)
        if not session.may("invoices"):
            return Reply(says=(say("utter_permission_missing"),), leave_form=True)
        payable = await payable_invoices(session, turn, services)
        if not payable.shown:
            return _nothing_to_pay(payable)
        slots = await self._first_slots(session, payable, turn, services)
        return Reply(slots=slots)

    async def _first_slots(
        self, session: Session, payable: Payable, turn: Turn, services: Services
    ) -> dict[str, Any]:
        cards = await services.billing.cards(session.client_id)
        usable = [card for card in cards if not card.is_expired(turn.today)]
        listed, saved = shown_invoices(payable.shown), shown_cards(usable)
        kept = {} if turn.is_answer else dict(turn.slot(PAY_VALUES) or {})
        if turn.is_answer and turn.entities.get(SCOPE) == OVERDUE:
            kept = {"scope": OVERDUE}
        first = read_start(turn, kept, listed, saved)
        card = CREDIT if turn.intent == PAY_WITH_CREDIT else first.card
        return {
            SHOWN_INVOICES: listed,
            SHOWN_CARDS: saved,
            PAY_INVOICES: list(first.invoice_ids) or None,
            PAY_CARD: card,
            PAY_CONFIRMATION: None,
            PAY_SUMMARY: None,
            PAY_VALUES: None,
            SELECT_NEXT: None,
            PROBLEM: first.problem,
        }

    async def answer(self, turn: Turn, services: Services) -> Reply:
        session = await services.sessions.current(turn.conversation_id, now=turn.now)
        if session is None:
            return _log_in_first(turn)
        if turn.intent == SHOW_ALL:
            return await self.begin(turn, services)
        if turn.intent == "cancel":
            return await _leave(turn, services)
        if turn.intent == PAY_ON_PAGE:
            return await _pay_on_page(turn, services)
        if turn.intent in STEPS:
            return STEPS[turn.intent](turn)
        reply = read_answer(turn)
        if turn.requested == PAY_CONFIRMATION and reply.not_mine:
            return await self._read_confirmation(session, turn, services)
        if reply.not_mine and turn.intent == "deny":
            return await _leave(turn, services)
        return reply

    async def _read_confirmation(self, session: Session, turn: Turn, services: Services) -> Reply:
        if turn.intent == "deny":
            slots = {REQUESTED_SLOT: PAY_CONFIRMATION, PROBLEM: {"reason": QUIET}}
            return Reply(says=(say("utter_pay_what_to_change"),), slots=slots)
        if turn.intent == "affirm" and not is_certain_yes(turn.values, turn.confidence):
            slots = {REQUESTED_SLOT: PAY_CONFIRMATION, PROBLEM: {"reason": QUIET}}
            return Reply(says=(say("utter_pay_was_that_yes"),), slots=slots)
        if turn.intent == "affirm":
            return await _confirm(session, turn, services)
        return Reply(not_mine=True)


def _log_in_first(turn: Turn) -> Reply:
    """Log in, then come back with what was said or chosen."""
    kept: dict[str, Any] = {
        "values": turn.values,
        "scope": turn.entities.get(SCOPE),
        "invoice_ids": list(turn.ids(INVOICE_IDS)) or turn.slot(PAY_INVOICES),
        "card": turn.slot(PAY_CARD),
    }
    slots = {LOGIN_NEXT: PAY_FORM, PAY_VALUES: kept}
    return Reply(slots=slots, follow=LOGIN_FORM, leave_form=True)


def _nothing_to_pay(payable: Payable) -> Reply:
    if payable.being_paid:
        said = say("utter_invoices_being_paid", count=payable.being_paid)
    else:
        said = say("utter_invoices_none")
    return Reply(says=(said,), leave_form=True)


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
        again = _log_in_first(turn)
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
