"""Quotes: see those that there are, and accept one after its terms."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from actions.base import QUIET, CustomerTask, FormTask, Question, is_yes_to_something_else
from actions.following import same_again, step
from actions.names import (
    INVOICE_IDS,
    LOGIN_FORM,
    LOGIN_NEXT,
    PROBLEM,
    QUOTE,
    QUOTE_ACCEPTED,
    QUOTE_FORM,
    QUOTE_ID,
    REQUESTED_SLOT,
    SELECT_NEXT,
    TOPIC,
)
from actions.quote_reading import (
    CHOOSE_QUOTE,
    item_lines,
    named_quotes,
    quote_lines,
    quotes_content,
    quotes_of,
    status_text,
)
from actions.reading import is_certain_yes, mentions_invoices, numbers
from actions.reply import NOT_MINE, Reply, Say, say
from actions.services import Services
from actions.turn import Turn
from billing.errors import NotAllowed, NotFound
from billing.model import Quote, QuoteStage
from kvitt.identity import Session

YES = frozenset({"affirm", "accept_quote"})
MAYBE_NAMING = frozenset(
    {CHOOSE_QUOTE, "accept_quote", "select_invoices", "inform_code", "list_quotes", "show_invoice",
     "nlu_fallback", "out_of_scope"}
)  # fmt: skip
ABOUT_IT = frozenset({"list_quotes", "show_invoice"})
"""Asked while a quote is shown and nothing else is named, they are about that quote."""


class ListQuotes(CustomerTask):
    NAME: ClassVar[str] = "action_list_quotes"
    PERMISSION: ClassVar[str | None] = "quotes"

    async def reply_to(self, session: Session, turn: Turn, services: Services) -> Reply:
        quotes = await quotes_of(session, turn, services)
        if not quotes:
            return Reply(says=(say("utter_quotes_none"),))
        content = quotes_content(quotes, turn, services.words)
        lines = quote_lines(quotes, turn, services.words)
        is_open = any(quote.is_open(turn.today) for quote in quotes)
        name = "utter_quotes_listed" if is_open else "utter_quotes_closed"
        wanted = {SELECT_NEXT: step(QUOTE_FORM)} if is_open and not turn.active_form else {}
        return Reply(says=(say(name, content, quotes=lines),), slots=wanted)


class ValidateQuoteForm(FormTask):
    NAME: ClassVar[str] = "validate_quote_form"
    FORM: ClassVar[str | None] = QUOTE_FORM
    BEGUN_BY: ClassVar[frozenset[str]] = frozenset({"accept_quote"})

    async def begin(self, turn: Turn, services: Services) -> Reply:
        session = await services.sessions.current(turn.conversation_id, now=turn.now)
        if session is None:
            return _log_in_first(turn)
        if "quotes" not in session.permissions:
            return Reply(says=(say("utter_permission_missing"),), leave_form=True)
        quotes = await quotes_of(session, turn, services)
        can_be_accepted = [quote.id for quote in quotes if quote.is_open(turn.today)]
        named = named_quotes(turn, quotes)
        refused = _refused(turn, quotes, named)
        if refused:
            return Reply(says=refused, leave_form=True)
        if not can_be_accepted:
            return Reply(says=(say("utter_quotes_none_open"),), leave_form=True)
        wanted = named or can_be_accepted
        says = (say("utter_quote_one_at_a_time"),) if len(named) > 1 else ()
        slots = {QUOTE_ID: wanted[0] if len(wanted) == 1 else None, QUOTE_ACCEPTED: None}
        return Reply(says=says, slots={**slots, PROBLEM: None, SELECT_NEXT: None})

    async def answer(self, turn: Turn, services: Services) -> Reply:
        if turn.intent in {"deny", "cancel"}:
            return Reply(says=(say("utter_quote_left"),), leave_form=True)
        session = await services.sessions.current(turn.conversation_id, now=turn.now)
        if session is None:
            return _log_in_first(turn)
        if turn.requested == QUOTE_ACCEPTED:
            return await self._read_acceptance(session, turn, services)
        if turn.intent not in MAYBE_NAMING:
            return NOT_MINE
        quotes = await quotes_of(session, turn, services)
        named = named_quotes(turn, quotes)
        refused = _refused(turn, quotes, named)
        if refused:
            return Reply(says=refused, slots={REQUESTED_SLOT: QUOTE_ID})
        if len(named) == 1:
            return Reply(slots={QUOTE_ID: named[0]})
        if named or (turn.intent == "select_invoices" and mentions_invoices(turn.values)):
            return Reply(says=(say("utter_quote_one_at_a_time"),), slots={REQUESTED_SLOT: QUOTE_ID})
        return NOT_MINE

    async def _read_acceptance(self, session: Session, turn: Turn, services: Services) -> Reply:
        if turn.intent in YES | {"select_invoices", CHOOSE_QUOTE}:
            return await _read_yes(session, turn, services)
        if turn.intent == "go_back":
            return Reply(slots={QUOTE_ID: None, REQUESTED_SLOT: QUOTE_ID})
        if turn.intent in ABOUT_IT and not mentions_invoices(turn.values):
            return Reply(slots={REQUESTED_SLOT: QUOTE_ACCEPTED})
        return NOT_MINE


def _log_in_first(turn: Turn) -> Reply:
    wanted = {LOGIN_NEXT: same_again(QUOTE_FORM, turn)}
    return Reply(slots=wanted, follow=LOGIN_FORM, leave_form=True)


def _refused(turn: Turn, quotes: Sequence[Quote], named: Sequence[int]) -> tuple[Say, ...]:
    """What is said of a quote that is named and cannot be accepted; nothing where all can."""
    by_id = {quote.id: quote for quote in quotes}
    for one in (by_id[quote_id] for quote_id in named):
        if one.stage is QuoteStage.ACCEPTED:
            return (say("utter_quote_already", id=one.id),)
        if not one.is_open(turn.today):
            return (say("utter_quote_not_open"),)
    if numbers(turn.values) and not named:
        return (say("utter_quote_unknown", id=numbers(turn.values)[0]),)
    return ()


async def _read_yes(session: Session, turn: Turn, services: Services) -> Reply:
    """A yes counts for the quote that was shown; one that names another shows that one first."""
    shown = int(turn.slot(QUOTE_ID))
    quotes = await quotes_of(session, turn, services)
    named = named_quotes(turn, quotes)
    refused = _refused(turn, quotes, named)
    if refused:
        return Reply(says=refused, slots={REQUESTED_SLOT: QUOTE_ACCEPTED})
    if named and set(named) != {shown}:
        other = next(quote_id for quote_id in named if quote_id != shown)
        return Reply(slots={QUOTE_ID: other, REQUESTED_SLOT: QUOTE_ACCEPTED})
    if turn.intent not in YES:
        return NOT_MINE
    if is_yes_to_something_else(turn) and not turn.ids(QUOTE):
        return Reply(slots={REQUESTED_SLOT: QUOTE_ACCEPTED, PROBLEM: None})
    if not is_certain_yes(turn.values, _certainty(turn)):
        slots = {REQUESTED_SLOT: QUOTE_ACCEPTED, PROBLEM: {"reason": QUIET}}
        return Reply(says=(say("utter_quote_was_that_yes"),), slots=slots)
    return await _accept(session, turn, services)


def _certainty(turn: Turn) -> float:
    """ "ja, jag godkänner" is both a yes and an acceptance."""
    return max(turn.confidence, sum(sure for name, sure in turn.ranking if name in YES))


async def _accept(session: Session, turn: Turn, services: Services) -> Reply:
    tapped = turn.ids(QUOTE)
    quote_id = int(turn.slot(QUOTE_ID))
    if tapped and tapped[0] != quote_id:
        slots = {REQUESTED_SLOT: QUOTE_ACCEPTED, PROBLEM: {"reason": QUIET}}
        return Reply(says=(say("utter_choice_too_old"),), slots=slots)
    try:
        invoice = await services.billing.accept_quote(
            session.client_id, quote_id, terms_accepted=True
        )
    except (NotAllowed, NotFound):
        return Reply(says=(say("utter_quote_not_open"),), leave_form=True)
    if invoice is None:
        return Reply(says=(say("utter_quote_done", id=quote_id),), leave_form=True)
    words = services.words
    done = say(
        "utter_quote_done_invoice",
        {"bind": {INVOICE_IDS: [invoice.id]}},
        id=quote_id,
        number=invoice.number,
        total=words.money(invoice.balance),
        due=words.day(invoice.due_date, turn.today),
    )
    return Reply(says=(done,), slots={TOPIC: [invoice.id]}, leave_form=True)


class AskQuoteId(Question):
    NAME: ClassVar[str] = "action_ask_quote_id"
    ASKED_IN: ClassVar[str] = QUOTE_FORM

    async def reply_to(self, session: Session, turn: Turn, services: Services) -> Reply:
        every = await quotes_of(session, turn, services)
        quotes = [quote for quote in every if quote.is_open(turn.today)]
        if not quotes:
            return Reply(says=(say("utter_quotes_none_open"),), leave_form=True)
        content = quotes_content(quotes, turn, services.words, select=True)
        lines = quote_lines(quotes, turn, services.words)
        return Reply(says=(say("utter_quote_ask_which", content, quotes=lines),))


class AskQuoteAccepted(Question):
    """Shows what is about to be accepted, with its terms."""

    NAME: ClassVar[str] = "action_ask_quote_accepted"
    ASKED_IN: ClassVar[str] = QUOTE_FORM

    async def reply_to(self, session: Session, turn: Turn, services: Services) -> Reply:
        wanted = int(turn.slot(QUOTE_ID))
        quotes = await quotes_of(session, turn, services)
        quote = next((quote for quote in quotes if quote.id == wanted), None)
        if quote is None or not quote.is_open(turn.today):
            return Reply(says=(say("utter_quote_not_open"),), leave_form=True)
        words = services.words
        content = {
            **quotes_content([quote], turn, words),
            "bind": {QUOTE: quote.id},
            "terms": quote.notes,
        }
        asked = say(
            "utter_quote_confirm",
            content,
            id=quote.id,
            subject=quote.subject,
            lines=item_lines(quote, words),
            total=words.money(quote.total),
            status=status_text(quote, turn, words),
            terms=words.part("quote_terms", terms=quote.notes) if quote.notes else "",
        )
        return Reply(says=(asked,))
