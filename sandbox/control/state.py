"""The books as JSON: everything that a test or a curious person may want to see."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from sandbox import money
from sandbox.ledger import balance, totals
from sandbox.records import (
    Activity,
    CaptureAttempt,
    Client,
    Credit,
    Email,
    Invoice,
    InvoiceItem,
    Membership,
    PayMethod,
    Quote,
    Ticket,
    TicketMessage,
    Transaction,
    User,
)
from sandbox.world import World

PLAIN_TABLES: dict[str, type[Any]] = {
    "memberships": Membership,
    "transactions": Transaction,
    "capture_attempts": CaptureAttempt,
    "credits": Credit,
    "quotes": Quote,
    "emails": Email,
    "tickets": Ticket,
    "ticket_messages": TicketMessage,
    "activity": Activity,
}
HIDDEN = frozenset(("password", "second_factor", "remote_token", "access_code"))


def state(world: World) -> dict[str, Any]:
    """Amounts as "15.95"; secrets left out."""
    plain = {name: _rows(world, table) for name, table in PLAIN_TABLES.items()}
    return {
        "today": world.today.isoformat(),
        "clients": _rows(world, Client),
        "users": _rows(world, User),
        "paymethods": [_paymethod(world, row) for row in world.store.all(PayMethod)],
        "invoices": [_invoice(world, row) for row in world.store.all(Invoice)],
        **plain,
    }


def _rows(world: World, table: type[Any]) -> list[dict[str, Any]]:
    return [_plain(asdict(row)) for row in world.store.all(table)]


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    return {
        name.removesuffix("_ore"): money.plain(value) if name.endswith("_ore") else value
        for name, value in row.items()
        if name not in HIDDEN
    }


def _paymethod(world: World, method: PayMethod) -> dict[str, Any]:
    client = world.store.get(Client, method.client_id)
    is_default = client is not None and client.default_paymethod_id == method.id
    return _plain(asdict(method)) | {"is_default": is_default}


def _invoice(world: World, invoice: Invoice) -> dict[str, Any]:
    items = world.store.all(InvoiceItem, invoice_id=invoice.id)
    return _plain(asdict(invoice)) | {
        "total": money.plain(totals(world, invoice).total),
        "balance": money.plain(balance(world, invoice)),
        "items": [_plain(asdict(item)) for item in items],
    }
