"""A conversation as pairs of what the customer does and what of the bot's answer matters.

    talk(chat, stack, [("hej", ["Vad kan jag hjälpa dig med"]), …])

Each pair names one part for each message that the bot says, in order: one too many or too few
fails. A part is a piece of the text, or `ANY`.
"""

from __future__ import annotations

from collections.abc import Sequence

from tests.chat import Chat, Event
from tests.conversations.customers import ANNA, mails, newest_code
from tests.stack import Stack

ANY = ""
LOG_IN = "<log in>"
TAP = "tap:"
CODE_SENT = "skickat en kod"
GREETING = "Jag är Kvitt, en robot"
NO_BREAK_SPACE = "\N{NO-BREAK SPACE}"
Pair = tuple[str, Sequence[str]]


def talk(chat: Chat, stack: Stack, pairs: Sequence[Pair]) -> None:
    """Hold the conversation; fails at the first answer that is not as written."""
    for said, expected in pairs:
        before = len(mails(stack))
        answers = _answers(_do(chat, stack, said))
        is_right = len(answers) == len(expected) and all(
            part in answer for part, answer in zip(expected, answers, strict=False)
        )
        assert is_right, f"{said!r}: expected {list(expected)!r}, got {answers!r}"
        if any(CODE_SENT in answer for answer in answers):
            newest_code(stack, after=before)  # the mail of this step is not the next one's


def _do(chat: Chat, stack: Stack, said: str) -> list[Event]:
    if said == LOG_IN:
        before = len(mails(stack))
        chat.say(ANNA)
        return chat.say(newest_code(stack, after=before))
    return chat.tap(said.removeprefix(TAP)) if said.startswith(TAP) else chat.say(said)


def _answers(events: Sequence[Event]) -> list[str]:
    """What was said in answer, besides the greeting and what a payment's worker makes known."""
    texts = (
        str(event.get("text") or "").replace(NO_BREAK_SPACE, " ")
        for event in events
        if event["author"] != "customer" and event["type"] not in {"turn", "progress", "receipt"}
    )
    return [text for text in texts if GREETING not in text]
