"""What lies below, after or up to something: by balance, by day, or by place in the list."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from actions.selection import numbers, periods
from actions.selection.periods import DATED
from actions.selection.shown import Ids, Shown
from actions.selection.terms import Term

_AMOUNTS = frozenset({"below", "at_most", "above", "at_least"})
_AGES = {
    "above": "before", "at_least": "until", "older": "before",
    "below": "after", "newer": "after", "at_most": "after",
}  # fmt: skip
_COMPARE: dict[str, Callable[[int, int], bool]] = {
    "below": lambda balance, ore: balance < ore,
    "at_most": lambda balance, ore: balance <= ore,
    "above": lambda balance, ore: balance > ore,
    "at_least": lambda balance, ore: balance >= ore,
}
_COMPARE_PLACES: dict[str, Callable[[int, int], bool]] = {
    "before": lambda place, anchor: place < anchor,
    "older": lambda place, anchor: place < anchor,
    "after": lambda place, anchor: place > anchor,
    "newer": lambda place, anchor: place > anchor,
    "from": lambda place, anchor: place >= anchor,
    "until": lambda place, anchor: place <= anchor,
}


def bounds(shown: Shown, term: Term, how: str, field: str) -> list[Ids]:
    """Each reading; `field` is "due" or "issued" where the customer said which day counts."""
    if term.kind in DATED and periods.is_valid(term):
        return _by_day(shown, *periods.span_of(term, shown.today), how, field)
    if term.kind == "age":
        day = periods.ago(term, shown.today)
        said = "due" if term.form == "overdue" else field
        return _by_day(shown, day, day, _AGES.get(how, how), said)
    if term.kind in DATED:
        return []  # "före 0/0" is no day
    if how in _AMOUNTS:
        ore = term.n * (1 if term.kind == "money" else 100)
        compare = _COMPARE[how]
        return [shown.where(lambda invoice: compare(invoice.balance, ore))]
    return _by_place(shown, term, how)


def _by_day(shown: Shown, first: date, last: date, how: str, field: str) -> list[Ids]:
    fits: dict[str, periods.Fits] = {
        "before": lambda day: day < first, "older": lambda day: day < first,
        "after": lambda day: day > last, "newer": lambda day: day > last,
        "from": lambda day: day >= first, "until": lambda day: day <= last,
    }  # fmt: skip
    return periods.by_day(shown, fits[how], field)


def _by_place(shown: Shown, term: Term, how: str) -> list[Ids]:
    """ "efter trean", "från och med 1063": by the place in the list."""
    is_place = term.kind == "position"
    anchors = [shown.at(term.n)] if is_place else numbers.readings(shown, term, "")
    anchors = [ids for ids in anchors if len(ids) == 1]
    if len(anchors) != 1:
        return []
    place = shown.position(next(iter(anchors[0])))
    compare = _COMPARE_PLACES[how]
    return [shown.where(lambda invoice: compare(shown.position(invoice.id), place))]
