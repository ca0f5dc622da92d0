"""What the message that begins a payment already holds: invoices, a card, or why to ask.

Only what was named is taken. A place in a list counts in the list that the customer has seen, so
that "ettan" is not another invoice when that list has changed since.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from actions.names import CARD_ID, INVOICE_IDS, OVERDUE, SCOPE, SHOWN_INVOICES, TOPIC
from actions.pay_reading import GONE, NO_CHOICE, card_slot, is_missing, problem_of, read_both
from actions.reading import points_back, terms
from actions.selection import Ask, Chosen
from actions.turn import Turn


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """What the first message already holds."""

    invoice_ids: tuple[int, ...] = ()
    card: str | None = None
    problem: dict[str, Any] | None = None

    @property
    def is_missing(self) -> bool:
        return is_missing(self.problem)


def read_start(turn: Turn, listed: list[dict[str, Any]], saved: list[dict[str, Any]]) -> Start:
    """Reads the message that began the payment against what can be paid now."""
    tapped = set(turn.ids(INVOICE_IDS))
    if turn.entities.get(SCOPE) == OVERDUE:
        tapped = {row["id"] for row in listed if row["due_date"] < turn.today.isoformat()}
    elif not tapped and points_back(turn.values):
        tapped = set(turn.slot(TOPIC) or ())
    if tapped:
        problem = None
        chosen, gone = _split_ids(tapped, listed)
    else:
        chosen, gone, problem = _read_words(turn, listed, saved)
    if gone and not chosen:
        problem = {"reason": GONE, "ids": gone}
    _, named = read_both(turn.values, listed, saved, turn)
    card = card_slot(named) or _known_card(turn.entities.get(CARD_ID), saved) or _only_card(saved)
    return Start(invoice_ids=chosen, card=card, problem=problem)


def _split_ids(
    ids: Collection[int], listed: list[dict[str, Any]]
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Those that can be paid now, and those that cannot."""
    known = {row["id"] for row in listed}
    return tuple(sorted(known & set(ids))), tuple(sorted(set(ids) - known))


def _read_words(
    turn: Turn, listed: list[dict[str, Any]], saved: list[dict[str, Any]]
) -> tuple[tuple[int, ...], tuple[int, ...], dict[str, Any] | None]:
    """What was named; a place ("ettan") is one on the list that the customer has seen last."""
    earlier = turn.slot(SHOWN_INVOICES)
    if earlier and any(term["kind"] == "position" for term in terms(turn.values)):
        seen, _ = read_both(turn.values, earlier, saved, turn)
        if isinstance(seen, Chosen):
            chosen, gone = _split_ids(seen.ids, listed)
            return (() if gone else chosen), gone, None
    read, _ = read_both(turn.values, listed, saved, turn)
    if isinstance(read, Chosen):
        return tuple(sorted(read.ids)), (), None
    is_unnamed = isinstance(read, Ask) and read.reason in NO_CHOICE
    problem = None if is_unnamed else problem_of(read)
    if problem is None and len(listed) == 1:
        return (listed[0]["id"],), (), None
    return (), (), problem


def _only_card(saved: list[dict[str, Any]]) -> str | None:
    return str(saved[0]["id"]) if len(saved) == 1 else None


def _known_card(card: Any, saved: list[dict[str, Any]]) -> str | None:
    return str(card) if card and str(card) in {str(row["id"]) for row in saved} else None
