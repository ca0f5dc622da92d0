"""Every page of a list, and no more calls than it takes."""

from __future__ import annotations

import time
from datetime import date, timedelta
from typing import Any

import pytest

from billing.errors import BadAnswer
from billing.model import InvoiceStatus
from billing.port import BillingPort
from billing.whmcs import connect
from kvitt.settings import load
from tests.fakes.whmcs import FakeWhmcs, Fields, error, success

TODAY = date(2026, 11, 24)


def row(id: int, due: date, **more: object) -> dict[str, Any]:
    return {
        "id": id,
        "userid": 1,
        "status": "Unpaid",
        "date": str(due - timedelta(days=30)),
        "duedate": str(due),
        "paymethodid": None,
        "currencycode": "SEK",
        **more,
    }


def sheet(fields: Fields, lines: str = "Hosting") -> dict[str, object]:
    return success(
        invoiceid=int(fields["invoiceid"]),
        userid=1,
        invoicenum="",
        status="Unpaid",
        date="2026-08-01",
        duedate="2026-09-01",
        total="10.00",
        balance="10.00",
        credit="0.00",
        paymentmethod="stripe",
        ccgateway=True,
        items={"item": [{"type": lines, "relid": 1, "description": "", "amount": "10.00"}]},
    )


class Shelf:
    """GetInvoices over these rows, which serves no more than `most` at a time."""

    def __init__(self, rows: list[dict[str, Any]], most: int = 100) -> None:
        self.rows = rows
        self.most = most

    def __call__(self, fields: Fields) -> dict[str, object]:
        status = fields.get("status")
        found = [one for one in self.rows if status in (None, one["status"])]
        if fields.get("orderby") == "date":
            found.sort(key=lambda one: one["date"], reverse=fields["order"] == "desc")
        start = int(fields["limitstart"])
        page = found[start : start + min(self.most, int(fields["limitnum"]))]
        return success(totalresults=len(found), invoices={"invoice": page})


def port(whmcs: FakeWhmcs) -> BillingPort:
    return connect(load(), transport=whmcs.transport, pace=whmcs.pace)


def with_invoices(rows: list[dict[str, Any]], most: int = 100) -> FakeWhmcs:
    whmcs = FakeWhmcs()
    whmcs.answers("GetInvoices", Shelf(rows, most))
    whmcs.answers("GetInvoice", sheet)
    return whmcs


@pytest.mark.parametrize("most", [25, 100, 1000])
async def test_a_list_is_read_to_its_end_however_short_its_pages(most: int) -> None:
    whmcs = with_invoices([row(id, TODAY) for id in range(1, 131)], most)

    found = await port(whmcs).invoices(1, InvoiceStatus.UNPAID)

    assert [one.id for one in found] == list(range(1, 131))


async def test_a_server_that_ignores_paging_is_read_once() -> None:
    rows = [row(id, TODAY) for id in range(1, 31)]
    whmcs = FakeWhmcs()
    whmcs.answers("GetInvoices", success(invoices={"invoice": rows}))
    whmcs.answers("GetInvoice", sheet)

    assert len(await port(whmcs).invoices(1)) == 30
    assert len(whmcs.asked("GetInvoices")) == 2


@pytest.mark.parametrize("nothing", [[], {}, "", None, {"invoice": []}])
async def test_a_count_without_records_is_an_error_and_not_an_empty_list(nothing: object) -> None:
    whmcs = FakeWhmcs()
    whmcs.answers("GetInvoices", success(totalresults="3", invoices=nothing))

    with pytest.raises(BadAnswer):
        await port(whmcs).invoices(1)


async def test_a_filter_that_is_ignored_shows_no_strangers_invoice() -> None:
    rows = [row(1, TODAY), row(2, TODAY, userid=2), row(3, TODAY, status="Paid")]
    whmcs = FakeWhmcs()
    whmcs.answers("GetInvoices", success(totalresults=3, invoices={"invoice": rows}))
    whmcs.answers("GetInvoice", sheet)

    assert [one.id for one in await port(whmcs).invoices(1, InvoiceStatus.UNPAID)] == [1]


async def test_of_two_hundred_invoices_only_the_overdue_ones_are_read_one_by_one() -> None:
    paid = [row(id, TODAY - timedelta(days=id), status="Paid") for id in range(1, 151)]
    later = [row(id, TODAY + timedelta(days=id)) for id in range(151, 198)]
    overdue = [row(id, TODAY - timedelta(days=1)) for id in range(198, 201)]
    whmcs = with_invoices(paid + later + overdue)

    began = time.monotonic()
    found = await port(whmcs).invoices(1, InvoiceStatus.UNPAID, due_before=TODAY)

    assert [one.id for one in found] == [198, 199, 200]
    assert len(whmcs.asked("GetInvoices")) == 1
    assert len(whmcs.asked("GetInvoice")) == 3
    assert time.monotonic() - began < 2


async def test_the_newest_five_of_two_hundred_are_five_readings() -> None:
    whmcs = with_invoices([row(id, TODAY + timedelta(days=id)) for id in range(1, 201)])

    found = await port(whmcs).invoices(1, limit=5)

    assert [one.id for one in found] == [196, 197, 198, 199, 200]
    assert len(whmcs.asked("GetInvoice")) == 5


async def test_a_limit_reads_on_past_what_is_no_debt() -> None:
    whmcs = with_invoices([row(id, TODAY + timedelta(days=id)) for id in range(1, 11)])
    whmcs.answers(
        "GetInvoice",
        lambda fields: sheet(fields, "Invoice" if int(fields["invoiceid"]) > 7 else "Hosting"),
    )

    found = await port(whmcs).invoices(1, limit=2)

    assert [one.id for one in found] == [6, 7]


async def test_an_invoice_that_went_away_after_it_was_listed_is_left_out() -> None:
    whmcs = with_invoices([row(1, TODAY), row(2, TODAY)])
    whmcs.answers(
        "GetInvoice",
        lambda fields: (
            sheet(fields) if fields["invoiceid"] == "2" else error("Invoice ID Not Found")
        ),
    )

    assert [one.id for one in await port(whmcs).invoices(1)] == [2]


async def test_an_unpaid_invoice_whose_card_cannot_be_known_is_not_shown() -> None:
    """Another card than the one on the summary could be charged."""
    whmcs = with_invoices([])

    with pytest.raises(BadAnswer):
        await port(whmcs).invoice(1, 5)


async def test_a_draft_without_dates_does_not_spoil_the_list() -> None:
    whmcs = with_invoices([row(1, TODAY), {"id": 2, "userid": 1, "status": "Draft", "date": ""}])

    assert [one.id for one in await port(whmcs).invoices(1)] == [1]
