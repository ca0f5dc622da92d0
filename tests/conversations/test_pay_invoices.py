"""The main job by the chat API, on real processes: see, choose, confirm, be told."""

from __future__ import annotations

import signal

import pytest

from tests.chat import Chat, texts
from tests.conversations.customers import (
    DOMAIN,
    HOSTING,
    MASTERCARD,
    VISA,
    anna,
    log_in,
    mails,
    newest_code,
    paid,
    receipts,
)
from tests.stack import Stack

pytestmark = pytest.mark.timeout(420)


def test_two_of_three_invoices_chosen_in_words_are_paid_with_the_chosen_card(
    stack: Stack, chat: Chat
) -> None:
    chat.say("hej")
    chat.say("jag vill betala mina förfallna fakturor")
    log_in(chat, stack)
    chat.say("webbhotellet och domänen")
    summary = chat.say("mastercardet tack")
    chat.say("ja")
    receipt = chat.until_type("receipt")

    assert "628,00\N{NO-BREAK SPACE}kr" in texts(summary)
    assert {row["status"] for row in receipt["rows"]} == {"paid"}
    assert paid(stack) == {1042, 1051}
    assert len(receipts(stack)) == 2
    charged = {t["invoiceid"]: t for t in _transactions(stack)}
    assert set(charged) == {1042, 1051}


def _transactions(stack: Stack) -> list[dict[str, int]]:
    return [
        {**row, "invoiceid": int(row.get("invoiceid") or row.get("invoice_id") or 0)}
        for row in stack.books()["transactions"]
    ]


def test_a_declined_card_is_told_plainly_and_another_card_pays(stack: Stack, chat: Chat) -> None:
    stack.scenario(anna(paymethods=[VISA, {**MASTERCARD, "behaviour": "decline"}]))
    chat.say("jag vill betala fakturor")
    log_in(chat, stack)
    chat.say("ettan")
    chat.say("mastercard")
    chat.tap("Ja, betala")
    refused = chat.until_type("receipt")

    assert refused["rows"][0]["status"] == "declined"
    assert "inget har dragits" in refused["text"]
    assert paid(stack) == set()

    chat.tap("Prova ett annat kort")
    chat.say("visa")
    chat.tap("Ja, betala")
    done = chat.until_type("receipt")

    assert done["rows"][0]["status"] == "paid"
    assert paid(stack) == {1042}


def test_a_wrong_code_is_told_and_the_right_one_still_works(stack: Stack, chat: Chat) -> None:
    chat.say("logga in")
    chat.say("anna@exempel.se")
    code = newest_code(stack)
    wrong = "000000" if code != "000000" else "111111"
    told = chat.say(wrong)
    after = chat.say(code)

    assert "stämmer inte" in texts(told)
    assert "inloggad som Anna Svensson" in texts(after)


def test_an_unknown_address_gets_the_same_answer_as_a_known_one(stack: Stack, chat: Chat) -> None:
    other = Chat(stack.url)
    chat.say("logga in")
    other.say("logga in")
    known = texts(chat.say("anna@exempel.se"))
    unknown = texts(other.say("anne@exempel.se"))
    other.close()

    assert known == unknown


def test_nothing_overdue_is_good_news(stack: Stack, chat: Chat) -> None:
    stack.scenario(anna(invoices=[{**HOSTING, "status": "Paid"}]))
    chat.say("jag vill betala fakturor")
    log_in(chat, stack)

    assert "inga obetalda fakturor" in chat.said()


def test_without_a_saved_card_the_secure_page_is_offered(stack: Stack, chat: Chat) -> None:
    stack.scenario(anna(paymethods=[]))
    chat.say("jag vill betala fakturor")
    log_in(chat, stack)
    offered = chat.say("alla")

    link = next(event for event in offered if event["type"] == "link")
    assert link["href"].startswith("/go/")
    assert paid(stack) == set()


def test_the_billing_system_down_in_the_middle_is_told_and_nothing_is_lost(
    stack: Stack, chat: Chat
) -> None:
    chat.say("jag vill betala fakturor")
    log_in(chat, stack)
    stack.faults({"*": {"failure": "error_500"}})
    told = texts(chat.say("alla"))
    stack.faults({})
    again = chat.say("försök igen")
    chat.say("visakortet")
    chat.say("ja")

    assert "når inte faktureringssystemet" in told
    assert chat.until_type("receipt")["rows"]
    assert paid(stack) == {1042, 1051, 1077}
    assert again


def test_rasa_restarted_in_the_middle_forgets_nothing(stack: Stack, chat: Chat) -> None:
    chat.say("jag vill betala fakturor")
    log_in(chat, stack)
    chat.say("domänen")
    stack.stop("rasa", how=signal.SIGKILL)
    told = texts(chat.say("visakortet"))
    stack.start("rasa")
    stack.wait_until_ready()
    chat.say("visakortet")
    chat.say("ja")
    receipt = chat.until_type("receipt")

    assert told
    assert [row["id"] for row in receipt["rows"]] == [DOMAIN["id"]]


def test_a_question_in_the_middle_is_answered_and_the_payment_goes_on(
    stack: Stack, chat: Chat
) -> None:
    chat.say("jag vill betala fakturor")
    log_in(chat, stack)
    answered = texts(chat.say("vad händer om jag betalar för sent, blir det någon avgift?"))
    asked = chat.say("trean")

    assert "påminnelseavgift" in answered
    assert any(event["type"] == "cards" for event in asked)


def test_a_changed_mind_at_the_summary_makes_a_new_summary(stack: Stack, chat: Chat) -> None:
    chat.say("jag vill betala fakturor")
    log_in(chat, stack)
    chat.say("alla")
    chat.say("visakortet")
    fewer = chat.say("ja, men bara ettan")
    summary = next(event for event in fewer if event["type"] == "summary")

    assert [row["id"] for row in summary["rows"]] == [1042]
    assert paid(stack) == set()


def test_a_no_at_the_summary_pays_nothing(stack: Stack, chat: Chat) -> None:
    chat.say("jag vill betala fakturor")
    log_in(chat, stack)
    chat.say("alla")
    chat.say("visakortet")
    said = texts(chat.say("nej"))
    chat.say("avbryt")

    assert "betalar jag inte" in said
    assert paid(stack) == set()
    assert not receipts(stack)
    assert mails(stack)
