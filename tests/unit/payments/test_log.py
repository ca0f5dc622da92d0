"""What an operator reads of payments in the log: each step, and what needs somebody to act."""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from structlog.testing import capture_logs

from billing.errors import OutcomeUnknown
from billing.model import InvoiceStatus
from billing.payments.memory_store import MemoryStore
from billing.payments.reconciliation import reconcile_in_turn
from tests.unit.payments.shop import Shop

Lines = list[MutableMapping[str, Any]]
DAY = timedelta(days=1)


@pytest.fixture
def lines() -> Iterator[Lines]:
    with capture_logs() as written:
        yield written


async def test_each_step_of_a_charge_is_written(shop: Shop, lines: Lines) -> None:
    invoice = shop.invoice()
    order = await shop.order(invoice)

    await shop.work()

    step = {"event": "capture_moved", "log_level": "info", "order": order, "invoice": invoice.id}
    assert lines == [
        {**step, "before": "planned", "state": "sent", "reason": None},
        {**step, "before": "sent", "state": "succeeded", "reason": None},
    ]


async def test_why_nothing_was_charged_is_written(shop: Shop, lines: Lines) -> None:
    invoice = shop.invoice()
    await shop.order(invoice)
    shop.billing.change_invoice(replace(invoice, status=InvoiceStatus.CANCELLED))

    await shop.work()

    assert [(one["state"], one["reason"]) for one in lines] == [("not_charged", "not_payable")]


async def test_a_payment_that_a_person_must_look_at_is_an_error(shop: Shop, lines: Lines) -> None:
    invoice = shop.invoice()
    shop.billing.script("capture", OutcomeUnknown("capture"))
    order = await shop.order(invoice)
    for seconds in (0, 10, 60, 300, 3600, 86_400):
        shop.clock.go(seconds=seconds)
        await shop.work()

    assert [one for one in lines if one["log_level"] == "error"] == [
        {
            "event": "capture_needs_person",
            "log_level": "error",
            "order": order,
            "invoice": invoice.id,
        }
    ]


async def test_a_lease_that_was_lost_is_a_warning(shop: Shop, lines: Lines) -> None:
    await shop.order(shop.invoice())
    slow = shop.cashier("slow")
    claim = await slow.claim()
    assert claim
    shop.clock.go(seconds=96)
    await shop.cashier("quick").claim()

    await slow.serve(claim)

    lost = {"event": "lease_lost", "log_level": "warning", "client": shop.anna.client_id}
    assert lines == [{**lost, "fence": claim.fence}]


class Broken(MemoryStore):
    """Cannot be written to."""

    async def move(self, *_args: object) -> None:
        raise ConnectionError("with a secret in its message")


async def test_a_failure_is_an_error_that_tells_no_secrets(shop: Shop, lines: Lines) -> None:
    shop.store = Broken()
    await shop.order(shop.invoice())

    with pytest.raises(ConnectionError):
        await shop.work()

    failed = {"event": "claim_failed", "log_level": "error", "client": shop.anna.client_id}
    assert lines == [{**failed, "error": "ConnectionError"}]


@pytest.mark.parametrize(("is_clean", "level"), [(True, "info"), (False, "error")])
async def test_a_reconciliation_with_differences_is_an_error(
    shop: Shop, lines: Lines, is_clean: bool, level: str
) -> None:
    await shop.order(shop.invoice())
    await shop.order(shop.invoice())
    await shop.work()
    if not is_clean:
        shop.billing._transactions.pop()
    lines.clear()

    await reconcile_in_turn(shop.store, shop.billing, now=shop.clock.now, every=DAY)

    differences = 0 if is_clean else 1
    told = {"event": "reconciled", "invoices": 2, "differences": differences}
    assert lines == [{**told, "log_level": level}]
