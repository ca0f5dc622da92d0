"""The store as one process sees it: each transaction takes a moment, and may fail.

It may fail before its commit, or after it, when nobody learns that it happened.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from random import Random
from typing import Any, cast

from billing.payments.simulation.clockwork import Process
from billing.payments.simulation.faults import Faults
from billing.payments.store import Store


class StoreDown(Exception):
    """As a database driver raises when the connection is lost."""


class _Flaky:
    def __init__(
        self,
        store: Store,
        process: Process,
        faults: Faults,
        random: Random,
        written: Callable[[str], None],
    ) -> None:
        self._store = store
        self._process = process
        self._faults = faults
        self._random = random
        self._written = written

    def __getattr__(self, name: str) -> Callable[..., Awaitable[Any]]:
        method = getattr(self._store, name)

        async def transaction(*args: Any, **kwargs: Any) -> Any:
            await self._process.breath(0.0005 + self._random.random() * 0.002)
            self._may_fail(self._faults.store_before)
            result = await method(*args, **kwargs)
            if name in _WRITES:
                self._written(name)
                await self._process.breath(0.0005)
                self._may_fail(self._faults.store_after)
            return result

        setattr(self, name, transaction)
        return transaction

    def _may_fail(self, rate: float) -> None:
        if rate and self._random.random() < rate:
            raise StoreDown


_WRITES = frozenset({"enqueue", "move", "release"})


def flaky(
    store: Store,
    process: Process,
    faults: Faults,
    random: Random,
    written: Callable[[str], None] = lambda _method: None,
) -> Store:
    """`written` is called, with its name, after each commit that may give somebody work."""
    return cast(Store, _Flaky(store, process, faults, random, written))
