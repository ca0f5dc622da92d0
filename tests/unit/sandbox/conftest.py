"""One sandbox for all of these tests, set back before each."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.sandbox_server import RunningSandbox, running_sandbox
from tests.unit.sandbox.browsing import Browser
from tests.unit.sandbox.scenarios import TODAY, scenario


@pytest.fixture(scope="session")
def server() -> Iterator[RunningSandbox]:
    with running_sandbox(load_demo=False) as running:
        yield running


@pytest.fixture
def sandbox(server: RunningSandbox) -> RunningSandbox:
    """Quick captures, no faults, one client with one card and one overdue invoice."""
    server.put("switches", {"capture_seconds": 0.0})
    server.put("faults", {})
    server.put("scenario", scenario())
    server.put("clock", {"today": TODAY})
    return server


@pytest.fixture
def browser(sandbox: RunningSandbox) -> Iterator[Browser]:
    opened = Browser(sandbox)
    yield opened
    opened.client.close()
