"""What must hold: of each word at the moment it is said, and of the books at the end."""

from __future__ import annotations

from collections.abc import Iterable

from billing.model import InvoiceStatus
from billing.payments.memory_store import MemoryStore
from billing.payments.model import Capture, Method, Plan, Prepared, State
from billing.payments.reconciliation import Kind, Reconciliation
from billing.payments.report import LineReport, OrderReport, Status
from billing.payments.simulation.shop import Shop

NOTHING_DRAWN = frozenset({Status.DECLINED, Status.NOT_CHARGED, Status.NEEDS_AUTHENTICATION})
PAID = frozenset({State.SUCCEEDED, State.PART_PAID, State.PAID_ELSEWHERE})


class Violation(Exception):
    """The program has broken a promise; the message says which."""


def require(holds: bool, promise: str, **facts: object) -> None:
    if not holds:
        raise Violation(f"{promise}: {facts}")


def known[Thing](thing: Thing | None, promise: str, **facts: object) -> Thing:
    """What the program must know."""
    if thing is None:
        raise Violation(f"{promise}: {facts}")
    return thing


# Words


def open_rows(store: MemoryStore) -> dict[str, int]:
    """Captures under way, with their invoices."""
    return {one.id: one.invoice_id for one in store.captures.values() if one.is_open}


def check_offer(prepared: Prepared, before: dict[str, int], store: MemoryStore) -> None:
    """What was under way before the summary was made, and still is, is not in it."""
    still = open_rows(store)
    under_way = {invoice_id for row, invoice_id in before.items() if row in still}
    offered = {line.invoice_id for line in prepared.lines}
    require(not offered & under_way, "offered what is under way", both=offered & under_way)
    total = sum(line.amount_minor for line in prepared.lines)
    require(total == prepared.total.minor, "the total is the sum of the lines")


def check_words(report: OrderReport, shop: Shop) -> None:
    """Nothing in it is untrue now."""
    for line in report.lines:
        _check_line(line, report, shop)
    is_settled = all(line.status not in (Status.WAITING, Status.CHECKING) for line in report.lines)
    require(report.is_final == is_settled, "final means settled", order=report.order_id)
    require(0 <= report.done <= report.total == len(report.lines), "progress adds up")


def _check_line(line: LineReport, report: OrderReport, shop: Shop) -> None:
    bill = shop.bills[line.invoice_id]
    if line.status is Status.PAID:
        require(bill.status is InvoiceStatus.PAID, "said paid, and it is not", line=line)
    if report.method is not Method.CARD:
        return
    drawn = shop.drawn_by(report.order_id, line.invoice_id)
    if line.status in (Status.PAID, Status.PART_PAID) and not line.is_elsewhere:
        came_in = [one.amount_in for one in bill.transactions]
        require(line.amount.amount in came_in, "said how much came in", line=line, came_in=came_in)
    if line.status in NOTHING_DRAWN:
        require(not drawn, "said that nothing was drawn, and it was", line=line, drawn=drawn)


# Books


def check_books(store: MemoryStore, shop: Shop) -> None:
    """At the end of a run, when everything has had its time."""
    for capture in store.captures.values():
        require(not capture.is_open, "every row ends settled", row=capture)
    for order in store.orders.values():
        require(order.settled_at is not None, "every order ends settled", order=order.id)
    for invoice_id in shop.bills:
        _check_invoice(invoice_id, store, shop)


def _check_invoice(invoice_id: int, store: MemoryStore, shop: Shop) -> None:
    ours = shop.draws_of(invoice_id, "us")
    rows = [one for one in store.captures.values() if one.invoice_id == invoice_id]
    parts = [one for one in rows if one.state is State.PART_PAID and one.plan is not Plan.CREDIT]
    require(len(ours) <= 1 + len(parts), "charged twice by us", invoice=invoice_id, draws=ours)
    names = [one.order_id for one in ours]
    require(len(set(names)) == len(names), "one yes, two draws", invoice=invoice_id, draws=ours)
    paid = [one for one in rows if one.state in PAID and one.sent_at is not None]
    for draw in ours:
        require(bool(paid), "a charge that the journal does not know", draw=draw, rows=rows)
        order = store.orders.get(draw.order_id)
        is_right = order is not None and draw.card_id == order.card_id
        require(is_right, "charged another card than confirmed", draw=draw, rows=rows)
    succeeded = [one for one in rows if one.state is State.SUCCEEDED]
    require(len(succeeded) <= 1, "two successes for one invoice", invoice=invoice_id)
    if succeeded:
        is_paid = shop.bills[invoice_id].status is InvoiceStatus.PAID
        require(is_paid, "a success that the billing system does not know", rows=succeeded)


def check_told(told: dict[str, OrderReport], store: MemoryStore, shop: Shop) -> None:
    """Each order's customer has at last been told the outcome, and it is still true."""
    for order_id in store.orders:
        report = known(told.get(order_id), "the outcome was never told", id=order_id)
        require(report.is_final, "the end of it was never told", id=order_id)
        check_words(report, shop)


def check_reconciliation(result: Reconciliation, store: MemoryStore, shop: Shop) -> None:
    """It finds what is wrong in truth, and nothing else."""
    found = {(one.kind, one.invoice_id) for one in result.differences}
    overpaid = {
        (Kind.PAID_TOO_MUCH, invoice_id)
        for invoice_id in _succeeded(store.captures.values())
        if _received(shop, invoice_id) > shop.bills[invoice_id].total
    }
    require(overpaid <= found, "an overpayment that reconciliation missed", missed=overpaid - found)
    innocent = {one for one in found - overpaid if one[0] not in _BY_CHANCE}
    require(not innocent, "a difference that is none", found=innocent)


_BY_CHANCE = frozenset({Kind.UNRECORDED_CHARGE, Kind.OTHER_AMOUNT})
"""Somebody else's payment in the very moment of our refused charge looks like ours."""


def _succeeded(captures: Iterable[Capture]) -> set[int]:
    return {one.invoice_id for one in captures if one.state is State.SUCCEEDED}


def _received(shop: Shop, invoice_id: int) -> int:
    return sum(int(one.amount_in * 100) for one in shop.bills[invoice_id].transactions)
