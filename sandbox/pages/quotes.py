"""Viewing a quote and accepting it, after ticking the terms."""

from __future__ import annotations

from sanic import Blueprint, HTTPResponse, Request

from sandbox.pages.visitor import NotShown, Visitor, enter, field, query_number, to
from sandbox.quotes import accept, is_open, line_ore, quote_totals
from sandbox.records import Quote, QuoteItem

blueprint = Blueprint("quotes")

STAGE_WORDS = {
    "Delivered": "Väntar på svar",
    "On Hold": "Vilande",
    "Accepted": "Accepterad",
    "Lost": "Avböjd",
    "Dead": "Avslutad",
}


def _quote(visitor: Visitor, id: int) -> Quote:
    quote = visitor.world.store.get(Quote, id)
    if quote is None or quote.client_id != visitor.client.id or quote.stage == "Draft":
        raise NotShown("Den offerten finns inte.")
    return quote


def _quote_page(
    visitor: Visitor, quote: Quote, *, problem: str = "", status: int = 200
) -> HTTPResponse:
    items = visitor.world.store.all(QuoteItem, quote_id=quote.id)
    return visitor.page(
        "quote.html",
        status=status,
        quote=quote,
        stage=STAGE_WORDS.get(quote.stage, quote.stage),
        lines=[(item, line_ore(item)) for item in items],
        figures=quote_totals(visitor.world, quote),
        is_open=is_open(visitor.world, quote),
        problem=problem,
    )


@blueprint.get("/viewquote.php", name="quote_get")
async def view(request: Request) -> HTTPResponse:
    visitor = enter(request, "quotes")
    return _quote_page(visitor, _quote(visitor, query_number(request, "id")))


@blueprint.post("/viewquote.php", name="quote_post")
async def accept_quote(request: Request) -> HTTPResponse:
    visitor = enter(request, "quotes")
    quote = _quote(visitor, query_number(request, "id"))
    if not is_open(visitor.world, quote):
        raise NotShown("Den offerten går inte längre att acceptera.", status=409)
    if not field(request, "agreetos"):
        problem = "Du behöver godkänna villkoren först."
        return _quote_page(visitor, quote, problem=problem, status=400)
    accept(visitor.world, quote)
    return to(f"viewquote.php?id={quote.id}")
