"""The database goes away in the middle, somebody else pays meanwhile: the truth is told in the end.

KVITT_TEST_OUTAGE_SECONDS: how long the database is gone (2; the full exercise is 30).
"""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import Iterator

import httpx
import pytest

from billing.model import LinkPurpose
from billing.payments.reconciliation import Kind
from tests.faults.payments_processes import (
    POSTGRES,
    Proxy,
    eventually,
    new_till,
    require_postgres,
    stock,
)
from tests.sandbox_server import RunningSandbox, running_sandbox

pytestmark = pytest.mark.postgresql
OUTAGE_SECONDS = float(os.environ.get("KVITT_TEST_OUTAGE_SECONDS", "2"))


@pytest.fixture
def sandbox() -> Iterator[RunningSandbox]:
    with running_sandbox(load_demo=False) as sandbox:
        yield sandbox


async def test_a_database_that_is_gone_while_a_card_is_charged_loses_and_doubles_nothing(
    sandbox: RunningSandbox,
) -> None:
    await require_postgres()
    sandbox.put("switches", {"capture_seconds": 1.0})
    proxy = Proxy()
    await proxy.start()
    async with new_till(sandbox, stock(sandbox, ["anna"]), "anna") as till:
        behind_proxy = till.settings.database_url.replace(
            POSTGRES, f"postgres@127.0.0.1:{proxy.port}"
        )
        order = await till.order()
        till.start_worker(KVITT_DATABASE_URL=behind_proxy)

        async def is_sent() -> bool:
            return "sent" in await till.states(order)

        await eventually(is_sent, seconds=30, what="the first charge is under way")
        proxy.cut()
        await asyncio.sleep(OUTAGE_SECONDS)  # the outage itself, not a wait for something
        proxy.mend()

        async def is_second_paid() -> bool:
            return (await till.statuses(order))[1] == "paid"

        await eventually(is_second_paid, seconds=90, what="the second invoice is paid")

        async def is_first_told_truly() -> bool:
            is_charged = till.invoice_ids[0] in till.charges()
            told = (await till.statuses(order))[0]
            return told == ("paid" if is_charged else "checking")

        await eventually(is_first_told_truly, seconds=90, what="the first one is told truly")
        charges = till.charges()
        assert len(charges) == len(set(charges))
        assert (await till.reconcile()).is_clean
    await proxy.stop()


async def test_the_billing_systems_own_run_pays_first_and_nothing_more_is_drawn(
    sandbox: RunningSandbox,
) -> None:
    await require_postgres()
    async with new_till(sandbox, stock(sandbox, ["anna"]), "anna") as till:
        order = await till.order()
        sandbox.post("cron", {"days": 1})
        till.start_worker()

        async def is_settled() -> bool:
            return await till.has_settled(order)

        await eventually(is_settled, seconds=60, what="the order is settled")
        report = await till.report(order)
        is_paid = [line.status.value for line in report.lines] == ["paid", "paid"]
        assert not is_paid or all(line.is_elsewhere for line in report.lines)
        assert till.charges() == []
        assert (await till.reconcile()).is_clean


async def test_a_payment_booked_by_hand_between_order_and_charge_is_told_as_paid_elsewhere(
    sandbox: RunningSandbox,
) -> None:
    await require_postgres()
    async with new_till(sandbox, stock(sandbox, ["anna"]), "anna") as till:
        order = await till.order()
        for invoice_id in till.invoice_ids:
            answer = sandbox.call(
                "AddInvoicePayment",
                invoiceid=invoice_id,
                transid=f"bg-{invoice_id}",
                gateway="stripe",
                date="2026-11-24 09:00:00",
            )
            assert answer["result"] == "success"
        till.start_worker()

        async def is_settled() -> bool:
            return await till.has_settled(order)

        await eventually(is_settled, seconds=60, what="the order is settled")
        report = await till.report(order)
        assert [line.status.value for line in report.lines] == ["paid", "paid"]
        assert all(line.is_elsewhere for line in report.lines)
        assert not report.paid
        assert till.charges() == []
        assert (await till.reconcile()).is_clean


async def test_the_customer_pays_on_the_hosted_page_in_the_same_moment_and_it_is_found(
    sandbox: RunningSandbox,
) -> None:
    """Both draw, as in WHMCS. We have charged once, say "paid", and reconciliation tells."""
    await require_postgres()
    sandbox.put("switches", {"capture_seconds": 1.5})
    async with new_till(sandbox, stock(sandbox, ["anna"], invoices=1), "anna") as till:
        (invoice_id,) = till.invoice_ids
        order = await till.order()
        async with httpx.AsyncClient(follow_redirects=True, timeout=30) as browser:
            link = await till.billing.link(till.client_id, LinkPurpose.PAY_INVOICE, [invoice_id])
            page = await browser.get(link)
            token = re.search(r'name="token" value="([^"]+)"', page.text)
            assert token
            till.start_worker()

            async def is_sent() -> bool:
                return "sent" in await till.states(order)

            await eventually(is_sent, seconds=30, what="our charge is under way")
            form = {"token": token[1], "ccinfo": str(till.card_id)}
            origin = {"Origin": sandbox.url}
            await browser.post(
                f"{sandbox.url}/viewinvoice.php?id={invoice_id}", data=form, headers=origin
            )

        async def is_settled() -> bool:
            return await till.has_settled(order)

        await eventually(is_settled, seconds=60, what="the order is settled")
        attempts = sandbox.state()["capture_attempts"]
        drawn = [one["initiator"] for one in attempts if one["outcome"] == "success"]
        found = [one.kind for one in (await till.reconcile()).differences]
        assert len(till.charges()) <= 1
        assert await till.statuses(order) == ["paid"]
        assert found == ([Kind.PAID_TOO_MUCH] if len(drawn) == 2 else [])
