"""The payment path, by keyboard and by what is seen."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import NewContext
from tests.browser.stage import Stage
from tests.browser.visit import Visit

pytestmark = pytest.mark.chromium

SOONEST_PAYMENT = timedelta(seconds=1.5)
LOOK_AWAY_AND_BACK = """() => {
    dispatchEvent(new Event("blur"));
    dispatchEvent(new Event("focus"));
}"""


def test_the_whole_path_goes_by_keyboard_alone(page: Page, served: Stage) -> None:
    visit = Visit(page=page, served=served).arrive()
    keyboard = page.keyboard
    visit.launcher.focus()
    keyboard.press("Enter")
    expect(visit.button("Betala fakturor")).to_be_visible()
    expect(visit.composer).to_be_focused()

    visit.tab_to("Betala fakturor")
    keyboard.press("Enter")
    expect(visit.chat.get_by_label("E-postadress")).to_be_visible()
    expect(visit.composer).to_be_focused()
    visit.tab_to("E-postadress")
    keyboard.type("maja@exempel.se")
    keyboard.press("Enter")
    expect(visit.chat.get_by_label("Kod, sex siffror")).to_be_visible()
    visit.tab_to("Kod, sex siffror")
    keyboard.type("123456")
    keyboard.press("Enter")
    expect(visit.button("Välj minst en faktura")).to_be_visible()
    visit.tab_to("Faktura 1057")
    keyboard.press("Space")
    visit.tab_to("Faktura 1042")
    keyboard.press("Space")
    expect(visit.chat.locator(".foot .total")).to_contain_text("748,00")
    visit.tab_to("Välj 2 fakturor", back=False)
    keyboard.press("Enter")
    expect(visit.button("Använd kortet")).to_be_visible()
    visit.tab_to("Visa som slutar på 4242")
    keyboard.press("ArrowDown")
    visit.tab_to("Använd kortet", back=False)
    keyboard.press("Enter")
    expect(visit.button("Ja, betala")).to_be_visible()
    expect(visit.chat.get_by_label("Att bekräfta")).to_contain_text("4444")
    visit.tab_to("Ja, betala")
    keyboard.press("Enter")
    expect(visit.chat.get_by_role("progressbar")).to_be_visible()
    served.tell(visit.conversation_id, "payment_news:k1", done=1)
    expect(visit.log).to_contain_text("1 av 2 klara")
    served.tell(visit.conversation_id, "payment_news:k2", done=2)
    expect(visit.chat.get_by_label("Betalning", exact=True)).to_contain_text("748,00")

    keyboard.press("Escape")

    expect(visit.launcher).to_be_focused()
    assert served.rasa.chosen == [1042, 1057]
    assert served.rasa.card == 2


def test_what_was_chosen_is_said_back_and_cannot_be_chosen_again(visit: Visit) -> None:
    visit.to_summary(1042)

    expect(visit.said("Faktura 1042")).to_have_count(1)
    expect(visit.chat.get_by_label("Faktura 1042")).to_be_disabled()
    expect(visit.button("Använd kortet")).to_have_count(0)
    expect(visit.button("Betala fakturor")).to_have_count(0)


def test_all_invoices_are_marked_at_once_and_summed(visit: Visit) -> None:
    visit.ask("fakturor", "Välj minst en faktura")

    visit.chat.get_by_label("Markera alla").check()

    expect(visit.button("Välj 3 fakturor")).to_be_visible()
    expect(visit.chat.locator(".foot .total")).to_contain_text(re.compile("1.997,50"))
    expect(visit.log).to_contain_text("3 av 3 valda")


def test_an_expired_card_cannot_be_chosen(visit: Visit) -> None:
    visit.ask("kort", "Använd kortet")

    expect(visit.chat.get_by_label("Visa som slutar på 0002")).to_be_disabled()


def test_a_partly_declined_payment_is_told_invoice_by_invoice(visit: Visit) -> None:
    visit.ask("delvis", "Prova ett annat kort")

    receipt = visit.chat.get_by_label("Betalning", exact=True)
    expect(receipt.get_by_role("listitem")).to_have_count(2)
    expect(receipt).to_contain_text("nekad, inget har dragits")
    expect(receipt).to_contain_text("249,00")


def test_a_hosted_page_opens_in_a_window_of_its_own_and_its_end_is_noticed(visit: Visit) -> None:
    now = datetime.now(UTC)
    visit.page.clock.set_fixed_time(now)
    visit.say("länk")
    opening = visit.chat.get_by_role("link", name="Betala på betalsidan")
    with visit.page.context.expect_page() as opened:
        opening.click()
    window = opened.value
    assert "/go/" in window.url
    visit.frame.evaluate(LOOK_AWAY_AND_BACK)
    visit.page.clock.set_fixed_time(now + SOONEST_PAYMENT)

    with visit.page.expect_request("**/returns/*"):
        window.close()
        visit.page.bring_to_front()
        visit.frame.evaluate(LOOK_AWAY_AND_BACK)

    expect(visit.said("Tack! Nu ser det ut så här hos oss: betald.")).to_have_count(1)


def test_news_while_minimised_are_counted_and_read_when_opened(visit: Visit) -> None:
    visit.say("hej")
    expect(visit.said("Du skrev: hej")).to_be_visible()
    visit.button("Minimera chatten").click()
    expect(visit.launcher).to_be_focused()
    visit.page.evaluate(
        "window.told = []; addEventListener('kvitt:unread', (one) => told.push(one.detail))"
    )

    visit.served.tell(visit.conversation_id, "hosted_page_closed:u1")

    expect(visit.launcher).to_have_accessible_name("Öppna chatten, 1 oläst meddelande")
    assert visit.page.evaluate("Kvitt.unread()") == 1
    assert visit.launcher.evaluate("(button) => { button.click(); return Kvitt.unread(); }") == 0
    expect(visit.launcher).to_have_accessible_name("Minimera chatten")
    visit.button("Minimera chatten").click()
    expect(visit.launcher).to_have_accessible_name("Öppna chatten")
    assert visit.page.evaluate("told") == [1, 0]


def test_sound_is_off_until_it_is_turned_on(visit: Visit) -> None:
    visit.button("Fler val").click()

    expect(visit.button("Ljud: av")).to_have_attribute("aria-pressed", "false")
    visit.button("Ljud: av").click()
    expect(visit.button("Ljud: på")).to_have_attribute("aria-pressed", "true")


def test_the_transcript_is_a_file_with_everything_that_was_said(visit: Visit) -> None:
    visit.say("hej på dig")
    expect(visit.said("Du skrev: hej på dig")).to_be_visible()
    visit.button("Fler val").click()
    with visit.page.expect_download() as download:
        visit.button("Ladda ner samtalet").click()

    text = download.value.path().read_text("utf-8")
    assert "Hej! Jag är Kvitt" in text
    assert text.index("hej på dig") < text.index("Du skrev: hej på dig")


def test_on_a_phone_the_chat_fills_the_screen(new_context: NewContext, served: Stage) -> None:
    page = new_context(viewport={"width": 390, "height": 780}, has_touch=True).new_page()
    visit = Visit(page=page, served=served).arrive().open()

    box = page.locator("iframe").bounding_box()
    assert box == {"x": 0, "y": 0, "width": 390, "height": 780}
    expect(visit.launcher).to_be_hidden()
    visit.button("Minimera chatten").click()
    expect(visit.launcher).to_be_visible()


def test_the_host_page_opens_closes_and_identifies_by_the_api(page: Page, served: Stage) -> None:
    visit = Visit(page=page, served=served).arrive()

    page.evaluate("Kvitt.open()")
    expect(visit.button("Betala fakturor")).to_be_visible()
    page.evaluate("fetch('/demo/identity?visitor=maja').then(r => r.text()).then(Kvitt.identify)")
    expect(visit.said("Tack, nu är du inloggad som Lundqvist Form.")).to_be_visible()
    page.evaluate("Kvitt.close()")
    expect(page.locator("iframe")).to_be_hidden()
