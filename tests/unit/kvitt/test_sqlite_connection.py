"""SQLite's connection: quick while nobody else writes, patient while somebody does."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from kvitt.database import create_engine


async def test_a_writer_waits_for_another_process_without_stopping_the_loop(
    tmp_path: Path,
) -> None:
    engine = create_engine(f"sqlite+aiosqlite:///{tmp_path / 'kvitt.sqlite'}")
    async with engine.begin() as connection:
        await connection.execute(text("CREATE TABLE notes (id INTEGER)"))
    other = sqlite3.connect(tmp_path / "kvitt.sqlite", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    async def write() -> None:
        async with engine.begin() as connection:
            await connection.execute(text("INSERT INTO notes VALUES (1)"))

    writing = asyncio.create_task(write())
    for _ in range(5):
        await asyncio.sleep(0.02)  # the loop goes on
    was_waiting = not writing.done()
    other.execute("COMMIT")
    await writing

    assert was_waiting
    assert other.execute("SELECT count(*) FROM notes").fetchone() == (1,)
    other.close()
    await engine.dispose()


async def test_a_reader_waits_for_nobody(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite+aiosqlite:///{tmp_path / 'kvitt.sqlite'}")
    async with engine.begin() as connection:
        await connection.execute(text("CREATE TABLE notes (id INTEGER)"))
    other = sqlite3.connect(tmp_path / "kvitt.sqlite", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    async with engine.execution_options(is_reading=True).connect() as connection:
        found = (await connection.execute(text("SELECT count(*) FROM notes"))).scalar()

    assert found == 0
    other.close()
    await engine.dispose()


async def test_errors_do_not_show_parameters(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite+aiosqlite:///{tmp_path / 'kvitt.sqlite'}")

    with pytest.raises(OperationalError) as caught:
        async with engine.begin() as connection:
            await connection.execute(text("SELECT :said FROM nowhere"), {"said": "hemligt"})

    assert "hemligt" not in str(caught.value)
    await engine.dispose()
