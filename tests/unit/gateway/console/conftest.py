"""A gateway with agents, a bot that can hand over, and people's opening hours."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.fakes.rasa import FakeRasa
from tests.unit.gateway.conftest import sqlite_template, sqlite_url  # noqa: F401
from tests.unit.gateway.console.people import Office, running_office


@pytest.fixture
async def office(sqlite_url: str) -> AsyncIterator[Office]:  # noqa: F811
    async with running_office(sqlite_url) as running:
        yield running


@pytest.fixture
async def closed_office(sqlite_url: str) -> AsyncIterator[Office]:  # noqa: F811
    async with running_office(sqlite_url, rasa=FakeRasa(), desk_hours="") as running:
        yield running
