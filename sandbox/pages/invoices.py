"""The customer's invoices, and paying one with a card, through the bank's challenge if it asks."""

from __future__ import annotations

from dataclasses import dataclass

from sanic import Blueprint, HTTPResponse, Request

from sandbox.charging import Outcome, charge, fits, is_expired
from sandbox.ledger import balance, is_overdue, totals
from sandbox.mass_payment import contained, is_container
from sandbox.pages.visitor import (
    NotShown,
    Visitor,
    enter,
    field,
    number,
    query_number,
    to,
)
from sandbox.paymethods import ordered
from sandbox.records import Invoice, InvoiceItem, PayMethod
from sandbox.world import World

blueprint = Blueprint("invoices")

STATUS_WORDS = {
    "Unpaid": "Obetald",
    "Paid": "Betald",
    "Cancelled": "Annullerad",
    "Refunded": "Återbetald",
    "Collections": "Hos inkasso",
    "Payment Pending": "Betalning behandlas",
}
DECLINED = "Betalningen gick inte igenom. Inga pengar har dragits. Prova ett annat kort."


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownInvoice:
    invoice: Invoice
    total: int
    balance: int
    status: str
    is_overdue: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownCard:
    method: PayMethod
    is_usable: bool
    is_chosen: bool


def shown(world: World, invoice: Invoice) -> ShownInvoice:
    return ShownInvoice(
        invoice=invoice,
        total=totals(world, invoice).total,
        balance=balance(world, invoice),
        status=STATUS_WORDS.get(invoice.status, invoice.status),
        is_overdue=is_overdue(world, invoice),
    )


def listed(visitor: Visitor) -> list[ShownInvoice]:
    """What the customer sees: no drafts and no containers; the newest first."""
    invoices = visitor.world.store.all(Invoice, client_id=visitor.client.id)
    return [
        shown(visitor.world, invoice)
        for invoice in sorted(invoices, key=lambda row: (row.date, row.id), reverse=True)
        if invoice.status != "Draft" and not is_container(visitor.world, invoice)
    ]


def invoice_list(visitor: Visitor) -> HTTPResponse:
    return visitor.page("invoices.html", invoices=listed(visitor))


@blueprint.get("/viewinvoice.php", name="view_get")
async def view(request: Request) -> HTTPResponse:
    visitor = enter(request, "invoices")
    invoice = visitor.invoice(query_number(request, "id"))
    return _invoice_page(visitor, invoice, result=str(request.args.get("result") or ""))


def _invoice_page(
    visitor: Visitor, invoice: Invoice, *, result: str = "", problem: str = "", status: int = 200
) -> HTTPResponse:
    world = visitor.world
    return visitor.page(
        "invoice.html",
        status=status,
        shown=shown(world, invoice),
        items=world.store.all(InvoiceItem, invoice_id=invoice.id),
        figures=totals(world, invoice),
        contained=contained(world, invoice),
        cards=_cards(visitor, invoice),
        is_payable=invoice.status == "Unpaid" and balance(world, invoice) > 0,
        result=result,
        problem=problem,
    )


def _cards(visitor: Visitor, invoice: Invoice) -> list[ShownCard]:
    methods = [row for row in ordered(visitor.world, visitor.client) if row.is_card]
    usable = [row.id for row in methods if _is_usable(visitor.world, row, invoice)]
    wanted = invoice.paymethod_id if invoice.paymethod_id in usable else next(iter(usable), 0)
    return [
        ShownCard(method=row, is_usable=row.id in usable, is_chosen=row.id == wanted)
        for row in methods
    ]


def _is_usable(world: World, method: PayMethod, invoice: Invoice) -> bool:
    return fits(method, invoice.paymentmethod) and not is_expired(world, method)


@blueprint.post("/viewinvoice.php", name="view_post")
async def pay(request: Request) -> HTTPResponse:
    """`ccinfo` is the saved card, as on WHMCS's own pay page."""
    visitor = enter(request, "invoices")
    invoice = _payable(visitor, query_number(request, "id"))
    card = _chosen_card(visitor, invoice, number(field(request, "ccinfo")))
    if card is None:
        problem = "Välj ett kort att betala med."
        return _invoice_page(visitor, invoice, problem=problem, status=400)
    if card.behaviour == "authentication_required":
        return to(f"3dsecure.php?invoiceid={invoice.id}&card={card.id}")
    return await _charge(visitor, invoice, card)


def _payable(visitor: Visitor, id: int) -> Invoice:
    invoice = visitor.invoice(id)
    if invoice.status != "Unpaid" or balance(visitor.world, invoice) <= 0:
        raise NotShown("Den fakturan är redan betald eller kan inte betalas här.", status=409)
    return invoice


def _chosen_card(visitor: Visitor, invoice: Invoice, id: int) -> PayMethod | None:
    cards = _cards(visitor, invoice)
    return next((row.method for row in cards if row.is_usable and row.method.id == id), None)


async def _charge(visitor: Visitor, invoice: Invoice, card: PayMethod) -> HTTPResponse:
    result = await charge(
        visitor.world, invoice, card, initiator="customer", is_customer_present=True
    )
    if result.outcome is Outcome.DECLINED:
        return _invoice_page(visitor, visitor.invoice(invoice.id), problem=DECLINED)
    return to(f"viewinvoice.php?id={invoice.id}&result={result.outcome.value}")


@blueprint.get("/3dsecure.php", name="challenge_get")
async def show_challenge(request: Request) -> HTTPResponse:
    """The bank's page: the customer approves the purchase there."""
    visitor = enter(request, "invoices")
    invoice = _payable(visitor, query_number(request, "invoiceid"))
    card = _chosen_card(visitor, invoice, query_number(request, "card"))
    if card is None:
        raise NotShown("Det kortet går inte att betala med.")
    return visitor.page("challenge.html", shown=shown(visitor.world, invoice), card=card)


@blueprint.post("/3dsecure.php", name="challenge_post")
async def answer_challenge(request: Request) -> HTTPResponse:
    visitor = enter(request, "invoices")
    invoice = _payable(visitor, query_number(request, "invoiceid"))
    card = _chosen_card(visitor, invoice, query_number(request, "card"))
    if card is None:
        raise NotShown("Det kortet går inte att betala med.")
    if field(request, "answer") != "approve":
        problem = "Du avbröt hos banken. Inga pengar har dragits."
        return _invoice_page(visitor, invoice, problem=problem)
    return await _charge(visitor, invoice, card)
