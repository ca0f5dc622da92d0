"""Loops beside the requests: each goes on until the process stops, whatever one round does."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import structlog

log = structlog.get_logger()

PAUSE_AFTER_FAILURE_SECONDS = 2.0


class Background:
    """The tasks of one process."""

    def __init__(self) -> None:
        self._tasks: list[asyncio.Task[None]] = []

    def every(self, seconds: float, name: str, step: Callable[[], Awaitable[object]]) -> None:
        """Run a step again and again, with a pause in between."""
        self._start(name, _repeat(name, seconds, step))

    def forever(self, name: str, run: Callable[[], Awaitable[None]]) -> None:
        """Run something that never ends by itself; begin anew when it fails."""
        self._start(name, _restart(name, run))

    def _start(self, name: str, work: Awaitable[None]) -> None:
        self._tasks.append(asyncio.get_running_loop().create_task(_as_coroutine(work), name=name))

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks.clear()


async def _as_coroutine(work: Awaitable[None]) -> None:
    await work


async def _repeat(name: str, seconds: float, step: Callable[[], Awaitable[object]]) -> None:
    while True:
        await _tried(name, step)
        await asyncio.sleep(seconds)


async def _restart(name: str, run: Callable[[], Awaitable[None]]) -> None:
    while True:
        await _tried(name, run)
        await asyncio.sleep(PAUSE_AFTER_FAILURE_SECONDS)


async def _tried(name: str, step: Callable[[], Awaitable[object]]) -> None:
    try:
        await step()
    except Exception as error:
        log.error("background_failed", task=name, error=type(error).__name__)
