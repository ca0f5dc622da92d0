"""Any number of invoices, any of them failing in any way: the report is right line by line."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from billing.errors import BillingError, Declined, NotPayable, OutcomeUnknown
from billing.model import Invoice, InvoiceStatus, Money
from billing.payments.memory_store import MemoryStore
from tests.fakes.billing import FakeBilling
from tests.unit.payments.shop import START, Clock, Shop

Fate = tuple[str, BillingError | None, bool]
"""What the customer is told at first; the charge's error, and whether it took effect before."""
FATES: list[Fate] = [
    ("paid", None, False),
    ("paid", OutcomeUnknown("capture"), True),
    ("declined", Declined("capture"), False),
    ("not_charged", NotPayable("capture"), False),
    ("checking", OutcomeUnknown("capture"), False),
]
BEFORE: dict[str, Callable[[Shop, Invoice], None]] = {
    "paid elsewhere": lambda shop, invoice: shop.billing.settle(invoice.id, invoice.balance),
    "cancelled": lambda shop, invoice: shop.billing.change_invoice(
        replace(invoice, status=InvoiceStatus.CANCELLED)
    ),
    "fee": lambda shop, invoice: shop.billing.change_invoice(
        replace(invoice, balance=invoice.balance + Money.parse("60.00", "SEK"))
    ),
}
TOLD_BEFORE = {"paid elsewhere": "paid", "cancelled": "not_charged", "fee": "not_charged"}

outcomes = st.lists(
    st.one_of(
        st.sampled_from(FATES),
        st.sampled_from(sorted(BEFORE)),
    ),
    min_size=1,
    max_size=20,
)


@settings(max_examples=60, deadline=None)
@given(outcomes=outcomes, ore=st.lists(st.integers(1, 99_999), min_size=20, max_size=20))
def test_each_line_tells_its_own_invoices_outcome(
    outcomes: list[Fate | str], ore: list[int]
) -> None:
    asyncio.run(_check(outcomes, ore))


async def _check(outcomes: list[Fate | str], ore: list[int]) -> None:
    shop = _shop()
    amounts = [Money.from_minor(one, "SEK") for one in ore[: len(outcomes)]]
    invoices = [shop.invoice(str(amount.amount)) for amount in amounts]
    order = await shop.order(*invoices)
    for invoice, outcome in zip(invoices, outcomes, strict=True):
        if isinstance(outcome, str):
            BEFORE[outcome](shop, invoice)
        else:
            shop.billing.script("capture", outcome[1], after_effect=outcome[2])
    await shop.work()

    report = await shop.report(order)
    told = [one if isinstance(one, str) else one[0] for one in outcomes]
    assert [line.invoice_id for line in report.lines] == [invoice.id for invoice in invoices]
    assert [line.status.value for line in report.lines] == [
        TOLD_BEFORE.get(one, one) for one in told
    ]
    assert [line.is_elsewhere for line in report.lines] == [one == "paid elsewhere" for one in told]
    assert report.done == sum(one != "checking" for one in told)
    assert report.is_final == ("checking" not in told)
    paid = [amount for amount, one in zip(amounts, told, strict=True) if one == "paid"]
    assert report.paid == Money.sum(paid, "SEK")
    charged = [one.invoice_id for one in shop.billing.charges]
    assert len(charged) == len(set(charged)) == len(paid)


def _shop() -> Shop:
    billing = FakeBilling(now=START)
    anna = billing.add_customer()
    visa = billing.add_card(anna.client_id)
    return Shop(store=MemoryStore(), billing=billing, clock=Clock(), anna=anna, visa=visa)
