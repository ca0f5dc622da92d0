"""To a person: when one is asked for, when an invoice is disputed, when more time is wanted."""

from __future__ import annotations

from typing import ClassVar

from actions.base import Task, stay_quiet
from actions.names import MISUNDERSTOOD
from actions.reply import Reply, control, say
from actions.services import Services
from actions.turn import Turn


class RequestHuman(Task):
    NAME: ClassVar[str] = "action_request_human"

    async def reply(self, turn: Turn, services: Services) -> Reply:
        slots = {MISUNDERSTOOD: 0, **stay_quiet(turn)}
        return Reply(says=(control("handover", reason="asked"),), slots=slots)


class DisputeInvoice(Task):
    """A dispute ends the talk of paying and goes to a person."""

    NAME: ClassVar[str] = "action_dispute_invoice"

    async def reply(self, turn: Turn, services: Services) -> Reply:
        said = (say("utter_dispute_taken"), control("handover", reason="dispute"))
        return Reply(says=said, slots={MISUNDERSTOOD: 0})


class RequestExtension(Task):
    NAME: ClassVar[str] = "action_request_extension"

    async def reply(self, turn: Turn, services: Services) -> Reply:
        said = (say("utter_extension_taken"), control("handover", reason="extension"))
        return Reply(says=said, slots={MISUNDERSTOOD: 0})


class HandBack(Task):
    """A person has given the conversation back."""

    NAME: ClassVar[str] = "action_hand_back"

    async def reply(self, turn: Turn, services: Services) -> Reply:
        if turn.active_form:
            return Reply(says=(say("utter_hand_back_go_on"),))
        return Reply(says=(say("utter_hand_back"),))
