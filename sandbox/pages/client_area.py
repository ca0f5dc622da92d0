"""`clientarea.php` and `index.php?rp=`: start, invoices, mass payment, saved cards."""

from __future__ import annotations

from sanic import Blueprint, HTTPResponse, Request

from sandbox.ledger import is_card_gateway
from sandbox.mass_payment import make_container, payable
from sandbox.pages import invoices
from sandbox.pages.invoices import shown
from sandbox.pages.visitor import NotShown, Visitor, enter, field, number, numbers, to
from sandbox.paymethods import (
    TEST_NUMBERS,
    CardRefused,
    NewCard,
    add_card,
    make_default,
    ordered,
    remove,
)
from sandbox.records import Invoice, PayMethod, Quote

blueprint = Blueprint("client_area")

CARDS = "index.php?rp=/account/paymentmethods"
ADD_CARD = f"{CARDS}/add"


@blueprint.get("/clientarea.php", name="area_get")
async def client_area(request: Request) -> HTTPResponse:
    match str(request.args.get("action") or ""):
        case "masspay":
            return _mass_payment(request)
        case "invoices":
            return invoices.invoice_list(enter(request, "invoices"))
        case "creditcard":
            return _cards_page(enter(request, "invoices"))
        case _:
            return _start(enter(request, "invoices"))


def _start(visitor: Visitor) -> HTTPResponse:
    quotes = [
        row
        for row in visitor.world.store.all(Quote, client_id=visitor.client.id)
        if row.stage != "Draft" and "quotes" in visitor.permissions
    ]
    return visitor.page("start.html", invoices=invoices.listed(visitor)[:6], quotes=quotes)


def _mass_payment(request: Request) -> HTTPResponse:
    """`all=true` ticks everything; `invoiceids[]` those."""
    visitor = enter(request, "invoices")
    _require_mass_payment(visitor)
    wanted = {number(str(value)) for value in request.args.getlist("invoiceids[]", [])}
    is_all = str(request.args.get("all") or "") == "true"
    rows = payable(visitor.world, visitor.client)
    ticked = {row.id for row in rows if is_all or row.id in wanted}
    return visitor.page(
        "masspay.html", invoices=[shown(visitor.world, row) for row in rows], ticked=ticked
    )


def _require_mass_payment(visitor: Visitor) -> None:
    if not visitor.world.switches.mass_payment:
        raise NotShown("Massbetalning är avstängd. Betala fakturorna en och en.")


@blueprint.post("/clientarea.php", name="area_post")
async def generate(request: Request) -> HTTPResponse:
    """`geninvoice=true`, `invoiceids[]`, `paymentmethod`, as WHMCS's own form sends them."""
    visitor = enter(request, "invoices")
    _require_mass_payment(visitor)
    wanted = numbers(request, "invoiceids[]")
    rows = payable(visitor.world, visitor.client)
    chosen = [row for row in rows if row.id in wanted]
    if not chosen:
        problem = "Kryssa i minst en faktura."
        shown_rows = [shown(visitor.world, row) for row in rows]
        return visitor.page(
            "masspay.html", status=400, invoices=shown_rows, ticked=set(), problem=problem
        )
    gateway = field(request, "paymentmethod") or visitor.client.defaultgateway
    container = make_container(visitor.world, visitor.client, chosen, gateway)
    return to(f"viewinvoice.php?id={container.id}")


@blueprint.get("/index.php", name="index_get")
async def index(request: Request) -> HTTPResponse:
    match str(request.args.get("rp") or ""):
        case "/account/paymentmethods":
            return _cards_page(enter(request, "invoices"))
        case "/account/paymentmethods/add":
            return _add_page(enter(request, "invoices"))
        case _:
            return to("clientarea.php")


def _cards_page(visitor: Visitor, *, status: int = 200) -> HTTPResponse:
    cards = [row for row in ordered(visitor.world, visitor.client) if row.is_card]
    return visitor.page("cards.html", status=status, cards=cards, add_path=f"/{ADD_CARD}")


def _add_page(visitor: Visitor, *, problem: str = "", status: int = 200) -> HTTPResponse:
    return visitor.page(
        "add_card.html",
        status=status,
        problem=problem,
        path=f"/{ADD_CARD}",
        cards_path=f"/{CARDS}",
        numbers=TEST_NUMBERS.items(),
        year=(visitor.world.today.year + 3) % 100,
    )


@blueprint.post("/index.php", name="index_post")
async def change_cards(request: Request) -> HTTPResponse:
    visitor = enter(request, "invoices")
    if str(request.args.get("rp") or "") == "/account/paymentmethods/add":
        return _add(request, visitor)
    method = _own(visitor, number(field(request, "paymethodid")))
    if field(request, "do") == "delete":
        remove(visitor.world, method)
    elif field(request, "do") == "default":
        make_default(visitor.world, method)
    return to(CARDS)


def _own(visitor: Visitor, id: int) -> PayMethod:
    method = visitor.world.store.get(PayMethod, id)
    if method is None or method.client_id != visitor.client.id:
        raise NotShown("Det kortet finns inte.")
    return method


def _add(request: Request, visitor: Visitor) -> HTTPResponse:
    card = NewCard(
        number=field(request, "ccnumber"),
        expiry=field(request, "ccexpiry"),
        description=field(request, "description")[:100],
        is_default=bool(field(request, "default")),
    )
    try:
        add_card(visitor.world, visitor.client, card, gateway=_card_gateway(visitor))
    except CardRefused as refused:
        return _add_page(visitor, problem=str(refused), status=400)
    return to(f"{CARDS}&added=1")


def _card_gateway(visitor: Visitor) -> str:
    """The gateway that the account's invoices are paid through, else the client's default."""
    for invoice in visitor.world.store.all(Invoice, client_id=visitor.client.id, status="Unpaid"):
        if is_card_gateway(invoice.paymentmethod):
            return invoice.paymentmethod
    default = visitor.client.defaultgateway
    return default if is_card_gateway(default) else "stripe"
