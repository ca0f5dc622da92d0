"""The main job in a real browser, on everything that `make run` starts: no part is a stand-in."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, FrameLocator, Page, expect

from tests.conversations.customers import anna, newest_code, paid, receipts
from tests.stack import Stack

pytestmark = pytest.mark.timeout(420)
DEADLINE_MS = 30_000


def _chat(page: Page) -> FrameLocator:
    page.locator("div > button[aria-controls=chat]").click()
    return page.frame_locator("iframe")


def _say(chat: FrameLocator, text: str) -> None:
    composer = chat.get_by_label("Skriv ett meddelande")
    composer.fill(text)
    composer.press("Enter")


def test_a_visitor_logs_in_chooses_two_of_three_in_words_pays_and_is_told(
    chromium: Browser, stack: Stack
) -> None:
    stack.scenario(anna())
    stack.faults({})
    context = chromium.new_context(base_url=stack.url, viewport={"width": 1280, "height": 860})
    context.set_default_timeout(DEADLINE_MS)
    page = context.new_page()
    page.goto("/")
    chat = _chat(page)
    log = chat.get_by_role("log")
    expect(log).to_contain_text("Hej", timeout=DEADLINE_MS)

    _say(chat, "vilka fakturor har förfallit?")
    expect(log).to_contain_text("Vilken e-postadress har du hos oss?", timeout=DEADLINE_MS)
    _say(chat, "anna@exempel.se")
    expect(log).to_contain_text("en kod med sex siffror", timeout=DEADLINE_MS)
    _say(chat, newest_code(stack))
    expect(log).to_contain_text("inloggad som Anna Svensson", timeout=DEADLINE_MS)
    expect(log).to_contain_text("Webbhotell Premium", timeout=DEADLINE_MS)
    _say(chat, "jag vill betala ettan och trean")
    expect(log).to_contain_text("Vilket kort vill du betala med?", timeout=DEADLINE_MS)
    _say(chat, "det som slutar på 4444")
    expect(log).to_contain_text("1 748,50", timeout=DEADLINE_MS)
    chat.get_by_role("button", name="Ja, betala").last.click()
    expect(log).to_contain_text("Kvittona kommer med e-post", timeout=DEADLINE_MS)
    context.close()

    assert paid(stack) == {1042, 1077}
    assert len(receipts(stack)) == 2
