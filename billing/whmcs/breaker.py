"""A circuit breaker: after several failures in a row, leave the billing system in peace a while.

Closed, it lets every call through. Open, it lets none through until the pause is over; then one
call tries, and its end decides. The clock is an argument, so that a test need not wait.
"""

from __future__ import annotations

from collections.abc import Callable

Clock = Callable[[], float]


class Breaker:
    def __init__(self, clock: Clock, *, failures: int = 6, pause_seconds: float = 5.0) -> None:
        self._clock = clock
        self._allowed_failures = failures
        self._pause_seconds = pause_seconds
        self._failures = 0
        self._open_until: float | None = None
        self._is_trying = False

    def admits(self) -> bool:
        """Whether a call may go out; if so, `succeeded`, `failed` or `abandoned` must follow."""
        if self._open_until is None:
            return True
        if self._is_trying or self._clock() < self._open_until:
            return False
        self._is_trying = True
        return True

    def succeeded(self) -> None:
        self._failures = 0
        self._open_until = None
        self._is_trying = False

    def failed(self) -> None:
        self._failures += 1
        self._is_trying = False
        if self._failures >= self._allowed_failures:
            self._open_until = self._clock() + self._pause_seconds

    def abandoned(self) -> None:
        """The call was cancelled: it tells nothing."""
        self._is_trying = False
