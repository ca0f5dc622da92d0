"""A served gateway for the whole run; a fresh browser profile for each test."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser.stage import Stage, stage
from tests.browser.visit import Visit
from tests.conftest import CHROMIUM_DEADLINE_MS


@pytest.fixture(scope="session")
def served(chromium: Browser) -> Iterator[Stage]:
    with stage() as running:
        yield running


type NewContext = Callable[..., BrowserContext]


@pytest.fixture
def new_context(chromium: Browser, served: Stage) -> Iterator[NewContext]:
    made: list[BrowserContext] = []

    def make(**options: object) -> BrowserContext:
        settings = {"viewport": {"width": 1280, "height": 860}, "reduced_motion": "reduce"}
        context = chromium.new_context(base_url=served.url, **(settings | options))  # type: ignore[arg-type]
        context.set_default_timeout(CHROMIUM_DEADLINE_MS)
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
