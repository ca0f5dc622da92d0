"""E-mail that WHMCS sends for us: a receipt again, a login code."""

from __future__ import annotations

import html

from billing.errors import BadAnswer, NotAllowed
from billing.model import InvoiceStatus
from billing.whmcs.accounts import Accounts
from billing.whmcs.cards import unread_before_write
from billing.whmcs.invoices import Invoices
from billing.whmcs.wire import Wire

RECEIPT_TEMPLATES = ("Invoice Payment Confirmation", "Credit Card Payment Confirmation")


class Mail:
    def __init__(self, wire: Wire, accounts: Accounts, invoices: Invoices) -> None:
        self._wire = wire
        self._accounts = accounts
        self._invoices = invoices

    async def receipt(self, client_id: int, invoice_id: int) -> None:
        """A template may be renamed or switched off: then the other one is sent."""
        try:
            sheet = await self._invoices.sheet(client_id, invoice_id)
        except BadAnswer as error:
            raise unread_before_write(error) from None
        if sheet.status is not InvoiceStatus.PAID:
            raise NotAllowed("SendEmail", "there is no receipt before payment", id=invoice_id)
        first, second = RECEIPT_TEMPLATES
        try:
            await self._template(first, invoice_id)
        except NotAllowed:
            await self._template(second, invoice_id)

    async def _template(self, name: str, invoice_id: int) -> None:
        await self._wire.write("SendEmail", {"messagename": name, "id": invoice_id}, id=invoice_id)

    async def to_client(self, client_id: int, subject: str, message: str) -> None:
        """WHMCS answers a bad id with a general failure, so the client is looked up first."""
        try:
            await self._accounts.account(client_id)
        except BadAnswer as error:
            raise unread_before_write(error) from None
        asked = {
            "customtype": "general",
            "id": client_id,
            "customsubject": _literal(subject),
            "custommessage": as_html(message),
        }
        await self._wire.write("SendEmail", asked, id=client_id)


def as_html(message: str) -> str:
    """A text as the HTML that WHMCS mails."""
    return _literal(html.escape(message)).replace("\n", "<br>\n")


def _literal(written: str) -> str:
    """Without the braces in which WHMCS's mail templates look for commands."""
    return written.replace("{", "(").replace("}", ")")
