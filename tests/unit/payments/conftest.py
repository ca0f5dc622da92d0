"""A shop on a store in memory, and a fresh SQLite file for what needs SQL."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine

from billing.payments.memory_store import MemoryStore
from billing.payments.sql_store import SqlStore
from billing.payments.store import Store
from kvitt.database import create_engine
from kvitt.migrate import upgrade
from tests.fakes.billing import FakeBilling
from tests.unit.payments.shop import START, Clock, Shop
from tests.unit.payments.stores import emptied, postgres_database


@pytest.fixture
async def engine(tmp_path: Path) -> AsyncIterator[AsyncEngine]:
    made = create_engine(f"sqlite+aiosqlite:///{tmp_path / 'payments.sqlite'}")
    await upgrade(made, "0001_payments")
    yield made
    await made.dispose()


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    with postgres_database() as url:
        yield url


@pytest.fixture(
    params=["memory", "sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)]
)
async def every_store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Store]:
    """Each implementation in turn, empty. What a SQLite is not told to sort, it returns backwards:
    no promise may rest on the order in which rows happen to lie."""
    if request.param == "memory":
        yield MemoryStore()
        return
    async with AsyncExitStack() as stack:
        url = f"sqlite+aiosqlite:///{tmp_path / 'store.sqlite'}"
        if request.param == "postgresql":
            url = request.getfixturevalue("postgres")
        engine = create_engine(url)
        if request.param == "sqlite":
            event.listen(engine.sync_engine, "connect", _reverse_what_is_not_sorted)
        stack.push_async_callback(engine.dispose)
        await upgrade(engine, "0001_payments")
        await emptied(engine)
        yield SqlStore(engine, billing="test")


def _reverse_what_is_not_sorted(connection: Any, _record: object) -> None:
    connection.execute("PRAGMA reverse_unordered_selects = ON")


@pytest.fixture
def store() -> Store:
    return MemoryStore()


@pytest.fixture
def shop(store: Store) -> Shop:
    billing = FakeBilling(now=START)
    anna = billing.add_customer()
    visa = billing.add_card(anna.client_id)
    return Shop(store=store, billing=billing, clock=Clock(), anna=anna, visa=visa)
