"""What tests of several folders share: one whole Kvitt and one Chromium, started when needed."""

from __future__ import annotations

import logging
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog
from playwright.sync_api import Browser, expect, sync_playwright

from kvitt.processes import RASA
from tests.stack import Stack, running_stack, stack_settings

CHROMIUM_DEADLINE_MS = 30_000


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests in Chromium come last.

    From the first of them on, Playwright's event loop counts as running in this thread, and
    whatever calls `asyncio.run` or is a coroutine would be refused.
    """
    items.sort(key=lambda item: "chromium" in getattr(item, "fixturenames", ()))


@pytest.fixture(autouse=True)
def _log_of_its_own(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Each test begins with logs that nobody has configured.

    A process configures its logs once, so that its loggers may keep what they were first used with;
    here they would go on as the first test wanted it, and no later one could read them.
    """
    configure = structlog.configure

    def configure_for_now(**settings: Any) -> None:
        configure(**settings | {"cache_logger_on_first_use": False})

    monkeypatch.setattr(structlog, "configure", configure_for_now)
    yield
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()
    for handler in logging.getLogger().handlers:
        handler.filters.clear()


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    """Sandbox, action server, Rasa with the trained model, payment worker and gateway."""
    missing = [
        str(path) for path in (RASA, Path(stack_settings(Path()).model)) if not path.exists()
    ]
    if missing and not os.environ.get("CI"):
        pytest.skip(f"missing: {', '.join(missing)} (make train)")
    with running_stack() as started:
        yield started


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium; a test opens contexts, which share nothing, and closes them."""
    found = shutil.which("chromium")
    if found is None:
        reason = "chromium is missing (Debian: apt-get install chromium)"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(reason)
    expect.set_options(timeout=CHROMIUM_DEADLINE_MS)
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=found)
        yield launched
        launched.close()
