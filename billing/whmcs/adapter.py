"""The billing port on WHMCS: one method a line, each done by the module of its task."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from zoneinfo import ZoneInfo

from billing.model import (
    Card,
    Customer,
    Department,
    Invoice,
    InvoiceStatus,
    LinkPurpose,
    Money,
    Quote,
    Ticket,
    Transaction,
)
from billing.whmcs.accounts import Accounts
from billing.whmcs.cards import Cards, Charges
from billing.whmcs.invoices import Invoices
from billing.whmcs.links import Links
from billing.whmcs.mail import Mail
from billing.whmcs.quotes import Quotes
from billing.whmcs.tickets import Tickets
from billing.whmcs.wire import Wire


class WhmcsBilling:
    """Implements `billing.port.BillingPort`."""

    def __init__(
        self,
        wire: Wire,
        *,
        zone: ZoneInfo,
        today: Callable[[], date],
        clock: Callable[[], float],
    ) -> None:
        self._wire = wire
        self._accounts = Accounts(wire, clock)
        self._invoices = Invoices(wire, self._accounts, zone)
        self._cards = Cards(wire)
        self._charges = Charges(wire, self._invoices)
        self._quotes = Quotes(wire, self._accounts, self._invoices, today)
        self._links = Links(wire, self._invoices, self._quotes)
        self._mail = Mail(wire, self._accounts, self._invoices)
        self._tickets = Tickets(wire, self._accounts)

    async def find_customers(self, email: str) -> tuple[Customer, ...]:
        return await self._accounts.find(email)

    async def customer(self, client_id: int) -> Customer:
        return (await self._accounts.account(client_id)).customer

    async def invoices(
        self,
        client_id: int,
        status: InvoiceStatus | None = None,
        *,
        limit: int | None = None,
        due_before: date | None = None,
    ) -> tuple[Invoice, ...]:
        return await self._invoices.several(client_id, status, limit, due_before)

    async def invoice(self, client_id: int, invoice_id: int) -> Invoice:
        return await self._invoices.one(client_id, invoice_id)

    async def transactions(self, client_id: int, invoice_id: int) -> tuple[Transaction, ...]:
        return await self._invoices.transactions(client_id, invoice_id)

    async def cards(self, client_id: int) -> tuple[Card, ...]:
        return await self._cards.several(client_id)

    async def capture(self, client_id: int, invoice_id: int) -> None:
        await self._charges.capture(client_id, invoice_id)

    async def make_default(self, client_id: int, card_id: int) -> None:
        await self._cards.make_default(client_id, card_id)

    async def remove_card(self, client_id: int, card_id: int) -> None:
        await self._cards.remove(client_id, card_id)

    async def link(
        self,
        client_id: int,
        purpose: LinkPurpose,
        ids: Sequence[int] = (),
        *,
        user_id: int | None = None,
    ) -> str:
        return await self._links.one(client_id, purpose, ids, user_id)

    async def apply_credit(self, client_id: int, invoice_id: int, amount: Money) -> None:
        await self._charges.apply_credit(client_id, invoice_id, amount)

    async def quotes(self, client_id: int) -> tuple[Quote, ...]:
        return await self._quotes.several(client_id)

    async def accept_quote(
        self, client_id: int, quote_id: int, *, terms_accepted: bool
    ) -> Invoice | None:
        return await self._quotes.accept(client_id, quote_id, terms_accepted=terms_accepted)

    async def send_receipt(self, client_id: int, invoice_id: int) -> None:
        await self._mail.receipt(client_id, invoice_id)

    async def send_login_code(self, client_id: int, subject: str, message: str) -> None:
        await self._mail.to_client(client_id, subject, message)

    async def departments(self) -> tuple[Department, ...]:
        return await self._tickets.departments()

    async def open_ticket(
        self,
        *,
        client_id: int | None,
        department_id: int,
        subject: str,
        message: str,
        name: str = "",
        email: str = "",
        user_id: int | None = None,
    ) -> Ticket:
        opener = await self._tickets.opener(client_id, user_id, name, email)
        return await self._tickets.open(opener, department_id, subject, message)

    async def reply_ticket(self, ticket_id: int, message: str, *, client_id: int | None) -> None:
        await self._tickets.reply(ticket_id, message, client_id)

    async def close(self) -> None:
        await self._wire.close()
