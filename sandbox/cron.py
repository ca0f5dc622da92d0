"""The daily run: late fees on overdue invoices, automatic capture, news of pending payments."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from sandbox import money
from sandbox.charging import Outcome, card_for, charge, settle_pending
from sandbox.ledger import balance, client_of, totals
from sandbox.mass_payment import is_container
from sandbox.records import Invoice, InvoiceItem
from sandbox.switches import LateFee, write
from sandbox.world import World


async def tick(
    world: World, *, days: int, late_fees: bool, capture: bool, settle: bool
) -> dict[str, Any]:
    """Let so many days pass, then do what the cron does; the ids of the invoices it touched."""
    _pass_days(world, days)
    return {
        "today": world.today.isoformat(),
        "settled": _settle_all(world) if settle else [],
        "late_fees": _add_late_fees(world) if late_fees else [],
        "captured": await _capture_all(world) if capture else [],
    }


def _pass_days(world: World, days: int) -> None:
    if days:
        write(world.store, "clock", replace(world.clock, today=world.day(days)))


def _settle_all(world: World) -> list[int]:
    """The bank approves what was pending."""
    pending = world.store.all(Invoice, status="Payment Pending")
    for invoice in pending:
        settle_pending(world, invoice, is_approved=True)
    return [invoice.id for invoice in pending]


def _add_late_fees(world: World) -> list[int]:
    fee = world.switches.late_fee
    last_due = world.day(-fee.days).isoformat()
    late = [
        invoice
        for invoice in world.store.all(Invoice, status="Unpaid")
        if invoice.duedate < last_due and _may_be_charged(world, invoice)
    ]
    with world.store.transaction():
        for invoice in late:
            _add_late_fee(world, invoice, fee)
    return [invoice.id for invoice in late]


def _may_be_charged(world: World, invoice: Invoice) -> bool:
    """Once an invoice, and not for clients that are exempt, nor on mass-payment containers."""
    types = {item.type for item in world.store.all(InvoiceItem, invoice_id=invoice.id)}
    return not client_of(world, invoice).is_late_fee_off and not types & {"LateFee", "Invoice"}


def _add_late_fee(world: World, invoice: Invoice, fee: LateFee) -> None:
    amount = money.parse(fee.amount)
    if fee.type == "percent":
        amount = max(
            money.share(totals(world, invoice).total, fee.amount), money.parse(fee.minimum)
        )
    if amount <= 0:
        return
    world.store.add(
        InvoiceItem(
            invoice_id=invoice.id,
            type="LateFee",
            description=f"Förseningsavgift (förföll {invoice.duedate})",
            amount_ore=amount,
        )
    )
    world.store.change(invoice, updated_at=world.stamp)


async def _capture_all(world: World) -> list[int]:
    """Charge every due invoice that has a card (no containers); those that went through."""
    today = world.today.isoformat()
    charged = []
    for listed in world.store.all(Invoice, status="Unpaid"):
        invoice = world.store.get(Invoice, listed.id)
        if invoice is not None and invoice.status == "Unpaid" and invoice.duedate <= today:
            charged += await _capture(world, invoice)
    return charged


async def _capture(world: World, invoice: Invoice) -> list[int]:
    card = card_for(world, invoice)
    is_off = client_of(world, invoice).is_autocapture_off
    if card is None or is_off or balance(world, invoice) <= 0 or is_container(world, invoice):
        return []
    result = await charge(world, invoice, card, initiator="cron")
    return [invoice.id] if result.outcome is Outcome.SUCCESS else []
