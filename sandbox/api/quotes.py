"""Actions on quotes."""

from __future__ import annotations

from typing import Any

from sandbox import money
from sandbox.api.call import Answer, ApiError, Call, action, page
from sandbox.api.shapes import Listing
from sandbox.quotes import accept, quote_totals
from sandbox.records import Client, Quote, QuoteItem
from sandbox.world import World

NEVER_DATE = "0000-00-00"
NO_CONTACT = dict.fromkeys(
    [
        "firstname",
        "lastname",
        "companyname",
        "email",
        "address1",
        "address2",
        "city",
        "state",
        "postcode",
        "phonenumber",
        "tax_id",
    ],
    "",
) | {"country": "SE"}
"""The contact fields, which WHMCS leaves empty where the quote is a client's."""

FILTERS = ("datecreated", "lastmodified", "validuntil")


@action("GetQuotes")
def get_quotes(world: World, call: Call) -> Answer:
    where: dict[str, Any] = {}
    if call.has("quoteid"):
        where["id"] = call.number("quoteid")
    if call.has("userid"):
        where["client_id"] = call.number("userid")
    quotes = [quote for quote in world.store.all(Quote, **where) if _matches(quote, call)]
    chosen, counts = page(call, quotes)
    rows = [_row(world, quote) for quote in chosen]
    return {"result": "success", **counts, "quotes": Listing(key="quote", rows=rows)}


def _matches(quote: Quote, call: Call) -> bool:
    stage, subject = call.text("stage").lower(), call.text("subject").lower()
    return (
        (not stage or quote.stage.lower() == stage)
        and (not subject or subject in quote.subject.lower())
        and all(not call.has(name) or getattr(quote, name) == call.text(name) for name in FILTERS)
    )


def _row(world: World, quote: Quote) -> dict[str, Any]:
    figures = quote_totals(world, quote)
    return {
        "id": quote.id,
        "subject": quote.subject,
        "stage": quote.stage,
        "validuntil": quote.validuntil or NEVER_DATE,
        "userid": quote.client_id,
        "client": _client(world, quote),
        **NO_CONTACT,
        "currency": 1,
        "subtotal": money.plain(figures.subtotal),
        "tax1": money.plain(figures.tax),
        "tax2": "0.00",
        "total": money.plain(figures.total),
        "proposal": quote.proposal,
        "customernotes": quote.customernotes,
        "adminnotes": quote.adminnotes,
        "datecreated": quote.datecreated,
        "lastmodified": quote.lastmodified,
        "datesent": quote.datesent or NEVER_DATE,
        "dateaccepted": quote.dateaccepted or NEVER_DATE,
        "items": {"item": [_item(item) for item in world.store.all(QuoteItem, quote_id=quote.id)]},
    }


def _client(world: World, quote: Quote) -> dict[str, Any] | None:
    client = world.store.get(Client, quote.client_id)
    if client is None:
        return None
    return {"id": client.id, "name": client.name, "email": client.email}


def _item(item: QuoteItem) -> dict[str, Any]:
    return {
        "id": item.id,
        "description": item.description,
        "quantity": item.quantity,
        "unitprice": money.plain(item.unitprice_ore),
        "discount": item.discount,
        "taxable": int(item.is_taxable),
    }


@action("AcceptQuote")
def accept_quote(world: World, call: Call) -> Answer:
    """As documented: no look at owner, stage, expiry or terms. Accepting again answers the same."""
    quote = world.store.get(Quote, call.number("quoteid"))
    if quote is None:
        raise ApiError("Quote ID Not Found")
    accepted = accept(world, quote)
    if world.switches.accept_quote_answers_invoice:
        return {"result": "success", "invoiceid": accepted.invoice_id}
    return {"result": "success"}


@action("SendQuote")
def send_quote(world: World, call: Call) -> Answer:
    quote = world.store.get(Quote, call.number("quoteid"))
    if quote is None:
        raise ApiError("Quote ID Not Found")
    today = world.today.isoformat()
    world.store.change(quote, stage="Delivered", datesent=today, lastmodified=today)
    return {"result": "success"}
