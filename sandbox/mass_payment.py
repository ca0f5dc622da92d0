"""Mass payment: one container invoice whose lines are other invoices, paid in one charge.

What WHMCS does with a single selection is not documented. Here, as a guess, no container is made
and the customer is sent to the invoice itself.
"""

from __future__ import annotations

from sandbox.ledger import balance
from sandbox.records import Client, Invoice, InvoiceItem
from sandbox.world import World


def is_container(world: World, invoice: Invoice) -> bool:
    return bool(contained(world, invoice))


def contained(world: World, invoice: Invoice) -> list[Invoice]:
    """The invoices that a container pays; none for an ordinary invoice."""
    items = world.store.all(InvoiceItem, invoice_id=invoice.id, type="Invoice")
    originals = (world.store.get(Invoice, item.relid) for item in items)
    return [original for original in originals if original]


def payable(world: World, client: Client) -> list[Invoice]:
    """What can go into a mass payment, by due date."""
    invoices = [
        row
        for row in world.store.all(Invoice, client_id=client.id, status="Unpaid")
        if balance(world, row) > 0 and not is_container(world, row)
    ]
    return sorted(invoices, key=lambda row: (row.duedate, row.id))


def make_container(world: World, client: Client, chosen: list[Invoice], gateway: str) -> Invoice:
    """The invoice to pay: a container for several, the invoice itself for one."""
    if len(chosen) == 1:
        return chosen[0]
    today = world.today.isoformat()
    with world.store.transaction():
        container = world.store.add(
            Invoice(
                client_id=client.id,
                date=today,
                duedate=today,
                paymentmethod=gateway,
                created_at=world.stamp,
                updated_at=world.stamp,
            )
        )
        for invoice in chosen:
            world.store.add(_line(world, container, invoice))
    return container


def _line(world: World, container: Invoice, invoice: Invoice) -> InvoiceItem:
    return InvoiceItem(
        invoice_id=container.id,
        type="Invoice",
        relid=invoice.id,
        description=f"Faktura {invoice.shown_number}",
        amount_ore=balance(world, invoice),
    )
