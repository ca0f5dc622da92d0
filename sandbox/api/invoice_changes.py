"""Actions that make and change invoices, or record money that came in elsewhere.

From version 9 on, an invoice that is not a draft is immutable. What UpdateInvoice answers then is
not documented; the refusal here is a guess, and changing the gateway stays possible.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from sandbox import mail
from sandbox.api.call import Answer, ApiError, Call, action, client_or_error
from sandbox.api.invoices import STATUSES, invoice_or_error
from sandbox.ledger import balance, record_payment, settle
from sandbox.records import Invoice, InvoiceItem, Transaction
from sandbox.world import World

IMMUTABLE = "The invoice is immutable and cannot be changed"
FROZEN_FIELDS = ("taxrate", "taxrate2", "credit", "date", "duedate", "notes")
TEXT_FIELDS = ("paymentmethod", "taxrate", "taxrate2", "date", "duedate", "datepaid", "notes")
ITEM_ARRAYS = ("itemdescription", "itemamount", "itemtaxed")
NEW_ARRAYS = ("newitemdescription", "newitemamount", "newitemtaxed")
MISSING_ITEM_ARRAYS = (
    "Missing Variables: itemdescription, itemamount and itemtaxed are required for each item being"
    " changed"
)


@action("CreateInvoice")
def create_invoice(world: World, call: Call) -> Answer:
    client = client_or_error(world, call.number("userid"))
    if call.flag("draft") and call.flag("sendinvoice"):
        raise ApiError(
            "Cannot create and send a draft invoice in a single API request."
            " Please create and send separately."
        )
    status = "Draft" if call.flag("draft") else _status(call, "Unpaid")
    with world.store.transaction():
        invoice = world.store.add(
            Invoice(
                client_id=client.id,
                date=_date(call, "date", world.today),
                duedate=_date(call, "duedate", world.day(14)),
                status=status,
                paymentmethod=call.text("paymentmethod", client.defaultgateway),
                taxrate=_rate(call, "taxrate"),
                taxrate2=_rate(call, "taxrate2"),
                notes=call.text("notes"),
                created_at=world.stamp,
                updated_at=world.stamp,
            )
        )
        _add_items(world, invoice, call)
        if call.flag("sendinvoice"):
            mail.send_invoice_mail(world, mail.INVOICE_CREATED, invoice)
    return {"result": "success", "invoiceid": str(invoice.id), "status": status}


def _status(call: Call, default: str) -> str:
    wanted = call.text("status", default)
    for status in STATUSES:
        if status.lower() == wanted.lower():
            return status
    raise ApiError(f"Invalid status {wanted}")


def _date(call: Call, name: str, default: date) -> str:
    text = call.text(name)[:10]
    try:
        return date.fromisoformat(text).isoformat() if text else default.isoformat()
    except ValueError:
        raise ApiError("Invalid Date Format") from None


def _rate(call: Call, name: str) -> str:
    """A percentage with three decimals, as WHMCS keeps it."""
    hundredths = max(0, min(call.amount(name), 10_000))
    return f"{hundredths // 100}.{hundredths % 100:02d}0"


def _add_items(world: World, invoice: Invoice, call: Call) -> None:
    number = 1
    while call.has(f"itemdescription{number}"):
        world.store.add(
            InvoiceItem(
                invoice_id=invoice.id,
                description=call.text(f"itemdescription{number}"),
                amount_ore=call.amount(f"itemamount{number}"),
                is_taxed=call.flag(f"itemtaxed{number}"),
            )
        )
        number += 1


@action("UpdateInvoice")
def update_invoice(world: World, call: Call) -> Answer:
    invoice = invoice_or_error(world, call)
    _check_update(world, call, invoice)
    with world.store.transaction():
        _change_items(world, invoice, call)
        changed = world.store.change(invoice, **_changes(world, invoice, call))
        settle(world, changed)
        if call.flag("publishandsendemail"):
            mail.send_invoice_mail(world, mail.INVOICE_CREATED, changed)
    return {"result": "success", "invoiceid": str(invoice.id)}


def _check_update(world: World, call: Call, invoice: Invoice) -> None:
    if _publishes(call) and invoice.status != "Draft":
        raise ApiError("Invoice must be in Draft status to be published")
    for names in (ITEM_ARRAYS, NEW_ARRAYS):
        arrays = [call.array(name).keys() for name in names]
        if any(arrays) and not arrays[0] == arrays[1] == arrays[2]:
            raise ApiError(MISSING_ITEM_ARRAYS)
    if world.switches.has_immutable_invoices and invoice.status != "Draft" and _is_edit(call):
        raise ApiError(IMMUTABLE)


def _publishes(call: Call) -> bool:
    return call.flag("publish") or call.flag("publishandsendemail")


def _is_edit(call: Call) -> bool:
    arrays = (*ITEM_ARRAYS, *NEW_ARRAYS, "deletelineids")
    return any(call.has(name) for name in FROZEN_FIELDS) or any(call.array(name) for name in arrays)


def _changes(world: World, invoice: Invoice, call: Call) -> dict[str, Any]:
    changes: dict[str, Any] = {name: call.text(name) for name in TEXT_FIELDS if call.has(name)}
    for name in ("date", "duedate"):
        if name in changes:
            changes[name] = _date(call, name, world.today)
    for name in ("taxrate", "taxrate2"):
        if name in changes:
            changes[name] = _rate(call, name)
    if call.has("credit"):
        changes["credit_ore"] = call.amount("credit")
    if call.has("status"):
        changes["status"] = _status(call, invoice.status)
    if _publishes(call):
        changes["status"] = "Unpaid"
    return changes | {"updated_at": world.stamp}


def _change_items(world: World, invoice: Invoice, call: Call) -> None:
    amounts, taxed = call.array("itemamount"), call.array("itemtaxed")
    for key, description in call.array("itemdescription").items():
        item = world.store.first(InvoiceItem, invoice_id=invoice.id, id=_id(key))
        if item is not None:
            values = _item_values(description, amounts[key], taxed[key])
            world.store.change(item, **values)
    amounts, taxed = call.array("newitemamount"), call.array("newitemtaxed")
    for key, description in call.array("newitemdescription").items():
        values = _item_values(description, amounts[key], taxed[key])
        world.store.add(InvoiceItem(invoice_id=invoice.id, **values))
    for value in call.array("deletelineids").values():
        item = world.store.first(InvoiceItem, invoice_id=invoice.id, id=_id(value))
        if item is not None:
            world.store.remove(item)


def _id(text: str) -> int:
    return Call(params={"id": text}).number("id")


def _item_values(description: str, amount: str, taxed: str) -> dict[str, Any]:
    call = Call(params={"amount": amount, "taxed": taxed})
    return {
        "description": description,
        "amount_ore": call.amount("amount"),
        "is_taxed": call.flag("taxed"),
    }


@action("AddInvoicePayment")
def add_invoice_payment(world: World, call: Call) -> Answer:
    """Records money; charges nobody."""
    invoice = invoice_or_error(world, call)
    if invoice.status == "Cancelled":
        raise ApiError("It is not possible to add a payment to an invoice that is Cancelled")
    payment = Transaction(
        client_id=invoice.client_id,
        invoice_id=invoice.id,
        gateway=call.text("gateway", invoice.paymentmethod),
        date=call.text("date", world.stamp),
        description="Invoice Payment",
        amount_in_ore=call.amount("amount")
        if call.has("amount")
        else max(0, balance(world, invoice)),
        fees_ore=call.amount("fees"),
        transid=call.text("transid"),
    )
    settled = record_payment(world, payment)
    if settled.status == "Paid" and invoice.status != "Paid" and not call.flag("noemail"):
        mail.send_invoice_mail(world, mail.PAYMENT_CONFIRMATION, settled)
    return {"result": "success"}


@action("AddTransaction")
def add_transaction(world: World, call: Call) -> Answer:
    """Records money in or out, on an invoice or on the client alone."""
    invoice = world.store.get(Invoice, call.number("invoiceid"))
    client_id = invoice.client_id if invoice else call.number("userid")
    if call.has("invoiceid") and invoice is None:
        raise ApiError("Invoice ID Not Found")
    transid = call.text("transid")
    if transid and world.store.first(Transaction, transid=transid):
        raise ApiError("Transaction ID must be Unique")
    transaction = Transaction(
        client_id=client_or_error(world, client_id).id,
        invoice_id=invoice.id if invoice else 0,
        gateway=call.text("paymentmethod"),
        date=call.text("date", world.stamp),
        description=call.text("description"),
        amount_in_ore=call.amount("amountin"),
        amount_out_ore=call.amount("amountout"),
        fees_ore=call.amount("fees"),
        transid=transid,
    )
    if invoice is None:
        world.store.add(transaction)
    else:
        record_payment(world, transaction)
    return {"result": "success"}
