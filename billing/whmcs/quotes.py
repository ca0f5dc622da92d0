"""Quotes sent to the client, and the acceptance of one.

WHMCS's AcceptQuote checks neither owner, stage, date nor terms: all of that is done here. It may or
may not tell the invoice that it made, so the invoices before and after are compared.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from billing.errors import BadAnswer, BillingError, NotAllowed, NotFound
from billing.model import Invoice, Money, Quote, QuoteLine, QuoteStage
from billing.whmcs.accounts import Accounts
from billing.whmcs.cards import unread_before_write
from billing.whmcs.invoices import Invoices
from billing.whmcs.listing import every, readable
from billing.whmcs.shapes import (
    Payload,
    Unreadable,
    amount,
    day,
    identifier,
    integer,
    optional_day,
    rows,
    text,
)
from billing.whmcs.wire import Wire

_STAGES = set(QuoteStage)
_BREAK = re.compile(r"<(?:br|/?(?:p|div|li|tr|h[1-6]))\b[^<>]*>", re.IGNORECASE)
_TAG = re.compile(r"<[a-z/!][^<>]*>", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientQuotes:
    """A client's quotes and the currencies that their ids stand for."""

    listed: list[Payload]
    currency: Callable[[Payload], str]


class Quotes:
    def __init__(
        self, wire: Wire, accounts: Accounts, invoices: Invoices, today: Callable[[], date]
    ) -> None:
        self._wire = wire
        self._accounts = accounts
        self._invoices = invoices
        self._today = today

    async def several(self, client_id: int) -> tuple[Quote, ...]:
        found = await self._read(client_id, {"userid": client_id})
        return tuple(sorted(found, key=lambda one: (one.created, one.id), reverse=True))

    async def one(self, client_id: int, quote_id: int) -> Quote:
        asked: dict[str, object] = {"userid": client_id, "quoteid": quote_id}
        for quote in await self._read(client_id, asked):
            if quote.id == quote_id:
                return quote
        raise NotFound("GetQuotes", "not this client's", id=quote_id)

    async def _read(self, client_id: int, asked: dict[str, object]) -> list[Quote]:
        listed = await every(self._wire, "GetQuotes", asked, "quotes", "quote")
        own = readable("GetQuotes", listed, lambda one: _is_for(one, client_id))
        shown = [record for record, is_shown in zip(listed, own, strict=True) if is_shown]
        if not shown:
            return []
        codes = await self._codes(client_id, shown)
        return readable("GetQuotes", shown, lambda one: to_quote(one, codes))

    async def _codes(self, client_id: int, shown: list[Payload]) -> dict[int | None, str]:
        """Quotes name their currency by id; nearly always it is the client's own."""
        account = await self._accounts.account(client_id)
        ids = set(readable("GetQuotes", shown, lambda one: identifier(one, "currency")))
        others = ids - {None, account.currency_id}
        codes = {id: await self._accounts.currency_code(id) for id in others}
        return {
            **codes,
            None: account.customer.currency,
            account.currency_id: account.customer.currency,
        }

    async def accept(
        self, client_id: int, quote_id: int, *, terms_accepted: bool
    ) -> Invoice | None:
        if not terms_accepted:
            raise NotAllowed("AcceptQuote", "the terms were not accepted", id=quote_id)
        before = await self._before(client_id, quote_id)
        payload = await self._wire.write("AcceptQuote", {"quoteid": quote_id}, id=quote_id)
        try:
            return await self._invoice_of(client_id, payload, before)
        except BillingError:
            return None

    async def _before(self, client_id: int, quote_id: int) -> set[int]:
        try:
            quote = await self.one(client_id, quote_id)
            rows_before = await self._invoices.rows(client_id)
        except BadAnswer as error:
            raise unread_before_write(error) from None
        if not quote.is_open(self._today()):
            raise NotAllowed("AcceptQuote", "the quote is not open", id=quote_id)
        return {row.id for row in rows_before}

    async def _invoice_of(
        self, client_id: int, payload: Payload, before: set[int]
    ) -> Invoice | None:
        """The invoice that WHMCS names, else the only one that was not there before."""
        named = readable("AcceptQuote", [payload], lambda one: identifier(one, "invoiceid"))[0]
        if named is not None:
            return await self._invoices.one(client_id, named)
        new = [row.id for row in await self._invoices.rows(client_id) if row.id not in before]
        return await self._invoices.one(client_id, new[0]) if len(new) == 1 else None


def _is_for(payload: Payload, client_id: int) -> bool:
    return identifier(payload, "userid") == client_id and text(payload, "stage") in _STAGES


def to_quote(payload: Payload, codes: dict[int | None, str]) -> Quote:
    currency = codes[identifier(payload, "currency")]
    return Quote(
        id=integer(payload, "id"),
        subject=text(payload, "subject"),
        stage=QuoteStage(text(payload, "stage")),
        created=day(payload, "datecreated"),
        valid_until=optional_day(payload, "validuntil"),
        total=Money(amount(payload, "total"), currency),
        subtotal=Money(amount(payload, "subtotal"), currency),
        proposal=plain(text(payload, "proposal")),
        notes=plain(text(payload, "customernotes")),
        lines=tuple(to_quote_line(one, currency) for one in rows(payload, "items", "item")),
    )


def to_quote_line(payload: Payload, currency: str) -> QuoteLine:
    return QuoteLine(
        description=text(payload, "description"),
        quantity=_quantity(payload),
        unit_price=Money(amount(payload, "unitprice"), currency),
        discount_percent=amount(payload, "discount") if payload.get("discount") else Decimal(0),
    )


def _quantity(payload: Payload) -> Decimal:
    """A number of things or hours, with as many decimals as it was written with."""
    value = payload.get("quantity")
    written = format(value, "f") if isinstance(value, Decimal | int) else value
    if not isinstance(written, str) or not re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,6})?", written):
        raise Unreadable("quantity")
    return Decimal(written)


def plain(written: str) -> str:
    """Staff write proposals in an editor that makes HTML; a chat shows text."""
    bare = _TAG.sub("", _BREAK.sub("\n", written))
    lines = (" ".join(line.split()) for line in bare.splitlines())
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
