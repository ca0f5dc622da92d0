"""How a turn ends: what is said, and whether it is tried again. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

from gateway.events import Author, Draft
from gateway.queue import Turn
from gateway.rasa import RasaError, RasaSlow, Understood
from gateway.replies import Answer, Reply
from gateway.texts import event_text

GREETING = "session_started"
RETRY_FIRST_SECONDS = 2.0
RETRY_MOST_SECONDS = 60.0

NOTHING = Answer(replies=(), controls=())


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    name: str
    answer: Answer = field(default=NOTHING)
    retry_in: timedelta | None = None
    understood: Understood | None = None


FOR_PERSON = Outcome(name="for_person")
"""A person holds the conversation: the bot is silent."""


def answered(turn: Turn, answer: Answer, understood: Understood | None) -> Outcome:
    """The bot's answer; a customer who would get none gets words of the gateway."""
    if not answer.replies and not answer.controls and not turn.is_internal:
        return Outcome(name="no_answer", answer=_words("no_answer"), understood=understood)
    return Outcome(name="answered", answer=answer, understood=understood)


def failed(turn: Turn, error: RasaError) -> Outcome:
    """No customer is left without a reply; the gateway's own turns are tried again instead."""
    if turn.key == GREETING:
        return Outcome(name="failed", answer=_words("greeting_failed"))
    if turn.is_internal:
        return Outcome(name="retried", retry_in=_pause(turn.attempts))
    text = "rasa_slow" if isinstance(error, RasaSlow) else "rasa_failed"
    return Outcome(name="failed", answer=_words(text))


def _pause(attempts: int) -> timedelta:
    return timedelta(seconds=min(RETRY_MOST_SECONDS, RETRY_FIRST_SECONDS * 2 ** min(attempts, 10)))


def _words(name: str) -> Answer:
    draft = Draft(author=Author.SYSTEM, text=event_text(name))
    return Answer(replies=(Reply(draft=draft),), controls=())
