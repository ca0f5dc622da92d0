"""Two agents in two browsers and a customer in a third."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Self

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Route, expect

from gateway.console import agents
from tests.browser.stage import Stage, stage
from tests.browser.test_accessibility import SMALL_TARGETS, axe, violations  # noqa: F401
from tests.browser.visit import Visit

pytestmark = pytest.mark.chromium

PASSWORD = "ett-riktigt-langt-losenord"
ASK = "jag vill prata med en människa"
DEADLINE_MS = 30_000

type NewPage = Callable[..., Page]


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """An agent's browser, by the names that they can see or hear."""

    page: Page

    def sign_in(self, name: str) -> Self:
        self.page.goto("/console")
        self.page.get_by_label("Användarnamn").fill(name)
        self.page.get_by_label("Lösenord").fill(PASSWORD)
        self.button("Logga in").click()
        expect(self.button("Logga ut")).to_be_visible()
        return self

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    @property
    def log(self) -> Locator:
        return self.page.get_by_role("log")

    @property
    def others(self) -> Locator:
        """What the others in the open conversation do."""
        return self.page.get_by_role("main").get_by_role("status")

    @property
    def reply(self) -> Locator:
        return self.page.get_by_label("Skriv till kunden")

    def open_first(self) -> Self:
        self.page.get_by_role("navigation").get_by_role("link").first.click()
        expect(self.log).to_be_visible()
        return self

    def say(self, text: str) -> Self:
        self.reply.fill(text)
        self.page.keyboard.press("Enter")
        return self

    def said(self, text: str) -> Locator:
        return self.log.get_by_text(text, exact=True)


@pytest.fixture(scope="module")
def office(chromium: Browser) -> Iterator[Stage]:
    with stage(desk_hours="always") as running:
        running.rasa.on_text[ASK] = [
            {"custom": {"type": "control", "do": "handover", "reason": "asked"}}
        ]
        running.rasa.on_intent["handback"] = [{"text": "Då fortsätter vi där vi var."}]
        running.call(_hire(running))
        yield running


async def _hire(running: Stage) -> None:
    services = running.gateway.services
    async with services.store.write() as connection:
        for name, role in (("anna", "supervisor"), ("bertil", "agent")):
            await agents.put(
                connection,
                name,
                display_name=name.capitalize(),
                role=role,
                password=PASSWORD,
                now=services.clock(),
            )


@pytest.fixture
def contexts(chromium: Browser, office: Stage) -> Iterator[list[BrowserContext]]:
    made: list[BrowserContext] = []
    yield made
    for context in made:
        context.close()


@pytest.fixture
def new_page(chromium: Browser, office: Stage, contexts: list[BrowserContext]) -> NewPage:
    def make(**options: object) -> Page:
        context = chromium.new_context(base_url=office.url, reduced_motion="reduce", **options)  # type: ignore[arg-type]
        context.set_default_timeout(DEADLINE_MS)
        contexts.append(context)
        return context.new_page()

    return make


def test_two_agents_and_a_customer(new_page: NewPage, office: Stage) -> None:
    anna = Desk(page=new_page()).sign_in("anna")
    bertil = Desk(page=new_page()).sign_in("bertil")
    visit = Visit(page=new_page(), served=office).arrive().open().say(ASK)
    expect(visit.log.get_by_text("Plats 1 i kön")).to_be_visible()
    for desk in (anna, bertil):
        desk.open_first()
        expect(desk.button("Ta över")).to_be_visible()
    expect(anna.page.get_by_text("Bertil tittar också")).to_be_visible()

    # Both at once: one wins, the other learns who
    claims: list[Route] = []
    for desk in (anna, bertil):
        desk.page.route("**/claim", lambda route: claims.append(route))
        with desk.page.expect_request("**/claim"):
            desk.button("Ta över").click()
    for claim in claims:
        claim.continue_()
    winner, loser = (anna, bertil) if _has(anna, "Lämna till Kvitt") else (bertil, anna)
    name = "Anna" if winner is anna else "Bertil"
    expect(visit.log.get_by_text(f"Du pratar nu med {name} på kundtjänst.")).to_be_visible()
    expect(loser.page.get_by_text(f"Hos {name}").first).to_be_visible()
    expect(loser.page.get_by_role("alert").get_by_text(f"{name} hann före")).to_be_visible()

    # Both ways, and the bot is silent
    winner.say("Hej, vad gäller det?")
    expect(visit.log.get_by_text("Hej, vad gäller det?")).to_be_visible()
    turns = len(office.rasa.turns)
    visit.say("Min faktura är fel")
    expect(winner.said("Min faktura är fel")).to_be_visible()
    expect(loser.said("Min faktura är fel")).to_be_visible()
    assert len(office.rasa.turns) == turns

    # A note is for colleagues only
    winner.button("Intern anteckning").click()
    winner.page.get_by_label("Skriv en intern anteckning").fill("Hemligt mellan oss")
    winner.page.keyboard.press("Enter")
    expect(loser.said("Hemligt mellan oss")).to_be_visible()
    assert "Hemligt" not in visit.log.inner_text()

    # Back to the bot, which goes on
    winner.button("Lämna till Kvitt").first.click()
    winner.page.get_by_label("Anteckning till Kvitt (valfri)").fill("Krediterad")
    winner.page.keyboard.press("Enter")
    expect(visit.said("Då fortsätter vi där vi var.")).to_be_visible()
    assert office.rasa.turns[-1]["intent"]["entities"] == {"note": "Krediterad"}
    visit.ask("fakturor", "Välj minst en faktura")


def test_who_writes_is_shown_until_it_has_come(new_page: NewPage, office: Stage) -> None:
    with office.time_stands_still() as now:
        pages = [new_page() for _ in range(3)]
        for page in pages:
            page.clock.set_fixed_time(now)
        visit = Visit(page=pages[0], served=office).arrive().open().say(ASK)
        expect(visit.log.get_by_text("i kön", exact=False).first).to_be_visible()
        anna = Desk(page=pages[1]).sign_in("anna").open_first()
        bertil = Desk(page=pages[2]).sign_in("bertil").open_first()
        anna.button("Ta över").click()
        expect(visit.log.get_by_text("Du pratar nu med Anna på kundtjänst.")).to_be_visible()

        anna.reply.press_sequentially("Jag")
        expect(bertil.others).to_have_text("Anna skriver …")
        expect(visit.chat.get_by_text("Kundtjänst skriver")).to_be_visible()
        visit.composer.press_sequentially("Min faktura")
        expect(anna.others).to_have_text("Kunden skriver …")
        expect(bertil.others).to_have_text("Kunden skriver … Anna skriver …")
        visit.composer.press("Enter")
        expect(anna.others).to_have_text("Bertil tittar också")
        expect(bertil.others).to_have_text("Anna skriver …")
        visit.composer.press_sequentially("är fel")
        expect(anna.others).to_have_text("Kunden skriver …")
        anna.reply.fill("")
        expect(bertil.others).to_have_text("Kunden skriver …")
        anna.say("Jag ser den")
        expect(visit.log.get_by_text("Jag ser den")).to_be_visible()
        expect(bertil.others).to_have_text("Kunden skriver …")
        anna.reply.press_sequentially("Vänta")
        expect(bertil.others).to_have_text("Kunden skriver … Anna skriver …")


def test_what_is_written_while_a_reply_is_on_its_way_stays(
    new_page: NewPage, office: Stage
) -> None:
    visit = Visit(page=new_page(), served=office).arrive().open().say(ASK)
    expect(visit.log.get_by_text("i kön", exact=False).first).to_be_visible()
    desk = Desk(page=new_page()).sign_in("anna").open_first()
    desk.button("Ta över").click()
    expect(desk.reply).to_be_focused()
    on_its_way: list[Route] = []
    desk.page.route("**/messages", lambda route: on_its_way.append(route))

    with desk.page.expect_request("**/messages"):
        desk.say("Jag ser efter")
    expect(desk.reply).to_have_value("")
    desk.reply.press_sequentially("Hittade den")
    on_its_way.pop().continue_()
    expect(desk.said("Jag ser efter")).to_be_visible()
    expect(desk.button("Skicka")).to_have_attribute("aria-disabled", "false")
    expect(desk.reply).to_have_value("Hittade den")
    with desk.page.expect_request("**/messages"):
        desk.page.keyboard.press("Enter")
    desk.reply.press_sequentially("Vänta")
    on_its_way.pop().abort()

    expect(desk.page.get_by_role("alert")).to_contain_text("Det gick inte.")
    expect(desk.reply).to_have_value("Hittade den\nVänta")


def _has(desk: Desk, name: str) -> bool:
    """Which of two things an agent sees after a claim."""
    lost = desk.page.get_by_role("alert").get_by_text("hann före")
    expect(desk.button(name).or_(lost).first).to_be_visible()
    return desk.button(name).is_visible()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nothing_in_the_console_violates_the_guidelines(
    theme: str,
    axe: str,  # noqa: F811
    new_page: NewPage,
    office: Stage,
) -> None:
    visit = Visit(page=new_page(), served=office).arrive().open().say(ASK)
    expect(visit.log.get_by_text("i kön", exact=False).first).to_be_visible()
    page = new_page(color_scheme=theme)
    page.goto("/console")
    expect(page.get_by_label("Användarnamn")).to_be_visible()
    found = {"sign in": violations(page, axe)}
    desk = Desk(page=page).sign_in("anna")
    found["queue"] = violations(page, axe)
    desk.open_first()
    desk.button("Ta över").click()
    expect(desk.button("Överför")).to_be_visible()
    desk.say("Hej!")
    expect(desk.said("Hej!")).to_be_visible()
    found["conversation"] = violations(page, axe) + list(page.evaluate(SMALL_TARGETS))
    desk.button("Överför").click()
    desk.button("Intern anteckning").click()
    found["note and transfer"] = violations(page, axe)
    desk.button("Avsluta samtalet").click()
    expect(desk.button("Öppna igen")).to_be_visible()
    found["closed"] = violations(page, axe)

    assert {step: wrong for step, wrong in found.items() if wrong} == {}


def test_it_works_on_a_phone_and_by_keyboard(new_page: NewPage, office: Stage) -> None:
    visit = Visit(page=new_page(), served=office).arrive().open().say(ASK)
    expect(visit.log.get_by_text("i kön", exact=False).first).to_be_visible()
    page = new_page(viewport={"width": 320, "height": 640})
    desk = Desk(page=page).sign_in("bertil").open_first()
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    expect(page.get_by_role("main")).to_be_focused()
    desk.button("Ta över").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Skriv till kunden")).to_be_focused()
    page.keyboard.type("Hej från telefonen")
    page.keyboard.press("Enter")
    expect(visit.log.get_by_text("Hej från telefonen")).to_be_visible()
    desk.button("Avsluta samtalet").click()
    expect(visit.button("5").last).to_be_visible()
    visit.button("5").last.click()
    expect(visit.log.get_by_text("Tack för ditt betyg!")).to_be_visible()


def test_the_supervisors_pictures_can_be_read_by_all(
    axe: str,  # noqa: F811
    new_page: NewPage,
    office: Stage,
) -> None:
    Visit(page=new_page(), served=office).arrive().open().ask("fakturor", "Välj minst en faktura")
    desk = Desk(page=new_page(color_scheme="dark")).sign_in("anna")
    desk.page.get_by_role("link", name="Statistik").click()

    expect(desk.page.get_by_role("img", name="Vägen till betalning")).to_be_visible()
    desk.page.get_by_text("Visa som tabell").first.click()
    expect(desk.page.get_by_role("table").first).to_be_visible()
    assert violations(desk.page, axe) == []
