"""The arithmetic of invoices, and how money and credit settle them.

`subtotal + tax + tax2 = total + credit`: the total is net of applied credit, and what is left to
pay is the total less what was paid. Whatever is paid beyond that becomes the client's credit.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sandbox import money
from sandbox.records import Client, Credit, Invoice, InvoiceItem, Transaction
from sandbox.world import World

NO_CARD_GATEWAYS = frozenset(
    ("banktransfer", "bankgiro", "mailin", "paypal", "swish", "autogiro", "invoice", "klarna")
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    subtotal: int
    tax: int
    tax2: int
    total: int
    paid: int

    @property
    def balance(self) -> int:
        return self.total - self.paid


def totals(world: World, invoice: Invoice) -> Totals:
    items = world.store.all(InvoiceItem, invoice_id=invoice.id)
    taxed = sum(item.amount_ore for item in items if item.is_taxed)
    subtotal = sum(item.amount_ore for item in items)
    tax, tax2 = money.share(taxed, invoice.taxrate), money.share(taxed, invoice.taxrate2)
    return Totals(
        subtotal=subtotal,
        tax=tax,
        tax2=tax2,
        total=subtotal + tax + tax2 - invoice.credit_ore,
        paid=_paid(world.store.all(Transaction, invoice_id=invoice.id)),
    )


def _paid(transactions: Iterable[Transaction]) -> int:
    return sum(row.amount_in_ore - row.amount_out_ore for row in transactions)


def balance(world: World, invoice: Invoice) -> int:
    """What is left to pay; nothing on an invoice that is not waiting for money."""
    if invoice.status in ("Paid", "Cancelled", "Refunded"):
        return min(0, totals(world, invoice).balance)
    return totals(world, invoice).balance


def is_card_gateway(name: str) -> bool:
    """Whether a saved card can be charged through the gateway of this system name."""
    return bool(name) and name.lower() not in NO_CARD_GATEWAYS


def is_overdue(world: World, invoice: Invoice) -> bool:
    today = world.today.isoformat()
    if world.switches.overdue_from == "due_date":
        return invoice.status == "Unpaid" and invoice.duedate <= today
    return invoice.status == "Unpaid" and invoice.duedate < today


def client_of(world: World, invoice: Invoice) -> Client:
    client = world.store.get(Client, invoice.client_id)
    if client is None:
        raise LookupError(f"invoice {invoice.id} has no client")
    return client


def record_payment(world: World, payment: Transaction) -> Invoice:
    """Write a transaction on its invoice and settle the invoice as far as it goes.

    Money on an invoice that needs none (it was paid in the meantime) becomes credit.
    """
    with world.store.transaction():
        invoice = world.store.get(Invoice, payment.invoice_id)
        if invoice is None:
            raise LookupError(f"no invoice {payment.invoice_id}")
        surplus = payment.amount_in_ore - max(0, balance(world, invoice))
        world.store.add(payment)
        if surplus > 0:
            text = f"Invoice #{invoice.id} Overpayment"
            add_credit(world, invoice.client_id, surplus, text, relid=invoice.id)
        return settle(world, invoice)


def settle(world: World, invoice: Invoice) -> Invoice:
    """Mark the invoice paid where nothing is left to pay, and the invoices that it contains."""
    if invoice.status in ("Paid", "Cancelled", "Refunded", "Draft"):
        return invoice
    if totals(world, invoice).balance > 0:
        return invoice
    stamp = world.stamp
    paid = world.store.change(invoice, status="Paid", datepaid=stamp, updated_at=stamp)
    _settle_contained(world, paid)
    return paid


def _settle_contained(world: World, container: Invoice) -> None:
    """A paid mass-payment container settles its originals by credit."""
    for item in world.store.all(InvoiceItem, invoice_id=container.id, type="Invoice"):
        original = world.store.get(Invoice, item.relid)
        if original is None:
            continue
        text = f"Mass Invoice Payment Credit for Invoice #{original.id}"
        add_credit(world, original.client_id, item.amount_ore, text, relid=original.id)
        usable = min(item.amount_ore, max(0, balance(world, original)))
        if usable and original.status in ("Unpaid", "Collections", "Payment Pending"):
            apply_credit(world, original, usable)


def add_credit(
    world: World, client_id: int, amount_ore: int, description: str, *, relid: int = 0
) -> None:
    """Raise (or, with a negative amount, lower) the client's credit and log it."""
    client = world.store.get(Client, client_id)
    if client is None:
        raise LookupError(f"no client {client_id}")
    world.store.change(client, credit_ore=client.credit_ore + amount_ore)
    world.store.add(
        Credit(
            client_id=client_id,
            date=world.today.isoformat(),
            description=description,
            amount_ore=amount_ore,
            relid=relid,
        )
    )


def apply_credit(world: World, invoice: Invoice, amount_ore: int) -> Invoice:
    """Pay that much of the invoice from the client's credit."""
    with world.store.transaction():
        text = f"Credit Applied to Invoice #{invoice.id}"
        add_credit(world, invoice.client_id, -amount_ore, text, relid=invoice.id)
        changed = world.store.change(
            invoice, credit_ore=invoice.credit_ore + amount_ore, updated_at=world.stamp
        )
        return settle(world, changed)
