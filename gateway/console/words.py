"""What the log says of a handover, with the buttons that belong to it. Pure but for tokens."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from gateway.choices import Choice
from gateway.console.texts import button_text, customer_text
from gateway.events import Author, Draft, Json
from gateway.replies import Reply

CANCEL = "gateway.cancel_waiting"
RATE = "gateway.rate"
RATINGS = ("1", "2", "3", "4", "5")
GOOD_FOR = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    make_token: Callable[[], str]

    def state(self, text: str, state: str, **data: Json) -> Reply:
        """A change of who holds the conversation."""
        told = {"state": state} | data
        return Reply(draft=Draft(author=Author.SYSTEM, type="handover", text=text, data=told))

    def waiting(self, position: int, *, now: datetime, name: str = "waiting") -> Reply:
        return self.queued(customer_text(name, position=position), now=now, position=position)

    def queued(self, text: str, *, now: datetime, **data: Json) -> Reply:
        """Somebody waits, and may leave the queue."""
        choices = (self._choice(button_text("cancel"), CANCEL, {}, now),)
        return self._with(self.state(text, "waiting", **data).draft, choices)

    def rating(self, request_id: int, *, now: datetime) -> Reply:
        choices = tuple(
            self._choice(number, RATE, {"request": request_id, "rating": int(number)}, now)
            for number in RATINGS
        )
        draft = Draft(author=Author.SYSTEM, type="rating", text=customer_text("rating"))
        return self._with(draft, choices)

    def _choice(self, title: str, intent: str, entities: dict[str, Json], now: datetime) -> Choice:
        return Choice(
            token=self.make_token(),
            title=title,
            intent=intent,
            entities=entities,
            selection=None,
            expires_at=now + GOOD_FOR,
        )

    def _with(self, draft: Draft, choices: tuple[Choice, ...]) -> Reply:
        shown = [{"token": choice.token, "title": choice.title} for choice in choices]
        until = choices[0].expires_at.isoformat()
        data = dict(draft.data) | {"choices": shown, "choices_until": until}
        told = Draft(author=draft.author, type=draft.type, text=draft.text, data=data)
        return Reply(draft=told, choices=choices)


def plain(name: str, **values: object) -> Reply:
    """Words of the gateway that change nothing."""
    return Reply(draft=Draft(author=Author.SYSTEM, text=customer_text(name, **values).strip()))
