"""What a message says about which invoices and which card, while a payment is under way.

The open question decides how an answer is read: "ettan" is an invoice when invoices are asked for
and a card when cards are. What is unclear is asked back, with the reason; nothing is guessed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from actions.names import (
    CARD_ID,
    INVOICE_IDS,
    PAY_CARD,
    PAY_CONFIRMATION,
    PAY_INVOICES,
    PROBLEM,
    REQUESTED_SLOT,
    SHOWN_CARDS,
    SHOWN_INVOICES,
)
from actions.reading import (
    MEANS_KINDS,
    changes_choice,
    mentions_card,
    mentions_invoices,
    split,
    tells_means,
    terms,
)
from actions.reply import NOT_MINE, Reply
from actions.selection import (
    Ask,
    Chosen,
    ChosenCard,
    NewCard,
    Reason,
    resolve_cards,
    resolve_invoices,
)
from actions.shown import read_cards, read_invoices
from actions.turn import Turn

CREDIT = "credit"
NEW_CARD = "new"
SURE = 0.75
CHOOSING = frozenset({"select_invoices", "pay_invoices", "choose_card"})
MAYBE_CHOOSING = CHOOSING | {
    "add_card", "affirm", "deny", "inform_code", "nlu_fallback", "out_of_scope", "show_invoice",
    "list_invoices", "list_cards",
}  # fmt: skip

OVERHEARD = frozenset({
    "dispute_invoice", "thank", "goodbye", "complain", "request_receipt", "other_language",
    "faq_late_fee", "faq_refund", "faq_service_suspension", "faq_cancel_service", "request_human",
})  # fmt: skip
"""What an answer may sound like by its reasons: "allt utom migreringen, den bråkar vi om"."""
DECIDING = frozenset({"take", "except", "only", "in_order", "most"})
GONE = "gone"
"""Reason to ask: what was named was shown before and cannot be paid any more."""
CardRead = ChosenCard | NewCard | Ask | None
NO_CHOICE = frozenset({Reason.NOT_UNDERSTOOD, Reason.QUESTION, Reason.VAGUE, Reason.UNCLEAR})
"""Reasons to ask that a first message gives simply by not naming any invoice."""


def is_missing(problem: Mapping[str, Any] | None) -> bool:
    """Whether something was named that is not on the list; a longer list may have it."""
    reason = (problem or {}).get("reason")
    return reason in {Reason.NO_SUCH_NUMBER, Reason.NO_SUCH_AMOUNT, Reason.NO_MATCH, GONE}


def read_both(
    values: Any, listed: Any, saved: Any, turn: Turn
) -> tuple[Chosen | Ask | None, CardRead]:
    """What a message names of both lists; a card only where a word says that it is one."""
    if not values:
        return None, None
    shown = read_invoices(listed)
    of_invoices, of_card = split(values, {row.number for row in shown})
    selected = frozenset(turn.slot(PAY_INVOICES) or ())
    invoices = resolve_invoices(of_invoices or {}, shown, today=turn.today, selected=selected)
    card = resolve_cards(of_card, read_cards(saved), today=turn.today) if of_card else None
    return invoices, card


def _names_invoices(turn: Turn) -> bool:
    shown = {row["number"] for row in turn.slot(SHOWN_INVOICES) or ()}
    return mentions_invoices(split(turn.values, shown)[0])


def card_slot(read: CardRead) -> str | None:
    if isinstance(read, NewCard):
        return NEW_CARD
    return str(read.id) if isinstance(read, ChosenCard) else None


def problem_of(read: Chosen | CardRead) -> dict[str, Any] | None:
    """Why it has to be asked back, as the question's `problem`."""
    if not isinstance(read, Ask):
        return None
    return {**read.params, "reason": read.reason.value, "candidates": list(read.candidates)}


def read_answer(turn: Turn) -> Reply:
    """A choice, a change of an earlier one, a question back, or not an answer at all."""
    tapped = _read_tapped(turn)
    if tapped:
        return tapped
    if chooses_all_the_same(turn):
        return _read_for_invoices(turn)
    if turn.intent not in MAYBE_CHOOSING and turn.confidence >= SURE:
        return NOT_MINE
    if turn.requested == PAY_INVOICES:
        return _read_for_invoices(turn)
    if turn.requested == PAY_CARD:
        return _read_for_card(turn)
    return _read_change(turn)


def chooses_all_the_same(turn: Turn) -> bool:
    """Whether it answers the open question for invoices, whatever its reasons sound like."""
    kinds = {term["kind"] for term in terms(turn.values)}
    is_means = turn.intent == "use_credit" and bool(MEANS_KINDS & kinds)
    is_decided = turn.intent in OVERHEARD and bool(DECIDING & kinds or turn.intent == "thank")
    if turn.requested != PAY_INVOICES or not (is_means or is_decided):
        return False
    read, _ = read_both(turn.values, turn.slot(SHOWN_INVOICES), turn.slot(SHOWN_CARDS), turn)
    return isinstance(read, Chosen)


def _read_tapped(turn: Turn) -> Reply | None:
    known_invoices = {row["id"] for row in turn.slot(SHOWN_INVOICES) or ()}
    known_cards = {row["id"] for row in turn.slot(SHOWN_CARDS) or ()}
    invoices = [i for i in turn.ids(INVOICE_IDS) if i in known_invoices]
    card = [c for c in turn.ids(CARD_ID) if c in known_cards]
    if invoices:
        return changed({PAY_INVOICES: sorted(invoices)}, turn)
    if card:
        return changed({PAY_CARD: str(card[0])}, turn)
    return None


def changed(slots: dict[str, Any], turn: Turn) -> Reply:
    """The next empty question follows; a new summary, when nothing is empty."""
    return Reply(slots={PROBLEM: None, **slots, REQUESTED_SLOT: _next_question(slots, turn)})


def _next_question(slots: Mapping[str, Any], turn: Turn) -> str:
    for name in (PAY_INVOICES, PAY_CARD):
        if not (slots[name] if name in slots else turn.slot(name)):
            return name
    return PAY_CONFIRMATION


def read_wider(turn: Turn, listed: list[dict[str, Any]]) -> Reply | None:
    """The same message against a longer list; None where that does not help."""
    read, _ = read_both(turn.values, listed, turn.slot(SHOWN_CARDS), turn)
    if not isinstance(read, Chosen):
        return None
    return changed({PAY_INVOICES: sorted(read.ids), SHOWN_INVOICES: listed}, turn)


def _read_for_invoices(turn: Turn) -> Reply:
    shown = list(turn.slot(SHOWN_INVOICES) or ())
    if turn.intent == "affirm" and len(shown) == 1:
        return changed({PAY_INVOICES: [shown[0]["id"]]}, turn)
    values = turn.values
    if not values:
        return NOT_MINE
    read, named = read_both(values, turn.slot(SHOWN_INVOICES), turn.slot(SHOWN_CARDS), turn)
    card = card_slot(named)
    slots: dict[str, Any] = {PAY_CARD: card} if card else {}
    if isinstance(read, Chosen):
        slots[PAY_INVOICES] = sorted(read.ids)
    if slots:
        return changed(slots, turn)
    is_named = isinstance(read, Ask) and (_names_invoices(turn) or _takes_unknown(read, turn))
    if turn.intent in CHOOSING or is_named:
        return _ask_again(PAY_INVOICES, read)
    return NOT_MINE


def _takes_unknown(read: Ask, turn: Turn) -> bool:
    """ "ta lagringen" where no invoice is for that: an answer all the same."""
    is_taken = any(term["kind"] == "take" for term in terms(turn.values))
    return is_taken and read.reason is Reason.NO_MATCH and "word" in read.params


def _read_for_card(turn: Turn) -> Reply:
    values = turn.values
    if not values:
        return NOT_MINE
    invoices, _ = read_both(values, turn.slot(SHOWN_INVOICES), turn.slot(SHOWN_CARDS), turn)
    is_about_invoices = changes_choice(values) or tells_means(values)
    if is_about_invoices and isinstance(invoices, Chosen):
        return changed({PAY_INVOICES: sorted(invoices.ids)}, turn)
    if tells_means(values):
        return _ask_again(PAY_INVOICES, invoices)
    read = resolve_cards(values, read_cards(turn.slot(SHOWN_CARDS)), today=turn.today)
    card = card_slot(read)
    if card:
        return changed({PAY_CARD: card}, turn)
    if turn.intent == "add_card":
        return changed({PAY_CARD: NEW_CARD}, turn)
    if turn.intent == "select_invoices" and isinstance(invoices, Chosen):
        return changed({PAY_INVOICES: sorted(invoices.ids)}, turn)
    if turn.intent in CHOOSING or mentions_card(values):
        return _ask_again(PAY_CARD, read)
    return NOT_MINE


def _read_change(turn: Turn) -> Reply:
    """At the summary: other invoices, another card, or neither."""
    values = turn.values
    invoices, card = read_both(values, turn.slot(SHOWN_INVOICES), turn.slot(SHOWN_CARDS), turn)
    chosen = sorted(invoices.ids) if isinstance(invoices, Chosen) else None
    slots: dict[str, Any] = {PAY_INVOICES: chosen} if chosen else {}
    if _is_doubtful(card, turn) and not (chosen and _is_unnamed(card)):
        again = _ask_again(PAY_CARD, card)
        return Reply(slots={**slots, **again.slots})
    if card_slot(card):
        slots[PAY_CARD] = card_slot(card)
    if any(slots[name] != turn.slot(name) for name in slots):
        return changed(slots, turn)
    if _is_doubtful(invoices, turn) and _names_invoices(turn):
        return _ask_again(PAY_INVOICES, invoices)
    if turn.intent in CHOOSING and slots:
        return changed({}, turn)
    if turn.intent in {"choose_card", "add_card"} and card is None:
        return _read_other_card(turn)
    return NOT_MINE


def _read_other_card(turn: Turn) -> Reply:
    """A card that is named by no brand or number: "med samma kort", "det andra kortet"."""
    values = turn.values or {}
    if any(term["kind"] == "default" for term in terms(values)):
        return changed({}, turn)
    read = resolve_cards(values, read_cards(turn.slot(SHOWN_CARDS)), today=turn.today)
    chosen = card_slot(read)
    return changed({PAY_CARD: chosen}, turn) if chosen else _ask_again(PAY_CARD, read)


def _is_unnamed(card: CardRead) -> bool:
    """ "tvåan med kortet": a card, but which one is not said."""
    return isinstance(card, Ask) and card.reason is Reason.NOT_UNDERSTOOD


def _is_doubtful(read: Chosen | CardRead, turn: Turn) -> bool:
    """Something else was named and it is not clear what: that is no yes to what was shown."""
    if not isinstance(read, Ask):
        return False
    is_yes_to_another = turn.intent == "affirm" and read.reason not in NO_CHOICE
    return turn.intent in CHOOSING or is_yes_to_another


def _ask_again(question: str, read: Chosen | CardRead) -> Reply:
    problem = problem_of(read) or {"reason": Reason.NOT_UNDERSTOOD.value}
    return Reply(slots={PROBLEM: problem, REQUESTED_SLOT: question})
