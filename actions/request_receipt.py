"""A receipt once more: mailed by the billing system to the customer's own address."""

from __future__ import annotations

from typing import ClassVar

from actions.base import CustomerTask
from actions.find_invoice import find_invoices
from actions.names import SELECT_NEXT, TOPIC
from actions.reading import numbers
from actions.reply import Reply, Say, say
from actions.services import Services
from actions.turn import Turn
from billing.model import Invoice, InvoiceStatus
from kvitt.identity import Session

LATEST_PAID = 10


class RequestReceipt(CustomerTask):
    NAME: ClassVar[str] = "action_request_receipt"
    PERMISSION: ClassVar[str | None] = "invoices"

    async def reply_to(self, session: Session, turn: Turn, services: Services) -> Reply:
        paid = await services.billing.invoices(
            session.client_id, InvoiceStatus.PAID, limit=LATEST_PAID
        )
        if not paid and not numbers(turn.values):
            return Reply(says=(say("utter_receipt_none_paid"),))
        found = await find_invoices(
            session,
            turn,
            services,
            candidates=tuple(sorted(paid, key=lambda invoice: invoice.date, reverse=True)),
            ask="utter_receipt_ask_which",
            intent="request_receipt",
            action=self.NAME,
        )
        if isinstance(found, Reply):
            return found if paid else Reply(says=(say("utter_receipt_none_paid"),))
        said = [await _send(invoice, session, services) for invoice in found]
        return Reply(
            says=tuple(said), slots={SELECT_NEXT: None, TOPIC: [invoice.id for invoice in found]}
        )


async def _send(invoice: Invoice, session: Session, services: Services) -> Say:
    if invoice.status != InvoiceStatus.PAID:
        return say("utter_receipt_not_paid", number=invoice.number)
    await services.billing.send_receipt(session.client_id, invoice.id)
    return say("utter_receipt_sent", number=invoice.number, email=_mask(session.email))


def _mask(email: str) -> str:
    """ "anna@exempel.se" as "a•••@exempel.se"."""
    name, _, domain = email.partition("@")
    return f"{name[:1]}•••@{domain}"
