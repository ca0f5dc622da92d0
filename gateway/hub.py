"""Who is listening to which conversation in this process, and how far each log has come.

A listener keeps its own cursor and fetches when it is ready: from the last few events kept here, or
else from the log. So nothing piles up for a slow one, and it misses nothing.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from gateway.events import Event

KEPT_EVENTS = 32


@dataclass(slots=True)
class Topic:
    """One conversation that somebody listens to."""

    listeners: int = 0
    newest: int = 0
    hidden_until: int = 0
    is_ended: bool = False
    typing: int = 0
    """Grows with every sign that a person is writing."""
    recent: deque[Event] = field(default_factory=lambda: deque(maxlen=KEPT_EVENTS))
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    def add(self, events: Sequence[Event]) -> None:
        """Take events in; what is kept stays without a gap."""
        if self.recent and self.recent[-1].id + 1 != events[0].id:
            self.recent.clear()
        self.recent.extend(events)
        self.announce(events[-1].id)

    def announce(self, newest: int) -> None:
        self.newest = max(self.newest, newest)
        self.wake()

    def wake(self) -> None:
        self.changed.set()
        self.changed = asyncio.Event()

    def after(self, cursor: int) -> tuple[Event, ...] | None:
        """The kept events that follow directly; None when the log must be asked."""
        following = tuple(event for event in self.recent if event.id > cursor)
        return following if following and following[0].id == cursor + 1 else None


class Hub:
    def __init__(self) -> None:
        self._topics: dict[str, Topic] = {}
        self.is_closed = False
        self.anything = asyncio.Event()
        """Set, and replaced by a new one, when something happens anywhere: the console waits."""

    @property
    def listeners(self) -> int:
        return sum(topic.listeners for topic in self._topics.values())

    def listeners_of(self, conversation_id: str) -> int:
        topic = self._topics.get(conversation_id)
        return topic.listeners if topic else 0

    def conversations(self) -> frozenset[str]:
        return frozenset(self._topics)

    @contextmanager
    def listen(self, conversation_id: str) -> Iterator[Topic]:
        topic = self._topics.setdefault(conversation_id, Topic())
        topic.listeners += 1
        try:
            yield topic
        finally:
            topic.listeners -= 1
            if not topic.listeners and self._topics.get(conversation_id) is topic:
                del self._topics[conversation_id]

    def publish(self, conversation_id: str, events: Sequence[Event]) -> None:
        topic = self._topics.get(conversation_id)
        if topic and events:
            topic.add(events)
        self.stir()

    def announce(self, conversation_id: str, newest: int) -> None:
        """The log has grown, by another process."""
        topic = self._topics.get(conversation_id)
        if topic and newest > topic.newest:
            topic.announce(newest)
        self.stir()

    def hide(self, conversation_id: str, until: int) -> None:
        topic = self._topics.get(conversation_id)
        if topic:
            topic.hidden_until = max(topic.hidden_until, until)

    def end(self, conversation_id: str) -> None:
        """The conversation is over for its customer."""
        topic = self._topics.get(conversation_id)
        if topic:
            topic.is_ended = True
            topic.wake()
        self.stir()

    def type(self, conversation_id: str) -> None:
        """A person writes to the customer of this conversation."""
        topic = self._topics.get(conversation_id)
        if topic:
            topic.typing += 1
            topic.wake()

    def stir(self) -> None:
        """Something that the console shows may have changed."""
        self.anything.set()
        self.anything = asyncio.Event()

    def close(self) -> None:
        """Every stream of this process ends; the listeners come back to another one."""
        self.is_closed = True
        for topic in self._topics.values():
            topic.wake()
        self.stir()
