"""What one invoice is about: its lines, its amount, its dates, and a copy of it."""

from __future__ import annotations

from typing import ClassVar

from actions.base import CustomerTask
from actions.find_invoice import find_invoices
from actions.names import INVOICE_IDS, SELECT_NEXT, TOPIC
from actions.reply import Reply, Say, say
from actions.services import Services
from actions.shown import invoice_row
from actions.turn import Turn
from billing.model import Invoice, LinkPurpose
from kvitt.identity import Session

LATEST = 10


class ShowInvoice(CustomerTask):
    NAME: ClassVar[str] = "action_show_invoice"
    PERMISSION: ClassVar[str | None] = "invoices"

    async def reply_to(self, session: Session, turn: Turn, services: Services) -> Reply:
        candidates = await services.billing.invoices(session.client_id, limit=LATEST)
        if not candidates:
            return Reply(says=(say("utter_invoices_never_any"),))
        found = await find_invoices(
            session,
            turn,
            services,
            candidates=candidates,
            ask="utter_invoice_ask_which",
            intent="show_invoice",
            action=self.NAME,
        )
        if isinstance(found, Reply):
            return found
        said = tuple(one for invoice in found for one in _about(invoice, turn, services))
        return Reply(says=said, slots={SELECT_NEXT: None, TOPIC: [invoice.id for invoice in found]})


def _about(invoice: Invoice, turn: Turn, services: Services) -> tuple[Say, ...]:
    words = services.words
    lines = "\n".join(
        words.part("bill_line", description=line.description, amount=words.money(line.amount))
        for line in invoice.lines
    )
    content = {
        "type": "invoice",
        "invoice": invoice_row(invoice, turn.today, words),
        "lines": [
            {"description": line.description, "amount_text": words.money(line.amount)}
            for line in invoice.lines
        ],
        "bind": {INVOICE_IDS: [invoice.id]},
    }
    name = "utter_invoice_about_payable" if invoice.is_payable() else "utter_invoice_about"
    said = say(
        name,
        content,
        number=invoice.number,
        lines=lines,
        date=words.day(invoice.date, turn.today),
        due=words.due(invoice, turn.today),
        total=words.money(invoice.total + invoice.credit_applied),
        balance=words.money(invoice.balance),
    )
    link = {"type": "link", "purpose": LinkPurpose.VIEW_INVOICE.value, "ids": [invoice.id]}
    link["title"] = words.part("link_view_invoice", number=invoice.number)
    copy = say("utter_invoice_copy", link)
    return said, copy
