"""Make terms ready for the invoices: split words joined, and what is about the card left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from actions.selection.products import Catalogue
from actions.selection.terms import Term

_LONGEST_NUMBER = 40
_CARD = frozenset({"card", "brand"})
_MARKS = frozenset({"comma", "stop", "question", "and", "but", "or", "fix", "subordinate", "dash"})
_LEADING = frozenset(
    {
        "own",
        "det",
        "word",
        "brand",
        "self",
        "default",
        "new",
        "position",
        "article",
        "filler",
        "size",
    }
)
_TRAILING = frozenset(
    {"rel", "ends_with", "number", "state", "expires", "month", "fraction", "brand", "card"}
)


def prepared(terms: Sequence[Term], catalogue: Catalogue) -> tuple[Term, ...]:
    return catalogue.mend(_with_whole_numbers(_without_cards(terms)))


def _with_whole_numbers(terms: Sequence[Term]) -> list[Term]:
    """ "sjuttiosju tio" side by side may be one number, or two; the text keeps the groups."""
    joined: list[Term] = []
    for term in terms:
        last = joined[-1] if joined else None
        if last and last.kind == term.kind == "number" and not last.form == term.form == "one":
            text = f"{last.text} {term.text}"
            digits = text.replace(" ", "")[:_LONGEST_NUMBER]
            joined[-1] = replace(term, n=int(digits), text=text)
        else:
            joined.append(term)
    return joined


def _without_cards(terms: Sequence[Term]) -> list[Term]:
    """ "betala ettan med kortet som slutar på 4242": the card is another question's answer."""
    kept: list[Term] = []
    at = 0
    while at < len(terms):
        if terms[at].kind in _CARD:
            _drop_lead(kept)
            at = _end_of_card(terms, at)
        else:
            kept.append(terms[at])
            at += 1
    return kept


def _drop_lead(kept: list[Term]) -> None:
    """Takes back "med mitt gamla" when it led to a card; only behind a preposition."""
    for back in range(len(kept) - 1, max(-1, len(kept) - 6), -1):
        if kept[back].kind == "prep":
            del kept[back:]
            return
        if kept[back].kind not in _LEADING:
            return


def _end_of_card(terms: Sequence[Term], at: int) -> int:
    at += 1
    while at < len(terms) and terms[at].kind in _TRAILING and terms[at].kind not in _MARKS:
        at += 1
    return at
