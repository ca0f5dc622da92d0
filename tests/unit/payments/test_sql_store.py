"""What only the store in SQL has to promise."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine

from billing.payments.sql_store import SqlStore
from tests.unit.payments.shop import START

DAY = timedelta(days=1)


async def test_turns_to_reconcile_are_taken_one_by_one_on_postgresql(
    engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There two transactions can both look before either writes: a lock comes first. SQLite plays
    PostgreSQL here, so that this is seen without a server as well."""
    locked: list[str] = []

    @event.listens_for(engine.sync_engine, "connect")
    def _add_functions(connection: object, _record: object) -> None:
        connection.create_function("hashtext", 1, str)  # type: ignore[attr-defined]
        connection.create_function("pg_advisory_xact_lock", 1, locked.append)  # type: ignore[attr-defined]

    await engine.dispose()  # the next connection has the functions
    store = SqlStore(engine, billing="test")
    assert await store.begin_reconciliation(START, DAY)
    assert locked == []

    monkeypatch.setattr(engine.sync_engine.dialect, "name", "postgresql")
    assert not await store.begin_reconciliation(START, DAY)

    assert locked == ["test"]
