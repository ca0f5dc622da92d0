"""The examples for a site's side make tokens that the gateway accepts."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from kvitt.identity import KeyedHash
from kvitt.identity.signed_identity import Accepted, Expectations, SignedIdentity
from kvitt.identity.verification_keys import SharedSecrets, shared_secrets
from kvitt.settings import ROOT
from tests.fakes.billing import FakeBilling
from tests.unit.identity.conftest import NOW

EXAMPLES = ROOT / "deploy" / "whmcs"
KEY = "site=" + "k" * 43
PHP_STAND_INS = """<?php
namespace WHMCS\\Authentication {
    class CurrentUser {
        public function user() { return (object) ['id' => 12, 'email' => 'anna@example.se']; }
        public function client() { return (object) ['id' => 7]; }
        public function isMasqueradingAdmin() { return false; }
    }
}
namespace {
    define('WHMCS', true);
    $hooks = [];
    function add_hook($name, $priority, $hook) { global $hooks; $hooks[$name] = $hook; }
    require %s;
    echo $hooks['ClientAreaFooterOutput']([]);
}
"""


@pytest.fixture
def door(engine: AsyncEngine, billing: FakeBilling, keyed: KeyedHash) -> SignedIdentity:
    billing.add_customer(email="anna@example.se", id=7)
    keys = SharedSecrets(shared_secrets(KEY))
    expected = Expectations(issuer="kundzon", audience="kvitt")
    return SignedIdentity(engine, billing, keyed, keys, expected)


def example() -> ModuleType:
    spec = importlib.util.spec_from_file_location("sign_identity", EXAMPLES / "sign_identity.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("client_id", [None, 7])
async def test_the_python_example_is_accepted(door: SignedIdentity, client_id: int | None) -> None:
    token = example().identity_token(
        user_id="12",
        email="anna@example.se",
        client_id=client_id,
        key=KEY,
        now=int(NOW.timestamp()),
    )

    assert isinstance(await door.accept(token, now=NOW), Accepted)


def test_the_python_example_refuses_a_weak_key() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        example().identity_token(user_id="1", email="a@example.se", key="site=short")


@pytest.mark.skipif(shutil.which("php") is None, reason="PHP is not installed here")
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_the_php_example_is_accepted(door: SignedIdentity, php_token: str) -> None:
    now = datetime.now(UTC)  # PHP has asked the clock too

    assert isinstance(await door.accept(php_token, now=now), Accepted)


@pytest.fixture
def php_token(tmp_path: Path) -> str:
    """What the hook puts into a page for a logged-in user, with stand-ins for WHMCS's own parts."""
    script = tmp_path / "try.php"
    script.write_text(PHP_STAND_INS % json.dumps(str(EXAMPLES / "kvitt_identity.php")))
    environment = os.environ | {
        "KVITT_WIDGET_URL": "https://chatt.example/widget.js?a=1&b=2",
        "KVITT_IDENTITY_KEY": KEY,
    }
    printed = subprocess.run(
        ["php", str(script)], capture_output=True, text=True, check=True, env=environment
    )
    pattern = (
        r'<script async src="https://chatt.example/widget.js\?a=1&amp;b=2"'
        r' data-identity="([\w.-]+)"></script>'
    )
    found = re.fullmatch(pattern, printed.stdout.strip())
    assert found is not None, printed.stdout + printed.stderr
    return found[1]


def test_the_php_example_keeps_to_the_token_that_the_python_one_makes() -> None:
    """Where there is no PHP to run it with, its claims and header are at least the same."""
    php = (EXAMPLES / "kvitt_identity.php").read_text(encoding="utf-8")
    python = (EXAMPLES / "sign_identity.py").read_text(encoding="utf-8")
    claims = re.findall(r'^        "(\w+)":', python, re.MULTILINE)

    assert claims == re.findall(r"^        '(\w+)' =>", php, re.MULTILINE)
    assert "'alg' => 'HS256'" in php
    assert "'kid' => $keyName" in php
    assert "+ 300" in php
    assert "isMasqueradingAdmin" in php
