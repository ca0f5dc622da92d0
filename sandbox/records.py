"""The rows of the sandbox's books, one frozen dataclass per table.

Amounts (`*_ore`) are whole öre, dates are ISO text and "" means never. Field names are the columns.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    id: int = 0
    uuid: str
    firstname: str
    lastname: str
    companyname: str = ""
    email: str
    address1: str = ""
    postcode: str = ""
    city: str = ""
    phonenumber: str = ""
    credit_ore: int = 0
    currency_id: int = 1
    defaultgateway: str = ""
    default_paymethod_id: int = 0
    status: str = "Active"
    language: str = "swedish"
    is_sso_allowed: bool = True
    is_autocapture_off: bool = False
    is_late_fee_off: bool = False
    created_on: str = ""

    @property
    def name(self) -> str:
        return f"{self.firstname} {self.lastname}".strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    id: int = 0
    firstname: str
    lastname: str
    email: str
    password: str = ""
    second_factor: str = ""
    """Base32 secret of the authenticator app; "" where the second factor is off."""
    created_at: str = ""

    @property
    def name(self) -> str:
        return f"{self.firstname} {self.lastname}".strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership:
    id: int = 0
    user_id: int
    client_id: int
    is_owner: bool = False
    permissions: str = ""
    """Permission names with commas between."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PayMethod:
    id: int = 0
    client_id: int
    type: str = "RemoteCreditCard"
    description: str = ""
    gateway_name: str = ""
    card_type: str = ""
    last_four: str = ""
    expiry: str = ""
    """MM/YY."""
    bank_name: str = ""
    behaviour: str = "approve"
    remote_token: str = ""
    updated_at: str = ""

    @property
    def is_card(self) -> bool:
        return self.type in ("CreditCard", "RemoteCreditCard")


@dataclass(frozen=True, slots=True, kw_only=True)
class Invoice:
    id: int = 0
    client_id: int
    number: str = ""
    date: str
    duedate: str
    datepaid: str = ""
    date_refunded: str = ""
    date_cancelled: str = ""
    last_capture_attempt: str = ""
    credit_ore: int = 0
    taxrate: str = "0.000"
    taxrate2: str = "0.000"
    status: str = "Unpaid"
    paymentmethod: str = ""
    paymethod_id: int = 0
    notes: str = ""
    created_at: str = ""
    updated_at: str = ""

    @property
    def shown_number(self) -> str:
        return self.number or str(self.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceItem:
    id: int = 0
    invoice_id: int
    type: str = ""
    relid: int = 0
    description: str
    amount_ore: int
    is_taxed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Transaction:
    id: int = 0
    client_id: int
    invoice_id: int
    gateway: str
    date: str
    description: str = ""
    amount_in_ore: int = 0
    fees_ore: int = 0
    amount_out_ore: int = 0
    transid: str = ""
    refund_id: int = 0
    paymethod_id: int = 0
    """Which card was charged; shown by the control API only, as WHMCS has no such field."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptureAttempt:
    """What a gateway log would hold; no API action shows it."""

    id: int = 0
    invoice_id: int
    paymethod_id: int
    amount_ore: int
    outcome: str
    reason: str = ""
    initiator: str
    """api, cron or customer."""
    at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Credit:
    id: int = 0
    client_id: int
    date: str
    description: str
    amount_ore: int
    relid: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    id: int = 0
    client_id: int
    subject: str
    stage: str = "Delivered"
    validuntil: str = ""
    proposal: str = ""
    customernotes: str = ""
    adminnotes: str = ""
    taxrate: str = "0.000"
    datecreated: str = ""
    lastmodified: str = ""
    datesent: str = ""
    dateaccepted: str = ""
    invoice_id: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class QuoteItem:
    id: int = 0
    quote_id: int
    description: str
    quantity: str = "1"
    unitprice_ore: int
    discount: str = "0.00"
    """A percentage."""
    is_taxable: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Email:
    id: int = 0
    client_id: int
    template: str
    subject: str
    message: str
    date: str
    to: str
    is_failed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Department:
    id: int = 0
    name: str
    is_admins: bool = True
    """Whether the API's administrator is assigned to it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    id: int = 0
    tid: str
    access_code: str
    department_id: int
    client_id: int = 0
    name: str = ""
    email: str = ""
    subject: str
    status: str = "Open"
    priority: str = "Medium"
    date: str
    last_reply: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketMessage:
    id: int = 0
    ticket_id: int
    client_id: int = 0
    name: str = ""
    email: str = ""
    admin: str = ""
    message: str
    date: str
    is_note: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SsoToken:
    id: int = 0
    token: str
    user_id: int
    client_id: int
    path: str
    issued_at: float
    is_used: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class OAuthClient:
    id: int = 0
    identifier: str
    secret: str
    name: str
    grant_type: str = "authorization_code"
    scope: str = "openid profile email"
    redirect_uri: str = ""
    service_id: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class OAuthGrant:
    """A code, and after its exchange the access token."""

    id: int = 0
    oauth_client_id: int
    user_id: int
    scope: str
    redirect_uri: str
    nonce: str = ""
    challenge: str = ""
    """PKCE S256 challenge; "" where the client sent none."""
    code: str
    access_token: str = ""
    issued_at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class WebSession:
    id: int = 0
    token: str
    user_id: int = 0
    client_id: int = 0
    pending_user_id: int = 0
    """Somebody who has given the password and owes the second factor."""
    csrf: str
    started_at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity:
    id: int = 0
    client_id: int = 0
    at: str
    description: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One value of the sandbox itself, as JSON: switches, faults, clock, keys."""

    id: int = 0
    name: str
    value: str


TABLES: tuple[type, ...] = (
    Client, User, Membership, PayMethod, Invoice, InvoiceItem, Transaction, CaptureAttempt, Credit,
    Quote, QuoteItem, Email, Department, Ticket, TicketMessage, SsoToken, OAuthClient, OAuthGrant,
    WebSession, Activity, Setting,
)  # fmt: skip
