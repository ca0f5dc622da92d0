"""Dates, months and ages against due date, invoice date and what the description names."""

from __future__ import annotations

import calendar
from collections.abc import Callable
from datetime import date, timedelta

from actions.selection.shown import Ids, Shown
from actions.selection.terms import Term

DATED = frozenset({"month", "quarter", "half", "date", "fraction", "period", "year"})
_MONTHS_IN = {"month": 1, "halfyear": 6, "year": 12}
Fits = Callable[[date], bool]


def is_in(term: Term) -> Fits:
    """Whether a day lies in the named month, quarter, day …; any year when none was said."""
    year = int(term.text) if term.kind == "month" and term.text.isdigit() else 0
    match term.kind:
        case "month":
            return lambda day: day.month == term.n and year in (0, day.year)
        case "quarter":
            return lambda day: (day.month + 2) // 3 == term.n
        case "half":
            return lambda day: (day.month + 5) // 6 == term.n
        case "year":
            return lambda day: day.year == term.n
        case "period":
            first, last = _ends(term.text)
            return lambda day: first <= day <= last
        case _:
            return _on_day(term)


def _ends(text: str) -> tuple[date, date]:
    first, _, last = text.partition("/")
    return date.fromisoformat(first), date.fromisoformat(last)


def _on_day(term: Term) -> Fits:
    if term.text.startswith("---"):
        of_month = int(term.text[3:5])
        return lambda known: known.day == of_month
    if term.text.startswith("--"):
        month, day = int(term.text[2:4]), int(term.text[5:7])
        return lambda known: (known.month, known.day) == (month, day)
    if "/" in term.text:
        parts = tuple(int(part) for part in term.text.split("/"))
        return lambda known: (known.day, known.month) == parts
    wanted = date.fromisoformat(term.text)
    return lambda known: known == wanted


def span_of(term: Term, today: date) -> tuple[date, date]:
    """First and last day of the latest such period that has begun by today, for comparisons."""
    match term.kind:
        case "month":
            year = int(term.text) if term.text.isdigit() else _latest(today, term.n)
            return _months(year, term.n, term.n)
        case "quarter":
            return _months(_latest(today, 3 * term.n - 2), 3 * term.n - 2, 3 * term.n)
        case "half":
            return _months(_latest(today, 6 * term.n - 5), 6 * term.n - 5, 6 * term.n)
        case "year":
            return date(term.n, 1, 1), date(term.n, 12, 31)
        case "period":
            return _ends(term.text)
        case _:
            day = _day_of(term, today)
            return day, day


def _latest(today: date, month: int) -> int:
    return today.year if month <= today.month else today.year - 1


def _months(year: int, first: int, last: int) -> tuple[date, date]:
    return date(year, first, 1), date(year, last, calendar.monthrange(year, last)[1])


def _day_of(term: Term, today: date) -> date:
    if term.text.startswith("---"):
        back = (today - timedelta(days=days) for days in range(62))
        return next(known for known in back if known.day == int(term.text[3:5]))
    if term.text.startswith("--"):
        month, day = int(term.text[2:4]), int(term.text[5:7])
    elif "/" in term.text:
        day, month = (int(part) for part in term.text.split("/"))
    else:
        return date.fromisoformat(term.text)
    return date(_latest(today, month), month, min(day, calendar.monthrange(2023, month)[1]))


def ago(term: Term, today: date) -> date:
    """The day that lies the age back; months and years by the calendar, not by thirty days."""
    amount, _, unit = term.text.partition(" ")
    if unit in _MONTHS_IN and amount.isdigit():
        months = int(amount) * _MONTHS_IN[unit]
        year, month = divmod(today.year * 12 + today.month - 1 - min(months, 1200), 12)
        return date(year, month + 1, min(today.day, calendar.monthrange(year, month + 1)[1]))
    return today - timedelta(days=min(term.n, 36500))


def by_day(shown: Shown, fits: Fits, field: str) -> list[Ids]:
    """By the field that was said, or by both when none was: two readings that may differ."""
    due = shown.where(lambda invoice: fits(invoice.due_date))
    issued = shown.where(lambda invoice: fits(invoice.date))
    if field == "due":
        return [due]
    return [issued] if field == "issued" else [due, issued]


def described(shown: Shown, term: Term, among: Ids) -> Ids | None:
    """By the period in the descriptions, when each invoice that could be meant names one."""
    if term.kind not in ("month", "quarter") or not among:
        return None
    names = shown.catalogue.months if term.kind == "month" else shown.catalogue.quarters
    if not all(names(key) for key in among):
        return None
    return frozenset(key for key in among if term.n in names(key))


def named_in_description(shown: Shown, term: Term) -> Ids:
    if term.kind not in ("month", "quarter"):
        return frozenset()
    names = shown.catalogue.months if term.kind == "month" else shown.catalogue.quarters
    year = int(term.text) if term.kind == "month" and term.text.isdigit() else 0
    return frozenset(
        key
        for key in shown.all
        if term.n in names(key) and (not year or year in (shown.catalogue.years(key) or {year}))
    )


def is_valid(term: Term) -> bool:
    """Entities are untrusted, and "31/45" is no day."""
    try:
        is_in(term)
        span_of(term, date(2024, 3, 1))
    except (ValueError, IndexError):
        return False
    return True
