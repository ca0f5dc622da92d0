"""A gateway with agents, a bot that can hand over, and people's opening hours."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest

from tests.fakes.openid import Provider, serving
from tests.fakes.rasa import FakeRasa
from tests.unit.gateway.conftest import (  # noqa: F401
    postgresql_url,
    sqlite_template,
    sqlite_url,
)
from tests.unit.gateway.console.company import Clock, Company, running_company
from tests.unit.gateway.console.people import Office, running_office


@pytest.fixture
async def office(sqlite_url: str) -> AsyncIterator[Office]:  # noqa: F811
    async with running_office(sqlite_url) as running:
        yield running


@pytest.fixture
async def closed_office(sqlite_url: str) -> AsyncIterator[Office]:  # noqa: F811
    async with running_office(sqlite_url, rasa=FakeRasa(), desk_hours="") as running:
        yield running


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def database_url(request: pytest.FixtureRequest) -> str:
    return str(request.getfixturevalue(f"{request.param}_url"))


@pytest.fixture
def provider() -> Iterator[Provider]:
    with serving(Provider(Clock())) as served:
        yield served


@pytest.fixture
async def company(
    sqlite_url: str,  # noqa: F811
    provider: Provider,
) -> AsyncIterator[Company]:
    """One whose login tells roles."""
    provider.person["roles"] = ["agent"]
    async with running_company(sqlite_url, provider, console_openid_roles_claim="roles") as running:
        yield running


@pytest.fixture
async def small_company(
    sqlite_url: str,  # noqa: F811
    provider: Provider,
) -> AsyncIterator[Company]:
    """One whose login tells addresses only."""
    provider.person |= {"email": "Anna.Berg@bolaget.example", "email_verified": True}
    async with running_company(sqlite_url, provider) as running:
        yield running
