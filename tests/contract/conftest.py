"""Options of the contract tests: `--live` tries the billing port on a WHMCS that you name."""

from __future__ import annotations

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("billing port on a live WHMCS")
    group.addoption("--live", action="store_true", help="use the WHMCS of KVITT_BILLING_…")
    group.addoption("--live-email", default="", help="a customer's address to read by")
    group.addoption(
        "--live-writes", action="store_true", help="make a link and mail a code, charge nothing"
    )
