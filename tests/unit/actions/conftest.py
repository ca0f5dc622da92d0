"""A desk for each test: the actions' services on fakes, on a database file of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from shutil import copyfile

import pytest
import sqlalchemy
from sqlalchemy.ext.asyncio import AsyncEngine

from kvitt.database import create_engine, metadata
from kvitt.identity import tables
from tests.fakes.billing import FakeBilling
from tests.unit.actions.desk import NOW, Desk

TABLES = [
    tables.sessions,
    tables.logins,
    tables.code_requests,
    tables.visitors,
    tables.account_choices,
    tables.openid_logins,
    tables.rate_limits,
]


@pytest.fixture(scope="session")
def identity_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with the tables of identity in it, to be copied."""
    path = tmp_path_factory.mktemp("actions") / "template.sqlite"
    engine = sqlalchemy.create_engine(f"sqlite:///{path}")
    metadata.create_all(engine, tables=TABLES)
    engine.dispose()
    return path


@pytest.fixture
async def engine(identity_template: Path, tmp_path: Path) -> AsyncIterator[AsyncEngine]:
    path = copyfile(identity_template, tmp_path / "kvitt.sqlite")
    made = create_engine(f"sqlite+aiosqlite:///{path}")
    yield made
    await made.dispose()


@pytest.fixture
async def stranger(engine: AsyncEngine) -> Desk:
    """Anna with three overdue invoices and two cards, before she has said who she is."""
    billing = FakeBilling(now=NOW)
    return Desk.open(engine, billing)


@pytest.fixture
async def desk(stranger: Desk) -> Desk:
    """The same Anna, logged in."""
    await stranger.log_in()
    return stranger
