"""Invoices with their true balances, and the money in and out on them.

GetInvoices tells the status, the due date and the card of each invoice but no balance; GetInvoice
tells the balance and the lines but neither card nor currency. So a list is one listing and one
reading each, of those alone that matter; and an unpaid invoice is read together with the listing of
the client's unpaid ones. An invoice of another client does not exist here.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date as Date
from decimal import Decimal
from zoneinfo import ZoneInfo

from billing.errors import BadAnswer, NotFound
from billing.model import Invoice, InvoiceLine, InvoiceStatus, Money, Transaction
from billing.whmcs.accounts import Accounts
from billing.whmcs.listing import every, pages, readable, together
from billing.whmcs.shapes import (
    Payload,
    Unreadable,
    amount,
    day,
    flag,
    identifier,
    integer,
    money,
    optional_integer,
    optional_moment,
    rows,
    text,
)
from billing.whmcs.wire import Wire


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceRow:
    """What the list tells of an invoice."""

    id: int
    client_id: int
    status: str
    date: Date
    due_date: Date
    card_id: int | None
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceSheet:
    """What the invoice by itself tells; amounts without a currency."""

    payload: Payload
    id: int
    client_id: int
    status: InvoiceStatus


class Invoices:
    def __init__(self, wire: Wire, accounts: Accounts, zone: ZoneInfo) -> None:
        self._wire = wire
        self._accounts = accounts
        self.zone = zone

    async def one(self, client_id: int, invoice_id: int) -> Invoice:
        sheet, unpaid = await asyncio.gather(
            self.sheet(client_id, invoice_id), self.rows(client_id, InvoiceStatus.UNPAID)
        )
        row = next((row for row in unpaid if row.id == invoice_id), None)
        if row is None and sheet.status is InvoiceStatus.UNPAID:
            row = await self._row_of_unpaid(client_id, invoice_id)
        return await self._complete(sheet, row)

    async def _row_of_unpaid(self, client_id: int, invoice_id: int) -> InvoiceRow:
        """It may have become unpaid between two readings. Without its row nobody knows which card
        would be charged, so it cannot be read."""
        for row in await self.rows(client_id):
            if row.id == invoice_id:
                return row
        raise BadAnswer("GetInvoices", "an unpaid invoice is missing in the list", id=invoice_id)

    async def sheet(self, client_id: int, invoice_id: int) -> InvoiceSheet:
        """The invoice by itself, with its owner checked; a draft is not there."""
        sheet = await self._wire.read(
            "GetInvoice", {"invoiceid": invoice_id}, to_sheet, id=invoice_id
        )
        is_theirs = (sheet.id, sheet.client_id) == (invoice_id, client_id)
        if not is_theirs or sheet.status is InvoiceStatus.DRAFT:
            raise NotFound("GetInvoice", "not this client's", id=invoice_id)
        return sheet

    async def several(
        self,
        client_id: int,
        status: InvoiceStatus | None,
        limit: int | None,
        due_before: Date | None,
    ) -> tuple[Invoice, ...]:
        newest_first = {"orderby": "date", "order": "desc"} if limit is not None else {}
        found: list[Invoice] = []
        async for page in pages(
            self._wire,
            "GetInvoices",
            {**_of_client(client_id, status), **newest_first},
            "invoices",
            "invoice",
        ):
            wanted = _wanted(self._own(client_id, page, status), due_before)
            found += await self._some(client_id, wanted, status, limit, len(found))
            if limit is not None and len(found) >= limit:
                break
        return tuple(sorted(found[:limit], key=lambda one: (one.due_date, one.id)))

    async def _some(
        self,
        client_id: int,
        wanted: Sequence[InvoiceRow],
        status: InvoiceStatus | None,
        limit: int | None,
        have: int,
    ) -> list[Invoice]:
        """Debts among these rows, newest first; with a limit, no more readings than it takes."""
        waiting = sorted(wanted, key=lambda row: (row.date, row.id), reverse=True)
        found: list[Invoice] = []
        while waiting and (limit is None or have + len(found) < limit):
            size = len(waiting) if limit is None else limit - have - len(found)
            batch, waiting = waiting[:size], waiting[size:]
            read = await together(*(self._from_row(client_id, row) for row in batch))
            found += [one for one in read if one and one.is_debt and status in (None, one.status)]
        return found

    async def _from_row(self, client_id: int, row: InvoiceRow) -> Invoice | None:
        """None for an invoice that went away after it was listed."""
        try:
            return await self._complete(await self.sheet(client_id, row.id), row)
        except NotFound:
            return None

    async def rows(self, client_id: int, status: InvoiceStatus | None = None) -> list[InvoiceRow]:
        asked = _of_client(client_id, status)
        listed = await every(self._wire, "GetInvoices", asked, "invoices", "invoice")
        return self._own(client_id, listed, status)

    @staticmethod
    def _own(
        client_id: int, listed: list[Payload], status: InvoiceStatus | None
    ) -> list[InvoiceRow]:
        """Filters are applied again: one that WHMCS ignores must not show a stranger's invoice."""
        return [
            row
            for row in readable("GetInvoices", _visible(listed), to_row)
            if row.client_id == client_id and status in (None, row.status)
        ]

    async def _complete(self, sheet: InvoiceSheet, row: InvoiceRow | None) -> Invoice:
        currency = row.currency if row else ""
        currency = currency or await self._accounts.currency(sheet.client_id)
        return readable(
            "GetInvoice",
            [sheet.payload],
            lambda payload: to_invoice(payload, row.card_id if row else None, currency, self.zone),
        )[0]

    async def transactions(self, client_id: int, invoice_id: int) -> tuple[Transaction, ...]:
        asked = {"invoiceid": invoice_id}
        _, found = await asyncio.gather(
            self.sheet(client_id, invoice_id),
            self._wire.read("GetTransactions", asked, self._to_transactions, id=invoice_id),
        )
        own = (one for one in found if one.invoice_id == invoice_id)
        return tuple(sorted(own, key=lambda one: (one.date, one.id)))

    def _to_transactions(self, payload: Payload) -> list[Transaction]:
        listed = rows(payload, "transactions", "transaction")
        return [to_transaction(record, self.zone) for record in listed]


def _of_client(client_id: int, status: InvoiceStatus | None) -> dict[str, object]:
    return {"userid": client_id, "status": status.value if status else None}


def _visible(listed: list[Payload]) -> list[Payload]:
    """Without drafts, which may lack a date still, and what is not a standard status."""
    shown = [status for status in InvoiceStatus if status is not InvoiceStatus.DRAFT]
    return [record for record in listed if record.get("status") in shown]


def _wanted(found: list[InvoiceRow], due_before: Date | None) -> list[InvoiceRow]:
    return [row for row in found if due_before is None or row.due_date < due_before]


def to_row(payload: Payload) -> InvoiceRow:
    return InvoiceRow(
        id=integer(payload, "id"),
        client_id=integer(payload, "userid"),
        status=text(payload, "status"),
        date=day(payload, "date"),
        due_date=day(payload, "duedate"),
        card_id=identifier(payload, "paymethodid"),
        currency=text(payload, "currencycode"),
    )


def to_sheet(payload: Payload) -> InvoiceSheet:
    return InvoiceSheet(
        payload=payload,
        id=integer(payload, "invoiceid", "id"),
        client_id=integer(payload, "userid"),
        status=_status(payload),
    )


def _status(payload: Payload) -> InvoiceStatus:
    try:
        return InvoiceStatus(text(payload, "status"))
    except ValueError:
        raise Unreadable("status") from None


def to_invoice(payload: Payload, card_id: int | None, currency: str, zone: ZoneInfo) -> Invoice:
    invoice_id = integer(payload, "invoiceid", "id")
    return Invoice(
        id=invoice_id,
        number=text(payload, "invoicenum") or str(invoice_id),
        client_id=integer(payload, "userid"),
        date=day(payload, "date"),
        due_date=day(payload, "duedate"),
        date_paid=optional_moment(payload, zone, "datepaid"),
        total=money(payload, currency, "total"),
        balance=money(payload, currency, "balance"),
        credit_applied=money(payload, currency, "credit"),
        status=_status(payload),
        payment_method=text(payload, "paymentmethod"),
        card_id=card_id,
        is_card_gateway=flag(payload, "ccgateway"),
        lines=tuple(to_line(one, currency) for one in rows(payload, "items", "item")),
    )


def to_line(payload: Payload, currency: str) -> InvoiceLine:
    return InvoiceLine(
        description=text(payload, "description"),
        amount=Money(amount(payload, "amount"), currency),
        type=text(payload, "type"),
        related_id=optional_integer(payload, "relid") or 0,
    )


def to_transaction(payload: Payload, zone: ZoneInfo) -> Transaction:
    at = optional_moment(payload, zone, "date")
    if at is None:
        raise Unreadable("date")
    return Transaction(
        id=integer(payload, "id"),
        invoice_id=optional_integer(payload, "invoiceid") or 0,
        date=at,
        gateway=text(payload, "gateway"),
        reference=text(payload, "transid"),
        amount_in=amount(payload, "amountin"),
        amount_out=amount(payload, "amountout"),
        fees=amount(payload, "fees") if payload.get("fees") else Decimal("0.00"),
        description=text(payload, "description"),
        refund_of=identifier(payload, "refundid"),
    )
