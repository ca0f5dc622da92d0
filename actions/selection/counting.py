"""Whether a number says how many are meant, or which."""

from __future__ import annotations

from collections.abc import Sequence

from actions.selection.terms import MANY, ONE, Term

COMPARING = frozenset(
    ["below", "at_most", "above", "at_least", "older", "newer", "before", "after", "from", "until",
     "between"]
)  # fmt: skip
_MOST_COUNTED = 60


def is_count(terms: Sequence[Term], at: int) -> bool:
    """ "de två äldsta", "alla fem", "3 första", "två domäner": how many, not which."""
    term = terms[at]
    last = terms[at - 1] if at else None
    before = last.kind if last else ""
    after = terms[at + 1] if at + 1 < len(terms) else None
    second = terms[at + 2].kind if at + 2 < len(terms) else ""
    if (
        term.n > _MOST_COUNTED
        or len(term.text.split()) > 1
        or term.form in (ONE, MANY)
        or not term.n
    ):
        return False
    if before in ("noun", "id_mark", "place_mark", "prep", "source", "to", *COMPARING):
        return False
    if after is not None and after.kind in ("of", "same_amount"):
        return True
    if after is not None and after.kind == "both" and term.n != 2:
        return False
    if before in ("all", "superlative", "size") or _is_end(last):
        return True
    if last and before == "det" and last.form == MANY:
        return True
    is_partitive = after is not None and after.kind == "prep"
    is_partitive = is_partitive and second in ("word", "issued", "due")  # "två med fakturadatum i"
    return is_partitive or (after is not None and _is_counted(after))


def _is_end(term: Term | None) -> bool:
    """ "första två", "sista 3"."""
    return term is not None and term.kind == "position" and term.n in (1, -1) and not term.text


def _is_counted(term: Term) -> bool:
    if term.kind in ("superlative", "size", "overdue", "both") or _is_end(term):
        return True
    if term.kind == "number" and term.form == MANY:
        return True
    return term.kind == "noun" or (term.kind == "word" and term.form != ONE)
