"""What a whole clause is about, once each of its mentions has been looked at by itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from actions.selection.clauses import Clause
from actions.selection.mentions import Mention
from actions.selection.modes import EXCLUDED, INCLUDED, Mode, Step, is_kind, is_quiet
from actions.selection.terms import Term

_STATING = frozenset({"state", "modal_question"})


def judged(index: int, clause: Clause, steps: Sequence[Step]) -> list[Step]:
    """The steps of a clause that others see to, that is left for later, or that only tells."""
    return _Judge(index, clause, list(steps)).steps()


class _Judge:
    def __init__(self, index: int, clause: Clause, steps: list[Step]) -> None:
        self._index = index
        self._clause = clause
        self._events = clause.events
        self._steps = steps

    def steps(self) -> list[Step]:
        if self._clause.is_budget and self._clause.has("third"):
            return self._steps  # "farfar har 500 kr på kontot"
        if self._is_others():
            self._steps = [
                replace(step, modes=EXCLUDED) if self._is_about(step) else step
                for step in self._steps
            ]
        elif self._is_left_for_later():
            self._steps = [replace(step, modes=EXCLUDED) for step in self._steps]
        elif self._is_unknown_deed():
            unsure = (Mode.EXCLUDE, Mode.IGNORE, Mode.INCLUDE)
            self._steps = [replace(step, modes=unsure) for step in self._steps]
        elif self._is_aside():
            self._steps = [replace(step, modes=(Mode.EXCLUDE, Mode.IGNORE)) for step in self._steps]
        elif self._is_statement():
            but = self._clause.opener == "but"
            modes = (Mode.EXCLUDE, Mode.IGNORE) if but else (Mode.IGNORE, Mode.INCLUDE)
            self._steps = [replace(step, modes=modes) for step in self._steps]
        return self._steps

    def _is_others(self) -> bool:
        """Somebody else sees to it; "chefen har godkänt ettan" leaves it to us."""
        is_ours = self._is_ours() or self._clause.has("approved")
        is_named = self._clause.has("third") or self._is_some_of_ours()
        return is_named and bool(self._steps) and not is_ours

    def _is_ours(self) -> bool:
        """We do something: "ska jag" too, and not "min fru säger att hon har betalat"."""
        is_past = Term("state", text="have") in self._events
        return any(
            (event.kind == "self" and not (event.text == "says" and is_past))
            or (event.kind == "modal_question" and event.text in ("must", "have"))
            for event in self._events
            if isinstance(event, Term)
        )

    def _is_some_of_ours(self) -> bool:
        """ "SSL:et ska vår byrå stå för": somebody whom no list names."""
        shape = [event.kind if isinstance(event, Term) else "mention" for event in self._events]
        return any(
            shape[at : at + 5] == ["mention", "modal", "own", "word", "take"]
            for at in range(len(shape))
        )

    def _is_about(self, step: Step) -> bool:
        """ "ettan ska chefen betala", not "ettan åt chefen"."""
        place = self._events.index(step.mention)
        after = [event for event in self._events[place + 1 :] if isinstance(event, Term)]
        kinds = [event.kind for event in after]
        if "third" not in kinds:
            return self._is_done_by_third(place) or self._is_some_of_ours()
        before = kinds[: kinds.index("third")]
        if step.mention.unknown and before in ([], ["own"]):
            return True  # "den andra köpte min kompanjon"
        return bool({"modal", "state", "take", *_STATING} & set(before))

    def _is_done_by_third(self, place: int) -> bool:
        """ "min man betalar ettan"."""
        before = [event.kind for event in self._events[:place] if isinstance(event, Term)]
        if "third" not in before or {"prep", "to", "source"} & set(before):
            return False
        last = len(before) - before[::-1].index("third")
        return "self" not in before[last:]

    def _is_left_for_later(self) -> bool:
        """ "…, så får den stora komma sen"."""
        first = [e for e in self._events if not is_kind(e, "yes")][:3]
        shape = [e.kind if isinstance(e, Term) else "mention" for e in first]
        is_so = first[:1] == [Term("filler", text="so")]
        return is_so and shape[1:] == ["modal", "mention"] and not self._clause.has("take", "self")

    def _is_unknown_deed(self) -> bool:
        """ "servern struntar jag i", with a verb that nobody knows: take it, or leave it?"""
        shape = [event.kind if isinstance(event, Term) else "mention" for event in self._events]
        words = [e for e in self._events[1:2] if isinstance(e, Term) and not e.form]
        is_said = shape[:3] == ["mention", "word", "self"] and bool(words)
        is_known = self._clause.has("take", "also", "add", "only", "need", "excuse", "defer")
        return is_said and len(self._steps) == 1 and not is_known and not self._is_aside()

    def _is_aside(self) -> bool:
        """ "bara ettan, den andra använder vi knappt": a verb of ours that chooses nothing."""
        if len(self._steps) != 1 or self._clause.opener not in ("comma", "but"):
            return False
        place = self._events.index(self._steps[0].mention)
        verb, subject = [*self._events[place + 1 : place + 3], None, None][:2]
        is_verb = isinstance(verb, Term) and verb.kind == "word" and not verb.form
        is_ours = isinstance(subject, Term) and subject.kind == "self"
        is_little = self._clause.has("not") or any(
            mention.terms == (Term("approximately", text="under"),)
            for mention in self._clause.mentions
        )
        return is_verb and is_ours and is_little and not self._clause.has("take", "also", "add")

    def _is_statement(self) -> bool:
        """ "den sista har ju knappt förfallit" after a choice chooses nothing."""
        if len(self._steps) != 1 or self._index == 0 or self._steps[0].modes != INCLUDED:
            return False
        if self._clause.has("also", "add"):
            return False
        last = self._events[-1]
        is_that = isinstance(last, Mention) and last.is_pointer and len(self._events) > 2
        if is_that and self._clause.opener == "fix":
            return False  # "nej, åttan blev det"
        first = next((event for event in self._events if not is_quiet(event)), None)
        place = self._events.index(self._steps[0].mention)
        kinds = [
            e.kind for e in self._events[place + 1 :] if isinstance(e, Term) and not is_quiet(e)
        ]
        is_said = bool(kinds) and kinds[0] in _STATING and "take" not in kinds
        if self._events[-1] == Term("modal_question") and len(self._events) == 2:
            return False  # "nej, tvåan är det"
        return isinstance(first, Mention) and is_said
