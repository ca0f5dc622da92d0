"""Saved cards: see them, add one, remove one. No card number is ever asked for or shown."""

from __future__ import annotations

from typing import Any, ClassVar

from actions.base import (
    QUIET,
    CustomerTask,
    FormTask,
    Question,
    Task,
    is_yes_to_something_else,
)
from actions.following import same_again
from actions.names import (
    CARD_ID,
    LOGIN_FORM,
    LOGIN_NEXT,
    PROBLEM,
    REMOVE_CARD_CONFIRMED,
    REMOVE_CARD_FORM,
    REMOVE_CARD_ID,
    REQUESTED_SLOT,
    SHOWN_CARDS,
)
from actions.pay_summary import link, page_slots
from actions.reading import is_certain_yes, mentions_card, terms
from actions.reply import NOT_MINE, Reply, say
from actions.selection import Ask, ChosenCard, resolve_cards
from actions.services import Services
from actions.shown import card_lines, cards_content, read_cards, shown_cards
from actions.turn import Turn
from billing.errors import NotFound
from billing.model import LinkPurpose
from billing.payments.model import Hosted
from kvitt.identity import Session

YES = frozenset({"affirm", "remove_card"})
NAMING = frozenset({"choose_card", "select_invoices"})


class ListCards(CustomerTask):
    NAME: ClassVar[str] = "action_list_cards"
    PERMISSION: ClassVar[str | None] = "invoices"

    async def reply_to(self, session: Session, turn: Turn, services: Services) -> Reply:
        cards = await services.billing.cards(session.client_id)
        if not cards:
            return Reply(says=(say("utter_cards_none"),))
        content = cards_content(cards, turn.today, services.words)
        lines = card_lines(cards, turn.today, services.words)
        name = "utter_cards_one" if len(cards) == 1 else "utter_cards_listed"
        return Reply(
            says=(say(name, content, count=len(cards), cards=lines),),
            slots={SHOWN_CARDS: shown_cards(cards)},
        )


class AddCard(CustomerTask):
    """New cards go in on the billing system's own page, never in the chat."""

    NAME: ClassVar[str] = "action_add_card"

    async def reply_to(self, session: Session, turn: Turn, services: Services) -> Reply:
        page = Hosted(purpose=LinkPurpose.ADD_CARD, ids=())
        return Reply(
            says=(say("utter_card_add", link(page, services.words)),), slots=page_slots(page)
        )


class CardAdded(Task):
    NAME: ClassVar[str] = "action_card_added"

    async def reply(self, turn: Turn, services: Services) -> Reply:
        return Reply(says=(say("utter_card_added"),))


class ValidateRemoveCardForm(FormTask):
    NAME: ClassVar[str] = "validate_remove_card_form"
    FORM: ClassVar[str | None] = REMOVE_CARD_FORM
    BEGUN_BY: ClassVar[frozenset[str]] = frozenset({"remove_card"})

    async def begin(self, turn: Turn, services: Services) -> Reply:
        session = await services.sessions.current(turn.conversation_id, now=turn.now)
        if session is None:
            return _log_in_first(turn)
        cards = await services.billing.cards(session.client_id)
        if not cards:
            return Reply(says=(say("utter_cards_none"),), leave_form=True)
        slots: dict[str, Any] = {
            SHOWN_CARDS: shown_cards(cards),
            REMOVE_CARD_CONFIRMED: None,
            REMOVE_CARD_ID: None,
            PROBLEM: None,
        }
        shown = read_cards(slots[SHOWN_CARDS])
        read = resolve_cards(turn.values or {}, shown, today=turn.today)
        if isinstance(read, ChosenCard):
            slots[REMOVE_CARD_ID] = read.id
        elif len(cards) == 1:
            slots[REMOVE_CARD_ID] = cards[0].id
        return Reply(slots=slots)

    async def answer(self, turn: Turn, services: Services) -> Reply:
        if turn.intent == "cancel" or (turn.intent == "deny" and not _names_other(turn)):
            return Reply(says=(say("utter_card_kept"),), leave_form=True)
        session = await services.sessions.current(turn.conversation_id, now=turn.now)
        if session is None:
            return _log_in_first(turn)
        if turn.requested == REMOVE_CARD_CONFIRMED:
            return await self._read_confirmation(session, turn, services)
        tapped = turn.ids(CARD_ID)
        shown = read_cards(turn.slot(SHOWN_CARDS))
        read = resolve_cards(turn.values or {}, shown, today=turn.today)
        if tapped and tapped[0] in {card.id for card in shown}:
            return Reply(slots={REMOVE_CARD_ID: tapped[0]})
        if isinstance(read, ChosenCard):
            return Reply(slots={REMOVE_CARD_ID: read.id})
        if turn.intent in {"choose_card", "remove_card"} and isinstance(read, Ask):
            return Reply(
                says=(say("utter_card_unclear"),),
                slots={REQUESTED_SLOT: REMOVE_CARD_ID, PROBLEM: {"reason": QUIET}},
            )
        return NOT_MINE

    async def _read_confirmation(self, session: Session, turn: Turn, services: Services) -> Reply:
        if turn.intent == "go_back":
            return Reply(slots={REMOVE_CARD_ID: None, REQUESTED_SLOT: REMOVE_CARD_ID})
        if turn.intent not in YES | NAMING | {"deny"}:
            return NOT_MINE
        other = _read_other(turn)
        if other:
            return other
        if turn.intent not in YES:
            return Reply(slots={REMOVE_CARD_ID: None, REQUESTED_SLOT: REMOVE_CARD_ID})
        if is_yes_to_something_else(turn):
            return Reply(slots={REQUESTED_SLOT: REMOVE_CARD_CONFIRMED, PROBLEM: None})
        is_plain = turn.intent == "affirm" or bool((turn.values or {}).get("affirmed"))
        is_sure = is_certain_yes(turn.values, _certainty(turn))
        if not (is_plain and is_sure):
            slots = {REQUESTED_SLOT: REMOVE_CARD_CONFIRMED, PROBLEM: {"reason": QUIET}}
            return Reply(says=(say("utter_card_was_that_yes"),), slots=slots)
        return await _remove(int(turn.slot(REMOVE_CARD_ID)), session, services)


def _log_in_first(turn: Turn) -> Reply:
    wanted = {LOGIN_NEXT: same_again(REMOVE_CARD_FORM, turn)}
    return Reply(slots=wanted, follow=LOGIN_FORM, leave_form=True)


def _certainty(turn: Turn) -> float:
    """ "ja, ta bort det" is both a yes and the wish to remove."""
    return max(turn.confidence, sum(sure for name, sure in turn.ranking if name in YES))


def _names_other(turn: Turn) -> bool:
    """ "nej, det andra" keeps the card that was asked about and points at another."""
    is_asked = turn.requested == REMOVE_CARD_CONFIRMED
    if not is_asked:
        return False
    read = resolve_cards(turn.values or {}, read_cards(turn.slot(SHOWN_CARDS)), today=turn.today)
    is_another = isinstance(read, ChosenCard) and read.id != int(turn.slot(REMOVE_CARD_ID))
    return _says_the_other(turn) or is_another


def _says_the_other(turn: Turn) -> bool:
    return any(term["kind"] == "rest" for term in terms(turn.values))


def _read_other(turn: Turn) -> Reply | None:
    """Another card than the one that was asked about is asked about first."""
    if _says_the_other(turn):
        return Reply(slots={REMOVE_CARD_ID: None, REQUESTED_SLOT: REMOVE_CARD_ID})
    read = resolve_cards(turn.values or {}, read_cards(turn.slot(SHOWN_CARDS)), today=turn.today)
    if isinstance(read, ChosenCard) and read.id != int(turn.slot(REMOVE_CARD_ID)):
        return Reply(slots={REMOVE_CARD_ID: read.id, REQUESTED_SLOT: REMOVE_CARD_CONFIRMED})
    if not isinstance(read, ChosenCard) and mentions_card(turn.values):
        return Reply(slots={REMOVE_CARD_ID: None, REQUESTED_SLOT: REMOVE_CARD_ID})
    return None


async def _remove(card_id: int, session: Session, services: Services) -> Reply:
    try:
        await services.billing.remove_card(session.client_id, card_id)
    except NotFound:
        return Reply(says=(say("utter_card_gone"),), leave_form=True)
    return Reply(says=(say("utter_card_removed"),), leave_form=True)


class AskRemoveCardId(Question):
    NAME: ClassVar[str] = "action_ask_remove_card_id"
    ASKED_IN: ClassVar[str] = REMOVE_CARD_FORM

    async def reply_to(self, session: Session, turn: Turn, services: Services) -> Reply:
        cards = await services.billing.cards(session.client_id)
        content = cards_content(cards, turn.today, services.words, select="choose_card")
        content["select"]["values"] = [card.id for card in cards]  # an expired one may go, too
        lines = card_lines(cards, turn.today, services.words)
        return Reply(says=(say("utter_card_ask_remove", content, cards=lines),))


class AskRemoveCardConfirmed(Question):
    NAME: ClassVar[str] = "action_ask_remove_card_confirmed"
    ASKED_IN: ClassVar[str] = REMOVE_CARD_FORM

    async def reply_to(self, session: Session, turn: Turn, services: Services) -> Reply:
        wanted = int(turn.slot(REMOVE_CARD_ID))
        cards = await services.billing.cards(session.client_id)
        card = next((card for card in cards if card.id == wanted), None)
        if card is None:
            return Reply(says=(say("utter_card_gone"),), leave_form=True)
        return Reply(says=(say("utter_card_confirm_remove", card=services.words.card(card)),))
