"""The forms in which the same answer goes over the wire."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.api.shapes import Listing, flatten, render
from sandbox.switches import Switches
from tests.sandbox_server import RunningSandbox
from tests.unit.sandbox.scenarios import client, scenario

ONE = Listing(key="invoice", rows=[{"id": "7", "total": "15.95"}])
NONE = Listing(key="invoice", rows=[])


def rendered(listing: Listing, **switches: Any) -> dict[str, Any]:
    return render({"invoices": listing}, Switches(**switches))


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ("documented", {"invoices": {"invoice": []}}),
        ("list", {"invoices": {"invoice": []}}),
        ("bare_list", {"invoices": []}),
        ("object", {"invoices": {}}),
        ("string", {"invoices": ""}),
        ("absent", {}),
    ],
)
def test_a_list_without_rows_takes_the_form_of_the_switch(
    form: str, expected: dict[str, Any]
) -> None:
    assert rendered(NONE, empty_lists=form) == expected


def test_a_documented_empty_form_of_its_own_wins_in_documented_mode() -> None:
    transactions = Listing(key="transaction", rows=[], empty="")

    assert rendered(transactions) == {"invoices": ""}
    assert rendered(transactions, empty_lists="list") == {"invoices": {"transaction": []}}


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ("list", [{"id": "7", "total": "15.95"}]),
        ("lone", {"id": "7", "total": "15.95"}),
        ("indexed", {"0": {"id": "7", "total": "15.95"}}),
    ],
)
def test_a_list_of_one_takes_the_form_of_the_switch(form: str, expected: Any) -> None:
    assert rendered(ONE, single_lists=form) == {"invoices": {"invoice": expected}}


def test_numbers_are_numbers_in_numeric_mode() -> None:
    assert rendered(ONE, types="numeric") == {"invoices": {"invoice": [{"id": 7, "total": 15.95}]}}


def test_flattened_keys_are_printed_as_in_the_documentation() -> None:
    assert flatten("credits", {"credit": [{"id": 1}]}) == {"credits[credit][0][id]": "1"}


def test_currencies_come_flattened_where_the_switch_says_so(sandbox: RunningSandbox) -> None:
    sandbox.put("switches", {"flattened_keys": True})

    assert sandbox.call("GetCurrencies")["currencies[currency][0][code]"] == "SEK"


def test_the_documented_types_differ_by_action(sandbox: RunningSandbox) -> None:
    sandbox.call("CapturePayment", invoiceid=1042)

    row = sandbox.call("GetInvoices", userid=1)["invoices"]["invoice"][0]
    transaction = sandbox.call("GetTransactions", clientid=1)["transactions"]["transaction"][0]
    methods = sandbox.call("GetPayMethods", clientid=1)

    assert (row["id"], row["userid"], row["total"]) == (1042, 1, "249.00")
    assert row["paymethodid"] is None
    assert (transaction["id"], transaction["invoiceid"]) == ("1", "1042")
    assert (methods["clientid"], methods["paymethods"][0]["id"]) == ("1", 1)


def test_every_list_can_be_empty(sandbox: RunningSandbox) -> None:
    sandbox.put("scenario", scenario(client(invoices=[], paymethods=[])))
    sandbox.put("switches", {"empty_lists": "string"})

    assert sandbox.call("GetInvoices", userid=1)["invoices"] == ""
    assert sandbox.call("GetTransactions", clientid=1)["transactions"] == ""
    assert sandbox.call("GetPayMethods", clientid=1)["paymethods"] == []
