"""whmcs-api-client, made from an OpenAPI document and strict about types, reads the sandbox.

It wants amounts of transactions as numbers and totals of invoices as text, so each of its calls is
tried under the switch setting that it was written for.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import whmcs_client
from whmcs_client.exceptions import ForbiddenException

from tests.sandbox_server import RunningSandbox

WHO = {"username": "sandbox", "password": "sandbox"}


@pytest.fixture
def api(sandbox: RunningSandbox) -> Iterator[Any]:
    configuration = whmcs_client.Configuration(host=f"{sandbox.url}/includes")
    with whmcs_client.ApiClient(configuration) as client:
        yield whmcs_client.DefaultApi(client)
        client.rest_client.pool_manager.clear()


def test_it_reads_invoices_of_the_documented_types(api: Any) -> None:
    answer = api.get_invoices(**WHO, userid=1, status="Overdue", limitnum=5)

    assert answer.totalresults == 59
    assert [row["id"] for row in answer.invoices["invoice"]] == [1000, 1001, 1002, 1003, 1004]


def test_it_reads_transactions_as_numbers(api: Any, sandbox: RunningSandbox) -> None:
    sandbox.put("switches", {"types": "numeric"})

    answer = api.get_transactions(**WHO, invoiceid=999)

    (transaction,) = answer.transactions.transaction
    assert (transaction.amountin, transaction.invoiceid) == (10, 999)


def test_it_reads_a_client(api: Any) -> None:
    answer = api.get_clients_details(**WHO, clientid=1)

    assert answer.client.email == "kim@exempel.se"


def test_it_lists_clients(api: Any) -> None:
    answer = api.get_clients(**WHO)

    assert [row.email for row in answer.clients.client] == ["kim@exempel.se"]


def test_it_reads_currencies_where_they_are_nested(api: Any) -> None:
    answer = api.get_currencies(**WHO)

    assert [row.code for row in answer.currencies.currency] == ["SEK"]


def test_it_reads_payment_methods(api: Any) -> None:
    answer = api.get_payment_methods(**WHO)

    assert [row.module for row in answer.paymentmethods.paymentmethod] == [
        "stripe",
        "banktransfer",
    ]


def test_a_wrong_secret_is_forbidden(api: Any) -> None:
    with pytest.raises(ForbiddenException):
        api.get_invoices(username="sandbox", password="wrong")
