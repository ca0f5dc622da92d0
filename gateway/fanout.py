"""Telling the streams of every gateway process that a log has grown.

In process by default. With Redis, each process also tells the others how far a log has come, and
they read it from the database. Redis may lose what it likes: a sweep compares the logs that are
listened to with the database every two seconds.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import msgspec
import structlog
from sqlalchemy import select

from gateway import tables
from gateway.events import Event
from gateway.hub import Hub
from gateway.storage import Store

if TYPE_CHECKING:  # 18 MB that only those who configure Redis shall pay
    from redis.asyncio import Redis

log = structlog.get_logger()

SWEEP_SECONDS = 2.0
SWEEP_LOOKS_BACK = timedelta(seconds=30)
OUTBOX_SIZE = 10_000


class Notice(msgspec.Struct, frozen=True, kw_only=True):
    """What one process tells the others; never a text."""

    conversation_id: str
    newest: int = 0
    hidden_until: int = 0
    is_ended: bool = False


class Fanout:
    """The one place that makes news of a log known."""

    def __init__(self, hub: Hub, *, redis: Redis | None = None, channel: str = "kvitt:log") -> None:
        self.hub = hub
        self.redis = redis
        self._channel = channel
        self._outbox: asyncio.Queue[Notice] = asyncio.Queue(OUTBOX_SIZE)

    def publish(self, conversation_id: str, events: Sequence[Event]) -> None:
        if not events:
            return
        self.hub.publish(conversation_id, events)
        self._tell(Notice(conversation_id=conversation_id, newest=events[-1].id))

    def hide(self, conversation_id: str, until: int) -> None:
        self.hub.hide(conversation_id, until)
        self._tell(Notice(conversation_id=conversation_id, hidden_until=until))

    def end(self, conversation_id: str) -> None:
        self.hub.end(conversation_id)
        self._tell(Notice(conversation_id=conversation_id, is_ended=True))

    def _tell(self, notice: Notice) -> None:
        if self.redis is None:
            return
        try:
            self._outbox.put_nowait(notice)
        except asyncio.QueueFull:
            log.warning("fanout_outbox_full")

    async def send_forever(self) -> None:
        """Send notices to the other processes."""
        assert self.redis is not None
        while True:
            notice = await self._outbox.get()
            await self.redis.publish(self._channel, msgspec.msgpack.encode(notice))

    async def receive_forever(self) -> None:
        """Take notices of the other processes in (and one's own, which change nothing)."""
        assert self.redis is not None
        async with self.redis.pubsub() as subscription:
            await subscription.subscribe(self._channel)
            async for message in subscription.listen():
                if message["type"] == "message":
                    self._take(message["data"])

    def _take(self, data: bytes) -> None:
        try:
            notice = msgspec.msgpack.decode(data, type=Notice)
        except msgspec.DecodeError:
            log.warning("fanout_notice_unreadable")
            return
        if notice.hidden_until:
            self.hub.hide(notice.conversation_id, notice.hidden_until)
        if notice.is_ended:
            self.hub.end(notice.conversation_id)
        self.hub.announce(notice.conversation_id, notice.newest)

    async def close(self) -> None:
        if self.redis is not None:
            await self.redis.aclose()


def connect(hub: Hub, url: str | None, *, channel: str = "kvitt:log") -> Fanout:
    if not url:
        return Fanout(hub)
    from redis.asyncio import Redis

    return Fanout(hub, redis=Redis.from_url(url, socket_connect_timeout=3), channel=channel)


async def sweep(store: Store, hub: Hub, clock: Callable[[], datetime]) -> None:
    """One comparison of the logs that are listened to with the database."""
    if not hub.conversations():
        return
    table = tables.conversations
    async with store.read() as connection:
        rows = await connection.execute(
            select(table.c.id, table.c.last_event, table.c.hidden_until, table.c.ended_at).where(
                table.c.last_at > clock() - SWEEP_LOOKS_BACK
            )
        )
        for row in rows.all():
            hub.hide(row.id, row.hidden_until)
            hub.announce(row.id, row.last_event)
            if row.ended_at is not None:
                hub.end(row.id)
