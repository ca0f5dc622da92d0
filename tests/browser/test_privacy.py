"""Who sees what: before opening, after logging out, after ending, and in other tabs."""

from __future__ import annotations

import asyncio

import pytest
from playwright.sync_api import Page, Route, expect

from gateway.conversations import Conversation
from gateway.opening import Reception
from tests.browser.conftest import NewContext
from tests.browser.stage import Stage
from tests.browser.visit import Visit

pytestmark = pytest.mark.chromium


def test_nothing_is_asked_or_stored_before_the_chat_is_opened(page: Page, served: Stage) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))

    visit = Visit(page=page, served=served).arrive()

    page.wait_for_load_state("networkidle")
    assert not [url for url in asked if "/api/" in url or "/widget/" in url]
    assert visit.has_nothing_kept()


def test_two_tabs_are_in_step_over_one_stream(visit: Visit) -> None:
    second = Visit(page=visit.page.context.new_page(), served=visit.served).arrive().open()
    visit.ask("fakturor", "Välj minst en faktura")
    expect(second.button("Välj minst en faktura")).to_be_visible()

    second.choose_invoices(1042)

    expect(visit.button("Använd kortet")).to_be_visible()
    expect(visit.chat.get_by_label("Faktura 1042")).to_be_disabled()
    expect(visit.said("Faktura 1042")).to_have_count(1)
    hub = visit.served.gateway.services.hub
    assert hub.listeners_of(visit.conversation_id) == 1


def test_the_other_tab_goes_on_when_the_leading_one_is_closed(visit: Visit) -> None:
    second = Visit(page=visit.page.context.new_page(), served=visit.served).arrive().open()
    visit.page.close()

    second.say("hallå")

    expect(second.said("Du skrev: hallå")).to_have_count(1)


def test_logging_out_wipes_every_tab(page: Page, served: Stage) -> None:
    visit = Visit(page=page, served=served).arrive("/?visitor=maja").open()
    second = Visit(page=page.context.new_page(), served=served).arrive("/?visitor=maja").open()
    visit.ask("fakturor", "Välj minst en faktura")
    expect(second.button("Välj minst en faktura")).to_be_visible()

    second.say("logga ut")

    for one in (visit, second):
        expect(one.log).to_contain_text("borttaget ur chatten")
        expect(one.log).not_to_contain_text("Faktura 1042")
    visit.page.reload()
    visit.launcher.click()
    expect(visit.log).to_contain_text("borttaget ur chatten")
    expect(visit.log).not_to_contain_text("Faktura 1042")


def test_ending_leaves_nothing_for_the_next_visitor(visit: Visit) -> None:
    visit.ask("fakturor", "Välj minst en faktura")
    second = Visit(page=visit.page.context.new_page(), served=visit.served).arrive().open_again()
    visit.button("Fler val").click()
    visit.button("Avsluta samtalet").click()
    visit.button("Ja, avsluta").click()

    expect(visit.chat.get_by_role("heading", name="Samtalet är avslutat")).to_be_visible()
    expect(second.chat.get_by_role("heading", name="Samtalet är avslutat")).to_be_visible()
    visit.eventually(visit.has_nothing_kept)
    visit.button("Starta ett nytt samtal").click()
    expect(visit.button("Betala fakturor")).to_be_visible()
    expect(visit.log).not_to_contain_text("Faktura 1042")


def test_every_tab_learns_of_the_end_though_the_answer_comes_after_it(visit: Visit) -> None:
    second = Visit(page=visit.page.context.new_page(), served=visit.served).arrive().open_again()
    asked: list[Route] = []
    visit.page.route("**/api/chat/conversations", lambda route: asked.append(route))
    visit.button("Fler val").click()
    visit.button("Avsluta samtalet").click()
    with visit.page.expect_request("**/api/chat/conversations"):
        visit.button("Ja, avsluta").click()

    answer = asked[0].fetch()
    expect(visit.chat.get_by_role("heading", name="Samtalet är avslutat")).to_be_visible()
    asked[0].fulfill(response=answer)

    expect(second.chat.get_by_role("heading", name="Samtalet är avslutat")).to_be_visible()


def test_another_visitor_sees_nothing(visit: Visit, new_context: NewContext) -> None:
    visit.ask("fakturor", "Välj minst en faktura")

    other = Visit(page=new_context().new_page(), served=visit.served).arrive().open()

    expect(other.log).not_to_contain_text("Faktura 1042")


def test_the_site_logs_the_chat_out_even_when_it_leaves_the_page_at_once(
    page: Page, served: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    has_left, end = asyncio.Event(), Reception.end

    async def end_later(self: Reception, conversation: Conversation) -> None:
        await has_left.wait()
        await end(self, conversation)

    monkeypatch.setattr(Reception, "end", end_later)
    visit = Visit(page=page, served=served).arrive("/?visitor=maja").open()
    visit.ask("fakturor", "Välj minst en faktura")

    page.get_by_role("button", name="Inte inloggad").click()
    page.wait_for_url("**/")
    served.soon(has_left.set)

    visit.eventually(visit.has_nothing_kept)
    visit.launcher.click()
    expect(visit.button("Betala fakturor")).to_be_visible()
    expect(visit.log).not_to_contain_text("Faktura 1042")
