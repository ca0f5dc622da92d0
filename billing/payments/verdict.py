"""A person's verdict on a capture that nobody else could settle."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from billing.model import Invoice, InvoiceStatus, Transaction
from billing.payments.model import Capture, Reason, State, settled
from billing.payments.store import Store
from billing.port import BillingPort

OWNER = "person"
LEASE = timedelta(seconds=30)


class CannotSettle(Exception):
    """The message says why, for the person who tried."""


async def give_verdict(
    store: Store, billing: BillingPort, capture_id: str, *, was_charged: bool, now: datetime
) -> Capture:
    """Settle an unknown or pending capture by what a person has found out. Not even a person makes
    it "paid" while the billing system does not say so. Raises `CannotSettle`, and what the port
    raises."""
    before = await _open_capture(store, capture_id)
    claim = await store.claim(OWNER, now, LEASE, before.client_id)
    if claim is None:
        raise CannotSettle("a worker is at this customer's payments just now: try again")
    try:
        invoice = await billing.invoice(before.client_id, before.invoice_id)
        booked = await billing.transactions(before.client_id, before.invoice_id)
        state = _charged(before, invoice, booked) if was_charged else _not_charged(invoice)
        after = settled(before, state, now, Reason.BY_PERSON)
        await store.move(claim, before, after, now, LEASE)
    finally:
        await store.release(claim)
    return after


def _charged(capture: Capture, invoice: Invoice, booked: Sequence[Transaction]) -> State:
    if invoice.status is InvoiceStatus.PAID:
        return State.SUCCEEDED
    if capture.amount.amount in [one.amount_in for one in booked]:
        return State.PART_PAID  # a fee has been added since
    raise CannotSettle("book the payment on the invoice in the billing system first")


def _not_charged(invoice: Invoice) -> State:
    is_paid = invoice.status is InvoiceStatus.PAID
    return State.PAID_ELSEWHERE if is_paid else State.NOT_CHARGED


async def _open_capture(store: Store, capture_id: str) -> Capture:
    booked = await store.booked(capture_id.rpartition(".")[0])
    found = [one for one in booked.captures if one.id == capture_id] if booked else []
    if not found:
        raise CannotSettle("there is no such capture")
    if found[0].state not in (State.UNKNOWN, State.PENDING):
        raise CannotSettle(f"it is {found[0].state.value}, and only an open outcome can be settled")
    return found[0]
