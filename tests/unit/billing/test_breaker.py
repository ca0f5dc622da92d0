"""When the billing system is left in peace, and when it is tried again."""

from __future__ import annotations

from billing.whmcs.breaker import Breaker


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def opened(clock: Clock) -> Breaker:
    breaker = Breaker(clock, failures=2, pause_seconds=5.0)
    breaker.failed()
    breaker.failed()
    return breaker


def test_it_lets_calls_through_until_the_last_allowed_failure() -> None:
    breaker = Breaker(Clock(), failures=2)
    breaker.failed()

    assert breaker.admits()
    breaker.failed()
    assert not breaker.admits()


def test_a_success_between_failures_starts_the_count_anew() -> None:
    breaker = Breaker(Clock(), failures=2)
    breaker.failed()
    breaker.succeeded()
    breaker.failed()

    assert breaker.admits()


def test_after_the_pause_one_call_tries_and_the_others_wait() -> None:
    clock = Clock()
    breaker = opened(clock)
    clock.now = 5.0

    assert breaker.admits()
    assert not breaker.admits()


def test_a_trial_that_succeeds_closes_it() -> None:
    clock = Clock()
    breaker = opened(clock)
    clock.now = 5.0
    breaker.admits()
    breaker.succeeded()

    assert breaker.admits()
    assert breaker.admits()


def test_a_trial_that_fails_makes_it_wait_again() -> None:
    clock = Clock()
    breaker = opened(clock)
    clock.now = 5.0
    breaker.admits()
    breaker.failed()

    assert not breaker.admits()
    clock.now = 10.0
    assert breaker.admits()


def test_a_trial_that_is_called_off_lets_the_next_one_try() -> None:
    clock = Clock()
    breaker = opened(clock)
    clock.now = 5.0
    breaker.admits()
    breaker.abandoned()

    assert breaker.admits()
