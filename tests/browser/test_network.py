"""Dead networks, sleep, reloads and old cards: nothing lost, nothing doubled, nothing rude."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Route, expect

from tests.browser.stage import Stage
from tests.browser.visit import Visit

pytestmark = pytest.mark.chromium


@pytest.fixture
def held(served: Stage) -> Iterator[Stage]:
    """The bot thinks until it is let go."""
    yield served
    served.release()


def test_what_is_written_without_network_is_sent_once_when_it_is_back(visit: Visit) -> None:
    visit.page.context.set_offline(True)
    visit.say("är du där?")
    expect(visit.log).to_contain_text("Skickas när nätet är tillbaka")
    expect(visit.chat.get_by_text("Inget nät just nu.")).to_be_visible()

    visit.page.context.set_offline(False)

    expect(visit.said("Du skrev: är du där?")).to_have_count(1)
    expect(visit.said("är du där?")).to_have_count(1)
    assert visit.served.rasa.texts().count("är du där?") == 1


def test_an_answer_that_comes_when_the_network_is_gone_is_no_sign_of_it(visit: Visit) -> None:
    late: list[Route] = []
    visit.page.route("**/api/chat/history*", lambda route: late.append(route))
    visit.frame.evaluate("dispatchEvent(new Event('online'))")
    visit.eventually(lambda: late)
    visit.page.context.set_offline(True)
    banner = visit.chat.get_by_text("Inget nät just nu.")
    expect(banner).to_be_visible()

    late[0].fulfill(json={"events": []})
    visit.say("är du där?")

    expect(visit.log).to_contain_text("Skickas när nätet är tillbaka")
    expect(banner).to_be_visible()


def test_an_unsent_message_survives_a_reload(visit: Visit) -> None:
    visit.page.route("**/api/chat/messages", lambda route: route.abort())
    visit.say("glöm mig inte")
    expect(visit.log).to_contain_text("Skickas när nätet är tillbaka")
    visit.page.unroute("**/api/chat/messages")

    visit.page.reload()
    visit.launcher.click()

    expect(visit.said("Du skrev: glöm mig inte")).to_have_count(1)
    expect(visit.said("glöm mig inte")).to_have_count(1)


def test_an_answer_that_was_lost_on_the_way_is_not_sent_twice(visit: Visit) -> None:
    lost: list[str] = []

    def lose_reply(route: Route) -> None:
        if lost:
            route.continue_()
            return
        lost.append(str(route.fetch().status))
        route.abort()

    visit.page.route("**/api/chat/messages", lose_reply)

    visit.say("en gång räcker")

    expect(visit.said("Du skrev: en gång räcker")).to_have_count(1)
    expect(visit.log).not_to_contain_text("Skickas när")
    expect(visit.said("en gång räcker")).to_have_count(1)
    assert lost == ["202"]
    assert visit.served.rasa.texts().count("en gång räcker") == 1


def test_a_network_cut_in_the_middle_of_a_reply_loses_and_doubles_nothing(
    visit: Visit, held: Stage
) -> None:
    held.hold()
    visit.say("tänk länge")
    expect(visit.chat.locator(".typing")).to_be_visible()
    visit.page.context.set_offline(True)
    held.release()

    visit.page.context.set_offline(False)

    expect(visit.said("Du skrev: tänk länge")).to_have_count(1)
    expect(visit.chat.locator(".typing")).to_have_count(0)


def test_what_was_said_while_the_laptop_slept_is_there_when_it_wakes(visit: Visit) -> None:
    visit.ask("fakturor", "Välj minst en faktura")
    laptop = visit.page.context.new_cdp_session(visit.page)
    laptop.send("Page.setWebLifecycleState", {"state": "frozen"})
    visit.served.tell(visit.conversation_id, "hosted_page_closed:sleep")

    laptop.send("Page.setWebLifecycleState", {"state": "active"})

    expect(visit.said("Tack! Nu ser det ut så här hos oss: betald.")).to_have_count(1)
    visit.say("vaken igen")
    expect(visit.said("Du skrev: vaken igen")).to_have_count(1)


def test_a_reload_in_the_middle_of_the_summary_goes_on_from_it(visit: Visit) -> None:
    visit.to_summary(1042, 1057)

    visit.page.reload()
    visit.launcher.click()

    expect(visit.chat.get_by_label("Att bekräfta")).to_contain_text("748,00")
    visit.button("Ja, betala").click()
    expect(visit.chat.get_by_role("progressbar")).to_be_visible()


def test_a_card_that_was_used_elsewhere_is_refused_politely(visit: Visit) -> None:
    visit.to_summary(1042)

    def forge(route: Route) -> None:
        body = json.loads(route.request.post_data or "{}")
        body["choice"] = "forged-" + body["choice"][:20]
        route.continue_(post_data=json.dumps(body))

    visit.page.route("**/api/chat/messages", forge)
    visit.button("Ja, betala").click()

    expect(visit.chat.get_by_role("alert")).to_contain_text("Skriv gärna vad du vill i stället")
    expect(visit.log).to_contain_text("Gäller inte längre")
    expect(visit.button("Ja, betala")).to_have_count(0)
    expect(visit.said("Ja, betala")).to_have_count(0)
    visit.page.unroute("**/api/chat/messages")
    visit.ask("sammanfatta", "Ja, betala")


def test_a_message_that_is_refused_says_why_and_can_be_taken_away(visit: Visit) -> None:
    visit.composer.fill("x" * 2001)
    expect(visit.chat.get_by_text("Högst 2000 tecken går bra.")).to_be_visible()
    visit.composer.fill("\u202etext")
    visit.composer.press("Enter")

    expect(visit.log).to_contain_text("Inte skickat. Meddelandet innehåller tecken")
    visit.button("Ta bort").click()
    expect(visit.log).not_to_contain_text("Inte skickat")
