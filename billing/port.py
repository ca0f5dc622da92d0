"""The billing port: all that Kvitt asks of a billing system, in customers' words.

Every method takes the client it acts for and checks that the object belongs to that client
(`NotFound` otherwise), since the credentials behind it are an administrator's. Errors are those of
`billing.errors`. Reads are retried by the adapter; a write is sent once.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

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


class BillingPort(Protocol):
    async def find_customers(self, email: str) -> tuple[Customer, ...]:
        """Every account that the user with exactly this address may act for (case-insensitive);
        empty when there is none."""

    async def customer(self, client_id: int) -> Customer:
        """The account itself, with an owner's permissions and `user_id` of its owner."""

    async def invoices(
        self, client_id: int, status: InvoiceStatus | None = None, *, limit: int | None = None
    ) -> tuple[Invoice, ...]:
        """Invoices by due date, oldest first, each with its true balance; mass-payment containers,
        add-funds invoices and drafts left out. `limit` takes the newest that many (by date)."""

    async def invoice(self, client_id: int, invoice_id: int) -> Invoice:
        """One invoice, read now."""

    async def transactions(self, client_id: int, invoice_id: int) -> tuple[Transaction, ...]:
        """Money in and out on one invoice, oldest first."""

    async def cards(self, client_id: int) -> tuple[Card, ...]:
        """Saved cards (no bank accounts), in the billing system's order."""

    async def capture(self, client_id: int, invoice_id: int) -> None:
        """Charge the whole balance of the invoice to the card that the billing system picks
        (the invoice's, else the client's default).

        Returns when the billing system says success: read the invoice back before saying "paid".
        Raises `Declined`, `NotPayable`, `NotFound`; `OutcomeUnknown` when nobody knows (never send
        it again); `NotReached` when certainly nothing was sent.
        """

    async def make_default(self, client_id: int, card_id: int) -> None:
        """Make this the client's default card (a lasting change to renewals too)."""

    async def remove_card(self, client_id: int, card_id: int) -> None: ...

    async def link(
        self, client_id: int, purpose: LinkPurpose, ids: Sequence[int] = ()
    ) -> str:
        """A single-sign-on address: once, within 60 seconds. `ids`: the invoice or quote, or the
        invoices of a mass payment. `NotAllowed` where the customer has switched it off."""

    async def apply_credit(self, client_id: int, invoice_id: int, amount: Money) -> None:
        """Pay (part of) an invoice from the credit balance; at most balance and credit."""

    async def quotes(self, client_id: int) -> tuple[Quote, ...]:
        """Quotes sent to the client (no drafts, no staff notes), newest first."""

    async def accept_quote(
        self, client_id: int, quote_id: int, *, terms_accepted: bool
    ) -> Invoice | None:
        """Accept an open quote; the invoice it led to, where one can be found."""

    async def send_receipt(self, client_id: int, invoice_id: int) -> None:
        """E-mail the payment confirmation of a paid invoice again."""

    async def send_login_code(self, client_id: int, subject: str, message: str) -> None:
        """E-mail a text of ours (HTML-free) to the client; used for login codes."""

    async def departments(self) -> tuple[Department, ...]: ...

    async def open_ticket(
        self,
        *,
        client_id: int | None,
        department_id: int,
        subject: str,
        message: str,
        name: str = "",
        email: str = "",
    ) -> Ticket:
        """Open a support ticket; without a client, `name` and `email` say who asks."""

    async def reply_ticket(self, ticket_id: int, message: str, *, client_id: int | None) -> None: ...

    async def close(self) -> None:
        """Let go of connections."""
