"""`python -m billing.check` as an operator runs it: a process, against a running sandbox."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator

import pytest

from billing.check.actions import ACTIONS
from tests.sandbox_server import RunningSandbox, running_sandbox

SETTINGS = {
    "KVITT_BILLING_IDENTIFIER": "sandbox",
    "KVITT_BILLING_SECRET": "sandbox",
    "KVITT_BILLING_ACCESS_KEY": "",
}


@pytest.fixture(scope="module")
def sandbox() -> Iterator[RunningSandbox]:
    with running_sandbox() as running:
        yield running


def checked(url: str, **settings: str) -> tuple[int, str]:
    """Exit code and everything printed."""
    done = subprocess.run(
        [sys.executable, "-m", "billing.check"],
        env={**os.environ, **SETTINGS, "KVITT_BILLING_URL": url, **settings},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def test_a_healthy_system_is_ready_and_nothing_in_it_changes(sandbox: RunningSandbox) -> None:
    sandbox.put("switches", {})
    before = sandbox.state()

    code, text = checked(sandbox.url)

    assert code == 0, text
    assert f"{len(ACTIONS)} av {len(ACTIONS)} API-behörigheter" in text
    assert "✗" not in text
    assert sandbox.state() == before


def test_a_role_too_narrow_and_settings_that_limit_are_named(sandbox: RunningSandbox) -> None:
    allowed = [one.name for one in ACTIONS if one.name not in ("CapturePayment", "ApplyCredit")]
    sandbox.put(
        "switches",
        {"version": "9.0.3", "mass_payment": False, "allowed_actions": allowed},
    )

    code, text = checked(sandbox.url)

    assert code == 1, text
    assert "✗ CapturePayment saknas i rollen" in text
    assert "! ApplyCredit saknas i rollen" in text
    assert "Massbetalning är av" in text
    assert "WHMCS 9.0.3" in text


def test_a_wrong_password_is_told_apart(sandbox: RunningSandbox) -> None:
    sandbox.put("switches", {})

    code, text = checked(sandbox.url, KVITT_BILLING_SECRET="wrong-secret")

    assert code == 2
    assert "KVITT_BILLING_SECRET" in text
    assert "wrong-secret" not in text


def test_an_address_that_is_not_allowed_is_told_apart_and_named(sandbox: RunningSandbox) -> None:
    sandbox.put("switches", {"allowed_addresses": [], "access_key": "nyckel"})

    code, text = checked(sandbox.url)

    assert code == 2
    assert "127.0.0.1)" in text
    assert "API IP Access Restriction" in text
    assert checked(sandbox.url, KVITT_BILLING_ACCESS_KEY="nyckel")[0] == 0


def test_an_address_without_whmcs_is_told_apart(sandbox: RunningSandbox) -> None:
    code, text = checked(f"{sandbox.url}/somewhere/else")

    assert code == 2
    assert "inte WHMCS" in text


def test_a_port_where_nobody_listens_is_told_apart() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))

        code, text = checked(f"http://127.0.0.1:{unused.getsockname()[1]}")

    assert code == 2
    assert "Ingen svarar" in text


def test_a_setting_that_is_wrong_is_named() -> None:
    code, text = checked("billing.example.se")

    assert code == 2
    assert "KVITT_BILLING_URL" in text
