"""Keeps the records in one SQLite file.

A table per dataclass of `sandbox.records`, made from its fields; every look-up is by equality of
columns, which is all that a stand-in of this size needs. Ids are never used twice, as in WHMCS. A
file written by another version of the records is emptied, since everything in it can be made again.
"""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import fields, replace
from functools import cache
from pathlib import Path
from typing import Any, ClassVar, Protocol, get_type_hints

from sandbox.records import TABLES

INDEXED = ("client_id", "invoice_id", "user_id", "quote_id", "ticket_id", "token", "name", "email")
SQL_TYPES = {int: "INTEGER", str: "TEXT", bool: "INTEGER", float: "REAL"}


class Record(Protocol):
    """A dataclass of `sandbox.records`."""

    __dataclass_fields__: ClassVar[dict[str, Any]]

    @property
    def id(self) -> int: ...


@cache
def _columns(table: type[Record]) -> dict[str, type]:
    hints = get_type_hints(table)
    return {field.name: hints[field.name] for field in fields(table)}


def _name(table: type[Record]) -> str:
    return f'"{table.__name__}"'


def _definition(table: type[Record]) -> str:
    columns = ", ".join(
        f'"{name}" {SQL_TYPES[kind]} NOT NULL'
        for name, kind in _columns(table).items()
        if name != "id"
    )
    return f"CREATE TABLE {_name(table)} (id INTEGER PRIMARY KEY AUTOINCREMENT, {columns})"


def _indexes(table: type[Record]) -> Iterator[str]:
    for name in INDEXED:
        if name in _columns(table):
            yield f'CREATE INDEX "{table.__name__}_{name}" ON {_name(table)} ("{name}")'


SCHEMA = tuple(
    statement for table in TABLES for statement in (_definition(table), *_indexes(table))
)
SCHEMA_VERSION = zlib.crc32("\n".join(SCHEMA).encode()) & 0x7FFFFFFF


class Store:
    """The open database. Not for use from several threads at once."""

    def __init__(self, path: str) -> None:
        if path != ":memory:":
            Path(path).parent.mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = NORMAL")
        self._prepare()

    def close(self) -> None:
        self._db.close()

    def _prepare(self) -> None:
        (version,) = self._db.execute("PRAGMA user_version").fetchone()
        if version == SCHEMA_VERSION:
            return
        with self.transaction():
            for (name,) in self._db.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
            ).fetchall():
                self._db.execute(f'DROP TABLE "{name}"')
            for statement in SCHEMA:
                self._db.execute(statement)
            self._db.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing; inside another one it joins that."""
        if self._db.in_transaction:
            yield
            return
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    def all[R: Record](self, table: type[R], **where: Any) -> list[R]:
        """Every record with these column values, by id."""
        condition = " AND ".join(f'"{name}" = ?' for name in where) or "1"
        rows = self._db.execute(
            f"SELECT * FROM {_name(table)} WHERE {condition} ORDER BY id",  # noqa: S608 names are ours
            tuple(where.values()),
        )
        kinds = _columns(table)
        return [
            table(**{n: kind(v) for (n, kind), v in zip(kinds.items(), row, strict=True)})
            for row in rows
        ]

    def first[R: Record](self, table: type[R], **where: Any) -> R | None:
        """The oldest record with these column values."""
        return next(iter(self.all(table, **where)), None)

    def get[R: Record](self, table: type[R], id: int) -> R | None:
        return self.first(table, id=id)

    def add[R: Record](self, record: R) -> R:
        """Keep a new record; an id of 0 is given the next one."""
        names = [name for name in _columns(type(record)) if name != "id" or record.id]
        marks = ", ".join("?" for _ in names)
        quoted = ", ".join(f'"{name}"' for name in names)
        cursor = self._db.execute(
            f"INSERT INTO {_name(type(record))} ({quoted}) VALUES ({marks})",  # noqa: S608 names are ours
            tuple(getattr(record, name) for name in names),
        )
        return replace(record, id=cursor.lastrowid)

    def change[R: Record](self, record: R, **values: Any) -> R:
        """Write these columns and return the record as it now is."""
        changes = ", ".join(f'"{name}" = ?' for name in values)
        self._db.execute(
            f"UPDATE {_name(type(record))} SET {changes} WHERE id = ?",  # noqa: S608 names are ours
            (*values.values(), record.id),
        )
        return replace(record, **values)

    def remove(self, record: Record) -> None:
        self._db.execute(f"DELETE FROM {_name(type(record))} WHERE id = ?", (record.id,))  # noqa: S608

    def empty(self, tables: Iterable[type[Record]] = TABLES) -> None:
        """Forget every record of these tables and start their ids from 1 again."""
        for table in tables:
            self._db.execute(f"DELETE FROM {_name(table)}")  # noqa: S608 names are ours
            self._db.execute("DELETE FROM sqlite_sequence WHERE name = ?", (table.__name__,))
