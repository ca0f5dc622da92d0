"""Months, quarters and days of a mention, and the thing named before that a later one borrows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from actions.selection import periods
from actions.selection.parts import Parts
from actions.selection.shown import Ids, Shown
from actions.selection.terms import Term


def inherit(parts: Parts, heads: list[Term], shown: Shown) -> Parts:
    """ "webbhotellet för mars och april": a later period borrows the thing that was named."""
    borrowed: list[list[Ids]] = [
        [shown.catalogue.named(term.text).any] for term in heads if term.kind == "word"
    ]
    return replace(parts, alternatives=[*parts.alternatives, *borrowed], heads=heads)


def _settled(shown: Shown, term: Term, among: Ids, *, is_for: bool) -> Ids | None:
    """A quarter on an invoice is its name; a month is, where all that could be meant have one."""
    named = periods.named_in_description(shown, term)
    is_named = bool(named) and term.kind == "quarter" and bool(among or is_for)
    return named if is_named else periods.described(shown, term, among)


def dated_alternatives(parts: Parts, shown: Shown) -> Iterator[list[Ids]]:
    """Each period's readings; what descriptions name settles it where all of them name one."""
    among = shown.all if parts.heads else frozenset()
    for readings in parts.alternatives:
        among &= frozenset().union(*readings)
    for term in parts.dated:
        settled = None if parts.field_said else _settled(shown, term, among, is_for=parts.is_for)
        if settled is not None:
            yield [settled]
            continue
        found = periods.by_day(shown, periods.is_in(term), parts.field_said)
        named = periods.named_in_description(shown, term)
        either = frozenset[int]().union(*found)
        is_many = parts.is_all and not parts.is_mass
        if is_many and len({*found}) == 1 and named < found[0]:
            yield found  # "alla från fjärde kvartalet": more than the one that is called so
            continue
        is_month = term.kind == "month" and not parts.field_said
        if named and is_month and all(map(shown.catalogue.months, either)):
            yield [named]  # each that could be meant says what it is for
            continue
        if named and not parts.field_said:
            yield [*(ids for ids in found if ids), named]
        else:
            yield found
