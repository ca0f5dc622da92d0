"""What may truthfully be said of an order, invoice by invoice. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from billing.model import Money
from billing.payments.model import Capture, Hosted, Method, Order, Reason, State
from billing.payments.plan import page
from billing.payments.store import Booked


class Status(StrEnum):
    """What the customer is told of one invoice."""

    PAID = "paid"
    PART_PAID = "part_paid"
    """Our payment is booked, and something is left to pay."""
    DECLINED = "declined"
    """Nothing was drawn. The bank may want an authentication: the hosted page is the way on."""
    NEEDS_AUTHENTICATION = "needs_authentication"
    NOT_CHARGED = "not_charged"
    """Nothing was drawn, and nothing was tried; `reason` says why."""
    CHECKING = "checking"
    """Nobody knows yet: never "failed", never "paid", never "try again"."""
    WAITING = "waiting"
    """Its turn has not come, or it is being charged this moment."""


_STATUS = {
    State.PLANNED: Status.WAITING,
    State.SENT: Status.WAITING,
    State.UNKNOWN: Status.CHECKING,
    State.PENDING: Status.CHECKING,
    State.SUCCEEDED: Status.PAID,
    State.PART_PAID: Status.PART_PAID,
    State.PAID_ELSEWHERE: Status.PAID,
    State.DECLINED: Status.DECLINED,
    State.NEEDS_AUTHENTICATION: Status.NEEDS_AUTHENTICATION,
    State.NOT_CHARGED: Status.NOT_CHARGED,
}
_PAID = frozenset({State.SUCCEEDED, State.PART_PAID})
_HAS_WAY_ON = frozenset({Status.DECLINED, Status.NEEDS_AUTHENTICATION})


@dataclass(frozen=True, slots=True, kw_only=True)
class LineReport:
    invoice_id: int
    number: str
    description: str
    amount: Money
    """What was drawn; before that, and where nothing was, what was confirmed."""
    status: Status
    is_elsewhere: bool
    """Somebody else paid it. Where a reply was lost nobody can know for certain who did, so in any
    case say that the invoice is paid, not that we drew the money."""
    reason: Reason | None
    hosted: Hosted | None
    """The page where the customer can go on, where the card was refused."""
    ticket: str | None
    """A person has been asked to look at it."""
    settled_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderReport:
    order_id: str
    conversation_id: str
    client_id: int
    method: Method
    card_id: int | None
    card_brand: str
    card_last_four: str
    lines: tuple[LineReport, ...]
    done: int
    """Invoices with an outcome, of `total`."""
    total: int
    amount: Money
    """All that was confirmed."""
    paid: Money
    """Paid on the invoices of this order, those aside that were paid elsewhere."""
    confirmed_at: datetime
    is_running: bool
    """Something is still waiting for its turn."""
    is_final: bool
    """Every invoice has its outcome; nothing will change any more."""


def report(booked: Booked) -> OrderReport:
    """The report of this order as the journal has it now."""
    order = booked.order
    lines = tuple(_line(capture) for capture in booked.captures)
    paid = (capture.amount for capture in booked.captures if capture.state in _PAID)
    return OrderReport(
        order_id=order.id,
        conversation_id=order.conversation_id,
        client_id=order.client_id,
        method=order.method,
        card_id=order.card_id,
        card_brand=order.card_brand,
        card_last_four=order.card_last_four,
        lines=lines,
        done=sum(not capture.is_open for capture in booked.captures),
        total=len(lines),
        amount=_total(order),
        paid=Money.sum(paid, order.currency),
        confirmed_at=order.confirmed_at,
        is_running=any(line.status is Status.WAITING for line in lines),
        is_final=not any(capture.is_open for capture in booked.captures),
    )


def _total(order: Order) -> Money:
    return Money.from_minor(order.total_minor, order.currency)


def _has_way_on(capture: Capture, status: Status) -> bool:
    return status in _HAS_WAY_ON or capture.reason is Reason.CARD_NOT_SET


def _line(capture: Capture) -> LineReport:
    status = _STATUS[capture.state]
    return LineReport(
        invoice_id=capture.invoice_id,
        number=capture.number,
        description=capture.description,
        amount=capture.amount,
        status=status,
        is_elsewhere=capture.state is State.PAID_ELSEWHERE,
        reason=capture.reason,
        hosted=page([capture.invoice_id]) if _has_way_on(capture, status) else None,
        ticket=capture.ticket,
        settled_at=capture.settled_at,
    )
