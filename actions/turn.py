"""What an action knows of the turn it answers, read out of Rasa's tracker.

Everything here came through Rasa and is untrusted text: it says what the customer means, never who
the customer is or what may be paid.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from rasa_sdk import Tracker

from actions.names import REQUESTED_SLOT, SAID, VALUES

LISTEN = "action_listen"
SILENT_ACTIONS = frozenset(
    {
        LISTEN,
        "action_extract_slots",
        "action_session_start",
        "action_selected",
        "action_clarify",
        "action_deactivate_loop",
    }
)
"""What may act on a message without having answered it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One message (or internal event) and where in the conversation it came."""

    conversation_id: str
    intent: str
    confidence: float
    entities: Mapping[str, Any]
    slots: Mapping[str, Any]
    active_form: str | None
    is_answer: bool
    """Whether the message is still to be read: nothing has reacted to it in this turn."""
    is_carried: bool = False
    """Whether what is read here was said earlier, as when a login came in between."""
    message: str = ""
    """Which message this turn answers."""
    ranking: tuple[tuple[str, float], ...]
    last_said: str
    """What the bot said last, before this message."""
    now: datetime
    today: date

    @property
    def requested(self) -> str | None:
        value = self.slots.get(REQUESTED_SLOT)
        return str(value) if value else None

    @property
    def values(self) -> dict[str, Any] | None:
        found = self.entities.get(VALUES)
        return found if isinstance(found, dict) else None

    def slot(self, name: str) -> Any:
        return self.slots.get(name)

    def ids(self, entity: str) -> tuple[int, ...]:
        """The ids that a tapped choice carries; empty where there are none or they are no ids."""
        value = self.entities.get(entity)
        listed = value if isinstance(value, list) else [value]
        texts = (str(item) for item in listed)
        return tuple(int(text) for text in texts if text.isascii() and text.isdigit())


def read_turn(tracker: Tracker, *, form: str | None, now: datetime, today: date) -> Turn:
    """The turn in a tracker; `form` is the form whose validation is asking, if one is."""
    return carry(_read(tracker, form=form, now=now, today=today))


def carry(turn: Turn) -> Turn:
    """With what was said earlier, where an action of this turn has handed that on.

    A message that was answered already names nothing any more: a login code is no invoice number.
    """
    said = turn.slot(SAID) or {}
    if said and said.get("message") == turn.message:
        entities = dict(said.get("entities") or {})
        intent = str(said.get("intent") or turn.intent)
        return replace(turn, intent=intent, entities=entities, is_answer=True, is_carried=True)
    return turn if turn.is_answer else replace(turn, entities={})


def _read(tracker: Tracker, *, form: str | None, now: datetime, today: date) -> Turn:
    message = tracker.latest_message or {}
    intent = message.get("intent") or {}
    return Turn(
        conversation_id=str(tracker.sender_id).rsplit(".", 1)[0],
        intent=str(intent.get("name") or ""),
        confidence=float(intent.get("confidence") or 0.0),
        entities=_entities(message),
        slots=dict(tracker.slots),
        active_form=(tracker.active_loop or {}).get("name"),
        is_answer=_is_unread(tracker, form),
        message=_message(tracker),
        ranking=_ranking(message),
        last_said=_last_said(tracker),
        now=now,
        today=today,
    )


def _entities(message: Mapping[str, Any]) -> dict[str, Any]:
    return {str(e.get("entity")): e.get("value") for e in message.get("entities") or []}


def _ranking(message: Mapping[str, Any]) -> tuple[tuple[str, float], ...]:
    found = message.get("intent_ranking") or []
    return tuple((str(item.get("name")), float(item.get("confidence") or 0)) for item in found)


def _last_said(tracker: Tracker) -> str:
    texts = (e.get("text") for e in reversed(tracker.events) if e.get("event") == "bot")
    return next((str(text) for text in texts if text), "")


def _message(tracker: Tracker) -> str:
    users = (e for e in reversed(tracker.events) if e.get("event") == "user")
    return next((str(e.get("message_id") or e.get("timestamp") or "") for e in users), "")


def _is_unread(tracker: Tracker, form: str | None) -> bool:
    """True when nothing but `form` itself has acted since the customer's message."""
    for event in reversed(tracker.events):
        if event.get("event") == "user":
            return True
        if event.get("event") != "action":
            continue
        if event.get("name") not in SILENT_ACTIONS | {form}:
            return False
    return True
