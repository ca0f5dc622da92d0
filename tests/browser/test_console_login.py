"""An agent signs in at the company's own login, in a browser."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from gateway.console import agents
from tests.browser.stage import Stage, stage
from tests.browser.test_accessibility import axe, violations  # noqa: F401
from tests.fakes.openid import Provider, serving, settings

pytestmark = pytest.mark.chromium

PASSWORD = "ett-riktigt-langt-losenord"
DEADLINE_MS = 30_000


@pytest.fixture(scope="module")
def login() -> Iterator[Provider]:
    with serving(Provider(lambda: datetime.now(UTC))) as served:
        served.person["roles"] = ["supervisor"]
        yield served


@pytest.fixture(scope="module")
def office(chromium: Browser, login: Provider) -> Iterator[Stage]:
    named = {"console_openid_roles_claim": "roles", "console_openid_name": "Bolagets konto"}
    with stage(**settings(login, **named)) as running:
        login.way_back = f"{running.url}/login/console/callback"
        running.call(_hire(running))
        yield running


async def _hire(running: Stage) -> None:
    services = running.gateway.services
    async with services.store.write() as connection:
        await agents.put(
            connection, "bo", display_name="Bo", role="agent", password=PASSWORD,
            now=services.clock(),
        )  # fmt: skip


@pytest.fixture
def page(chromium: Browser, office: Stage) -> Iterator[Page]:
    context = chromium.new_context(base_url=office.url, reduced_motion="reduce")
    context.set_default_timeout(DEADLINE_MS)
    yield context.new_page()
    context.close()


def button(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=name, exact=True)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_button_leads_there_and_back_into_the_console(
    theme: str,
    axe: str,  # noqa: F811
    page: Page,
) -> None:
    page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
    page.goto("/console")
    expect(button(page, "Logga in")).to_be_visible()
    assert violations(page, axe) == []
    button(page, "Logga in med Bolagets konto").click()

    expect(button(page, "Logga ut")).to_be_visible()
    expect(page.get_by_text("Anna", exact=True)).to_be_visible()
    expect(page.get_by_role("link", name="Statistik")).to_be_visible()
    assert page.url.endswith("/console")


def test_one_without_a_role_is_told_so_and_comes_back(page: Page, login: Provider) -> None:
    login.person["roles"] = []
    page.goto("/console")
    button(page, "Logga in med Bolagets konto").click()
    expect(page.get_by_text("har ingen behörighet till kundtjänst")).to_be_visible()
    login.person["roles"] = ["supervisor"]
    page.get_by_role("link", name="Till inloggningen").click()

    expect(button(page, "Logga in")).to_be_visible()


def test_while_the_login_is_down_a_password_will_do(page: Page, login: Provider) -> None:
    login.is_down = True
    # The addresses there are known for an hour
    page.route("**/api/console/openid", lambda route: route.fulfill(
        status=503, json={"error": {"code": "agent_openid_down", "message": "Går inte att nå."}}
    ))  # fmt: skip
    page.goto("/console")
    button(page, "Logga in med Bolagets konto").click()
    expect(page.get_by_role("alert")).to_have_text("Går inte att nå.")
    page.get_by_label("Användarnamn").fill("bo")
    page.get_by_label("Lösenord").fill(PASSWORD)
    button(page, "Logga in").click()

    expect(button(page, "Logga ut")).to_be_visible()
    login.is_down = False


def test_without_passwords_there_is_the_button_only(page: Page) -> None:
    ways = {"passwords": False, "openid": "Bolagets konto"}
    page.route("**/api/console/ways", lambda route: route.fulfill(json=ways))
    page.goto("/console")

    expect(button(page, "Logga in med Bolagets konto")).to_be_visible()
    expect(page.get_by_label("Lösenord")).to_have_count(0)
