"""Paying with a mind that changes, questions in the middle, and a bank that says no."""

from __future__ import annotations

import pytest

from tests.chat import Chat
from tests.conversations.customers import HOSTING, MASTERCARD, VISA, anna, paid
from tests.conversations.transcript import LOG_IN, talk
from tests.stack import Stack

pytestmark = pytest.mark.timeout(180)
BEGIN = [("jag vill betala", ["Vilken e-postadress"]), (LOG_IN, ["inloggad", "Vilka fakturor"])]


def test_steps_back_and_questions_lead_to_the_summary_that_is_paid(
    stack: Stack, chat: Chat
) -> None:
    talk(
        chat,
        stack,
        [
            *BEGIN,
            ("alla", ["Vilket kort"]),
            ("tillbaka", ["Vilka fakturor"]),
            ("ettan och tvåan", ["Vilket kort"]),
            ("är det säkert?", ["Kortnumret går direkt", "Vilket kort"]),
            ("visa", ["628,00 kr med Visa"]),
            ("vad händer om jag betalar för sent?", ["påminnelseavgift", "628,00 kr"]),
            ("mastercardet i stället", ["628,00 kr med MasterCard"]),
            ("ja men inte ettan", ["129,00 kr med MasterCard"]),
            ("vad sa du?", ["129,00 kr med MasterCard"]),
            ("japp", []),
        ],
    )
    chat.until_type("receipt")

    assert paid(stack) == {1051}


def test_a_no_and_a_stop_pay_nothing(stack: Stack, chat: Chat) -> None:
    talk(
        chat,
        stack,
        [
            *BEGIN,
            ("alla med visa", ["1 877,50 kr"]),
            ("nej", ["då betalar jag inte"]),
            ("ja", ["Vilka fakturor"]),
            ("avbryt", ["betalar vi inget"]),
            ("ja", ["ingen fråga"]),
        ],
    )

    assert paid(stack) == set()


def test_refused_invoices_are_tried_again_with_the_card_that_is_named(
    stack: Stack, chat: Chat
) -> None:
    stack.scenario(anna(paymethods=[{**VISA, "behaviour": "decline"}, MASTERCARD]))
    talk(chat, stack, [*BEGIN, ("ettan och tvåan med visa", ["628,00 kr med Visa"]), ("ja", [])])
    chat.until_type("receipt")
    chat.until(lambda _: any(e["type"] == "link" for e in chat.events))
    talk(chat, stack, [("mastercard", ["628,00 kr med MasterCard"]), ("ja", [])])
    chat.until_type("receipt")

    assert paid(stack) == {1042, 1051}


def test_what_is_being_checked_is_not_swapped_for_another_invoice(stack: Stack, chat: Chat) -> None:
    stack.scenario(anna(paymethods=[{**VISA, "behaviour": "pending"}, MASTERCARD]))
    talk(chat, stack, [*BEGIN, ("ettan med visa", ["499,00 kr"]), ("ja", [])])
    chat.until_type("receipt")
    talk(
        chat,
        stack,
        [("betala ettan", ["1042 pågår eller kontrolleras", "Vilka fakturor"])],
    )

    assert paid(stack) == set()


def test_the_only_invoice_is_asked_about_alone(stack: Stack, chat: Chat) -> None:
    stack.scenario(anna(invoices=[HOSTING]))
    talk(
        chat,
        stack,
        [
            ("jag vill betala", ["Vilken e-postadress"]),
            (LOG_IN, ["inloggad", "Vilket kort"]),
            ("tillbaka", ["Vill du betala den?"]),
            ("ja", ["Vilket kort"]),
            ("visa", ["499,00 kr med Visa"]),
            ("visa", ["499,00 kr med Visa"]),
        ],
    )

    assert paid(stack) == set()
