"""The billing port: all that Kvitt asks of a billing system, in customers' words.

Every method takes the client it acts for and checks that the object belongs to that client
(`NotFound` otherwise), since the credentials behind it are an administrator's. Errors are those of
`billing.errors`. Reads are retried by the adapter; a write is sent once.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
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
        self,
        client_id: int,
        status: InvoiceStatus | None = None,
        *,
        limit: int | None = None,
        due_before: date | None = None,
    ) -> tuple[Invoice, ...]:
        """Invoices by due date, oldest first, each with its true balance; mass-payment containers,
        add-funds invoices and drafts left out. `limit` takes the newest that many (by date).
        `due_before` reads only those due before that day: with `UNPAID` and today, the overdue."""

    async def invoice(self, client_id: int, invoice_id: int) -> Invoice:
        """One invoice, read now. A draft is `NotFound`, as it is to the customer."""

    async def transactions(self, client_id: int, invoice_id: int) -> tuple[Transaction, ...]:
        """Money in and out on one invoice, oldest first."""

    async def cards(self, client_id: int) -> tuple[Card, ...]:
        """Saved cards (no bank accounts), in the billing system's order."""

    async def capture(self, client_id: int, invoice_id: int) -> None:
        """Charge the whole balance of the invoice to the card that the billing system picks
        (the invoice's, else the client's default). Its own look at the invoice before that may
        fail with `NotReached`, never with `OutcomeUnknown`.

        Returns when the billing system says success: read the invoice back before saying "paid".
        Raises `Declined`, `NotPayable`, `NotFound`; `OutcomeUnknown` when nobody knows (never send
        it again); `NotReached` when certainly nothing was sent.
        """

    async def make_default(self, client_id: int, card_id: int) -> None:
        """Make this the client's default card (a lasting change to renewals too)."""

    async def remove_card(self, client_id: int, card_id: int) -> None:
        """Forget a saved card, here and at its gateway."""

    async def link(
        self,
        client_id: int,
        purpose: LinkPurpose,
        ids: Sequence[int] = (),
        *,
        user_id: int | None = None,
    ) -> str:
        """A single-sign-on address: once, within 60 seconds. `ids`: the invoice or quote, or the
        invoices of a mass payment (none: all that can be paid). `user_id` is the person who gets
        logged in: pass the session's, since without it the account's owner is. `NotAllowed` where
        the customer has switched it off."""

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
        """E-mail a text of ours (HTML-free) to the account's address; used for login codes. It
        proves a person only where `customer.gets_mail_at(their address)`."""

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
        user_id: int | None = None,
    ) -> Ticket:
        """Open a support ticket; without a client, `name` and `email` say who asks. `user_id`: the
        person of that client who asks (none: its owner)."""

    async def reply_ticket(self, ticket_id: int, message: str, *, client_id: int | None) -> None:
        """Add to a ticket in the name of whoever opened it."""

    async def close(self) -> None:
        """Let go of connections."""
