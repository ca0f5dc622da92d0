"""The base of every action: gather a `Turn`, let `reply` decide, apply the `Reply`.

No customer is ever left without a reply: a failure of the billing system has responses of its own,
and anything unexpected becomes an apology with the offer of a person.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, ClassVar

import structlog
from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import services
from actions.following import same_again
from actions.names import (
    LOGIN_FORM,
    LOGIN_NEXT,
    PROBLEM,
    REQUESTED_SLOT,
    RETRY_NEXT,
    SAID,
    TURN_SEEN,
)
from actions.reply import Reply, Say, say
from actions.services import Services
from actions.turn import Turn, read_turn
from billing.errors import BillingError, NotAllowed, NotConfigured, NotFound, OutcomeUnknown
from kvitt.identity import Session

log = structlog.get_logger()

UNAVAILABLE = "utter_billing_unavailable"
"""Its button "Försök igen" says `repeat`, which goes on with what `RETRY_NEXT` names."""
TOLD: tuple[tuple[type[BillingError], str], ...] = (
    (NotAllowed, "utter_billing_not_allowed"),
    (NotConfigured, "utter_billing_not_configured"),
    (NotFound, "utter_billing_not_found"),
    (OutcomeUnknown, "utter_billing_outcome_unknown"),
)
"""Failures with words of their own; any other is told as `UNAVAILABLE`."""


class Task(Action, ABC):  # type: ignore[misc]  # the SDK is untyped
    """An action that anyone may cause."""

    NAME: ClassVar[str] = ""
    FORM: ClassVar[str | None] = None

    def name(self) -> str:
        return self.NAME

    @abstractmethod
    async def reply(self, turn: Turn, services: Services) -> Reply:
        """Decide what to answer."""

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, _domain: dict[str, Any]
    ) -> list[EventType]:
        provided = services.current()
        now = provided.now()
        turn = read_turn(tracker, form=self.FORM, now=now, today=provided.today())
        with structlog.contextvars.bound_contextvars(
            action=self.NAME, conversation=turn.conversation_id
        ):
            reply = await self._decide(turn, provided)
        return self._apply(reply, turn, dispatcher)

    async def _decide(self, turn: Turn, provided: Services) -> Reply:
        try:
            return await self.reply(turn, provided)
        except BillingError as error:
            log.warning("billing failed", operation=error.operation, kind=type(error).__name__)
            return self.on_billing_error(turn, error)
        except Exception:
            log.exception("action failed")
            return self.on_failure(turn)

    def on_billing_error(self, turn: Turn, error: BillingError) -> Reply:
        told = next((name for kind, name in TOLD if isinstance(error, kind)), UNAVAILABLE)
        again = {} if turn.active_form else {RETRY_NEXT: same_again(self.NAME, turn)}
        return Reply(says=(say(told),), slots=again if told == UNAVAILABLE else {})

    def on_failure(self, turn: Turn) -> Reply:
        return Reply(says=(say("utter_failure"),))

    def _apply(self, reply: Reply, turn: Turn, dispatcher: CollectingDispatcher) -> list[EventType]:
        for saying in reply.says:
            _utter(saying, dispatcher)
        events: list[EventType] = [SlotSet(SAID, None)] if turn.is_carried else []
        events += [SlotSet(k, v) for k, v in reply.slots.items()]
        if reply.leave_form:
            events.append(SlotSet(REQUESTED_SLOT, None))
        if reply.follow:
            events.append(FollowupAction(reply.follow))
        return events


def _utter(saying: Say, dispatcher: CollectingDispatcher) -> None:
    dispatcher.utter_message(
        response=saying.response,
        text=saying.text,
        json_message=dict(saying.content) or None,
        buttons=[dict(button) for button in saying.buttons],
        **saying.params,
    )


class CustomerTask(Task):
    """An action for a customer who is known; others are asked to log in first, then it goes on."""

    PERMISSION: ClassVar[str | None] = None

    async def reply(self, turn: Turn, services: Services) -> Reply:
        session = await services.sessions.current(turn.conversation_id, now=turn.now)
        if session is None:
            return Reply(slots={LOGIN_NEXT: same_again(self.NAME, turn)}, follow=LOGIN_FORM)
        if self.PERMISSION and self.PERMISSION not in session.permissions:
            return Reply(says=(say("utter_permission_missing"),))
        return await self.reply_to(session, turn, services)

    @abstractmethod
    async def reply_to(self, session: Session, turn: Turn, services: Services) -> Reply:
        """Decide what to answer this customer."""


class Question(CustomerTask):
    """Asks a form's question; who is not known any more logs in and comes back to that form."""

    ASKED_IN: ClassVar[str] = ""

    async def reply(self, turn: Turn, services: Services) -> Reply:
        problem = turn.slot(PROBLEM) or {}
        if problem.get("reason") == QUIET:
            offered = {k: v for k, v in problem.items() if k != "reason"}
            return Reply(slots={PROBLEM: offered or None})
        session = await services.sessions.current(turn.conversation_id, now=turn.now)
        if session is None:
            return self.log_in_first(turn)
        return await self.reply_to(session, turn, services)

    def log_in_first(self, turn: Turn) -> Reply:
        wanted = {LOGIN_NEXT: same_again(self.ASKED_IN, turn)}
        return Reply(slots=wanted, follow=LOGIN_FORM, leave_form=True)


class FormTask(Task):
    """The validation of a form: reads answers, and says which question comes next.

    `answer` decides on a message; the form asks the first required slot that is empty, or the one
    that the reply names in `requested_slot`. A message that is no answer (`NOT_MINE`) goes to the
    rules, which come back to the form afterwards.
    """

    BEGUN_BY: ClassVar[frozenset[str]] = frozenset()
    """Intents that open this form; said again inside it, they get the open question again."""

    async def reply(self, turn: Turn, services: Services) -> Reply:
        if not turn.is_answer:
            return await self.resume(turn, services)
        if turn.requested is None:
            return await self.begin(turn, services)
        if turn.intent == "repeat":
            return await self.resume(turn, services)
        reply = await self.answer(turn, services)
        if reply.not_mine and turn.intent in self.BEGUN_BY:
            return await self.resume(turn, services)
        return reply

    @abstractmethod
    async def begin(self, turn: Turn, services: Services) -> Reply:
        """The form has just been entered with a message that may already hold answers."""

    @abstractmethod
    async def answer(self, turn: Turn, services: Services) -> Reply:
        """The customer has written something while a question is open."""

    async def resume(self, turn: Turn, services: Services) -> Reply:
        """Back after something in between, or entered without a message of its own."""
        if turn.requested is None:
            return await self.begin(turn, services)
        return Reply(slots={REQUESTED_SLOT: turn.requested})

    def on_billing_error(self, turn: Turn, error: BillingError) -> Reply:
        """Say so and stay at the same question, so that nothing that was chosen is lost."""
        says = super().on_billing_error(turn, error).says
        is_to_begin = turn.requested is None and says[0].response == UNAVAILABLE
        again = {RETRY_NEXT: same_again(self.FORM, turn)} if is_to_begin and self.FORM else {}
        return Reply(says=says, slots={**_stay(turn), **again})

    def on_failure(self, turn: Turn) -> Reply:
        return Reply(says=super().on_failure(turn).says, slots=_stay(turn))

    def _apply(self, reply: Reply, turn: Turn, dispatcher: CollectingDispatcher) -> list[EventType]:
        if reply.not_mine:
            return []
        events = super()._apply(reply, turn, dispatcher)
        # Rasa takes a validation that sets no slot for "not answered"; this one says that it was.
        return [SlotSet(TURN_SEEN, turn.now.isoformat()), *events]


OFFERED = "offered"
"""Key of a question's `problem`: what was said or offered after it, for a bare yes."""
ELSE = "else"
"""Value of `offered`: something else than the form is about."""
QUIET = "quiet"
"""Value of a question's `problem`: something was said already, do not ask again in this turn."""


def _stay(turn: Turn) -> dict[str, Any]:
    """The same question, not asked again right after; with none open, the form ends."""
    problem = {"reason": QUIET} if turn.requested else None
    return {REQUESTED_SLOT: turn.requested, PROBLEM: problem}


def stay_quiet(turn: Turn) -> dict[str, Any]:
    """For an action in the middle of a form: the open question is not asked again right after."""
    return {PROBLEM: {"reason": QUIET, OFFERED: ELSE}} if turn.active_form else {}


def is_yes_to_something_else(turn: Turn) -> bool:
    """Whether a bare yes would answer what was said after the form's question."""
    return turn.intent == "affirm" and (turn.slot(PROBLEM) or {}).get(OFFERED) == ELSE
