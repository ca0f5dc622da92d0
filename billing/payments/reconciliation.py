"""Compare the journal with the billing system, invoice by invoice; every difference is a value.

`compare` is pure. A transaction does not say who made it, so one that lies between our charge and
its settlement is taken for ours; one after it is somebody's own payment and no difference.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum

import structlog

from billing.errors import NotFound
from billing.model import Invoice, InvoiceStatus, Money, Transaction
from billing.payments.model import Capture, Plan, State
from billing.payments.store import Booked, Store
from billing.port import BillingPort

PAGE = 200
OPEN_FOR = {
    State.PLANNED: timedelta(hours=1),
    State.SENT: timedelta(hours=1),
    State.UNKNOWN: timedelta(days=1),
    State.PENDING: timedelta(days=7),
}
"""How long a capture may be open before that is a difference of its own."""
CLOCKS_APART = timedelta(seconds=5)

log = structlog.get_logger(__name__)


class Kind(StrEnum):
    """What is wrong."""

    JOURNAL_INCOMPLETE = "journal_incomplete"
    MISSING_INVOICE = "missing_invoice"
    NOT_PAID_THERE = "not_paid_there"
    MISSING_TRANSACTION = "missing_transaction"
    OTHER_AMOUNT = "other_amount"
    PAID_TOO_MUCH = "paid_too_much"
    UNRECORDED_CHARGE = "unrecorded_charge"
    MISSING_CREDIT = "missing_credit"
    STILL_OPEN = "still_open"


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    kind: Kind
    order_id: str
    client_id: int
    invoice_id: int | None
    number: str
    amount: Money
    at: datetime
    journal: str
    """What the journal holds."""
    billing: str
    """What the billing system holds."""

    def as_texts(self) -> dict[str, str]:
        """For keeping; all of it as text."""
        return {
            "kind": self.kind.value,
            "order": self.order_id,
            "client": str(self.client_id),
            "invoice": str(self.invoice_id or ""),
            "amount": f"{self.amount.amount} {self.amount.currency}",
            "journal": self.journal,
            "billing": self.billing,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciliation:
    orders: int
    invoices: int
    under_way: int
    """Captures that are open and still may be."""
    paid: tuple[Money, ...]
    """Paid by our orders, one sum for each currency."""
    differences: tuple[Difference, ...]

    @property
    def is_clean(self) -> bool:
        return not self.differences


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """An invoice as the billing system has it; no invoice where there is none."""

    invoice: Invoice | None
    transactions: tuple[Transaction, ...]


async def reconcile(store: Store, billing: BillingPort, *, now: datetime) -> Reconciliation:
    """Read the whole journal and each of its invoices. Raises what the port raises."""
    booked = await _journal(store)
    captures = [capture for one in booked for capture in one.captures]
    differences = [found for one in booked for found in check_journal(one)]
    for rows in _by_invoice(captures):
        held = await _read(billing, rows[0].client_id, rows[0].invoice_id)
        differences.extend(compare(rows, held, now))
    return Reconciliation(
        orders=len(booked),
        invoices=len(_by_invoice(captures)),
        under_way=sum(one.is_open and not _is_open_too_long(one, now) for one in captures),
        paid=_sums(captures),
        differences=tuple(differences),
    )


async def reconcile_in_turn(
    store: Store, billing: BillingPort, *, now: datetime, every: timedelta
) -> Reconciliation | None:
    """The same on a schedule, once per `every` among all processes; the outcome is kept."""
    if not await store.begin_reconciliation(now, every):
        return None
    result = await reconcile(store, billing, now=now)
    texts = [difference.as_texts() for difference in result.differences]
    await store.end_reconciliation(now, result.invoices, texts)
    tell = log.info if result.is_clean else log.error
    tell("reconciled", invoices=result.invoices, differences=len(texts))
    return result


async def _journal(store: Store) -> list[Booked]:
    booked: list[Booked] = []
    while found := await store.journal(booked[-1].order.id if booked else "", PAGE):
        booked.extend(found)
    return booked


async def _read(billing: BillingPort, client_id: int, invoice_id: int) -> Held:
    try:
        invoice = await billing.invoice(client_id, invoice_id)
        return Held(invoice=invoice, transactions=await billing.transactions(client_id, invoice_id))
    except NotFound:
        return Held(invoice=None, transactions=())


def _by_invoice(captures: Sequence[Capture]) -> list[list[Capture]]:
    groups: dict[tuple[int, int], list[Capture]] = {}
    for capture in captures:
        groups.setdefault((capture.client_id, capture.invoice_id), []).append(capture)
    return list(groups.values())


def _sums(captures: Sequence[Capture]) -> tuple[Money, ...]:
    ours = [one.amount for one in captures if one.state in (State.SUCCEEDED, State.PART_PAID)]
    currencies = sorted({amount.currency for amount in ours})
    return tuple(
        Money.sum((amount for amount in ours if amount.currency == currency), currency)
        for currency in currencies
    )


def check_journal(booked: Booked) -> list[Difference]:
    """Whether the order has all the rows that were confirmed."""
    order = booked.order
    total = sum(capture.confirmed_minor for capture in booked.captures)
    if (len(booked.captures), total) == (order.line_count, order.total_minor):
        return []
    return [
        Difference(
            kind=Kind.JOURNAL_INCOMPLETE,
            order_id=order.id,
            client_id=order.client_id,
            invoice_id=None,
            number="",
            amount=Money.from_minor(order.total_minor, order.currency),
            at=order.confirmed_at,
            journal=f"{len(booked.captures)} of {order.line_count} rows",
            billing="",
        )
    ]


def compare(rows: Sequence[Capture], held: Held, now: datetime) -> list[Difference]:
    """Everything that does not agree about one invoice."""
    found: list[Difference] = []
    for row in rows:
        kind = _difference(row, held, now)
        if kind:
            found.append(_as_difference(kind, row, held))
    overpaid = held.invoice is not None and _received(held) > held.invoice.total.amount
    ours = next((row for row in rows if row.state is State.SUCCEEDED), None)
    if overpaid and ours:
        found.append(_as_difference(Kind.PAID_TOO_MUCH, ours, held))
    return found


def _difference(row: Capture, held: Held, now: datetime) -> Kind | None:
    if held.invoice is None:
        return Kind.MISSING_INVOICE
    if row.is_open:
        return Kind.STILL_OPEN if _is_open_too_long(row, now) else None
    is_paid = held.invoice.status in (InvoiceStatus.PAID, InvoiceStatus.REFUNDED)
    match row.state:
        case State.SUCCEEDED | State.PAID_ELSEWHERE if not is_paid:
            return Kind.NOT_PAID_THERE
        case State.SUCCEEDED | State.PART_PAID:
            return _missing_credit(row, held.invoice) or _missing_money(row, held)
        case State.PAID_ELSEWHERE:
            return None
        case _:
            return Kind.UNRECORDED_CHARGE if _charged_meanwhile(row, held) else None


def _missing_credit(row: Capture, invoice: Invoice) -> Kind | None:
    expected = row.credit_before_minor + row.amount_minor
    is_short = row.plan is Plan.CREDIT and invoice.credit_applied.minor < expected
    return Kind.MISSING_CREDIT if is_short else None


def _missing_money(row: Capture, held: Held) -> Kind | None:
    incoming = [one.amount_in for one in held.transactions if one.amount_in > 0]
    if row.plan is Plan.CREDIT or row.amount.amount in incoming:
        return None
    return Kind.OTHER_AMOUNT if incoming else Kind.MISSING_TRANSACTION


def _charged_meanwhile(row: Capture, held: Held) -> bool:
    if row.sent_at is None or row.settled_at is None:
        return False
    start, end = row.sent_at - CLOCKS_APART, row.settled_at + CLOCKS_APART
    return any(one.amount_in > 0 and start <= one.date <= end for one in held.transactions)


def _received(held: Held) -> Decimal:
    return sum((one.amount_in - one.amount_out for one in held.transactions), Decimal(0))


def _is_open_too_long(row: Capture, now: datetime) -> bool:
    return now - (row.sent_at or row.planned_at) > OPEN_FOR[row.state]


def _as_difference(kind: Kind, row: Capture, held: Held) -> Difference:
    return Difference(
        kind=kind,
        order_id=row.order_id,
        client_id=row.client_id,
        invoice_id=row.invoice_id,
        number=row.number,
        amount=row.amount,
        at=row.sent_at or row.planned_at,
        journal=row.state.value,
        billing=_in_words(held),
    )


def _in_words(held: Held) -> str:
    if held.invoice is None:
        return "none"
    received = _received(held)
    return (
        f"{held.invoice.status.value}, {len(held.transactions)} transactions, {received} received"
    )
