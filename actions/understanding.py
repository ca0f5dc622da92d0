"""What is not sure is asked: first the two likeliest readings as choices, then a person.

Never a step of a payment on a guess: only tasks and questions are offered, never a yes.
"""

from __future__ import annotations

from typing import ClassVar

from actions.base import UNAVAILABLE, Task, stay_quiet
from actions.following import action_of, go_on
from actions.names import MISUNDERSTOOD, RETRY_NEXT, SELECT_NEXT, SHOWN_INVOICES
from actions.reply import Reply, Say, control, say
from actions.selection import Chosen, resolve_invoices
from actions.services import Services
from actions.shown import read_invoices
from actions.turn import Turn

OFFERED = 2
LIKELY = 0.08
TRIES_BEFORE_PERSON = 3


class Clarify(Task):
    """Offers the likeliest readings of a message that was not understood."""

    NAME: ClassVar[str] = "action_clarify"

    async def reply(self, turn: Turn, services: Services) -> Reply:
        if not turn.active_form and _names_shown_invoices(turn):
            return Reply(follow="action_selected")
        missed = int(turn.slot(MISUNDERSTOOD) or 0) + 1
        slots = {MISUNDERSTOOD: missed, **stay_quiet(turn)}
        if missed >= TRIES_BEFORE_PERSON:
            return Reply(says=(say("utter_clarify_person"),), slots=slots)
        readings = [name for name, sure in turn.ranking if sure >= LIKELY]
        offers = [f"utter_offer_{name}" for name in readings]
        known = [offer for offer in offers if services.words.has(offer)][:OFFERED]
        if not known:
            return Reply(says=(say("utter_clarify_unknown"),), slots=slots)
        return Reply(says=(_offer(known, services),), slots=slots)


def _names_shown_invoices(turn: Turn) -> bool:
    """Whether the words make sense as an answer to the list that was shown last."""
    shown = read_invoices(turn.slot(SHOWN_INVOICES)) if turn.slot(SELECT_NEXT) else ()
    if not shown or not turn.values:
        return False
    return isinstance(resolve_invoices(turn.values, shown, today=turn.today), Chosen)


def _offer(offers: list[str], services: Services) -> Say:
    """The question, with one button for each reading and one for none of them."""
    buttons = [button for offer in offers for button in services.words.buttons(offer)]
    titles = services.words.all_of_or(button["title"] for button in buttons)
    return Say(
        response="utter_clarify_choose",
        params={"readings": titles},
        buttons=tuple(buttons) + tuple(services.words.buttons("utter_offer_none")),
    )


class NoneOfThese(Task):
    NAME: ClassVar[str] = "action_none_of_these"

    async def reply(self, turn: Turn, services: Services) -> Reply:
        return Reply(says=(say("utter_clarify_rephrase"),))


class Complain(Task):
    """Anger is met with an ear, and the second time with a person."""

    NAME: ClassVar[str] = "action_complain"

    async def reply(self, turn: Turn, services: Services) -> Reply:
        missed = int(turn.slot(MISUNDERSTOOD) or 0)
        if missed >= 1:
            said = (say("utter_complain_person"), control("handover", reason="angry"))
            return Reply(says=said, slots={MISUNDERSTOOD: 0, **stay_quiet(turn)})
        slots = {MISUNDERSTOOD: missed + 1, **stay_quiet(turn)}
        return Reply(says=(say("utter_complain"),), slots=slots)


class Repeat(Task):
    """Says the last thing once more, when no form is open to ask its question again; what the
    billing system kept from being said is tried again."""

    NAME: ClassVar[str] = "action_repeat"

    async def reply(self, turn: Turn, services: Services) -> Reply:
        failed = turn.slot(RETRY_NEXT)
        if action_of(failed) and turn.last_said == services.words.text(UNAVAILABLE):
            return go_on(failed, turn, Reply(slots={RETRY_NEXT: None}))
        if not turn.last_said:
            return Reply(says=(say("utter_repeat"),))
        return Reply(says=(Say(text=turn.last_said),))
