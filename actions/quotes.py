"""Quotes: see those that are open, and accept one after its terms."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from actions.base import QUIET, CustomerTask, FormTask
from actions.names import (
    LOGIN_FORM,
    LOGIN_NEXT,
    PROBLEM,
    QUOTE,
    QUOTE_ACCEPTED,
    QUOTE_FORM,
    QUOTE_ID,
    REQUESTED_SLOT,
)
from actions.reading import is_certain_yes, numbers, single_position
from actions.reply import NOT_MINE, Reply, say
from actions.services import Services
from actions.turn import Turn
from actions.wording import Wording
from billing.errors import NotAllowed, NotFound
from billing.model import Quote
from kvitt.identity import Session

CHOOSE_QUOTE = "choose_quote"
YES = frozenset({"affirm", "accept_quote"})


class ListQuotes(CustomerTask):
    NAME: ClassVar[str] = "action_list_quotes"
    PERMISSION: ClassVar[str | None] = "quotes"

    async def reply_to(self, session: Session, turn: Turn, services: Services) -> Reply:
        quotes = await services.billing.quotes(session.client_id)
        if not quotes:
            return Reply(says=(say("utter_quotes_none"),))
        content = _content(quotes, turn, services.words)
        lines = _lines(quotes, turn, services.words)
        is_open = any(quote.is_open(turn.today) for quote in quotes)
        name = "utter_quotes_listed" if is_open else "utter_quotes_closed"
        return Reply(says=(say(name, content, quotes=lines),))


def _content(
    quotes: Sequence[Quote], turn: Turn, words: Wording, *, select: bool = False
) -> dict[str, Any]:
    content: dict[str, Any] = {
        "type": "quotes",
        "quotes": [_row(quote, turn, words) for quote in quotes],
        "selectable": select,
    }
    if select:
        content["select"] = {
            "intent": CHOOSE_QUOTE,
            "entity": QUOTE,
            "values": [quote.id for quote in quotes],
            "titles": {str(q.id): words.part("quote", id=q.id) for q in quotes},
            "multiple": False,
        }
    return content


def _row(quote: Quote, turn: Turn, words: Wording) -> dict[str, Any]:
    return {
        "id": quote.id,
        "subject": quote.subject,
        "total_text": words.money(quote.total),
        "valid_text": _status(quote, turn, words),
        "open": quote.is_open(turn.today),
        "lines": [
            {"description": line.description, "amount_text": words.money(line.unit_price)}
            for line in quote.lines
        ],
    }


def _status(quote: Quote, turn: Turn, words: Wording) -> str:
    if not quote.is_open(turn.today):
        accepted = quote.stage.name == "ACCEPTED"
        return words.part("quote_accepted" if accepted else "quote_expired")
    if quote.valid_until is None:
        return words.part("quote_open")
    return words.part("quote_valid", day=words.day(quote.valid_until, turn.today))


def _lines(quotes: Sequence[Quote], turn: Turn, words: Wording) -> str:
    return "\n".join(
        words.part(
            "quote_line",
            position=position,
            id=quote.id,
            subject=quote.subject,
            total=words.money(quote.total),
            status=_status(quote, turn, words),
        )
        for position, quote in enumerate(quotes, start=1)
    )


async def _open_quotes(session: Session, turn: Turn, services: Services) -> tuple[Quote, ...]:
    found = await services.billing.quotes(session.client_id)
    return tuple(quote for quote in found if quote.is_open(turn.today))


def _read_quote(turn: Turn, quotes: Sequence[Quote]) -> Quote | None:
    """The quote that the message names, by a tap, by its number or by its position."""
    by_id = {quote.id: quote for quote in quotes}
    for wanted in (*turn.ids(QUOTE), *numbers(turn.values)):
        if wanted in by_id:
            return by_id[wanted]
    position = single_position(turn.values, len(quotes))
    if position is not None:
        return quotes[position]
    return quotes[0] if len(quotes) == 1 else None


class ValidateQuoteForm(FormTask):
    NAME: ClassVar[str] = "validate_quote_form"
    FORM: ClassVar[str | None] = QUOTE_FORM
    BEGUN_BY: ClassVar[frozenset[str]] = frozenset({"accept_quote"})

    async def begin(self, turn: Turn, services: Services) -> Reply:
        session = await services.sessions.current(turn.conversation_id, now=turn.now)
        if session is None:
            return Reply(slots={LOGIN_NEXT: QUOTE_FORM}, follow=LOGIN_FORM, leave_form=True)
        if "quotes" not in session.permissions:
            return Reply(says=(say("utter_permission_missing"),), leave_form=True)
        quotes = await _open_quotes(session, turn, services)
        if not quotes:
            return Reply(says=(say("utter_quotes_none_open"),), leave_form=True)
        chosen = _read_quote(turn, quotes)
        wanted = chosen.id if chosen else None
        return Reply(slots={QUOTE_ID: wanted, QUOTE_ACCEPTED: None, PROBLEM: None})

    async def answer(self, turn: Turn, services: Services) -> Reply:
        session = await services.sessions.current(turn.conversation_id, now=turn.now)
        if session is None:
            return Reply(slots={LOGIN_NEXT: QUOTE_FORM}, follow=LOGIN_FORM, leave_form=True)
        if turn.requested == QUOTE_ACCEPTED:
            return await self._read_acceptance(session, turn, services)
        quotes = await _open_quotes(session, turn, services)
        chosen = _read_quote(turn, quotes)
        answering = turn.intent in {CHOOSE_QUOTE, "accept_quote", "select_invoices", "inform_code"}
        if chosen and answering:
            return Reply(slots={QUOTE_ID: chosen.id})
        return NOT_MINE

    async def _read_acceptance(self, session: Session, turn: Turn, services: Services) -> Reply:
        if turn.intent in YES:
            return await _read_yes(session, turn, services)
        if turn.intent in {"deny", "cancel"}:
            return Reply(says=(say("utter_quote_left"),), leave_form=True)
        if turn.intent == "go_back":
            return Reply(slots={QUOTE_ID: None, REQUESTED_SLOT: QUOTE_ID})
        return NOT_MINE


async def _read_yes(session: Session, turn: Turn, services: Services) -> Reply:
    """A yes counts for the quote that was shown; one that names another shows that one first."""
    others = set(numbers(turn.values)) - {int(turn.slot(QUOTE_ID))}
    quotes = await _open_quotes(session, turn, services) if others else ()
    named = [quote.id for quote in quotes if quote.id in others]
    if named:
        return Reply(slots={QUOTE_ID: named[0], REQUESTED_SLOT: QUOTE_ACCEPTED})
    if not is_certain_yes(turn.values, turn.confidence):
        return Reply(slots={REQUESTED_SLOT: QUOTE_ACCEPTED})
    return await _accept(session, turn, services)


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
        {"bind": {"invoice_ids": [invoice.id]}},
        id=quote_id,
        number=invoice.number,
        total=words.money(invoice.balance),
        due=words.day(invoice.due_date, turn.today),
    )
    return Reply(says=(done,), leave_form=True)


class AskQuoteId(CustomerTask):
    NAME: ClassVar[str] = "action_ask_quote_id"

    async def reply_to(self, session: Session, turn: Turn, services: Services) -> Reply:
        quotes = await _open_quotes(session, turn, services)
        content = _content(quotes, turn, services.words, select=True)
        lines = _lines(quotes, turn, services.words)
        return Reply(says=(say("utter_quote_ask_which", content, quotes=lines),))


class AskQuoteAccepted(CustomerTask):
    """Shows what is about to be accepted, with its terms."""

    NAME: ClassVar[str] = "action_ask_quote_accepted"

    async def reply_to(self, session: Session, turn: Turn, services: Services) -> Reply:
        if (turn.slot(PROBLEM) or {}).get("reason") == QUIET:
            return Reply(slots={PROBLEM: None})
        wanted = int(turn.slot(QUOTE_ID))
        quotes = await _open_quotes(session, turn, services)
        quote = next((quote for quote in quotes if quote.id == wanted), None)
        if quote is None:
            return Reply(says=(say("utter_quote_not_open"),), leave_form=True)
        words = services.words
        lines = "\n".join(
            words.part(
                "bill_line", description=line.description, amount=words.money(line.unit_price)
            )
            for line in quote.lines
        )
        terms = words.part("quote_terms", terms=quote.notes) if quote.notes else ""
        content = {
            **_content([quote], turn, words),
            "bind": {QUOTE: quote.id},
            "terms": quote.notes,
        }
        asked = say(
            "utter_quote_confirm",
            content,
            id=quote.id,
            subject=quote.subject,
            lines=lines,
            total=words.money(quote.total),
            status=_status(quote, turn, words),
            terms=terms,
        )
        return Reply(says=(asked,))
