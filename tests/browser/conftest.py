"""A Chromium and a served gateway for the whole run; a fresh browser profile for each test."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.browser.stage import Stage, stage
from tests.browser.visit import Visit

DEADLINE_MS = 10_000


@pytest.fixture(scope="session")
def chromium() -> str:
    found = shutil.which("chromium")
    if found is None:
        if os.environ.get("CI") == "true":
            pytest.fail("chromium is missing (Debian: apt-get install chromium)")
        pytest.skip("chromium is missing (Debian: apt-get install chromium)")
    return found


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Browser]:
    expect.set_options(timeout=DEADLINE_MS)
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium)
        yield launched
        launched.close()


@pytest.fixture(scope="session")
def served(chromium: str) -> Iterator[Stage]:
    with stage() as running:
        yield running


type NewContext = Callable[..., BrowserContext]


@pytest.fixture
def new_context(browser: Browser, served: Stage) -> Iterator[NewContext]:
    made: list[BrowserContext] = []

    def make(**options: object) -> BrowserContext:
        settings = {"viewport": {"width": 1280, "height": 860}, "reduced_motion": "reduce"}
        context = browser.new_context(base_url=served.url, **(settings | options))  # type: ignore[arg-type]
        context.set_default_timeout(DEADLINE_MS)
        made.append(context)
        return context

    yield make
    for context in made:
        context.close()


@pytest.fixture
def page(new_context: NewContext) -> Page:
    return new_context().new_page()


@pytest.fixture
def visit(page: Page, served: Stage) -> Visit:
    """A visitor on the demo page with the chat open and greeted."""
    return Visit(page=page, served=served).arrive().open()
