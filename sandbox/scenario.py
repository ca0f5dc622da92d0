"""A scenario, what `PUT /_sandbox/scenario` takes, as types that also make its OpenAPI schema.

Only what the documentation of the control API names is needed; fields that are not known are not an
error but are told in the answer, so that a scenario with more in it still loads.
"""

from __future__ import annotations

import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

Id = Annotated[int, Meta(ge=1, le=2_000_000_000)]
Day = datetime.date
Text = Annotated[str, Meta(max_length=10_000)]
Name = Annotated[str, Meta(max_length=200)]
Amount = (
    Annotated[str, Meta(pattern=r"^-?\d{1,9}(\.\d{1,2})?$")]
    | Annotated[int, Meta(ge=-999_999_999, le=999_999_999)]
    | Annotated[float, Meta(ge=-999_999_999, le=999_999_999)]
)
Percent = (
    Annotated[str, Meta(pattern=r"^\d{1,2}(\.\d{1,3})?$")]
    | Annotated[int, Meta(ge=0, le=99)]
    | Annotated[float, Meta(ge=0, le=99)]
)
Status = Literal[
    "Draft", "Unpaid", "Paid", "Cancelled", "Refunded", "Collections", "Payment Pending"
]
Behaviour = Literal[
    "approve",
    "decline",
    "insufficient_funds",
    "expired",
    "authentication_required",
    "pending",
    "slow",
    "lost_reply",
]


class Item(msgspec.Struct, frozen=True, kw_only=True):
    description: Text
    amount: Amount
    type: Name = ""
    relid: Annotated[int, Meta(ge=0, le=2_000_000_000)] = 0
    taxed: bool = False


class Payment(msgspec.Struct, frozen=True, kw_only=True):
    """Money that has already come in on an invoice."""

    amount: Amount
    date: Day | None = None
    gateway: Name | None = None
    transid: Name | None = None


class InvoiceData(msgspec.Struct, frozen=True, kw_only=True):
    date: Day
    duedate: Day
    items: Annotated[list[Item], Meta(max_length=500)]
    id: Id | None = None
    invoicenum: Name = ""
    status: Status = "Unpaid"
    paymethodid: Id | None = None
    paymentmethod: Name | None = None
    """Gateway; null: the client's default, which is "stripe"."""
    datepaid: Day | None = None
    taxrate: Percent = 0
    credit: Amount = 0
    """Credit already applied to it."""
    notes: Text = ""
    payments: Annotated[list[Payment], Meta(max_length=500)] = []


class PayMethodData(msgspec.Struct, frozen=True, kw_only=True):
    id: Id | None = None
    type: Literal["CreditCard", "RemoteCreditCard", "BankAccount", "RemoteBankAccount"] = (
        "RemoteCreditCard"
    )
    card_type: Name = ""
    card_last_four: Annotated[str, Meta(pattern=r"^\d{0,4}$")] = ""
    expiry_date: Annotated[str, Meta(pattern=r"^((0[1-9]|1[0-2])/\d{2})?$")] = ""
    """MM/YY."""
    description: Name = ""
    default: bool = False
    gateway_name: Name | None = None
    """Null: the client's default gateway."""
    bank_name: Name = ""
    behaviour: Behaviour = "approve"


class UserData(msgspec.Struct, frozen=True, kw_only=True):
    email: Annotated[str, Meta(min_length=3, max_length=200)]
    id: Id | None = None
    firstname: Name = ""
    lastname: Name = ""
    password: Name | None = None
    second_factor: Annotated[str, Meta(pattern=r"^[A-Z2-7]{16}([A-Z2-7]{8}){0,2}$")] | None = None
    """Base32 secret of an authenticator app."""
    owner: bool = False
    permissions: Annotated[list[Name], Meta(max_length=30)] | None = None
    """Null: all of them."""


class QuoteItemData(msgspec.Struct, frozen=True, kw_only=True):
    description: Text
    unitprice: Amount
    quantity: Annotated[int, Meta(ge=1, le=100_000)] = 1
    discount: Percent = 0
    taxable: bool = False


class QuoteData(msgspec.Struct, frozen=True, kw_only=True):
    subject: Name
    id: Id | None = None
    stage: Literal["Draft", "Delivered", "On Hold", "Accepted", "Lost", "Dead"] = "Delivered"
    validuntil: Day | None = None
    datecreated: Day | None = None
    proposal: Text = ""
    customernotes: Text = ""
    adminnotes: Text = ""
    taxrate: Percent = 0
    items: Annotated[list[QuoteItemData], Meta(max_length=500)] = []


class ClientData(msgspec.Struct, frozen=True, kw_only=True):
    firstname: Name
    lastname: Name
    email: Annotated[str, Meta(min_length=3, max_length=200)]
    id: Id | None = None
    companyname: Name = ""
    address1: Name = ""
    postcode: Name = ""
    city: Name = ""
    phonenumber: Name = ""
    credit: Amount = 0
    status: Literal["Active", "Inactive", "Closed"] = "Active"
    defaultgateway: Name = "stripe"
    allow_single_sign_on: bool = True
    disableautocc: bool = False
    latefeeoveride: bool = False
    password: Name | None = None
    """Of the owner; null: "sandbox"."""
    users: Annotated[list[UserData], Meta(max_length=100)] = []
    """Further users; one with `owner` takes the place of the user made of the client's address."""
    invoices: Annotated[list[InvoiceData], Meta(max_length=2000)] = []
    paymethods: Annotated[list[PayMethodData], Meta(max_length=100)] = []
    quotes: Annotated[list[QuoteData], Meta(max_length=500)] = []


class Scenario(msgspec.Struct, frozen=True, kw_only=True):
    clients: Annotated[list[ClientData], Meta(max_length=1000)]
    today: Day | None = None
    """The sandbox's calendar day; null: the real one."""
    departments: Annotated[list[Name], Meta(max_length=50)] = msgspec.field(
        default_factory=lambda: ["Ekonomi", "Support"]
    )
