"""SQLite from an event loop without a change of threads for every statement.

aiosqlite hands each call to a thread of the connection. On a busy machine each such change takes
milliseconds, the statement itself microseconds, and a writer holds everybody up meanwhile. So calls
run at once, and only what may really have to wait goes to the thread: opening and closing, what
runs outside a transaction, and beginning to write while another process is at it.

A commit in WAL mode with `synchronous = NORMAL` appends to a file and waits for the disk only at a
checkpoint.
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
_PRIMARY_CODE = 0xFF


class QuickConnection(aiosqlite.Connection):
    """aiosqlite's connection; `_execute` is the one place that all its calls go through."""

    busy_timeout_seconds = 5.0

    async def _execute(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        if self._is_beginning_to_write(fn, args):
            begun = self._try_at_once(fn, *args, **kwargs)
            if begun is not None:
                return begun
        elif not self._may_wait(fn, args):
            return fn(*args, **kwargs)
        return await super()._execute(fn, *args, **kwargs)  # type: ignore[no-untyped-call]

    def _is_beginning_to_write(self, fn: Callable[..., Any], args: tuple[Any, ...]) -> bool:
        return fn.__name__ == "execute" and args[0] == BEGIN_WRITING

    def _try_at_once(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """The result, or None while another process writes."""
        self._set_busy_timeout(0)
        try:
            return fn(*args, **kwargs)
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & _PRIMARY_CODE != sqlite3.SQLITE_BUSY:
                raise
            return None
        finally:
            self._set_busy_timeout(self.busy_timeout_seconds)

    def _set_busy_timeout(self, seconds: float) -> None:
        self._conn.execute(f"PRAGMA busy_timeout = {int(seconds * 1000)}").close()

    def _may_wait(self, fn: Callable[..., Any], args: tuple[Any, ...]) -> bool:
        if fn.__name__ in _RUN_STATEMENTS:
            return not self._conn.in_transaction and args[0] != BEGIN_READING
        return fn == self._conn.close


def connect(database: str, *, timeout: float, **options: Any) -> QuickConnection:
    """For `create_async_engine(connect_args={"async_creator_fn": connect})`."""
    options["check_same_thread"] = False  # the two threads take turns, each awaited

    def open_file() -> sqlite3.Connection:
        opened: sqlite3.Connection = sqlite3.connect(database, timeout=timeout, **options)
        return opened

    connection = QuickConnection(open_file, _ITER_CHUNK_SIZE)
    connection.busy_timeout_seconds = timeout
    connection._thread.daemon = True  # a connection left open must not keep the process
    return connection
