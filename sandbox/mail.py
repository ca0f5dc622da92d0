"""The mail tray: what WHMCS would have sent, kept where `GetEmails` and the page /mail show it.

The texts are Swedish, as an install for Swedish customers has them; the templates keep the names
that WHMCS ships with.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from html import escape

from sandbox import money
from sandbox.ledger import totals
from sandbox.records import Client, Email, Invoice
from sandbox.world import World

CARD_CONFIRMATION = "Credit Card Payment Confirmation"
CARD_FAILED = "Credit Card Payment Failed"
CARD_PENDING = "Credit Card Payment Pending"
INVOICE_CREATED = "Invoice Created"
PAYMENT_CONFIRMATION = "Invoice Payment Confirmation"
CUSTOM = "Mass Mail Template"


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceFacts:
    """What a template may say of an invoice."""

    number: str
    amount: str
    total: str
    due: str
    card: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    id: int
    name: str
    type: str
    subject: str
    body: Callable[[InvoiceFacts], str]


def _confirmation(facts: InvoiceFacts) -> str:
    by = f" med kort {facts.card}" if facts.card else ""
    return (
        f"Tack! Vi har tagit emot din betalning{by}.\n\nFaktura: {facts.number}\n"
        f"Betalt: {facts.amount}\n\nDet här mejlet är ditt kvitto."
    )


def _failed(facts: InvoiceFacts) -> str:
    return (
        f"Betalningen av faktura {facts.number} på {facts.amount} gick tyvärr inte igenom"
        f"{f' med kort {facts.card}' if facts.card else ''}.\n\n"
        "Inga pengar har dragits. Prova ett annat kort, eller hör med din bank."
    )


def _pending(facts: InvoiceFacts) -> str:
    return (
        f"Betalningen av faktura {facts.number} på {facts.amount} behandlas av banken.\n\n"
        "Du får ett nytt mejl när den är klar."
    )


def _invoice_paid(facts: InvoiceFacts) -> str:
    return f"Faktura {facts.number} är betald.\n\nBelopp: {facts.total}\n\nDet här är ditt kvitto."


def _invoice_created(facts: InvoiceFacts) -> str:
    return (
        f"Du har fått en ny faktura.\n\nFaktura: {facts.number}\nBelopp: {facts.total}\n"
        f"Förfaller: {facts.due}"
    )


def _reminder(facts: InvoiceFacts) -> str:
    return f"Faktura {facts.number} på {facts.amount} förföll {facts.due} och är ännu inte betald."


def _of_invoice(id: int, name: str, subject: str, body: Callable[[InvoiceFacts], str]) -> Template:
    return Template(id=id, name=name, type="invoice", subject=subject, body=body)


TEMPLATES = (
    _of_invoice(1, INVOICE_CREATED, "Ny faktura {}", _invoice_created),
    _of_invoice(2, PAYMENT_CONFIRMATION, "Kvitto för faktura {}", _invoice_paid),
    _of_invoice(3, "Invoice Payment Reminder", "Påminnelse om faktura {}", _reminder),
    _of_invoice(4, "First Invoice Overdue Notice", "Faktura {} har förfallit", _reminder),
    _of_invoice(5, CARD_CONFIRMATION, "Kvitto för faktura {}", _confirmation),
    _of_invoice(6, CARD_FAILED, "Betalningen av faktura {} gick inte igenom", _failed),
    _of_invoice(7, CARD_PENDING, "Betalningen av faktura {} behandlas", _pending),
)


def template(name: str) -> Template | None:
    return next((item for item in TEMPLATES if item.name == name), None)


def send_invoice_mail(
    world: World, name: str, invoice: Invoice, *, amount_ore: int | None = None, card: str = ""
) -> Email:
    """Send the invoice template of that name to the invoice's client."""
    chosen = template(name)
    client = world.store.get(Client, invoice.client_id)
    if chosen is None or client is None:
        raise LookupError(f"no template {name!r} or no client {invoice.client_id}")
    figures = totals(world, invoice)
    facts = InvoiceFacts(
        number=invoice.shown_number,
        amount=money.swedish(figures.balance if amount_ore is None else amount_ore),
        total=money.swedish(figures.total),
        due=invoice.duedate,
        card=card,
    )
    subject = chosen.subject.format(invoice.shown_number)
    return send(world, client, template_name=name, subject=subject, text=chosen.body(facts))


def send(world: World, client: Client, *, template_name: str, subject: str, text: str) -> Email:
    """Put a plain text into the tray, greeted, signed and as HTML."""
    message = f"Hej {client.firstname or client.companyname}!\n\n{text}\n\n{world.company}"
    return post(world, client, template_name=template_name, subject=subject, html=as_html(message))


def post(world: World, client: Client, *, template_name: str, subject: str, html: str) -> Email:
    """Put a finished HTML message into the tray."""
    return world.store.add(
        Email(
            client_id=client.id,
            template=template_name,
            subject=subject,
            message=html,
            date=world.stamp,
            to=client.email,
        )
    )


def as_html(text: str) -> str:
    paragraphs = escape(text, quote=False).split("\n\n")
    return "".join(f"<p>{part.replace(chr(10), '<br>')}</p>" for part in paragraphs)
