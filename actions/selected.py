"""Answers that come when no form is open: taken for what the last list or link was about."""

from __future__ import annotations

from typing import ClassVar

from actions.base import Task
from actions.names import OVERDUE, PAY_FORM, PAY_VALUES, SELECT_NEXT
from actions.reply import Reply, say
from actions.services import Services
from actions.turn import Turn

AFTER_PAGE = "action_page_done"


class Selected(Task):
    """An invoice was named: for what the list was shown for, otherwise to pay it."""

    NAME: ClassVar[str] = "action_selected"

    async def reply(self, turn: Turn, services: Services) -> Reply:
        follow = turn.slot(SELECT_NEXT)
        known = follow if follow and follow != AFTER_PAGE else PAY_FORM
        return Reply(slots={SELECT_NEXT: None}, follow=str(known))


class Affirmed(Task):
    """A yes with no question open: "klar" after a hosted page, or nothing."""

    NAME: ClassVar[str] = "action_affirmed"

    async def reply(self, turn: Turn, services: Services) -> Reply:
        waiting = turn.slot(SELECT_NEXT)
        if waiting == AFTER_PAGE:
            return Reply(slots={SELECT_NEXT: None}, follow=AFTER_PAGE)
        if waiting == PAY_FORM:
            slots = {SELECT_NEXT: None, PAY_VALUES: {"scope": OVERDUE}}
            return Reply(slots=slots, follow=PAY_FORM)
        return Reply(says=(say("utter_nothing_open"),))
