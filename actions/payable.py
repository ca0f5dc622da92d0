"""What a customer could pay now, which part of it is shown, and why the rest is not."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from actions.names import INVOICE_IDS, OVERDUE, SCOPE, SHOWN_INVOICES
from actions.reply import Say, say
from actions.services import Services
from actions.turn import Turn
from billing.errors import NotFound
from billing.model import Invoice, InvoiceStatus
from billing.payments.model import ProblemKind
from kvitt.identity import Session

SHOW_ALL = "show_all_unpaid"
WHY_NOT = {
    InvoiceStatus.PAID: ProblemKind.ALREADY_PAID,
    InvoiceStatus.PAYMENT_PENDING: ProblemKind.PENDING_ELSEWHERE,
}


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
    is_of_overdue = turn.entities.get(SCOPE) == OVERDUE
    shown = tuple(i for i in payable if i in overdue or (i.id in listed and not is_of_overdue))
    return Payable(invoices=payable, shown=shown, being_paid=len(busy))


async def why_not(
    session: Session, services: Services, *, ids: Collection[int] = (), number: str = ""
) -> tuple[Say, ...]:
    """Why these invoices of the customer cannot be paid now; nothing for those that can."""
    found = await _named(session, services, ids, number)
    busy = await services.payments.being_paid(session.client_id)
    return tuple(
        say(f"utter_pay_problem_{_kind(one, busy).value}", number=one.number)
        for one in found
        if one.id in busy or not one.is_payable()
    )


async def _named(
    session: Session, services: Services, ids: Collection[int], number: str
) -> tuple[Invoice, ...]:
    if number:
        every = await services.billing.invoices(session.client_id)
        return tuple(one for one in every if one.number == number)
    found = []
    for invoice_id in ids:
        try:
            found.append(await services.billing.invoice(session.client_id, invoice_id))
        except NotFound:
            continue  # another customer's, or gone: nothing is said of it
    return tuple(found)


def _kind(invoice: Invoice, busy: Collection[int]) -> ProblemKind:
    if invoice.id in busy:
        return ProblemKind.BEING_PAID
    return WHY_NOT.get(invoice.status, ProblemKind.NOT_PAYABLE)
