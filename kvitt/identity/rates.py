"""How often something may happen, counted in the database, or in Redis where one is configured.

A key fills like a leaky bucket (the generic cell rate algorithm): `limit` events at once, and one
more for each `period / limit` that passes. One number per key is enough, it is moved by a single
atomic statement, and the wait after a burst is short: with 10 an hour it is 6 minutes, so a lock
that a stranger causes never lasts the hour.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from typing import Protocol

from redis.asyncio import Redis
from sqlalchemy import case, literal, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from kvitt.identity.keyed_hash import KeyedHash
from kvitt.identity.tables import rate_limits
from kvitt.identity.upserts import insert_for


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """At most `limit` at once, and `limit` per `period` in the long run."""

    limit: int
    period: timedelta

    @property
    def interval_seconds(self) -> float:
        return self.period.total_seconds() / self.limit

    @property
    def tolerance_seconds(self) -> float:
        return self.interval_seconds * (self.limit - 1)


def per_minute(limit: int) -> Rate:
    return Rate(limit=limit, period=timedelta(minutes=1))


def per_hour(limit: int) -> Rate:
    return Rate(limit=limit, period=timedelta(hours=1))


def address_name(address: str) -> str:
    """An address as one visitor: an IPv6 /64 is one, since a home or a server has that many."""
    try:
        parsed = ip_address(address.split("%")[0])
    except ValueError:
        return address
    if parsed.version == 4:
        return str(parsed)
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return ":".join(parsed.exploded.split(":")[:4]) + "::/64"


async def take(connection: AsyncConnection, key: str, rate: Rate, now: datetime) -> datetime | None:
    """Count one event inside the caller's transaction; a time when it is refused: until then."""
    at, full_at = now.timestamp(), rate_limits.c.full_at
    insert = insert_for(connection, rate_limits).values(key=key, full_at=at + rate.interval_seconds)
    moved = case((full_at > at, full_at), else_=literal(at)) + rate.interval_seconds
    counted = insert.on_conflict_do_update(
        index_elements=["key"],
        set_={"full_at": moved},
        where=full_at <= at + rate.tolerance_seconds,
    ).returning(full_at)
    if (await connection.execute(counted)).first() is not None:
        return None
    query = select(full_at).where(rate_limits.c.key == key)
    is_full_at = (await connection.execute(query)).scalar_one()
    return _moment(is_full_at - rate.tolerance_seconds)


async def give_back(connection: AsyncConnection, key: str, rate: Rate) -> None:
    """Take back one event that turned out not to count."""
    full_at = rate_limits.c.full_at
    await connection.execute(
        update(rate_limits)
        .where(rate_limits.c.key == key)
        .values(full_at=full_at - rate.interval_seconds)
    )


class Counter(Protocol):
    async def take(self, key: str, rate: Rate, now: datetime) -> datetime | None: ...


class DatabaseCounter:
    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def take(self, key: str, rate: Rate, now: datetime) -> datetime | None:
        async with self._engine.begin() as connection:
            return await take(connection, key, rate, now)


REDIS_TAKE = """
local full_at = math.max(tonumber(redis.call('GET', KEYS[1]) or '0'), tonumber(ARGV[1]))
if full_at > tonumber(ARGV[1]) + tonumber(ARGV[3]) then return tostring(full_at) end
full_at = full_at + tonumber(ARGV[2])
redis.call('SET', KEYS[1], string.format('%.6f', full_at),
           'PX', math.ceil((full_at - tonumber(ARGV[1])) * 1000) + 1000)
return ''
"""


class RedisCounter:
    def __init__(self, redis: Redis, *, prefix: str = "kvitt:rate:") -> None:
        self._take = redis.register_script(REDIS_TAKE)
        self._prefix = prefix

    async def take(self, key: str, rate: Rate, now: datetime) -> datetime | None:
        answer = await self._take(
            keys=[self._prefix + key],
            args=[now.timestamp(), rate.interval_seconds, rate.tolerance_seconds],
        )
        if not answer:
            return None
        return _moment(float(answer) - rate.tolerance_seconds)


class RateLimiter:
    """Rates by kind and name, such as ("address", "192.0.2.7"); names are kept as hashes."""

    def __init__(self, counter: Counter, keyed: KeyedHash) -> None:
        self._counter = counter
        self._keyed = keyed

    async def take(self, kind: str, name: str, rate: Rate, *, now: datetime) -> datetime | None:
        """Count one; None when it is within the rate, else the time from which it will be again."""
        if kind == "address":
            name = address_name(name)
        return await self._counter.take(self._keyed.hex("rate", kind, name), rate, now)


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
