"""How much one address, conversation or account may send.

Counted in this process's memory, or in Redis where several gateways share one. When Redis cannot be
reached, memory counts on: a limit is never a reason for an outage.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import structlog

from gateway.errors import TooMany
from kvitt.identity.keyed_hash import KeyedHash
from kvitt.identity.rates import Counter, Rate, RateLimiter, RedisCounter, per_minute
from kvitt.settings import Settings

if TYPE_CHECKING:
    from redis.asyncio import Redis

log = structlog.get_logger()

KEPT_NAMES = 100_000


class MemoryCounter:
    """The same leaky buckets as in `kvitt.identity.rates`, in memory; the idlest are forgotten."""

    def __init__(self, kept: int = KEPT_NAMES) -> None:
        self._full_at: OrderedDict[str, float] = OrderedDict()
        self._kept = kept

    async def take(self, key: str, rate: Rate, now: datetime) -> datetime | None:
        at = now.timestamp()
        full_at = max(self._full_at.get(key, at), at)
        if full_at > at + rate.tolerance_seconds:
            return datetime.fromtimestamp(full_at - rate.tolerance_seconds, UTC)
        self._full_at[key] = full_at + rate.interval_seconds
        self._full_at.move_to_end(key)
        if len(self._full_at) > self._kept:
            self._full_at.popitem(last=False)
        return None


class SharedCounter:
    """Redis first, memory when it fails."""

    def __init__(self, shared: Counter, own: Counter) -> None:
        self._shared = shared
        self._own = own

    async def take(self, key: str, rate: Rate, now: datetime) -> datetime | None:
        try:
            return await self._shared.take(key, rate, now)
        except Exception as error:
            log.warning("rates_shared_failed", error=type(error).__name__)
            return await self._own.take(key, rate, now)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """The gateway's limits; each method raises TooMany."""

    limiter: RateLimiter
    settings: Settings
    clock: Callable[[], datetime]

    async def opening(self, address: str) -> None:
        await self._take("opening", address, self.settings.conversations_per_minute_address)

    async def message(self, address: str, conversation_id: str, client_id: int | None) -> None:
        settings = self.settings
        await self._take("message", address, settings.messages_per_minute_address)
        await self._take("conversation", conversation_id, settings.messages_per_minute_conversation)
        if client_id is not None:
            await self._take("account", str(client_id), settings.messages_per_minute_account)

    async def sign_in(self, address: str, name: str) -> None:
        """Agents at the console's door: by address and by account."""
        limit = self.settings.console_sign_ins_per_minute
        await self._take("sign_in_address", address, 2 * limit)
        await self._take("sign_in_name", name, limit)

    async def login_page(self, address: str) -> None:
        """Agents on their way to the company's login; counted with those who give a password."""
        limit = self.settings.console_sign_ins_per_minute
        await self._take("sign_in_address", address, 2 * limit)

    async def _take(self, kind: str, name: str, limit: int) -> None:
        now = self.clock()
        until = await self.limiter.take(kind, name, per_minute(limit), now=now)
        if until is not None:
            raise TooMany(retry_after_seconds=max(1.0, (until - now).total_seconds()))


def connect(settings: Settings, redis: Redis | None, clock: Callable[[], datetime]) -> Rates:
    own = MemoryCounter()
    counter: Counter = SharedCounter(RedisCounter(redis), own) if redis else own
    keyed = KeyedHash.from_settings(settings)
    return Rates(limiter=RateLimiter(counter, keyed), settings=settings, clock=clock)
