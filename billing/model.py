"""What the billing system holds, as values: money, customers, invoices, cards, quotes, tickets.

Frozen and built by an adapter only. Money is `Decimal` with its currency and never a float.
Dates are calendar dates in the billing system's time zone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date as Date
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from functools import total_ordering
from typing import Self

_AMOUNT = re.compile(r"[+-]?[0-9]{1,13}(\.[0-9]{1,20})?")


class CurrencyMismatch(ValueError):
    """Two amounts in different currencies cannot be added or compared."""


@total_ordering
@dataclass(frozen=True, slots=True)
class Money:
    """An exact amount in one currency (ISO 4217), two decimals."""

    amount: Decimal
    currency: str

    def __post_init__(self) -> None:
        if not isinstance(self.amount, Decimal):
            raise TypeError("Money takes a Decimal: use Money.parse for text")
        if not self.amount.is_finite():
            raise ValueError("Money must be finite")

    @classmethod
    def parse(cls, text: str, currency: str) -> Self:
        """From a plain decimal string such as "1249.50"; raises ValueError for anything else."""
        if not isinstance(text, str):
            raise TypeError("Money is made from strings only")
        if not _AMOUNT.fullmatch(text.strip()):
            raise ValueError("not an amount")
        return cls(Decimal(text.strip()).quantize(Decimal("0.01")), currency)

    @classmethod
    def zero(cls, currency: str) -> Self:
        return cls(Decimal("0.00"), currency)

    @classmethod
    def sum(cls, amounts: Iterable[Money], currency: str) -> Money:
        """The sum in `currency`; raises CurrencyMismatch if one of them is in another."""
        total = cls.zero(currency)
        for amount in amounts:
            total = total + amount
        return total

    @property
    def minor(self) -> int:
        """The amount in hundredths (öre)."""
        return int((self.amount * 100).to_integral_exact())

    @classmethod
    def from_minor(cls, minor: int, currency: str) -> Self:
        return cls(Decimal(minor).scaleb(-2).quantize(Decimal("0.01")), currency)

    def _same(self, other: Money) -> None:
        if self.currency != other.currency:
            raise CurrencyMismatch(f"{self.currency} and {other.currency}")

    def __add__(self, other: Money) -> Money:
        self._same(other)
        return Money(self.amount + other.amount, self.currency)

    def __sub__(self, other: Money) -> Money:
        self._same(other)
        return Money(self.amount - other.amount, self.currency)

    def __lt__(self, other: Money) -> bool:
        self._same(other)
        return self.amount < other.amount

    def __bool__(self) -> bool:
        return self.amount != 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    """An account (WHMCS: client) that a person may act for, and what the person may do there."""

    client_id: int
    user_id: int | None
    name: str
    company: str
    email: str
    """The person's own address; read by `customer`, the account's."""
    currency: str
    credit: Money
    permissions: frozenset[str]
    """WHMCS permission names: invoices, quotes, tickets …; an owner has all (`ALL_PERMISSIONS`)."""
    sso_allowed: bool = True
    uuid: str = ""
    """Lasting, and unlike the number unique across installations; "" where there is none."""
    billing_email: str = ""
    """Where the billing system's own mail for this account goes: not always the person's."""

    def gets_mail_at(self, address: str) -> bool:
        """Whether a mail to this account reaches that address, and so proves who holds it."""
        return same_address(self.billing_email, address)

    @property
    def display_name(self) -> str:
        return self.company or self.name

    def may(self, permission: str) -> bool:
        return permission in self.permissions


def same_address(one: str, other: str) -> bool:
    """Whether two e-mail addresses are the same whole address, however they are written."""
    return bool(one.strip()) and one.strip().casefold() == other.strip().casefold()


ALL_PERMISSIONS = frozenset(
    [
        "profile",
        "contacts",
        "products",
        "manageproducts",
        "productsso",
        "domains",
        "managedomains",
        "invoices",
        "quotes",
        "tickets",
        "affiliates",
        "emails",
        "orders",
    ]
)


class InvoiceStatus(StrEnum):
    DRAFT = "Draft"
    UNPAID = "Unpaid"
    PAID = "Paid"
    CANCELLED = "Cancelled"
    REFUNDED = "Refunded"
    COLLECTIONS = "Collections"
    PAYMENT_PENDING = "Payment Pending"


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceLine:
    description: str
    amount: Money
    type: str
    related_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Invoice:
    """An invoice with its true balance (what is left to pay), read by itself, never from a list."""

    id: int
    number: str
    """What the customer sees: the invoice number, or the id where there is none."""
    client_id: int
    date: Date
    due_date: Date
    date_paid: datetime | None
    total: Money
    balance: Money
    credit_applied: Money
    status: InvoiceStatus
    payment_method: str
    """System name of the gateway it is to be paid by."""
    card_id: int | None
    """The card assigned to this invoice (WHMCS `paymethodid`); None: the client's default.
    Known while the invoice is unpaid; of no meaning afterwards."""
    is_card_gateway: bool
    """Whether that gateway can charge a saved card (WHMCS `ccgateway`)."""
    lines: tuple[InvoiceLine, ...]

    @property
    def description(self) -> str:
        """The lines in short: the first one, and how many more."""
        if not self.lines:
            return ""
        return self.lines[0].description.splitlines()[0] if self.lines[0].description else ""

    @property
    def is_container(self) -> bool:
        """A mass-payment container: lines are other invoices (a late fee may stand beside)."""
        return any(line.type == "Invoice" for line in self.lines)

    @property
    def is_add_funds(self) -> bool:
        """A deposit that the customer began themselves: no debt."""
        return any(line.type == "AddFunds" for line in self.lines)

    @property
    def is_debt(self) -> bool:
        """Whether it is owed for something, as opposed to a container or a deposit."""
        return not (self.is_container or self.is_add_funds)

    def is_payable(self) -> bool:
        return self.status == InvoiceStatus.UNPAID and self.balance.amount > 0 and self.is_debt

    def is_overdue(self, today: Date) -> bool:
        return self.is_payable() and self.due_date < today

    def days_overdue(self, today: Date) -> int:
        return max(0, (today - self.due_date).days)


@dataclass(frozen=True, slots=True, kw_only=True)
class Transaction:
    id: int
    invoice_id: int
    date: datetime
    gateway: str
    reference: str
    amount_in: Decimal
    amount_out: Decimal
    fees: Decimal
    description: str
    refund_of: int | None = None


NO_EXPIRY = (9999, 12)


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A saved card, without number or token: brand, last four, expiry, the customer's own name."""

    id: int
    brand: str
    last_four: str
    expires: tuple[int, int]
    """(year, month), the last month it is good; `NO_EXPIRY` where the billing system tells none."""
    description: str
    gateway: str
    """System name of the gateway that holds its token; "" for one stored in the billing system."""

    def is_expired(self, today: Date) -> bool:
        return (today.year, today.month) > self.expires

    @property
    def expiry_text(self) -> str:
        """MM/YY, as on the card; empty where it is not known."""
        if self.expires == NO_EXPIRY:
            return ""
        return f"{self.expires[1]:02d}/{self.expires[0] % 100:02d}"


class QuoteStage(StrEnum):
    DELIVERED = "Delivered"
    ON_HOLD = "On Hold"
    ACCEPTED = "Accepted"
    LOST = "Lost"
    DEAD = "Dead"


@dataclass(frozen=True, slots=True, kw_only=True)
class QuoteLine:
    description: str
    quantity: Decimal
    unit_price: Money
    discount_percent: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    id: int
    subject: str
    stage: QuoteStage
    created: Date
    valid_until: Date | None
    total: Money
    subtotal: Money
    proposal: str
    """What the company writes above the lines (plain text)."""
    notes: str
    """Notes and terms for the customer."""
    lines: tuple[QuoteLine, ...]

    def is_open(self, today: Date) -> bool:
        """Whether it can be accepted today."""
        in_time = self.valid_until is None or today <= self.valid_until
        return in_time and self.stage in (QuoteStage.DELIVERED, QuoteStage.ON_HOLD)


@dataclass(frozen=True, slots=True, kw_only=True)
class Department:
    id: int
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    id: int
    number: str
    """What the customer sees (WHMCS `tid`)."""


class LinkPurpose(StrEnum):
    """What a single-sign-on link opens."""

    PAY_INVOICE = "pay_invoice"
    MASS_PAYMENT = "mass_payment"
    BILLING_INFORMATION = "billing_information"
    ADD_CARD = "add_card"
    VIEW_INVOICE = "view_invoice"
    VIEW_QUOTE = "view_quote"
    INVOICES = "invoices"
