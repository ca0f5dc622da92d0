"""A shop on a store in memory, and a fresh SQLite file for what needs SQL."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from billing.payments.memory_store import MemoryStore
from billing.payments.store import Store
from kvitt.database import create_engine
from kvitt.migrate import upgrade
from tests.fakes.billing import FakeBilling
from tests.unit.payments.shop import START, Clock, Shop


@pytest.fixture
async def engine(tmp_path: Path) -> AsyncIterator[AsyncEngine]:
    made = create_engine(f"sqlite+aiosqlite:///{tmp_path / 'payments.sqlite'}")
    await upgrade(made, "0001_payments")
    yield made
    await made.dispose()


@pytest.fixture
def store() -> Store:
    return MemoryStore()


@pytest.fixture
def shop(store: Store) -> Shop:
    billing = FakeBilling(now=START)
    anna = billing.add_customer()
    visa = billing.add_card(anna.client_id)
    return Shop(store=store, billing=billing, clock=Clock(), anna=anna, visa=visa)
