"""Which invoices there are: overdue and to come, or the latest paid ones."""

from __future__ import annotations

from typing import Any, ClassVar

from actions.base import CustomerTask
from actions.following import step
from actions.names import INVOICE_IDS, OVERDUE, PAY_FORM, SCOPE, SELECT_NEXT, SHOWN_INVOICES, TOPIC
from actions.reading import asks_for_paid
from actions.reply import Reply, say
from actions.services import Services
from actions.shown import invoice_lines, invoices_content, shown_invoices, totals
from actions.turn import Turn
from billing.model import Invoice, InvoiceStatus
from kvitt.identity import Session

LATEST_PAID = 10
PAID_STATUSES = (InvoiceStatus.PAID,)


class ListInvoices(CustomerTask):
    NAME: ClassVar[str] = "action_list_invoices"
    PERMISSION: ClassVar[str | None] = "invoices"

    async def reply_to(self, session: Session, turn: Turn, services: Services) -> Reply:
        if asks_for_paid(turn.values):
            return await self._paid(session, turn, services)
        unpaid = await services.billing.invoices(session.client_id, InvoiceStatus.UNPAID)
        busy = await services.payments.being_paid(session.client_id)
        payable = tuple(i for i in unpaid if i.is_payable() and i.id not in busy)
        return _unpaid_reply(payable, len(busy), turn, services)

    async def _paid(self, session: Session, turn: Turn, services: Services) -> Reply:
        found = await services.billing.invoices(
            session.client_id, InvoiceStatus.PAID, limit=LATEST_PAID
        )
        if not found:
            return Reply(says=(say("utter_invoices_none_paid"),))
        content = invoices_content(found, turn.today, services.words)
        lines = invoice_lines(found, turn.today, services.words)
        return Reply(
            says=(say("utter_invoices_paid", content, count=len(found), invoices=lines),),
            slots={
                SHOWN_INVOICES: shown_invoices(found),
                SELECT_NEXT: step("action_show_invoice"),
                TOPIC: [found[0].id] if len(found) == 1 else None,
            },
        )


def _unpaid_reply(payable: tuple[Invoice, ...], busy: int, turn: Turn, services: Services) -> Reply:
    being_checked = (say("utter_invoices_being_paid", count=busy),) if busy else ()
    if not payable:
        says = being_checked or (say("utter_invoices_none"),)
        return Reply(says=says)
    words = services.words
    overdue = [invoice for invoice in payable if invoice.is_overdue(turn.today)]
    content = invoices_content(
        payable,
        turn.today,
        words,
        select="select_invoices",
        selected=[invoice.id for invoice in overdue],
    )
    name = _response(len(overdue), len(payable))
    said = say(
        name,
        content,
        count=len(payable),
        overdue=len(overdue),
        invoices=invoice_lines(payable, turn.today, words),
        total=totals(payable, words),
        overdue_total=totals(overdue, words),
    )
    slots = {
        SHOWN_INVOICES: shown_invoices(payable),
        SELECT_NEXT: step(PAY_FORM, "pay_invoices", _if_yes(payable, overdue)),
        TOPIC: [payable[0].id] if len(payable) == 1 else None,
    }
    return Reply(says=(said, *being_checked), slots=slots)


def _if_yes(payable: tuple[Invoice, ...], overdue: list[Invoice]) -> dict[str, Any]:
    """A yes to "vill du betala?" means what is overdue, or the only one there is."""
    if overdue:
        return {SCOPE: OVERDUE}
    return {INVOICE_IDS: [payable[0].id]} if len(payable) == 1 else {}


def _response(overdue: int, payable: int) -> str:
    if not overdue:
        return "utter_invoices_upcoming_one" if payable == 1 else "utter_invoices_upcoming"
    if overdue == payable:
        return "utter_invoices_overdue_one" if overdue == 1 else "utter_invoices_overdue"
    return "utter_invoices_mixed"
