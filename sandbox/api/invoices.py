"""Actions that read invoices and the money on them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sandbox import money
from sandbox.api.call import Answer, ApiError, Call, action, page
from sandbox.api.shapes import Listing
from sandbox.ledger import balance, client_of, is_card_gateway, is_overdue, totals
from sandbox.records import Invoice, InvoiceItem, Transaction
from sandbox.world import World

NEVER_DATE = "0000-00-00"
NEVER = "0000-00-00 00:00:00"
STATUSES = (
    "Draft",
    "Unpaid",
    "Paid",
    "Cancelled",
    "Refunded",
    "Collections",
    "Payment Pending",
)
SORT_KEYS: dict[str, Callable[[World, Invoice], Any]] = {
    "id": lambda _world, row: row.id,
    "invoicenumber": lambda _world, row: row.number,
    "date": lambda _world, row: row.date,
    "duedate": lambda _world, row: row.duedate,
    "total": lambda world, row: totals(world, row).total,
    "status": lambda _world, row: row.status,
}


def invoice_or_error(world: World, call: Call, message: str = "Invoice ID Not Found") -> Invoice:
    invoice = world.store.get(Invoice, call.number("invoiceid"))
    if invoice is None:
        raise ApiError(message)
    return invoice


@action("GetInvoices")
def get_invoices(world: World, call: Call) -> Answer:
    where = {"client_id": call.number("userid")} if call.has("userid") else {}
    status = call.text("status").lower()
    invoices = [row for row in world.store.all(Invoice, **where) if _matches(world, row, status)]
    chosen, counts = page(call, _in_order(world, invoices, call))
    rows = [_list_row(world, row) for row in chosen]
    return {"result": "success", **counts, "invoices": Listing(key="invoice", rows=rows)}


def _matches(world: World, invoice: Invoice, status: str) -> bool:
    if status == "overdue":
        return is_overdue(world, invoice)
    return not status or invoice.status.lower() == status


def _in_order(world: World, invoices: list[Invoice], call: Call) -> list[Invoice]:
    key = SORT_KEYS.get(call.text("orderby").lower(), SORT_KEYS["id"])
    is_descending = call.text("order").lower() == "desc"
    return sorted(invoices, key=lambda row: key(world, row), reverse=is_descending)


def _figures(world: World, invoice: Invoice) -> dict[str, str]:
    figures = totals(world, invoice)
    return {
        "subtotal": money.plain(figures.subtotal),
        "credit": money.plain(invoice.credit_ore),
        "tax": money.plain(figures.tax),
        "tax2": money.plain(figures.tax2),
        "total": money.plain(figures.total),
    }


def _list_row(world: World, invoice: Invoice) -> dict[str, Any]:
    client = client_of(world, invoice)
    return {
        "id": invoice.id,
        "userid": invoice.client_id,
        "firstname": client.firstname,
        "lastname": client.lastname,
        "companyname": client.companyname,
        "invoicenum": invoice.number,
        "date": invoice.date,
        "duedate": invoice.duedate,
        "datepaid": invoice.datepaid or NEVER,
        "last_capture_attempt": invoice.last_capture_attempt or NEVER,
        "date_refunded": invoice.date_refunded or NEVER,
        "date_cancelled": invoice.date_cancelled or NEVER,
        **_figures(world, invoice),
        "taxrate": invoice.taxrate,
        "taxrate2": invoice.taxrate2,
        "status": invoice.status,
        "paymentmethod": invoice.paymentmethod,
        "paymethodid": invoice.paymethod_id or None,
        "notes": invoice.notes,
        "created_at": invoice.created_at,
        "updated_at": invoice.updated_at,
        "currencycode": "SEK",
        "currencyprefix": "",
        "currencysuffix": " kr",
    }


@action("GetInvoice")
def get_invoice(world: World, call: Call) -> Answer:
    invoice = invoice_or_error(world, call)
    transactions = world.store.all(Transaction, invoice_id=invoice.id)
    return {
        "result": "success",
        "invoiceid": invoice.id,
        "invoicenum": invoice.number,
        "userid": invoice.client_id,
        "date": invoice.date,
        "duedate": invoice.duedate,
        "datepaid": invoice.datepaid or NEVER,
        "lastcaptureattempt": invoice.last_capture_attempt or NEVER,
        **_figures(world, invoice),
        "balance": money.plain(balance(world, invoice)),
        "taxrate": invoice.taxrate,
        "taxrate2": invoice.taxrate2,
        "status": invoice.status,
        "paymentmethod": invoice.paymentmethod,
        "notes": invoice.notes,
        "ccgateway": is_card_gateway(invoice.paymentmethod),
        "items": Listing(key="item", rows=_item_rows(world, invoice)),
        "transactions": Listing(
            key="transaction", rows=[transaction_row(row) for row in transactions], empty=""
        ),
    }


def _item_rows(world: World, invoice: Invoice) -> list[dict[str, Any]]:
    return [
        {
            "id": item.id,
            "type": item.type,
            "relid": item.relid,
            "description": item.description,
            "amount": money.plain(item.amount_ore),
            "taxed": int(item.is_taxed),
        }
        for item in world.store.all(InvoiceItem, invoice_id=invoice.id)
    ]


@action("GetTransactions")
def get_transactions(world: World, call: Call) -> Answer:
    where: dict[str, Any] = {}
    if call.has("invoiceid"):
        where["invoice_id"] = call.number("invoiceid")
    if call.has("clientid"):
        where["client_id"] = call.number("clientid")
    if call.has("transid"):
        where["transid"] = call.text("transid")
    rows = [transaction_row(row) for row in world.store.all(Transaction, **where)]
    return {
        "result": "success",
        "totalresults": len(rows),
        "startnumber": 0,
        "numreturned": len(rows),
        "transactions": Listing(key="transaction", rows=rows),
    }


def transaction_row(row: Transaction) -> dict[str, str]:
    return {
        "id": str(row.id),
        "userid": str(row.client_id),
        "currency": "0",
        "gateway": row.gateway,
        "date": row.date,
        "description": row.description,
        "amountin": money.plain(row.amount_in_ore),
        "fees": money.plain(row.fees_ore),
        "amountout": money.plain(row.amount_out_ore),
        "rate": "1.00000",
        "transid": row.transid,
        "invoiceid": str(row.invoice_id),
        "refundid": str(row.refund_id),
    }
