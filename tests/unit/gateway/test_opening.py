"""Opening as a known customer, coming back, and what leads out of the chat."""

from __future__ import annotations

import time
import uuid
from collections.abc import AsyncIterator
from datetime import date
from typing import Any

import pytest
from jose import jwt

from kvitt.identity import Proof
from tests.unit.gateway.running import Gateway, running_gateway

KEY = "k" * 40


def token(email: str = "anna@example.se", **changes: Any) -> str:
    now = int(time.time())
    claims = {
        "iss": "kundzon",
        "aud": "kvitt",
        "sub": email,
        "email": email,
        "jti": uuid.uuid4().hex,
        "iat": now,
        "exp": now + 120,
    }
    return str(jwt.encode(claims | changes, KEY, "HS256", headers={"kid": "site"}))


@pytest.fixture
async def site(sqlite_url: str) -> AsyncIterator[Gateway]:
    async with running_gateway(sqlite_url, identity_keys=f"site={KEY}") as gateway:
        gateway.billing.add_customer(email="anna@example.se", name="Anna Berg")
        gateway.billing.add_customer(email="bo@example.se", name="Bo Ek")
        yield gateway


async def session_name(gateway: Gateway, conversation_id: str) -> str | None:
    now = gateway.services.clock()
    session = await gateway.services.sessions.current(conversation_id, now=now)
    return session.name if session else None


async def test_coming_back_finds_the_same_conversation(gateway: Gateway) -> None:
    visitor = await gateway.opened()
    first = await visitor.open()

    again = await visitor.open()

    assert again == first
    assert len(await visitor.history()) == 3


async def test_a_signed_identity_opens_a_conversation_as_that_customer(site: Gateway) -> None:
    visitor = site.visitor()

    opened = await visitor.open(identity=token())

    assert await session_name(site, opened["conversation_id"]) == "Anna Berg"


async def test_a_signed_identity_binds_the_open_conversation_under_a_new_cookie(
    site: Gateway,
) -> None:
    visitor = await site.opened()
    before = visitor.http.cookies["kvitt_session"]
    conversation = (await visitor.open())["conversation_id"]

    opened = await visitor.open(identity=token())

    assert opened["conversation_id"] == conversation
    assert visitor.http.cookies["kvitt_session"] != before
    await visitor.until(lambda _: "identity_changed" in intents(site))
    planted = site.visitor(Cookie=f"kvitt_session={before}")
    assert (await planted.http.get("/api/chat/history")).status_code == 401


def intents(gateway: Gateway) -> list[str]:
    return [turn["intent"]["name"] for turn in gateway.rasa.turns if turn.get("intent")]


async def test_another_account_gets_another_conversation(site: Gateway) -> None:
    visitor = site.visitor()
    first = await visitor.open(identity=token())

    second = await visitor.open(identity=token("bo@example.se"))

    assert second["conversation_id"] != first["conversation_id"]
    assert await session_name(site, first["conversation_id"]) is None
    assert await session_name(site, second["conversation_id"]) == "Bo Ek"


async def test_a_second_tab_with_the_replaced_cookie_joins_its_conversation(site: Gateway) -> None:
    visitor = await site.opened()
    before = visitor.http.cookies["kvitt_session"]
    first = await visitor.open(identity=token())

    other_tab = site.visitor(Cookie=f"kvitt_session={before}")
    second = await other_tab.open(identity=token())
    stranger = await site.visitor(Cookie=f"kvitt_session={before}").open(
        identity=token("bo@example.se")
    )

    assert second["conversation_id"] == first["conversation_id"]
    assert stranger["conversation_id"] != first["conversation_id"]


@pytest.mark.parametrize(
    "bad",
    [
        {"exp": 1},
        {"iss": "someone"},
        {"aud": "else"},
        {"email": "nobody@example.se"},
        {"exp": int(time.time()) + 3600},
    ],
)
async def test_a_token_that_is_not_good_opens_nothing(site: Gateway, bad: dict[str, Any]) -> None:
    response = await site.visitor().http.post(
        "/api/chat/conversations", json={"identity": token(**bad)}
    )

    assert (response.status_code, response.json()["error"]["code"]) == (400, "identity")
    assert "set-cookie" not in response.headers


async def test_a_token_is_taken_once(site: Gateway) -> None:
    once = token()
    await site.visitor().open(identity=once)

    again = await site.visitor().http.post("/api/chat/conversations", json={"identity": once})

    assert again.status_code == 400


async def test_a_hosted_page_is_made_on_the_tap_for_the_one_who_is_logged_in(
    gateway: Gateway,
) -> None:
    anna = gateway.billing.add_customer(email="anna@example.se")
    due = date(2026, 9, 3)
    ids = [gateway.billing.add_invoice(anna.client_id, "499.00", due=due).id for _ in range(2)]
    gateway.rasa.on_text["sidan"] = [
        {"text": "Öppna", "custom": {"type": "link", "purpose": "mass_payment", "ids": ids}}
    ]
    visitor = await gateway.opened()
    conversation = (await visitor.open())["conversation_id"]
    [link] = await visitor.ask("sidan")

    page = await visitor.http.get(link["href"])
    early = await visitor.http.post(link["href"])
    now = gateway.services.clock()
    await gateway.services.sessions.begin(conversation, anna, proof=Proof.EMAIL_CODE, now=now)
    tapped = await visitor.http.post(link["href"])
    stranger = await (await gateway.opened()).http.post(link["href"])

    assert page.status_code == 200
    assert "ids" in link
    assert f'action="{link["href"]}"' in page.text
    assert "form-action" not in page.headers["content-security-policy"]
    assert early.status_code == 403
    assert tapped.status_code == 303
    assert [made[:3] for made in gateway.billing.links] == [
        (anna.client_id, "mass_payment", tuple(ids))
    ]
    assert stranger.status_code == 404


async def test_logging_in_elsewhere_is_offered_only_where_it_exists(gateway: Gateway) -> None:
    gateway.rasa.on_text["logga in"] = [
        {"text": "E-post?", "custom": {"type": "login", "methods": ["code", "openid"]}}
    ]
    visitor = await gateway.opened()

    [asked] = await visitor.ask("logga in")

    assert asked["methods"] == ["code"]
    assert "href" not in asked
