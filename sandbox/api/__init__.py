"""WHMCS's documented API, one module per subject; importing this package registers every action."""

from sandbox.api import (
    capture,
    clients,
    credit,
    emails,
    invoice_changes,
    invoices,
    paymethods,
    quotes,
    sso,
    system,
    tickets,
)

__all__ = [
    "capture",
    "clients",
    "credit",
    "emails",
    "invoice_changes",
    "invoices",
    "paymethods",
    "quotes",
    "sso",
    "system",
    "tickets",
]
