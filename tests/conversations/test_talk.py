"""Talk around the tasks by the chat API: greetings, odd messages, anger, and to a person."""

from __future__ import annotations

import pytest

from tests.chat import Chat
from tests.conversations.customers import paid
from tests.conversations.transcript import ANY, LOG_IN, talk
from tests.stack import Stack

pytestmark = pytest.mark.timeout(180)


def test_every_odd_message_gets_one_answer(stack: Stack, chat: Chat) -> None:
    talk(
        chat,
        stack,
        [
            ("hej", ["Vad kan jag hjälpa dig med"]),
            ("vad kan du göra?", ["Det här kan jag hjälpa dig med"]),
            ("är du en robot?", ["Jag är en robot"]),
            ("do you speak English?", ["only speak Swedish"]),
            ("?", [ANY]),
            ("…", [ANY]),
            ("👍", ["ingen fråga"]),
            ("asdfghjkl", [ANY]),
            ("hej " * 400, [ANY]),
            ("vad blir det för väder i morgon?", ["kan jag tyvärr inte hjälpa till med"]),
            ("tack", ["Så lite så"]),
            ("hej då", ["Hej då"]),
        ],
    )


def test_anger_is_heard_and_the_second_time_a_person_comes(stack: Stack, chat: Chat) -> None:
    talk(
        chat,
        stack,
        [
            ("ni är så jävla dåliga", ["jag beklagar"]),
            ("det här är ju skit", ["en människa över", "i kö"]),
        ],
    )


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("fakturan stämmer inte", "betalar vi inget på den"),
        ("kan jag få betala nästa månad i stället?", "Mer tid att betala"),
    ],
)
def test_a_dispute_and_a_delay_end_the_payment_and_go_to_a_person(
    stack: Stack, chat: Chat, text: str, answer: str
) -> None:
    talk(
        chat,
        stack,
        [
            ("betala alla med visa", ["Vilken e-postadress"]),
            (LOG_IN, ["inloggad", "1 877,50 kr"]),
            (text, [answer, "i kö"]),
            ("ja", ["ingen fråga"]),
        ],
    )

    assert paid(stack) == set()


def test_card_and_identity_numbers_are_hidden_and_the_payment_goes_on(
    stack: Stack, chat: Chat
) -> None:
    talk(
        chat,
        stack,
        [
            ("betala ettan med visa", ["Vilken e-postadress"]),
            (LOG_IN, ["inloggad", "499,00 kr med Visa"]),
        ],
    )
    chat.say("ta 4111 1111 1111 1111 i stället")
    chat.say("mitt personnummer är 19121212-1212")

    assert "4111 1111" not in chat.said()
    assert "1212-1212" not in chat.said()
    assert paid(stack) == set()
