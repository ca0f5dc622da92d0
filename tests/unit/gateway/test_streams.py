"""Streams: alive when nothing happens, bounded, cut when nobody reads, ended with the process."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from gateway import retention, tables
from gateway.hub import KEPT_EVENTS, Hub
from gateway.streams import StreamLimits, Streams
from tests.unit.gateway.running import Gateway, eventually, running_gateway


async def test_a_quiet_stream_sends_a_comment(sqlite_url: str) -> None:
    async with running_gateway(sqlite_url, heartbeat_seconds=0.05) as gateway:
        visitor = await gateway.opened()
        async with visitor.stream(after=3) as stream:
            await eventually(lambda: gateway.services.hub.listeners == 1)
            await asyncio.sleep(0.2)
            await visitor.say("hej")
            await stream.next()

    assert stream.comments >= 2
    assert stream.response.headers["x-accel-buffering"] == "no"
    assert stream.response.headers["content-type"].startswith("text/event-stream")


async def test_a_reader_that_falls_behind_misses_nothing(gateway: Gateway) -> None:
    visitor = await gateway.opened()
    gateway.rasa.default = [{"text": f"svar {number}"} for number in range(KEPT_EVENTS)]
    async with visitor.stream() as stream:
        for number in range(4):
            await visitor.ask(f"fråga {number}")
        last = (await visitor.history())[-1]["id"]
        events = await stream.until(lambda event: event["id"] == last)

    assert [event["id"] for event in events] == list(range(1, last + 1))


async def test_a_reader_that_takes_nothing_is_cut(gateway: Gateway) -> None:
    visitor = await gateway.opened()
    conversation = await gateway.services.reception.visitor(visitor.http.cookies["kvitt_session"])
    limits = StreamLimits(in_all=10, per_conversation=5, heartbeat_seconds=15, stalled_seconds=0.05)
    streams = Streams(store=gateway.services.store, hub=Hub(), limits=limits)

    async def stuck(text: str) -> None:
        await asyncio.Event().wait()

    async with asyncio.timeout(5):
        await streams.run(conversation, 0, stuck)


async def test_too_many_streams_of_one_conversation_are_refused(sqlite_url: str) -> None:
    async with running_gateway(sqlite_url, max_streams_per_conversation=1) as gateway:
        visitor = await gateway.opened()
        async with visitor.stream() as stream:
            await stream.next()
            refused = await visitor.http.get("/api/chat/events")

    assert refused.status_code == 429


async def test_an_ended_conversation_ends_its_streams(gateway: Gateway) -> None:
    visitor = await gateway.opened()

    async with visitor.stream(after=3) as stream:
        await eventually(lambda: gateway.services.hub.listeners == 1)
        await visitor.http.delete("/api/chat/conversations")
        lines = [line async for line in stream.response.aiter_lines()]

    assert "event: end" in lines


async def test_older_history_is_read_backwards(gateway: Gateway) -> None:
    visitor = await gateway.opened()
    for number in range(3):
        await visitor.ask(f"fråga {number}")

    page = (await visitor.http.get("/api/chat/history?before=10&limit=4")).json()

    assert [event["id"] for event in page["events"]] == [6, 7, 8, 9]
    assert page["has_older"]


@pytest.mark.parametrize("cursor", ["-1", "x", "1.5", "٣", "9" * 30])
async def test_a_cursor_that_is_none_is_refused(gateway: Gateway, cursor: str) -> None:
    visitor = await gateway.opened()

    for path in ("history", "events"):
        response = await visitor.http.get(f"/api/chat/{path}", params={"after": cursor})
        assert response.status_code == 400


async def test_old_conversations_are_deleted_with_all_that_hangs_on_them(
    gateway: Gateway,
) -> None:
    gateway.rasa.default = [{"text": "Ja?", "buttons": [{"title": "Ja", "payload": "/affirm"}]}]
    visitor = await gateway.opened()
    await visitor.ask("hej")
    services = gateway.services

    kept = await retention.clear(services.store, now=services.clock(), days=90)
    gone = await retention.clear(services.store, now=services.clock() + timedelta(days=91), days=90)

    assert (kept, gone) == (0, 1)
    async with services.store.read() as connection:
        for table in (tables.events, tables.turns, tables.choices, tables.visitor_cookies):
            assert (await connection.execute(select(func.count()).select_from(table))).scalar() == 0
