"""Rates: bursts, recovery, exact counts under concurrency, in the database and in Redis."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import uuid4

import pytest
from redis.asyncio import Redis
from redis.exceptions import RedisError
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from kvitt.identity import DatabaseCounter, KeyedHash, RateLimiter, RedisCounter, per_hour
from kvitt.identity.rates import Counter, address_name, per_minute
from kvitt.identity.tables import rate_limits
from tests.unit.identity.conftest import NOW

TEN = per_hour(10)


@pytest.fixture(params=["database", pytest.param("redis", marks=pytest.mark.redis)])
async def counter(request: pytest.FixtureRequest, engine: AsyncEngine) -> AsyncIterator[Counter]:
    if request.param == "database":
        yield DatabaseCounter(engine)
        return
    redis, prefix = Redis(host="127.0.0.1"), f"kvitt-test-{uuid4().hex}:"
    try:
        await redis.ping()
    except (RedisError, OSError):
        await redis.aclose()
        if os.environ.get("CI") == "true":
            raise
        pytest.skip("Redis is not reachable on 127.0.0.1:6379")
    yield RedisCounter(redis, prefix=prefix)
    async for key in redis.scan_iter(prefix + "*"):
        await redis.delete(key)
    await redis.aclose()


@pytest.fixture
def limiter(counter: Counter, keyed: KeyedHash) -> RateLimiter:
    return RateLimiter(counter, keyed)


async def test_as_many_as_the_limit_pass_at_once_and_no_more(limiter: RateLimiter) -> None:
    answers = [await limiter.take("account", "7", TEN, now=NOW) for _ in range(12)]

    assert answers[:10] == [None] * 10
    assert answers[10] == answers[11] is not None


async def test_the_wait_after_a_burst_is_one_share_of_the_period(limiter: RateLimiter) -> None:
    for _ in range(11):
        until = await limiter.take("account", "7", TEN, now=NOW)
    assert until is not None

    assert until - NOW == timedelta(minutes=6)
    assert await limiter.take("account", "7", TEN, now=until) is None
    assert await limiter.take("account", "7", TEN, now=until) is not None


async def test_in_the_long_run_no_more_than_the_rate_passes(limiter: RateLimiter) -> None:
    passed = 0
    for minute in range(0, 600, 4):
        now = NOW + timedelta(minutes=minute)
        passed += await limiter.take("account", "7", TEN, now=now) is None

    assert 100 <= passed <= 110  # ten hours of ten, and the burst


async def test_names_and_kinds_are_counted_apart(limiter: RateLimiter) -> None:
    one = per_hour(1)

    assert await limiter.take("account", "7", one, now=NOW) is None
    assert await limiter.take("account", "8", one, now=NOW) is None
    assert await limiter.take("conversation", "7", one, now=NOW) is None
    assert await limiter.take("account", "7", one, now=NOW) is not None


async def test_of_many_at_once_exactly_the_limit_pass(limiter: RateLimiter) -> None:
    answers = await asyncio.gather(*(limiter.take("account", "7", TEN, now=NOW) for _ in range(40)))

    assert answers.count(None) == 10


async def test_a_clock_that_goes_back_does_not_open_the_gate(limiter: RateLimiter) -> None:
    for _ in range(10):
        await limiter.take("account", "7", TEN, now=NOW)

    assert await limiter.take("account", "7", TEN, now=NOW - timedelta(hours=1)) is not None


async def test_the_database_holds_no_names(engine: AsyncEngine, keyed: KeyedHash) -> None:
    await RateLimiter(DatabaseCounter(engine), keyed).take(
        "address", "192.0.2.7", per_minute(1), now=NOW
    )
    async with engine.begin() as connection:
        (key,) = (await connection.execute(select(rate_limits.c.key))).scalars()

    assert "192.0.2.7" not in key


@pytest.mark.parametrize(
    ("one", "other", "are_same"),
    [
        ("192.0.2.7", "192.0.2.8", False),
        ("2001:db8:0:1::1", "2001:db8:0:1:ffff::2", True),
        ("2001:db8:0:1::1", "2001:db8:0:2::1", False),
        ("::ffff:192.0.2.7", "192.0.2.7", True),
        ("fe80::1%eth0", "fe80::2%eth1", True),
        ("unknown", "unknown", True),
    ],
)
def test_which_addresses_are_one_visitor(one: str, other: str, are_same: bool) -> None:
    assert (address_name(one) == address_name(other)) is are_same
