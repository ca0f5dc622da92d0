"""Actions on the client's credit balance."""

from __future__ import annotations

from sandbox import mail, money
from sandbox.api.call import Answer, ApiError, Call, action, client_or_error
from sandbox.api.invoices import invoice_or_error
from sandbox.api.shapes import Listing
from sandbox.ledger import add_credit, apply_credit, balance, client_of
from sandbox.records import Credit, Invoice
from sandbox.world import World


@action("ApplyCredit")
def apply(world: World, call: Call) -> Answer:
    invoice = invoice_or_error(world, call)
    amount = _amount(world, call, invoice)
    changed = apply_credit(world, invoice, amount)
    is_paid = changed.status == "Paid"
    if is_paid and not call.flag("noemail"):
        mail.send_invoice_mail(world, mail.PAYMENT_CONFIRMATION, changed)
    return {
        "result": "success",
        "invoiceid": str(invoice.id),
        "amount": money.plain(amount),
        "invoicepaid": "true" if is_paid else "false",
    }


def _amount(world: World, call: Call, invoice: Invoice) -> int:
    if invoice.status != "Unpaid":
        raise ApiError("Invoice Not in Unpaid Status")
    credit = client_of(world, invoice).credit_ore
    left = balance(world, invoice)
    amount = (
        min(credit, left) if call.text("amount").lower() in ("", "full") else call.amount("amount")
    )
    if amount > credit:
        raise ApiError("Amount exceeds customer credit balance")
    if amount > left:
        raise ApiError("Amount Exceeds Invoice Balance")
    if amount <= 0:
        raise ApiError("Credit Amount to apply must be greater than zero")
    return amount


@action("GetCredits")
def get_credits(world: World, call: Call) -> Answer:
    client = client_or_error(world, call.number("clientid"))
    rows = [
        {
            "id": str(row.id),
            "date": row.date,
            "description": row.description,
            "amount": money.plain(row.amount_ore),
            "relid": str(row.relid),
        }
        for row in world.store.all(Credit, client_id=client.id)
    ]
    return {
        "result": "success",
        "totalresults": str(len(rows)),
        "clientid": str(client.id),
        "credits": Listing(key="credit", rows=rows, can_flatten=True),
    }


@action("AddCredit")
def add(world: World, call: Call) -> Answer:
    client = client_or_error(world, call.number("clientid"))
    amount = call.amount("amount")
    if amount <= 0:
        raise ApiError("Amount must be greater than zero")
    is_removed = call.text("type").lower() == "remove"
    with world.store.transaction():
        add_credit(world, client.id, -amount if is_removed else amount, call.text("description"))
    balance_ore = client.credit_ore + (-amount if is_removed else amount)
    return {"result": "success", "newbalance": money.plain(balance_ore)}
