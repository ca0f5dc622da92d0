"""Which of the shown invoices a message means: gather its steps, decide, or ask.

A pure function of the message's values, the list, the day, and what was already selected. Asking
back is safe and a wrong invoice is not, so every reading that cannot be excluded must agree.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import date
from typing import Any

from actions.selection.budget import budget
from actions.selection.choosing import Choosing
from actions.selection.clauses import Clause, clauses
from actions.selection.combining import Combining
from actions.selection.corrections import corrected
from actions.selection.leftovers import (
    has_question,
    is_commentary,
    unknown_exceptions,
    unresolved,
)
from actions.selection.model import Ask, Chosen, Reason, ShownInvoice
from actions.selection.modes import Step
from actions.selection.preparing import prepared
from actions.selection.sequence import paid_in_order
from actions.selection.shown import Ids, Shown
from actions.selection.steps import steps_of
from actions.selection.terms import terms_of


def resolve_invoices(
    values: Mapping[str, Any],
    shown: Sequence[ShownInvoice],
    *,
    today: date,
    selected: AbstractSet[int] = frozenset(),
) -> Chosen | Ask:
    """`selected` is what the customer has chosen before; additions and removals start from it."""
    if not shown:
        return Ask(reason=Reason.NO_MATCH)
    listed = Shown(shown, today)
    terms = prepared(terms_of(values), listed)
    said = clauses(terms, listed.catalogue.knows)
    return _Resolution(said, listed, frozenset(selected) & listed.all).answer()


class _Resolution:
    def __init__(self, said: tuple[Clause, ...], shown: Shown, selected: Ids) -> None:
        self._said = said
        self._shown = shown
        self._selected = selected
        self._limit = budget(said)

    def answer(self) -> Chosen | Ask:
        steps = steps_of(self._said)
        if has_question(self._said):
            return Ask(reason=Reason.QUESTION)
        in_order = paid_in_order(self._said, steps, self._shown, self._limit)
        if in_order:
            return in_order
        leftover = unresolved(self._said, steps) or unknown_exceptions(self._said, steps)
        if leftover:
            return Ask(reason=Reason.UNCLEAR, params={"words": list(leftover)})
        return self._decide(steps) if steps else self._only_one() or self._nothing_said()

    def _only_one(self) -> Chosen | None:
        """ "den betalar jag" needs no more when one invoice was shown."""
        has_pointer = any(clause.mentions for clause in self._said)
        is_open = any(
            clause.has("not", "none", "defer", "settled", "or", "third") for clause in self._said
        )
        if len(self._shown.invoices) == 1 and has_pointer and not is_open and not self._limit:
            return Chosen(ids=self._shown.ordered(self._shown.all))
        return None

    def _nothing_said(self) -> Ask:
        if self._limit:
            return Ask(reason=Reason.BUDGET, params={"ore": self._limit})
        is_none = any(clause.has("none") for clause in self._said)
        return Ask(reason=Reason.NOTHING_LEFT if is_none else Reason.NOT_UNDERSTOOD)

    def _decide(self, steps: tuple[Step, ...]) -> Chosen | Ask:
        mended = corrected(steps, self._said)
        if isinstance(mended, Ask):
            return mended
        kept = tuple(step for step in mended if not is_commentary(step, mended))
        dropped = tuple(step for step in steps if step not in mended)
        picked = Choosing(self._said, self._shown, dropped).pick_all(kept)
        if isinstance(picked, Ask):
            return picked
        return Combining(self._said, self._shown, self._selected).combine(picked)
