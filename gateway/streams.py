"""Event streams: one per tab, each at its own pace, resumable at any event.

A stream holds no buffer: it asks for what follows its cursor when the last write is through. One
that does not take a write for a while is cut, and resumes by its cursor when it comes back.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

import msgspec

from gateway import events, metrics
from gateway.conversations import Conversation
from gateway.errors import TooMany, Unavailable
from gateway.events import Event
from gateway.hub import Hub, Topic
from gateway.storage import Store

PAGE = 100
STALLED_SECONDS = 20.0
RETRY_MILLISECONDS = 2000
HEARTBEAT = ": .\n\n"
END = "event: end\ndata: {}\n\n"
TYPING = "event: typing\ndata: {}\n\n"
"""A person writes; told now and not kept."""

type Send = Callable[[str], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamLimits:
    in_all: int
    per_conversation: int
    heartbeat_seconds: float
    stalled_seconds: float = STALLED_SECONDS


def frame(event: Event) -> str:
    """One event on the wire; JSON has no line break, so one data line does."""
    return f"id: {event.id}\ndata: {msgspec.json.encode(event.to_wire()).decode()}\n\n"


class Streams:
    def __init__(self, *, store: Store, hub: Hub, limits: StreamLimits) -> None:
        self._store = store
        self._hub = hub
        self._limits = limits

    def check_room(self, conversation_id: str) -> None:
        """Raises TooMany or Unavailable when one more stream cannot be served."""
        if self._hub.is_closed:
            raise Unavailable("stopping")
        if self._hub.listeners_of(conversation_id) >= self._limits.per_conversation:
            raise TooMany("too_many_streams", retry_after_seconds=10)
        if self._hub.listeners >= self._limits.in_all:
            raise Unavailable("unavailable")

    async def run(self, conversation: Conversation, after: int, send: Send) -> None:
        """Send everything after a cursor, and then everything new, until the end."""
        with self._hub.listen(conversation.id) as topic, metrics.streams.track_inprogress():
            topic.hidden_until = max(topic.hidden_until, conversation.hidden_until)
            try:
                await self._send(send, f"retry: {RETRY_MILLISECONDS}\n\n")
                await self._follow(
                    conversation.id, topic, min(after, conversation.last_event), send
                )
            except TimeoutError:
                metrics.streams_cut.inc()

    async def _follow(self, conversation_id: str, topic: Topic, cursor: int, send: Send) -> None:
        is_first, typing = True, topic.typing
        while not self._hub.is_closed:
            changed = topic.changed
            found = await self._next(conversation_id, topic, cursor, must_ask=is_first)
            is_first = False
            if found:
                await self._send(send, "".join(frame(event) for event in found))
                cursor = found[-1].id
            elif topic.is_ended:
                await self._send(send, END)
                return
            elif topic.typing != typing:
                typing = topic.typing
                await self._send(send, TYPING)
            elif not await _happens(changed, self._limits.heartbeat_seconds):
                await self._send(send, HEARTBEAT)

    async def _next(
        self, conversation_id: str, topic: Topic, cursor: int, *, must_ask: bool
    ) -> Sequence[Event]:
        """What follows the cursor, from memory or from the log; empty when there is nothing."""
        cursor = max(cursor, topic.hidden_until)
        kept = topic.after(cursor)
        if kept is not None:
            return kept
        if topic.newest <= cursor and not must_ask:
            return ()
        async with self._store.read() as connection:
            return await events.read_after(connection, conversation_id, after=cursor, limit=PAGE)

    async def _send(self, send: Send, text: str) -> None:
        async with asyncio.timeout(self._limits.stalled_seconds):
            await send(text)


async def _happens(event: asyncio.Event, timeout_seconds: float) -> bool:
    try:
        async with asyncio.timeout(timeout_seconds):
            await event.wait()
    except TimeoutError:
        return False
    return True
