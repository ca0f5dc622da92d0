"""Decide what has become of a capture, from what was answered and what is read now. Pure.

The rules, and why:
- Paid is paid. It is called ours if the charge was answered with success, or unanswered and money
  came in on the invoice; otherwise only "paid".
- Still unpaid proves something only when the charge was answered: the request can then not be
  under way any more. Without an answer it may arrive late, or have been charged and not recorded;
  then nothing is concluded, and after a day a person looks.
- "Payment Pending" is neither paid nor refused.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from billing.model import Invoice, InvoiceStatus, Transaction
from billing.payments.model import Capture, Plan, Reason, Reply, State, settled

CHECK_AFTER = (
    timedelta(seconds=10),
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(hours=1),
    timedelta(days=1),
)
"""When an open outcome is looked for, counted from the charge; then daily."""
TICKET_AFTER = timedelta(days=1)
START_WITHIN = timedelta(minutes=15)
"""A yes is good for so long: nobody expects a charge hours later."""
DEFAULT_CARD_PAUSE = timedelta(minutes=5)
"""How long an unanswered charge may still be picking its card."""
CLOCKS_APART = timedelta(minutes=5)
"""How far the billing system's clock may be from ours."""
LONGEST_PAUSE = timedelta(seconds=30)
"""Between two tries to reach the billing system."""
_BY_REPLY = {
    Reply.DECLINED: (State.DECLINED, None),
    Reply.NEEDS_AUTHENTICATION: (State.NEEDS_AUTHENTICATION, None),
    Reply.REFUSED: (State.NOT_CHARGED, Reason.NOT_PAYABLE),
}


def before_sending(capture: Capture, invoice: Invoice, now: datetime) -> Capture | None:
    """The end of a capture that must not be sent; None: it may."""
    if invoice.status is InvoiceStatus.PAID:
        return settled(capture, State.PAID_ELSEWHERE, now)
    reason = _why_not(capture, invoice)
    return settled(capture, State.NOT_CHARGED, now, reason) if reason else None


def _why_not(capture: Capture, invoice: Invoice) -> Reason | None:
    if invoice.status is InvoiceStatus.PAYMENT_PENDING:
        return Reason.PENDING_ELSEWHERE
    if not invoice.is_payable():
        return Reason.NOT_PAYABLE
    is_same_balance = invoice.balance.minor == capture.balance_minor
    is_same_card = invoice.card_id == _expected_card(capture) or capture.plan is Plan.CREDIT
    is_same_credit = invoice.credit_applied.minor == capture.credit_before_minor
    return None if is_same_balance and is_same_card and is_same_credit else Reason.CHANGED


def _expected_card(capture: Capture) -> int | None:
    return capture.card_id if capture.plan is Plan.CAPTURE else None


def is_stale(capture: Capture, now: datetime) -> bool:
    """Whether the yes is too old to be acted on."""
    return now - capture.planned_at > START_WITHIN


def conclude(
    capture: Capture, invoice: Invoice, transactions: Sequence[Transaction], now: datetime
) -> Capture:
    """The capture as it stands after this reading: settled, pending, or as open as before."""
    state, reason = _state(capture, invoice, transactions)
    drawn = _drawn(capture, transactions) if state is State.SUCCEEDED else capture.amount_minor
    if state is State.PENDING:
        return look_again(replace(capture, state=State.PENDING), now)
    if state is None:
        return look_again(_unknown(capture), now)
    return settled(replace(capture, amount_minor=drawn), state, now, reason)


def _unknown(capture: Capture) -> Capture:
    kept = capture.state is State.PENDING
    return capture if kept else replace(capture, state=State.UNKNOWN)


def _state(
    capture: Capture, invoice: Invoice, transactions: Sequence[Transaction]
) -> tuple[State | None, Reason | None]:
    if capture.plan is Plan.CREDIT:
        return _credit_state(capture, invoice)
    match invoice.status:
        case InvoiceStatus.PAID:
            return _paid(capture, transactions), None
        case InvoiceStatus.PAYMENT_PENDING if capture.reply is not None:
            return State.PENDING, None
        case InvoiceStatus.PAYMENT_PENDING:
            return None, None
        case InvoiceStatus.UNPAID if _is_booked(capture, transactions):
            return State.PART_PAID, None
        case InvoiceStatus.UNPAID if _was_pending(capture):
            return State.DECLINED, None
    return _BY_REPLY.get(capture.reply, (None, None)) if capture.reply else (None, None)


def _is_booked(capture: Capture, transactions: Sequence[Transaction]) -> bool:
    """Whether what was confirmed has come in since, while the invoice has grown."""
    since = (capture.sent_at or capture.planned_at) - CLOCKS_APART
    amounts = [one.amount_in for one in transactions if one.date >= since]
    return capture.reply is Reply.SUCCESS and capture.amount.amount in amounts


def _was_pending(capture: Capture) -> bool:
    """Whether our charge was accepted as pending, so that unpaid now means refused by the bank."""
    return capture.state is State.PENDING and capture.reply is Reply.SUCCESS


def _paid(capture: Capture, transactions: Sequence[Transaction]) -> State:
    has_money_come_in = any(one.amount_in > 0 for one in transactions)
    is_ours = capture.reply is Reply.SUCCESS or (capture.reply is None and has_money_come_in)
    return State.SUCCEEDED if is_ours else State.PAID_ELSEWHERE


def _drawn(capture: Capture, transactions: Sequence[Transaction]) -> int:
    """What the charge came to. A late fee may have been added in the moment before it."""
    incoming = [int(one.amount_in * 100) for one in transactions if one.amount_in > 0]
    if not incoming or capture.amount_minor in incoming or capture.plan is Plan.CREDIT:
        return capture.amount_minor
    return incoming[-1]


def _credit_state(capture: Capture, invoice: Invoice) -> tuple[State | None, Reason | None]:
    """Credit is booked at once: what has been applied to the invoice tells."""
    applied = invoice.credit_applied.minor - capture.credit_before_minor
    if applied >= capture.amount_minor:
        is_paid = invoice.status is InvoiceStatus.PAID
        return State.SUCCEEDED if is_paid else State.PART_PAID, None
    if capture.reply in (Reply.REFUSED, Reply.DECLINED):
        return State.NOT_CHARGED, Reason.CHANGED
    if invoice.status is InvoiceStatus.PAID:
        return State.PAID_ELSEWHERE, None
    return None, None


def look_again(capture: Capture, now: datetime) -> Capture:
    """The same with its next reading scheduled, counted from the charge."""
    since = capture.sent_at or now
    wait = CHECK_AFTER[capture.checks] if capture.checks < len(CHECK_AFTER) else None
    due = since + wait if wait else now + CHECK_AFTER[-1]
    return replace(capture, checks=capture.checks + 1, due_at=max(due, now + CHECK_AFTER[0]))


def needs_person(capture: Capture, now: datetime) -> bool:
    """Whether it has been open for so long, and looked for so often, that a person must look."""
    age = now - (capture.sent_at or now)
    return capture.ticket is None and age >= TICKET_AFTER and capture.checks >= len(CHECK_AFTER)


def try_later(capture: Capture, now: datetime) -> Capture:
    """Certainly not carried out: planned as before, a little later each time."""
    pause = min(timedelta(seconds=2**capture.tries), LONGEST_PAUSE)
    tries = min(capture.tries + 1, 16)
    return replace(capture, state=State.PLANNED, sent_at=None, tries=tries, due_at=now + pause)


def wait_for_default_card(
    capture: Capture, others: Sequence[Capture], now: datetime
) -> datetime | None:
    """Until when the default card must stay, since an unanswered charge may yet use it."""
    if capture.plan is not Plan.MAKE_DEFAULT:
        return None
    ends = [
        other.sent_at + DEFAULT_CARD_PAUSE
        for other in others
        if other.state is State.UNKNOWN
        and other.sent_at
        and other.plan is Plan.MAKE_DEFAULT
        and other.card_id != capture.card_id
    ]
    return max((end for end in ends if end > now), default=None)
