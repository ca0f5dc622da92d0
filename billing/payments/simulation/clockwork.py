"""Virtual time: coroutines take turns without an event loop, in an order that the seed decides.

A process is a group of actors that dies together. `Crashed` is no `Exception`, so that no code
under test can catch it, as none can catch SIGKILL.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Coroutine, Generator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from types import coroutine
from typing import Any

START = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
FOREVER = float("inf")


class Crashed(BaseException):
    """This process is gone, here and now."""


class DoesNotEnd(Exception):
    """So many turns that something must be going round in circles."""


@coroutine
def pause(seconds: float) -> Generator[float, None, None]:
    """Let others have their turn for so long."""
    yield seconds


@dataclass(slots=True, eq=False)
class Actor:
    story: Coroutine[float, None, Any]
    process: Process
    turn: int = 0
    """The one entry in the clockwork that counts; earlier ones are void."""


@dataclass(slots=True, eq=False)
class Process:
    """Has a clock of its own that may be wrong, and may die."""

    name: str
    clock: Clockwork
    is_mortal: bool = False
    begin: Callable[[Process], Coroutine[float, None, Any]] | None = None
    """Its story from the start, told again after a death."""
    offset: float = 0.0
    lives: int = 0
    actors: list[Actor] = field(default_factory=list)

    def now(self) -> datetime:
        return START + timedelta(seconds=self.clock.time + self.offset)

    def monotonic(self) -> float:
        return self.clock.time

    async def breath(self, seconds: float) -> None:
        """Something outside takes so long; meanwhile this process may die or be frozen."""
        await pause(seconds + self.clock.freeze(self))
        self.step("")

    def step(self, _name: str) -> None:
        """A point where this process may die."""
        if self.is_mortal and self.clock.wants_death():
            raise Crashed


@dataclass(slots=True)
class Clockwork:
    random: Random
    crash_rate: float = 0.0
    freeze_rate: float = 0.0
    time: float = 0.0
    turns: int = 0
    crashes: int = 0
    most_turns: int = 50_000
    _heap: list[tuple[float, int, Actor]] = field(default_factory=list)
    _entries: int = 0

    def wants_death(self) -> bool:
        return self.crash_rate > 0.0 and self.random.random() < self.crash_rate

    def freeze(self, process: Process) -> float:
        """Now and then a process stands still for minutes, and knows nothing of it."""
        if not process.is_mortal or not self.freeze_rate:
            return 0.0
        is_frozen = self.random.random() < self.freeze_rate
        return self.random.choice((5.0, 60.0, 130.0, 400.0, 1200.0)) if is_frozen else 0.0

    def process(self, name: str, **more: Any) -> Process:
        made = Process(name=name, clock=self, **more)
        if made.begin:
            self.spawn(made.begin(made), made)
        return made

    def spawn(
        self, story: Coroutine[float, None, Any], process: Process, *, after: float = 0.0
    ) -> Actor:
        actor = Actor(story=story, process=process)
        process.actors.append(actor)
        self._schedule(actor, after)
        return actor

    def wake(self, actor: Actor) -> None:
        """Its next turn comes now, however long it meant to wait; the dead sleep on."""
        if actor in actor.process.actors:
            self._schedule(actor, 0.001)

    def _schedule(self, actor: Actor, after: float) -> None:
        self._entries += 1
        actor.turn = self._entries
        if after != FOREVER:
            heapq.heappush(self._heap, (self.time + after, self._entries, actor))

    def run(self, until: Callable[[], bool] = lambda: False, *, latest: float = FOREVER) -> None:
        """Turn until nothing is left to do, `until` holds, or that time is reached."""
        while self._heap and not until():
            time, turn, actor = heapq.heappop(self._heap)
            if turn != actor.turn:
                continue
            if time > latest:
                self._schedule(actor, time - self.time)
                return
            self.time = time
            self._turn(actor)

    def _turn(self, actor: Actor) -> None:
        self.turns += 1
        if self.turns > self.most_turns:
            raise DoesNotEnd(f"after {self.turns} turns")
        try:
            seconds = actor.story.send(None)
        except StopIteration:
            actor.process.actors.remove(actor)
        except Crashed:
            self._bury(actor)
        else:
            self._schedule(actor, seconds)

    def _bury(self, actor: Actor) -> None:
        """End all actors of the process; it begins anew after a while."""
        process = actor.process
        dead, process.actors = process.actors, []
        for other in dead:
            other.turn = -1
            if other is not actor:
                other.story.close()
        self.crashes += 1
        process.lives += 1
        if process.begin:
            self.spawn(process.begin(process), process, after=self.random.uniform(0.5, 120.0))

    def close(self) -> None:
        """End every story that is still waiting."""
        for _, _, actor in self._heap:
            actor.story.close()
        self._heap.clear()
