"""Several gateways on one PostgreSQL, with and without Redis between them."""

from __future__ import annotations

import asyncio
import os
import uuid
from typing import Any

import pytest
from redis.asyncio import Redis
from redis.exceptions import RedisError

from tests.fakes.rasa import FakeRasa
from tests.unit.gateway.running import DEADLINE_SECONDS, Gateway, Visitor, running_gateway

REDIS = "redis://127.0.0.1:6379/0"

pytestmark = pytest.mark.postgresql


def same_visitor(visitor: Visitor, other: Gateway) -> Visitor:
    cookie = visitor.http.cookies["kvitt_session"]
    return other.visitor(Cookie=f"kvitt_session={cookie}")


async def test_two_gateways_run_one_turn_at_a_time_in_order(postgresql_url: str) -> None:
    rasa = FakeRasa()
    async with (
        running_gateway(postgresql_url, rasa=rasa) as one,
        running_gateway(postgresql_url, rasa=rasa) as other,
    ):
        here = await one.opened()
        there = same_visitor(here, other)
        cursors = [await (here, there)[number % 2].say(f"nummer {number}") for number in range(12)]
        for cursor in cursors:
            await here.answered(cursor)
        log = await there.history()

    answers = [event["text"] for event in log if event["text"].startswith("Du skrev")]
    assert answers == [f"Du skrev: nummer {number}" for number in range(12)]
    assert rasa.overlaps == 0
    assert [event["id"] for event in log] == list(range(1, len(log) + 1))


async def test_the_same_message_posted_to_both_is_taken_once(postgresql_url: str) -> None:
    rasa = FakeRasa()
    async with (
        running_gateway(postgresql_url, rasa=rasa) as one,
        running_gateway(postgresql_url, rasa=rasa) as other,
    ):
        here = await one.opened()
        there = same_visitor(here, other)
        body = {"client_message_id": str(uuid.uuid4()), "text": "en gång"}

        answers = await asyncio.gather(*(who.post(**body) for who in (here, there) * 5))

        await here.answered(answers[0].json()["cursor"])
    assert {response.status_code for response in answers} == {202}
    assert len({response.json()["cursor"] for response in answers}) == 1
    assert rasa.texts() == ["en gång"]


async def heard_elsewhere(url: str, **overrides: Any) -> float:
    """Seconds until a stream at one gateway brings what was said at another."""
    async with (
        running_gateway(url, **overrides) as one,
        running_gateway(url, **overrides) as other,
    ):
        here = await one.opened()
        there = same_visitor(here, other)
        async with there.stream(after=3) as stream:
            loop = asyncio.get_running_loop()
            await asyncio.sleep(0.3)  # the stream is listening by now
            started = loop.time()
            await here.say("hörs jag?")
            await stream.until(lambda event: event["text"] == "Du skrev: hörs jag?")
            return loop.time() - started


async def test_without_redis_a_stream_elsewhere_hears_within_seconds(postgresql_url: str) -> None:
    assert await heard_elsewhere(postgresql_url) < DEADLINE_SECONDS


@pytest.mark.redis
async def test_with_redis_a_stream_elsewhere_hears_at_once(postgresql_url: str) -> None:
    client = Redis.from_url(REDIS)
    try:
        await client.ping()
    except (RedisError, OSError) as error:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(f"no Redis on 127.0.0.1:6379 ({type(error).__name__})")
    finally:
        await client.aclose()

    channel = f"kvitt-test-{uuid.uuid4().hex}"
    took = await heard_elsewhere(postgresql_url, redis_url=REDIS, redis_channel=channel)

    assert took < DEADLINE_SECONDS
