"""A sandbox with one client, for clients of WHMCS that others have written."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.sandbox_server import RunningSandbox, running_sandbox
from tests.unit.sandbox.scenarios import card, client, invoice, scenario


@pytest.fixture(scope="module")
def server() -> Iterator[RunningSandbox]:
    with running_sandbox(load_demo=False) as running:
        yield running


@pytest.fixture
def sandbox(server: RunningSandbox) -> RunningSandbox:
    """60 invoices of 10 kr, the first one paid, and a card that works."""
    invoices = [invoice(1000 + n, "10.00") for n in range(59)]
    paid = invoice(999, "10.00", status="Paid")
    server.put("switches", {"capture_seconds": 0})
    server.put("scenario", scenario(client(paymethods=[card()], invoices=[paid, *invoices])))
    return server
