"""Answers that come when no form is open: taken for what the last list, link or offer was about."""

from __future__ import annotations

from typing import ClassVar

from actions.base import Task
from actions.following import Step, action_of, go_on, same_again
from actions.names import INVOICE_IDS, PAY_FORM, SELECT_NEXT, SHOWN_INVOICES
from actions.reading import mentions_card, numbers, takes
from actions.reply import Reply, say
from actions.services import Services
from actions.turn import Turn

AFTER_PAGE = "action_page_done"
CARD = "choose_card"


class Selected(Task):
    """An invoice or a card was named: for what the list was shown for, otherwise to pay."""

    NAME: ClassVar[str] = "action_selected"

    async def reply(self, turn: Turn, services: Services) -> Reply:
        return go_on(_wanted(turn), turn, Reply(slots={SELECT_NEXT: None}))


def _wanted(turn: Turn) -> Step:
    waiting = turn.slot(SELECT_NEXT) or {}
    action = action_of(waiting)
    if action == PAY_FORM:
        offered = dict(waiting.get("entities") or {})
        if turn.intent == CARD and INVOICE_IDS in offered:
            return same_again(PAY_FORM, turn, {INVOICE_IDS: offered[INVOICE_IDS]})
        intent = turn.intent if mentions_card(turn.values) else waiting.get("intent")
        return {**same_again(PAY_FORM, turn), "intent": intent or turn.intent}
    numbers_shown = {row["number"] for row in turn.slot(SHOWN_INVOICES) or ()}
    if turn.intent == CARD and numbers_shown & {str(n) for n in numbers(turn.values)}:
        return same_again("action_show_invoice", turn)  # "visa 1042": to show, and no card
    is_to_pay = turn.intent == CARD or takes(turn.values)
    if action and action != AFTER_PAGE and not is_to_pay:
        return same_again(action, turn)
    return same_again(PAY_FORM, turn)


class Affirmed(Task):
    """A yes with no question open: to what was offered last, "klar" after a page, or nothing."""

    NAME: ClassVar[str] = "action_affirmed"

    async def reply(self, turn: Turn, services: Services) -> Reply:
        waiting = turn.slot(SELECT_NEXT) or {}
        action = action_of(waiting)
        if action == AFTER_PAGE:
            return go_on(same_again(AFTER_PAGE, turn), turn, Reply(slots={SELECT_NEXT: None}))
        if action and waiting.get("intent"):
            return go_on(waiting, turn, Reply(slots={SELECT_NEXT: None}))
        return Reply(says=(say("utter_nothing_open"),))
