"""At the door: origins, cookies, headers, bounds, errors, files, operation."""

from __future__ import annotations

import json
import re
import uuid
from pathlib import Path

import pytest
import schemathesis
from openapi_spec_validator import validate
from sqlalchemy import select

from gateway import tables
from gateway.conversations import hash_token
from gateway.policy import Policy
from gateway.static_files import StaticFiles
from tests.unit.gateway.running import Gateway, running_gateway, test_settings


def policy(**overrides: object) -> Policy:
    return Policy.from_settings(test_settings("sqlite+aiosqlite://", **overrides))


@pytest.mark.parametrize(
    ("headers", "may"),
    [
        ({}, True),
        ({"origin": "http://127.0.0.1:8080"}, True),
        ({"origin": "http://localhost:8080"}, True),
        ({"origin": "https://kund.example"}, True),
        ({"origin": "https://evil.example"}, False),
        ({"origin": "null"}, False),
        ({"origin": "http://127.0.0.1:8080.evil.example"}, False),
        ({"sec-fetch-site": "cross-site"}, False),
        ({"sec-fetch-site": "same-origin"}, True),
    ],
)
def test_only_known_origins_may_change_anything(headers: dict[str, str], may: bool) -> None:
    allowed = policy(allowed_origins="https://kund.example")

    assert allowed.may_change("POST", headers) == may
    assert allowed.may_change("GET", headers)


def test_only_allowed_origins_may_read_answers() -> None:
    allowed = policy(allowed_origins="https://kund.example")

    assert allowed.cors("https://kund.example")["Access-Control-Allow-Credentials"] == "true"
    assert allowed.cors("https://evil.example") == {}
    assert allowed.preflight(None) == {}


async def test_another_origin_is_refused_and_nothing_happens(gateway: Gateway) -> None:
    visitor = await gateway.opened()
    evil = {"Origin": "https://evil.example"}

    said = await visitor.http.post("/api/chat/messages", json={}, headers=evil)
    ended = await visitor.http.delete("/api/chat/conversations", headers=evil)

    assert (said.status_code, ended.status_code) == (403, 403)
    assert said.json()["error"]["code"] == "origin"
    assert len(await visitor.history()) == 3


async def test_the_cookie_is_for_the_server_only_and_kept_as_a_hash(gateway: Gateway) -> None:
    visitor = gateway.visitor()

    response = await visitor.http.post("/api/chat/conversations")

    header = response.headers["set-cookie"].lower()
    assert "httponly" in header
    assert "samesite=lax" in header
    assert "secure" not in header  # plain HTTP on this machine
    async with gateway.services.store.read() as connection:
        [kept] = await connection.execute(select(tables.visitor_cookies.c.token_hash))
    assert kept.token_hash == hash_token(response.cookies["kvitt_session"])


async def test_behind_https_the_cookie_is_secure(sqlite_url: str) -> None:
    async with running_gateway(sqlite_url, public_url="https://chat.example") as gateway:
        response = await gateway.visitor().http.post("/api/chat/conversations")

    assert "secure" in response.headers["set-cookie"].lower()
    assert "max-age" in response.headers["strict-transport-security"]


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"text": ""}, 400, "text_empty"),
        ({"text": " \u200b\n"}, 400, "text_empty"),
        ({"text": "x" * 2001}, 400, "text_too_long"),
        ({"text": "a\0b"}, 400, "text_control"),
        ({"text": "a\u202eb"}, 400, "text_control"),
        ({"text": "a", "choice": "abcdefgh"}, 400, "text_or_choice"),
        ({}, 400, "text_or_choice"),
        ({"text": 1}, 400, "bad_json"),
        ({"text": "a", "sender": "someone"}, 400, "bad_json"),
        ({"text": "a", "client_message_id": "x" * 300}, 400, "message_id"),
        ({"choice": "no-such-token"}, 404, "choice_unknown"),
        ({"text": "a", "values": [[1]]}, 400, "bad_json"),
    ],
)
async def test_what_is_out_of_bounds_is_refused_in_swedish(
    gateway: Gateway, body: dict[str, object], status: int, code: str
) -> None:
    visitor = await gateway.opened()

    response = await visitor.post(**body)

    assert (response.status_code, response.json()["error"]["code"]) == (status, code)
    assert response.json()["error"]["message"]
    assert len(await visitor.history()) == 3


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b'{"client_message_id": "aaaaaaaa", "text": NaN}', 400),
        (b'{"client_message_id": "aaaaaaaa", "text": "\\ud800"}', 400),
        (b'{"text": ' + b"[" * 20_000, 400),
        (b"\xff\xfe", 400),
        (b"x" * 40_000, 413),
        (b"x" * 80_000, 413),
    ],
)
async def test_bodies_that_are_no_message_are_refused(
    gateway: Gateway, body: bytes, status: int
) -> None:
    visitor = await gateway.opened()

    response = await visitor.http.post(
        "/api/chat/messages", content=body, headers={"Content-Type": "application/json"}
    )

    assert response.status_code == status


async def test_only_json_is_taken(gateway: Gateway) -> None:
    visitor = await gateway.opened()
    body = json.dumps({"client_message_id": str(uuid.uuid4()), "text": "hej"})

    response = await visitor.http.post(
        "/api/chat/messages", content=body, headers={"Content-Type": "text/plain"}
    )

    assert response.status_code == 415


async def test_too_many_messages_are_told_when_to_come_back(sqlite_url: str) -> None:
    async with running_gateway(sqlite_url, messages_per_minute_conversation=3) as gateway:
        visitor = await gateway.opened()
        statuses = [(await visitor.post(text=f"nummer {number}")) for number in range(5)]

    assert [response.status_code for response in statuses] == [202, 202, 202, 429, 429]
    assert 1 <= int(statuses[-1].headers["retry-after"]) <= 60


async def test_health_names_what_is_missing(gateway: Gateway) -> None:
    gateway.rasa.is_ready = False

    response = await gateway.visitor().http.get("/health")
    ready = await gateway.visitor().http.get("/ready")

    assert response.status_code == 503
    assert response.json()["reasons"]["rasa"] == "status 503"
    assert "actions" in response.json()["reasons"]
    assert ready.status_code == 200


async def test_metrics_count_without_naming_anybody(gateway: Gateway) -> None:
    visitor = await gateway.opened()
    await visitor.ask("hej")

    here = await visitor.http.get("/metrics")
    proxied = await visitor.http.get("/metrics", headers={"X-Forwarded-For": "192.0.2.7"})

    assert "kvitt_gateway_turns_total" in here.text
    assert proxied.status_code == 403


async def test_every_answer_has_its_security_headers(gateway: Gateway) -> None:
    for path in ("/", "/api/chat/history", "/nowhere", "/health"):
        headers = (await gateway.visitor().http.get(path)).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "unsafe-inline" not in headers["content-security-policy"]


def test_files_are_found_below_their_folder_only(tmp_path: Path) -> None:
    (tmp_path / "files" / "widget").mkdir(parents=True)
    (tmp_path / "files" / "widget" / "app-3f9a1c2b.js").write_text("let a = 1;" * 50)
    (tmp_path / "secret.txt").write_text("hemligt")
    files = StaticFiles(tmp_path / "files")

    found = files.find("widget/app-3f9a1c2b.js")

    assert found is not None
    assert found.is_immutable
    assert found.compressed is not None
    for outside in ("../secret.txt", "widget/../../secret.txt", "widget", "widget/\0", "x" * 300):
        assert files.find(outside) is None


async def test_the_openapi_document_is_valid_and_describes_every_route(gateway: Gateway) -> None:
    document = (await gateway.visitor().http.get("/api/openapi.json")).json()

    validate(document)
    assert schemathesis.openapi.from_dict(document) is not None
    described = {
        (method, path) for path, methods in document["paths"].items() for method in methods
    }
    assert described == {
        (method.lower(), re.sub(r"<(\w+):\w+>", r"{\1}", route.uri))
        for route in gateway.app.router.routes
        for method in route.methods
        if route.uri.startswith("/api/chat/")
    }
    assert ("post", "/api/chat/returns/{token}") in described
