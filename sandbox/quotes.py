"""What a quote costs, and how it becomes an invoice."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from sandbox import mail, money
from sandbox.records import Client, Invoice, InvoiceItem, Quote, QuoteItem
from sandbox.world import World

DAYS_TO_PAY = 14


@dataclass(frozen=True, slots=True, kw_only=True)
class QuoteTotals:
    subtotal: int
    tax: int

    @property
    def total(self) -> int:
        return self.subtotal + self.tax


def line_ore(item: QuoteItem) -> int:
    """Quantity times price, less the discount (a percentage)."""
    factor = Decimal(item.quantity) * (100 - Decimal(item.discount)) / 100
    return int((item.unitprice_ore * factor).to_integral_value(ROUND_HALF_UP))


def quote_totals(world: World, quote: Quote) -> QuoteTotals:
    items = world.store.all(QuoteItem, quote_id=quote.id)
    taxed = sum(line_ore(item) for item in items if item.is_taxable)
    return QuoteTotals(
        subtotal=sum(line_ore(item) for item in items), tax=money.share(taxed, quote.taxrate)
    )


def is_open(world: World, quote: Quote) -> bool:
    """Whether the client area lets the customer accept it today."""
    is_in_time = not quote.validuntil or world.today.isoformat() <= quote.validuntil
    return is_in_time and quote.stage in ("Delivered", "On Hold")


def accept(world: World, quote: Quote) -> Quote:
    """Mark it accepted and make its invoice; a quote that has one already is left as it is."""
    if quote.stage == "Accepted":
        return quote
    today = world.today
    with world.store.transaction():
        invoice = _invoice(world, quote)
        mail.send_invoice_mail(world, mail.INVOICE_CREATED, invoice)
        return world.store.change(
            quote,
            stage="Accepted",
            dateaccepted=today.isoformat(),
            lastmodified=today.isoformat(),
            invoice_id=invoice.id,
        )


def _invoice(world: World, quote: Quote) -> Invoice:
    client = world.store.get(Client, quote.client_id)
    invoice = world.store.add(
        Invoice(
            client_id=quote.client_id,
            date=world.today.isoformat(),
            duedate=world.day(DAYS_TO_PAY).isoformat(),
            taxrate=quote.taxrate,
            paymentmethod=client.defaultgateway if client else "",
            created_at=world.stamp,
            updated_at=world.stamp,
        )
    )
    for item in world.store.all(QuoteItem, quote_id=quote.id):
        world.store.add(
            InvoiceItem(
                invoice_id=invoice.id,
                description=item.description,
                amount_ore=line_ore(item),
                is_taxed=item.is_taxable,
            )
        )
    return invoice
