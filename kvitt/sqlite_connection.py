"""SQLite from an event loop without a change of threads for every statement.

aiosqlite hands each call to a thread of the connection, which costs more than the statement itself.
Only two kinds of call can wait for another process: the one that begins a writing transaction (for
the lock) and the one that commits it (for the disk). They go to the thread; beginning to read, and
what runs inside a transaction, has nothing to wait for and runs at once.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import Any

import aiosqlite

BEGIN_READING = "BEGIN"
BEGIN_WRITING = "BEGIN IMMEDIATE"

_ITER_CHUNK_SIZE = 64
_RUN_STATEMENTS = frozenset({"execute", "executemany", "executescript"})


class QuickConnection(aiosqlite.Connection):
    """aiosqlite's connection; `_execute` is the one place that all its calls go through."""

    async def _execute(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        if self._may_wait(fn, args):
            return await super()._execute(fn, *args, **kwargs)  # type: ignore[no-untyped-call]
        return fn(*args, **kwargs)

    def _may_wait(self, fn: Callable[..., Any], args: tuple[Any, ...]) -> bool:
        if fn.__name__ in _RUN_STATEMENTS:
            return not self._conn.in_transaction and args[0] != BEGIN_READING
        return fn in (self._conn.commit, self._conn.close)


def connect(database: str, **options: Any) -> QuickConnection:
    """For `create_async_engine(connect_args={"async_creator_fn": connect})`."""
    options["check_same_thread"] = False  # the two threads take turns, each awaited

    def open_file() -> sqlite3.Connection:
        opened: sqlite3.Connection = sqlite3.connect(database, **options)
        return opened

    connection = QuickConnection(open_file, _ITER_CHUNK_SIZE)
    connection._thread.daemon = True  # a connection left open must not keep the process
    return connection
