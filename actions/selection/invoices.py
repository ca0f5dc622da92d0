"""Which of the shown invoices a message means: gather its steps, decide, or ask.

A pure function of the message's values, the list, the day, and what was already selected. Asking
back is safe and a wrong invoice is not, so every reading that cannot be excluded must agree.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from datetime import date
from itertools import islice, product
from typing import Any

from actions.selection.corrections import corrected
from actions.selection.leftovers import (
    has_question,
    is_commentary,
    is_counting,
    unknown_exceptions,
    unresolved,
)
from actions.selection.mentions import Clause, Mention, clauses
from actions.selection.model import Ask, Chosen, Reason, ShownInvoice
from actions.selection.picking import Picked, pick
from actions.selection.preparing import prepared
from actions.selection.shown import Ids, Shown
from actions.selection.steps import INCLUDED, Mode, Step, steps_of
from actions.selection.terms import MANY, Term, terms_of

_MOST_READINGS = 243
_FEW = 12
_REFINED = frozenset({Reason.AMBIGUOUS, Reason.DATES_DIFFER})
_SKIPPED = frozenset({Reason.NO_MATCH, Reason.NO_SUCH_NUMBER, Reason.NO_SUCH_AMOUNT})


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
        self._limit = _budget(said)
        self._frame: Ids = frozenset()
        self._frame_heads: tuple[Term, ...] = ()

    def answer(self) -> Chosen | Ask:
        steps = steps_of(self._said)
        if has_question(self._said):
            return Ask(reason=Reason.QUESTION)
        leftover = unresolved(self._said) or unknown_exceptions(self._said)
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
        self._frame = self._picked_before(tuple(step for step in steps if step not in mended))
        picked = self._pick_all(kept)
        if isinstance(picked, Ask):
            return picked
        return self._combine(picked)

    def _picked_before(self, dropped: tuple[Step, ...]) -> Ids:
        """What was named and then corrected may still say among which: "den äldre av dem"."""
        named = [term for step in dropped for term in step.mention.terms if term.kind == "word"]
        self._frame_heads = tuple(named[-1:])
        found = [pick(step.mention, self._shown) for step in dropped if step.modes == INCLUDED]
        return frozenset().union(*(one.ids for one in found if isinstance(one, Picked)))

    # Each mention alone

    def _pick_all(self, steps: tuple[Step, ...]) -> list[tuple[Step, Ids]] | Ask:
        results = self._results(steps)
        done: list[tuple[Step, Ids]] = []
        for at, (step, result) in enumerate(results):
            if isinstance(result, Picked):
                done.append((step, result.ids))
            elif not self._is_dispensable(at, results):
                return result
        return done or Ask(reason=Reason.NOT_UNDERSTOOD)

    def _results(self, steps: tuple[Step, ...]) -> list[tuple[Step, Picked | Ask]]:
        results: list[tuple[Step, Picked | Ask]] = []
        heads = self._frame_heads
        for at, step in enumerate(steps):
            is_shared = at + 1 < len(steps) and _shares_head(step, steps[at + 1])
            result = self._within(step, results) or self._result(
                step, heads, results, is_shared=is_shared
            )
            if isinstance(result, Ask) and self._is_whole_kind(at, steps):
                result = self._kind(step, result)
            if isinstance(result, Picked):
                heads = (
                    result.heads or heads
                    if result.is_dated or step.modes != INCLUDED
                    else result.heads
                )
            results.append((step, result))
        return results

    def _within(self, step: Step, earlier: list[tuple[Step, Picked | Ask]]) -> Picked | None:
        """ "webbhotellet, det nyaste", "den äldre av dem": among what was named just before."""
        if step.is_joined or step.is_rest or step.modes != INCLUDED:
            return None
        before = earlier[-1][1] if earlier else None
        base = self._frame if not earlier else frozenset[int]()
        if isinstance(before, Ask) and before.reason in _REFINED:
            base = frozenset(before.candidates)
        elif isinstance(before, Picked) and step.mention.has("of"):
            base = before.ids
        is_named = step.mention.has("word", "domain")
        if len(base) < 2 or is_named or not (step.mention.has("of") or isinstance(before, Ask)):
            return None
        narrowed = Shown([i for i in self._shown.invoices if i.id in base], self._shown.today)
        result = pick(step.mention, narrowed, limit=self._limit)
        is_counted = step.mention.has("both", "all")
        is_found = isinstance(result, Picked) and (len(result.ids) == 1 or is_counted)
        return result if isinstance(result, Picked) and is_found else None

    def _is_whole_kind(self, at: int, steps: tuple[Step, ...]) -> bool:
        """ "webbhotell utom februari", "alla webbhotell och domäner": all of that kind."""
        step, before = steps[at], steps[at - 1] if at else None
        following = steps[at + 1] if at + 1 < len(steps) else None
        is_dated = following is not None and following.mention.has("month", "quarter", "date")
        is_bare = all(
            term.kind in ("word", "domain", "prep", "modifier") and (term.form != "one" or is_dated)
            for term in step.mention.terms
        )
        is_spread = before is not None and step.is_joined and before.mention.has("all")
        return is_bare and (is_spread or (following is not None and following.is_exception))

    def _kind(self, step: Step, ask: Ask) -> Picked | Ask:
        if ask.reason is not Reason.AMBIGUOUS:
            return ask
        heads = tuple(term for term in step.mention.terms if term.kind == "word")
        return Picked(ids=frozenset(ask.candidates), heads=heads)

    def _result(
        self,
        step: Step,
        heads: tuple[Term, ...],
        earlier: list[tuple[Step, Picked | Ask]],
        *,
        is_shared: bool,
    ) -> Picked | Ask:
        if step.is_rest:
            return self._rest(step)
        if _is_budget(step):
            return Ask(reason=Reason.BUDGET, params={"ore": self._limit})
        if _is_how_many(step) and sum(other.is_exception for other, _ in earlier) == 0:
            return Ask(reason=Reason.UNCLEAR)
        is_exclusion = step.modes[0] is Mode.EXCLUDE
        within = self._included(earlier) if is_exclusion else frozenset()
        if (
            step.is_exception
            and within
            and within != self._shown.all
            and _is_relative(step.mention)
        ):
            narrowed = Shown([i for i in self._shown.invoices if i.id in within], self._shown.today)
            result = pick(step.mention, narrowed, heads=heads, is_exclusion=True)
            if isinstance(result, Picked):
                return result
        found = self._pick(step, heads, is_shared=is_shared)
        if isinstance(found, Ask) and found.reason in _REFINED and within:
            inside = frozenset(found.candidates) & within
            return Picked(ids=inside) if len(inside) == 1 else found
        return found

    def _pick(self, step: Step, heads: tuple[Term, ...], *, is_shared: bool) -> Picked | Ask:
        return pick(
            step.mention,
            self._shown,
            heads=heads,
            limit=self._limit,
            is_exclusion=step.modes[0] is Mode.EXCLUDE,
            is_shared=is_shared,
            is_many=step.is_none,
        )

    def _rest(self, step: Step) -> Picked | Ask:
        """ "det andra som ligger under 700": of what is left, what the mention says besides."""
        besides = tuple(term for term in step.mention.terms if term.kind != "rest")
        if not any(term.kind in _NARROWING for term in besides):
            return Picked(ids=self._shown.all)
        narrowing = replace(step.mention, terms=(Term("all", form=MANY), *besides))
        return pick(narrowing, self._shown)

    def _included(self, earlier: list[tuple[Step, Picked | Ask]]) -> Ids:
        included: Ids = frozenset()
        for step, result in earlier:
            if isinstance(result, Picked) and step.modes == INCLUDED and not step.is_rest:
                included |= result.ids
        return included

    def _is_dispensable(self, at: int, results: list[tuple[Step, Picked | Ask]]) -> bool:
        """A question that the words beside it have answered: "den på 499, alltså ettan"."""
        step, result = results[at]
        assert isinstance(result, Ask)
        if result.reason is Reason.BUDGET and _is_budget(step):
            return any(other.mention.has("fit", "most") for other, _ in results)
        if step.modes[0] is Mode.EXCLUDE:
            kinds = {term.kind for term in step.mention.terms}
            others = [other for other, _ in results if other.modes == INCLUDED]
            if not step.is_exception and others and all(_is_pick(o.mention) for o in others):
                return True  # "de två nyaste, de gamla får vänta"
            if result.reason in _SKIPPED and kinds <= {"det", "number", "date", "month", "prep"}:
                return len(results) > 1
            return any(clause.has("only", "none") for clause in self._said) and at + 1 < len(
                results
            )
        if step.modes[0] is Mode.IGNORE:
            return True
        included = self._included(results)
        if result.reason in (Reason.NO_SUCH_AMOUNT, Reason.NO_SUCH_NUMBER) and included:
            total = sum(map(self._shown.balance, included))
            if total // 100 == _money(step.mention) // 100:
                return True  # "alltihop, det blir 747 va"
        if result.reason in _REFINED and result.candidates and set(result.candidates) <= included:
            return True
        if result.reason is Reason.COUNT_DIFFERS and _is_quantity(step.mention):
            return result.params.get("said") == len(included)
        neighbours = [results[near] for near in (at - 1, at + 1) if 0 <= near < len(results)]
        return any(self._settles(step, result, other, found) for other, found in neighbours)

    def _settles(self, step: Step, ask: Ask, other: Step, found: Picked | Ask) -> bool:
        if (
            isinstance(found, Ask)
            or other.clause == step.clause
            or other.modes != INCLUDED
            or step.is_joined
            or other.is_joined
        ):
            return False
        is_whole = len(found.ids) == 1 or other.mention.has("both", "all")
        return ask.reason in _REFINED and is_whole and found.ids <= set(ask.candidates)

    # All together

    def _combine(self, picked: list[tuple[Step, Ids]]) -> Chosen | Ask:
        if any(step.is_alternative and step.modes == INCLUDED for step, _ in picked):
            union: Ids = frozenset().union(*(ids for _, ids in picked))
            return Ask(reason=Reason.ALTERNATIVES, candidates=self._shown.ordered(union))
        for step, _ in picked:
            left = self._shown.all - frozenset().union(
                *(ids for other, ids in picked if not other.is_rest)
            )
            said = next((term.n for term in step.mention.terms if term.kind == "rest"), 0)
            if step.is_rest and said and said != len(left):
                return Ask(reason=Reason.COUNT_DIFFERS, candidates=self._shown.ordered(left))
        if self._is_contrary(picked):
            return Ask(reason=Reason.UNCLEAR)
        readings = islice(
            product(*(self._modes(step, picked) for step, _ in picked)), _MOST_READINGS
        )
        results = {self._reading(picked, modes) for modes in readings}
        if len(results) == 1 and self._is_over_budget(next(iter(results))):
            return Ask(reason=Reason.BUDGET, params={"ore": self._limit})
        if len(results) == 1 and (only := next(iter(results))):
            return Chosen(ids=self._shown.ordered(only))
        if len(results) == 1:
            return Ask(reason=Reason.NOTHING_LEFT)
        everything = frozenset[int]().union(*results)
        return Ask(reason=Reason.UNCLEAR, candidates=self._shown.ordered(everything))

    def _is_over_budget(self, ids: Ids) -> bool:
        return bool(self._limit) and sum(map(self._shown.balance, ids)) > self._limit

    def _is_contrary(self, picked: list[tuple[Step, Ids]]) -> bool:
        """ "de två senaste, den tredje får vänta" on a list where those overlap."""
        chosen = [(s, ids) for s, ids in picked if s.modes == INCLUDED and _is_pick(s.mention)]
        deferred = [
            (s, ids)
            for s, ids in picked
            if s.modes[0] is Mode.EXCLUDE and not s.is_exception and not s.is_rest
        ]
        return any(
            ids & others
            and step.clause < other.clause
            and self._said[other.clause].opener in ("comma", "start")
            for step, ids in chosen
            for other, others in deferred
        )

    def _modes(self, step: Step, picked: list[tuple[Step, Ids]]) -> tuple[Mode, ...]:
        others = [other for other, _ in picked if other is not step and other.modes == INCLUDED]
        if step.is_rest and step.modes[0] is Mode.EXCLUDE:
            return (Mode.IGNORE,)
        if self._is_given_up(step, picked):
            return (Mode.IGNORE,)
        if step.modes == (Mode.IGNORE, Mode.INCLUDE):
            return (Mode.IGNORE,) if others else INCLUDED
        if step.is_rest and step.modes == INCLUDED and others:
            return self._rest_modes(step, self._said[step.clause])
        if step.is_told and others and step.modes == INCLUDED:
            return (Mode.INCLUDE, Mode.EXCLUDE)
        if self._is_superseded(step, picked) or (others and is_counting(step.mention)):
            return (Mode.INCLUDE, Mode.IGNORE)
        return step.modes

    def _is_given_up(self, step: Step, picked: list[tuple[Step, Ids]]) -> bool:
        """ "först tänkte jag ta alla …" and a choice after it; "domänerna, den äldsta av dem"."""
        mine = next(ids for other, ids in picked if other is step)
        place = [other for other, _ in picked].index(step)
        later = [(s, ids) for s, ids in picked[place + 1 :] if s.modes == INCLUDED]
        if self._said[step.clause].has("intended"):
            return any(other.clause > step.clause for other, _ in later)
        return any(other.mention.has("of") and ids < mine for other, ids in later)

    def _is_superseded(self, step: Step, picked: list[tuple[Step, Ids]]) -> bool:
        """ "tvåan vet jag inte, så bara ettan": a later "bara" leaves earlier mentions open."""
        if step.modes != INCLUDED or step.is_rest:
            return False
        return any(
            later.modes == INCLUDED
            and (
                (later.clause > step.clause and self._begins_only(later))
                or self._is_only_between(step, later)
            )
            for later, _ in picked
        )

    def _is_only_between(self, step: Step, later: Step) -> bool:
        """ "av domänerna bara den äldsta"."""
        if later.clause != step.clause:
            return False
        events = self._said[step.clause].events
        first, last = events.index(step.mention), events.index(later.mention)
        return any(isinstance(e, Term) and e.kind == "only" for e in events[first:last])

    def _begins_only(self, step: Step) -> bool:
        events = self._said[step.clause].events
        place = events.index(step.mention)
        return any(isinstance(event, Term) and event.kind == "only" for event in events[:place])

    def _rest_modes(self, step: Step, clause: Clause) -> tuple[Mode, ...]:
        """ "ettan, resten fixar mamma": what is said of the rest decides whether it is paid now."""
        if step.mention.has("month", "date", "period", "age"):
            return (Mode.IGNORE,)
        following = self._said[step.clause + 1 : step.clause + 2]
        if following and following[0].opener == "subordinate":
            return (Mode.IGNORE, Mode.INCLUDE)
        if clause.has("not", "defer", "settled"):
            return (Mode.IGNORE,)
        if clause.has("take", "add", "also") and not clause.loose_words:
            return INCLUDED
        if clause.loose_words and not clause.has("take", "add", "also"):
            return (Mode.IGNORE,)
        return (Mode.INCLUDE, Mode.IGNORE)

    def _reading(self, picked: list[tuple[Step, Ids]], modes: tuple[Mode, ...]) -> Ids:
        included: Ids = frozenset()
        excluded: Ids = frozenset()
        rest: Ids = frozenset()
        for (step, ids), mode in zip(picked, modes, strict=True):
            if step.is_rest:
                rest |= ids if mode is Mode.INCLUDE else frozenset()
            elif mode is Mode.INCLUDE:
                included |= ids
            elif mode is Mode.EXCLUDE:
                excluded |= ids
        has_include = any(
            mode is Mode.INCLUDE and not step.is_rest
            for (step, _), mode in zip(picked, modes, strict=True)
        )
        return self._base(picked, included, rest=rest, has_include=has_include) - excluded

    def _base(
        self, picked: list[tuple[Step, Ids]], included: Ids, *, rest: Ids, has_include: bool
    ) -> Ids:
        is_change = any(clause.has("add", "also", "remove") for clause in self._said)
        if rest:
            is_of_something = any(not step.is_rest for step, _ in picked)
            return rest | included if is_of_something else frozenset()
        if has_include:
            return included | (self._selected if is_change else frozenset())
        if any(step.is_exception for step, _ in picked):
            return self._shown.all
        return self._selected


_NARROWING = frozenset(
    ["below", "at_most", "above", "at_least", "between", "older", "newer", "before", "after",
     "word", "domain", "month", "quarter", "date", "period", "year", "age", "money"]
)  # fmt: skip
_QUANTITY = frozenset({"all", "both", "number", "count", "det", "noun"})
_SHARING = frozenset(
    {
        "month",
        "quarter",
        "half",
        "date",
        "period",
        "year",
        "domain",
        "number",
        "money",
        "prep",
        "source",
        "det",
        "ends_with",
    }
)


def _is_how_many(step: Step) -> bool:
    """ "alla utom två": the second, or two of them?"""
    terms = step.mention.terms
    is_number = len(terms) == 1 and terms[0].kind == "number" and terms[0].form == "spelled"
    return step.is_exception and is_number and 1 < terms[0].n <= _FEW


def _is_quantity(mention: Mention) -> bool:
    """ "båda", "alla tre": how many, of what was named beside it."""
    return all(term.kind in _QUANTITY for term in mention.terms)


def _shares_head(step: Step, following: Step) -> bool:
    kinds = {term.kind for term in following.mention.terms}
    is_list = following.is_joined or following.opener == "comma" or following.opener == "inside"
    has_own = any(term.kind == "det" and term.form == "one" for term in following.mention.terms)
    return is_list and kinds <= _SHARING and following.modes == step.modes and not has_own


def _is_pick(mention: Mention) -> bool:
    """Points at some few, and not at a kind or at everything."""
    is_few = mention.has("superlative", "position", "quarter", "month", "number")
    return is_few and not mention.has("all", "rest", "to", "until", "between", "onward")


def _is_relative(mention: Mention) -> bool:
    """ "alla domäner utom den sista" counts among the domains, "utom ettan" in the list."""
    return any(
        term.kind == "superlative" or (term.kind == "position" and term.text != "nominal")
        for term in mention.terms
    )


def _budget(said: tuple[Clause, ...]) -> int:
    """The öre that a clause about means names: "jag har bara 500 kronor på kortet"."""
    for clause in said:
        if clause.has("budget"):
            for mention in clause.mentions:
                found = _money(mention)
                if found:
                    return found
    return 0


def _money(mention: Mention) -> int:
    for term in mention.terms:
        if term.kind in ("money", "number"):
            return term.n * (1 if term.kind == "money" else 100)
    return 0


def _is_budget(step: Step) -> bool:
    """ "högst 500 kronor" says how much, not which."""
    is_named = step.mention.has(
        "det", "all", "word", "noun", "domain", "both", "superlative", "position"
    )
    if is_named or step.mention.has("fit", "sum", "each"):
        return False
    return step.mention.has("at_most") or (step.has_budget and step.mention.has("below"))
