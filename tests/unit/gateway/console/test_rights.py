"""Nobody without a session of their own, on our own page and of the right role, gets anything."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update

from gateway.console import agents, tables
from tests.unit.gateway.console.people import PASSWORD, Office

READS = ["session", "events", "conversations", "conversations/" + "0" * 32, "insight",
         "conversations/" + "0" * 32 + "/card", "audit", "insight/training"]  # fmt: skip
ACTS = ["claim", "reopen", "messages", "notes", "transfer", "hand-back", "close"]


@pytest.mark.parametrize("path", READS)
async def test_nothing_is_read_without_a_session(office: Office, path: str) -> None:
    stranger = office.browser("anna")
    stranger.http.cookies.set("kvitt_agent", "A" * 43)

    answer = await stranger.http.get(f"/api/console/{path}")

    assert answer.status_code == 401
    assert answer.json()["error"]["code"] == "agent_login"


@pytest.mark.parametrize("act", ACTS)
async def test_nothing_is_done_without_a_session(office: Office, act: str) -> None:
    _, conversation = await office.waiting()

    answer = await office.browser("anna").act(conversation, act, text="hej", client_message_id="1")

    assert answer.status_code == 401
    assert await office.audited() == []


async def test_a_customers_cookie_opens_nothing_here(office: Office) -> None:
    visitor, conversation = await office.waiting()

    answer = await visitor.http.get(f"/api/console/conversations/{conversation}")

    assert answer.status_code == 401


async def test_a_session_ends_by_silence_by_its_end_and_by_signing_out(office: Office) -> None:
    anna = await office.agent("anna")
    store, now = office.gateway.services.store, office.gateway.services.clock()
    for column in ("idle_until", "ends_at"):
        assert (await anna.sign_in()).status_code == 201
        assert (await anna.http.get("/api/console/session")).status_code == 200
        async with store.write() as connection:
            past = {column: now - timedelta(seconds=1)}
            await connection.execute(update(tables.agent_sessions).values(past))
        assert (await anna.http.get("/api/console/session")).status_code == 401
    await anna.sign_in()
    stolen = dict(anna.http.cookies)
    assert (await anna.http.delete("/api/console/session")).status_code == 204
    thief = office.browser("anna")
    thief.http.cookies.update(stolen)
    assert (await thief.http.get("/api/console/session")).status_code == 401


async def test_a_removed_agent_is_out_at_once(office: Office) -> None:
    anna = await office.agent("anna")
    async with office.gateway.services.store.write() as connection:
        await agents.remove(connection, "anna")

    assert (await anna.http.get("/api/console/session")).status_code == 401
    assert (await anna.sign_in()).status_code == 403


@pytest.mark.parametrize(
    ("name", "password"), [("anna", "fel"), ("finns-inte", PASSWORD), ("openid-only", "")]
)
async def test_a_wrong_name_or_password_says_the_same(
    office: Office, name: str, password: str
) -> None:
    await office.hire("anna")
    stranger = office.browser(name)

    answer = await stranger.sign_in(password)

    assert answer.status_code == 403
    assert answer.json()["error"]["code"] == "agent_credentials"


async def test_another_site_speaks_for_no_agent(office: Office) -> None:
    anna = await office.agent("anna")
    _, conversation = await office.waiting()
    anna.http.headers["Origin"] = "https://embedding.example.com"

    assert (await anna.act(conversation, "claim")).status_code == 403
    assert (await anna.http.get("/api/console/conversations")).status_code == 403


async def test_the_cookie_is_for_the_console_only(office: Office) -> None:
    await office.hire("anna")
    answer = await office.browser("anna").sign_in()

    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert "Path=/api/console" in cookie


async def test_guessing_is_slowed_down(office: Office) -> None:
    stranger = office.browser("anna")
    answers = [(await stranger.sign_in("gissning")).status_code for _ in range(12)]

    assert answers[0] == 403
    assert answers[-1] == 429


@pytest.mark.parametrize("path", ["insight", "audit", "insight/training"])
async def test_numbers_and_the_audit_log_are_the_supervisors(office: Office, path: str) -> None:
    anna, sara = await office.agent("anna"), await office.agent("sara", "supervisor")

    assert (await anna.http.get(f"/api/console/{path}")).status_code == 403
    assert (await sara.http.get(f"/api/console/{path}")).status_code == 200
