"""Nothing personal and nothing secret in a log: neither by our own lines nor past the guard."""

from __future__ import annotations

import io
import json
import logging
from datetime import timedelta
from typing import Any

import pytest
import structlog
from hypothesis import given, settings
from hypothesis import strategies as st
from jose import jwt
from sqlalchemy.ext.asyncio import AsyncEngine

from billing.errors import NotReached, Refused
from kvitt.identity import CodeMailer, KeyedHash, LoginCodes
from kvitt.identity.code_mailer import RETRY_AFTER
from kvitt.identity.redaction import RedactingFilter, redact, without_secrets
from kvitt.identity.signed_identity import Expectations, SignedIdentity
from kvitt.identity.verification_keys import SharedSecrets
from tests.fakes.billing import FakeBilling
from tests.unit.identity.conftest import NOW

TOKEN = jwt.encode({"email": "anna@example.se"}, "s" * 32, "HS256")
PLANTED = {
    "card": "4111 1111 1111 1111",
    "person": "850709-9805",
    "email": "anna.berg@example.se",
    "token": TOKEN,
    "link": "/go/Zk3v9q_sUx8",
    "query": "GET /login/openid/callback?code=abc123def&state=xyz789ghi",
    "bearer": "Authorization: Bearer 0123456789abcdef",
    "database": "postgresql://kvitt:hunter2@db/kvitt",
}
SECRETS = (
    "4111 1111 1111", "9805", "anna.berg", TOKEN.rpartition(".")[2], "Zk3v9q_sUx8", "abc123def",
    "xyz789ghi", "0123456789abcdef", "hunter2",
)  # fmt: skip


@pytest.fixture
def lines() -> io.StringIO:
    """What structlog writes, with nothing taken out of it."""
    written = io.StringIO()
    structlog.configure(
        processors=[structlog.processors.add_log_level, structlog.processors.JSONRenderer()],
        logger_factory=structlog.PrintLoggerFactory(written),
    )
    return written


def logged(value: Any, name: str = "detail") -> str:
    return json.dumps(redact(None, "info", {"event": "x", name: value}), ensure_ascii=False)


@pytest.mark.parametrize("kind", PLANTED)
def test_what_is_planted_anywhere_is_taken_out(kind: str) -> None:
    text = f"something {PLANTED[kind]} more"
    forms: list[Any] = [text, [text], {"deep": {"er": [text]}}, ValueError(text), {text}]

    for form in forms:
        line = logged(form)
        assert not [secret for secret in SECRETS if secret in line]
        assert "something" in line


@pytest.mark.parametrize("name", ["text", "code", "token", "email", "body", "cookie", "name"])
def test_some_names_never_have_a_value(name: str) -> None:
    assert "hej jag heter" not in logged("hej jag heter Anna", name)
    assert "hej" not in logged({"x": {name: "hej"}})
    assert "3" in logged(3, name)


def test_facts_stay_as_they_are() -> None:
    event = {
        "event": "turn_done",
        "conversation": "5f0c9a7e1b2d4c3f8a6e5d4c3b2a1908",
        "order": "o-1042",
        "duration_ms": 48.2,
        "invoices": [1042, 1043],
        "error": "NotReached",
        "is_final": True,
        "timestamp": "2026-11-24T09:00:00.123456Z",
    }

    assert redact(None, "info", dict(event)) == event


@settings(max_examples=200, deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.integers() | st.text() | st.binary(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        max_leaves=8,
    )
)
def test_the_guard_breaks_on_nothing(value: object) -> None:
    json.dumps(redact(None, "info", {"event": "x", "detail": value}))


def test_libraries_are_guarded_too() -> None:
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.addFilter(RedactingFilter())
    logger = logging.Logger("library")
    logger.addHandler(handler)

    for text in PLANTED.values():
        logger.warning("it said %s", text)
        try:
            raise ValueError(text)
        except ValueError:
            logger.exception("failed")
    logger.warning("%d items", "not a number")

    assert not [secret for secret in SECRETS if secret in written.getvalue()]
    assert "failed (ValueError)" in written.getvalue()


def test_ordinary_prose_stays() -> None:
    text = "Accepting connections on 127.0.0.1:8080, 3 workers, pid 4242"

    assert without_secrets(text) == text


async def test_our_own_lines_hold_nothing_even_without_the_guard(
    engine: AsyncEngine, billing: FakeBilling, keyed: KeyedHash, lines: io.StringIO
) -> None:
    """Each thing that goes wrong in a login, and the codes, addresses and tokens in it."""
    billing.add_customer(email="anna@example.se", name="Anna Berg", id=7)
    codes = LoginCodes(engine, billing, keyed)
    now = NOW
    mailer = CodeMailer(
        engine,
        billing,
        keyed,
        company="Nordhost",
        clock=lambda: now,
        new_code=lambda: "482913",
    )
    for failing, error in (
        ("find_customers", NotReached("GetUsers", "anna@example.se")),
        ("send_login_code", Refused("SendEmail", "482913 anna@example.se")),
        ("send_login_code", NotReached("SendEmail", "482913")),
        ("find_customers", ValueError("anna@example.se 482913")),
    ):
        await codes.request("c1", "anna@example.se", address="192.0.2.1", now=now)
        for _ in range(len(RETRY_AFTER) + 2):
            billing.script(failing, error)
            await mailer.mail_due()
            now += timedelta(seconds=41)
        now += timedelta(minutes=20)
    door = SignedIdentity(
        engine,
        billing,
        keyed,
        SharedSecrets({"k": "s" * 32}),
        Expectations(issuer="kundzon", audience="kvitt"),
    )
    await door.accept(TOKEN, now=now)

    written = lines.getvalue()
    assert "login_code_lookup_failed" in written
    assert "login_code_refused" in written
    for secret in ("482913", "anna", "Anna", "192.0.2.1", TOKEN, "kvitt.sqlite"):
        assert secret not in written, secret
