"""Back from a page of the billing system: what has changed there, as it says now."""

from __future__ import annotations

from typing import ClassVar

from actions.base import CustomerTask
from actions.names import PAGE_IDS, PAGE_PURPOSE, PURPOSE
from actions.reply import Reply, say
from actions.services import Services
from actions.shown import card_lines
from actions.turn import Turn
from billing.model import Invoice, InvoiceStatus, LinkPurpose
from kvitt.identity import Session

PAYING = frozenset({LinkPurpose.PAY_INVOICE, LinkPurpose.MASS_PAYMENT})
CARDS = frozenset({LinkPurpose.ADD_CARD, LinkPurpose.BILLING_INFORMATION})


class PageDone(CustomerTask):
    NAME: ClassVar[str] = "action_page_done"

    async def reply_to(self, session: Session, turn: Turn, services: Services) -> Reply:
        purpose = str(turn.entities.get(PURPOSE) or turn.slot(PAGE_PURPOSE) or "")
        if purpose in PAYING:
            return await self._paid(session, turn, services)
        if purpose in CARDS:
            return await self._cards(session, turn, services)
        return Reply(says=(say("utter_login_what_next"),))

    async def _paid(self, session: Session, turn: Turn, services: Services) -> Reply:
        wanted = [int(i) for i in turn.slot(PAGE_IDS) or ()]
        found = [await services.billing.invoice(session.client_id, i) for i in wanted]
        if not found:
            return Reply(says=(say("utter_login_what_next"),))
        words = services.words
        lines = "\n".join(
            words.part(
                "outcome_line",
                number=invoice.number,
                amount=words.money(invoice.total + invoice.credit_applied),
                status=words.part(f"page_{_outcome(invoice)}"),
            )
            for invoice in found
        )
        unpaid = any(invoice.is_payable() for invoice in found)
        name = "utter_page_unpaid" if unpaid else "utter_page_paid"
        return Reply(says=(say(name, invoices=lines),))

    async def _cards(self, session: Session, turn: Turn, services: Services) -> Reply:
        cards = await services.billing.cards(session.client_id)
        if not cards:
            return Reply(says=(say("utter_cards_none"),))
        lines = card_lines(cards, turn.today, services.words)
        return Reply(says=(say("utter_page_cards", cards=lines),))


def _outcome(invoice: Invoice) -> str:
    if invoice.status is InvoiceStatus.PAYMENT_PENDING:
        return "pending"
    return "unpaid" if invoice.is_payable() else "paid"
