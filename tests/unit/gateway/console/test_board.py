"""What agents see live, at a time that stands still: nothing is forgotten while one looks."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest

from gateway.console.board import TYPING, VIEWING, Presence
from tests.unit.gateway.console.people import Office, running_office

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


@pytest.fixture
async def still_office(sqlite_url: str) -> AsyncIterator[Office]:
    async with running_office(sqlite_url, wiring={"clock": lambda: NOW}) as running:
        yield running


async def seen(office: Office) -> dict[str, Any]:
    return dict(json.loads(await office.gateway.services.board.picture()))


def test_an_agent_looks_at_one_conversation_and_is_soon_forgotten() -> None:
    presence = Presence()
    presence.note("anna", "c1", is_typing=True, now=NOW)

    presence.note("anna", "c2", is_typing=True, now=NOW)

    assert presence.as_wire(NOW) == {"viewing": {"c2": ["anna"]}, "typing": {"c2": ["anna"]}}
    assert presence.as_wire(NOW + TYPING) == {"viewing": {"c2": ["anna"]}, "typing": {}}
    assert presence.as_wire(NOW + VIEWING) == {"viewing": {}, "typing": {}}


def test_who_writes_and_who_has_written_are_told_apart() -> None:
    presence = Presence()
    presence.note("anna", "c1", is_typing=True, now=NOW)
    presence.note_customer("c1", now=NOW)
    presence.note_customer("c2", now=NOW)
    assert presence.as_wire(NOW)["typing"] == {"c1": ["", "anna"], "c2": [""]}

    presence.forget_customer("c1")
    presence.forget_customer("c3")

    assert presence.as_wire(NOW)["typing"] == {"c1": ["anna"], "c2": [""]}


async def test_a_customer_writes_until_the_message_has_come(still_office: Office) -> None:
    anna = await still_office.agent("anna")
    visitor, conversation = await still_office.waiting()
    await anna.act(conversation, "claim")
    await visitor.http.post("/api/chat/typing", json={})
    attention = {"conversation": conversation, "is_typing": True}
    await anna.http.post("/api/console/attention", json=attention)
    assert (await seen(still_office))["typing"] == {conversation: ["", "anna"]}

    cursor = await visitor.say("Min faktura är fel")

    picture = await seen(still_office)
    assert picture["typing"] == {conversation: ["anna"]}
    assert picture["newest"][conversation][0] >= cursor


async def test_a_customer_writes_to_nobody_while_the_bot_answers(still_office: Office) -> None:
    visitor, _ = await still_office.waiting()

    answer = await visitor.http.post("/api/chat/typing", json={})

    assert answer.status_code == 204
    assert (await seen(still_office))["typing"] == {}


async def test_a_picture_shows_all_that_happened_before_it_was_asked_for(
    still_office: Office,
) -> None:
    _, conversation = await still_office.waiting()
    services = still_office.gateway.services
    for name in ("anna", "bertil", "cecilia"):
        services.board.presence.note(name, conversation, is_typing=False, now=NOW)
        services.hub.stir()

        assert name in (await seen(still_office))["viewing"][conversation]
