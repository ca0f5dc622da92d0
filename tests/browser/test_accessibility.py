"""WCAG 2.2 AA at every step: axe, reflow, target sizes, and what a screen reader is told."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Frame, Page, Route, expect

from tests.browser.conftest import NewContext
from tests.browser.stage import Stage
from tests.browser.visit import Visit

pytestmark = pytest.mark.chromium

AXE = Path(__file__).parents[2] / "web" / "node_modules" / "axe-core" / "axe.min.js"
RUN = """async () => {
    const found = await axe.run(document, {
        runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
        iframes: false,
    });
    return found.violations.map((one) =>
        `${one.id}: ${one.nodes.map((node) => node.html.slice(0, 160)).join(" | ")}`);
}"""
SMALL_TARGETS = """() => [...document.querySelectorAll("button, a, input, textarea, summary")]
    .filter((one) => one.checkVisibility())
    .map((one) => [one.outerHTML.slice(0, 100), one.getBoundingClientRect()])
    .filter(([, box]) => box.width < 24 || box.height < 24)
    .map(([html]) => html)"""
SIDEWAYS = """() => [document.documentElement, ...document.querySelectorAll("*")]
    .filter((one) => one.scrollWidth > one.clientWidth + 1
        && !["visible", "hidden"].includes(getComputedStyle(one).overflowX))
    .map((one) => one.outerHTML.slice(0, 80))"""


@pytest.fixture(scope="module")
def axe() -> str:
    if not AXE.exists():
        if os.environ.get("CI") == "true":
            pytest.fail("axe-core is missing (npm ci in web/)")
        pytest.skip("axe-core is missing (npm ci in web/)")
    return AXE.read_text("utf-8")


def violations(frame: Frame | Page, axe: str) -> list[str]:
    frame.evaluate(axe)
    return list(frame.evaluate(RUN))


def walk(visit: Visit, look: Callable[[str], None]) -> None:
    """The whole path, with a look at every step."""
    look("greeting")
    visit.button("Betala fakturor").click()
    expect(visit.chat.get_by_label("E-postadress")).to_be_visible()
    look("email")
    visit.say("maja@exempel.se")
    expect(visit.chat.get_by_label("Kod, sex siffror")).to_be_visible()
    look("code")
    visit.ask("123456", "Välj minst en faktura")
    look("invoices")
    visit.choose_invoices(1042, 1057)
    look("cards")
    visit.button("Använd kortet").click()
    expect(visit.button("Ja, betala")).to_be_visible()
    look("summary")
    visit.button("Ja, betala").click()
    expect(visit.chat.get_by_role("progressbar")).to_be_visible()
    look("progress")
    visit.ask("delvis", "Prova ett annat kort")
    expect(visit.chat.get_by_role("link", name="Betala på betalsidan")).to_be_visible()
    look("receipt and link")
    visit.ask("offerter", "Godkänn offerten")
    visit.button("Fler val").click()
    look("quotes and menu")
    visit.button("Avsluta samtalet").click()
    look("ending")
    visit.button("Ja, avsluta").click()
    expect(visit.chat.get_by_role("heading", name="Samtalet är avslutat")).to_be_visible()
    look("ended")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_step_of_the_path_has_a_violation(
    theme: str, axe: str, new_context: NewContext, served: Stage
) -> None:
    visit = Visit(page=new_context(color_scheme=theme).new_page(), served=served).arrive()
    found = {"page": violations(visit.page, axe)}
    visit.open()

    def look(step: str) -> None:
        found[step] = violations(visit.frame, axe) + list(visit.frame.evaluate(SMALL_TARGETS))

    walk(visit, look)

    assert {step: wrong for step, wrong in found.items() if wrong} == {}


@pytest.mark.parametrize(
    ("width", "height"), [(320, 640), (320, 256)], ids=["small phone", "400 percent zoom"]
)
def test_nothing_has_to_be_scrolled_sideways(
    width: int, height: int, new_context: NewContext, served: Stage
) -> None:
    page = new_context(viewport={"width": width, "height": height}).new_page()
    visit = Visit(page=page, served=served).arrive()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    visit.open()
    found: dict[str, list[str]] = {}

    def look(step: str) -> None:
        found[step] = list(visit.frame.evaluate(SIDEWAYS))
        assert step in ("ended", "ending") or visit.composer.is_visible()

    walk(visit, look)

    assert {step: wide for step, wide in found.items() if wide} == {}


def test_a_message_is_the_same_node_on_its_way_and_when_it_has_arrived(visit: Visit) -> None:
    held: list[Route] = []
    visit.page.route("**/api/chat/messages", lambda route: held.append(route))
    visit.say("läs mig också en gång")
    expect(visit.log.locator(".message.pending")).to_have_count(1)
    visit.frame.evaluate("() => (document.querySelector('.message.pending').dataset.seen = 1)")
    visit.eventually(lambda: held)

    held[0].continue_()

    expect(visit.said("Du skrev: läs mig också en gång")).to_have_count(1)
    expect(visit.log.locator(".message.pending")).to_have_count(0)
    expect(visit.log.locator("[data-seen]")).to_have_text("Du: läs mig också en gång")


def test_a_message_keeps_its_node_so_that_it_is_read_once(visit: Visit) -> None:
    visit.say("läs mig en gång")
    expect(visit.said("läs mig en gång")).to_have_count(1)
    visit.frame.evaluate(
        "() => [...document.querySelectorAll('.message')].forEach((one, n) => one.dataset.seen = n)"
    )
    before = visit.log.locator("[data-seen]").count()

    visit.ask("fakturor", "Välj minst en faktura")

    expect(visit.log.locator("[data-seen]")).to_have_count(before)
    expect(visit.log).to_have_attribute("role", "log")
    expect(visit.page.locator("iframe")).to_have_attribute(
        "title", "Chatt om fakturor och betalningar"
    )
    assert visit.frame.evaluate("document.documentElement.lang") == "sv"
