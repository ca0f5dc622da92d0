"""All mentions together: every reading that cannot be excluded must come to the same invoices."""

from __future__ import annotations

from itertools import islice, product

from actions.selection.budget import budget
from actions.selection.clauses import Clause
from actions.selection.dispensing import is_pick
from actions.selection.leftovers import is_counting
from actions.selection.mentions import Mention
from actions.selection.model import Ask, Chosen, Reason
from actions.selection.modes import EXCLUDED, INCLUDED, TIMES, Mode, Step
from actions.selection.shown import Ids, Shown
from actions.selection.terms import Term

_MOST_READINGS = 243
_WHEN = TIMES | {"after", "before", "from", "det", "prep"}


class Combining:
    """`selected` is what the customer has chosen before."""

    def __init__(self, said: tuple[Clause, ...], shown: Shown, selected: Ids) -> None:
        self._said = said
        self._shown = shown
        self._selected = selected
        self._limit = budget(said)

    def combine(self, picked: list[tuple[Step, Ids]]) -> Chosen | Ask:
        if any(step.is_alternative and step.modes == INCLUDED for step, _ in picked):
            union: Ids = frozenset().union(*(ids for _, ids in picked))
            return Ask(reason=Reason.ALTERNATIVES, candidates=self._shown.ordered(union))
        for step, _ in picked:
            within = next(ids for other, ids in picked if other is step)
            left = within - frozenset().union(*(ids for other, ids in picked if not other.is_rest))
            said = next((term.n for term in step.mention.terms if term.kind == "rest"), 0)
            if (
                step.is_rest
                and said != len(left)
                and said
                and Mode.INCLUDE in self._modes(step, picked)
            ):
                return Ask(reason=Reason.COUNT_DIFFERS, candidates=self._shown.ordered(left))
        if self._is_contrary(picked):
            return Ask(reason=Reason.UNCLEAR)
        readings = islice(
            product(*(self._modes(step, picked) for step, _ in picked)), _MOST_READINGS
        )
        results = {self._reading(picked, modes) for modes in readings}
        if len(results) == 1 and self._is_over_budget(next(iter(results))):
            return Ask(reason=Reason.BUDGET, params={"ore": self._limit})
        is_single = any(clause.has("single") for clause in self._said)
        if is_single and any(len(ids) > 1 for ids in results):
            return Ask(reason=Reason.UNCLEAR)  # "en enda av dem, ettan och trean"
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
        chosen = [(s, ids) for s, ids in picked if s.modes == INCLUDED and is_pick(s.mention)]
        deferred = [
            (s, ids)
            for s, ids in picked
            if s.modes[0] is Mode.EXCLUDE
            and not s.is_exception
            and not s.is_rest
            and not self._is_the_other(s, picked)
        ]
        return any(
            ids & others
            and _said(step) != _said(other)  # "ettan, tvåan … nej, ta inte med tvåan"
            and step.clause < other.clause
            and self._said[other.clause].opener in ("comma", "start")
            for step, ids in chosen
            for other, others in deferred
        )

    def _modes(self, step: Step, picked: list[tuple[Step, Ids]]) -> tuple[Mode, ...]:
        out = frozenset[int]().union(*(ids for other, ids in picked if other.modes == EXCLUDED))
        others = [
            other
            for other, ids in picked
            if other is not step
            and other.modes == INCLUDED
            and not (other.is_told and ids and ids <= out)  # "fiskbutiken är nerlagd, så …"
        ]
        if step.is_rest and step.modes[0] is Mode.EXCLUDE:
            return (Mode.IGNORE,)
        is_too_much = step.modes == INCLUDED and self._said[step.clause].has("too_much")
        if is_too_much and not step.mention.has("all") and any(o.is_rest for o in others):
            return (Mode.EXCLUDE,)  # "servern är för dyr, men de andra kan ni dra"
        if self._is_given_up(step, picked) or self._is_the_other(step, picked):
            return (Mode.IGNORE,)
        if step.modes == (Mode.IGNORE, Mode.INCLUDE):
            mine = next(ids for other, ids in picked if other is step)
            whole = _union(picked, others)
            if others and mine < whole and self._said[step.clause].opener != "but":
                return (Mode.IGNORE, Mode.EXCLUDE)
            return (Mode.IGNORE,) if others else INCLUDED
        if step.is_rest and step.modes == INCLUDED and others:
            return self._rest_modes(step, self._said[step.clause])
        whole = _union(picked, [other for other in others if not other.is_told])
        mine = next(ids for other, ids in picked if other is step)
        is_known = mine <= whole and not any(other.mention.has("all") for other in others)
        if step.is_told and others and step.modes == INCLUDED and is_known:
            return (Mode.IGNORE,)  # "lindqvistbygg måste vi ju behålla, så den domänen"
        if step.is_told and others and step.modes == INCLUDED:
            return (Mode.INCLUDE, Mode.EXCLUDE)
        if others and step.modes == INCLUDED and self._is_unsaid(step):
            return (Mode.INCLUDE, Mode.IGNORE)
        if self._is_all_before(step, picked):
            return (Mode.INCLUDE, Mode.IGNORE)
        if self._is_another(step, picked):
            return (Mode.INCLUDE, Mode.EXCLUDE)
        if self._is_narrowed(step, picked):
            return (Mode.IGNORE,)
        if self._is_superseded(step, picked) or (others and is_counting(step.mention)):
            return (Mode.INCLUDE, Mode.IGNORE)
        if len(step.modes) > 1 and any(
            ids == next(mine for other, mine in picked if other is step)
            for o, ids in picked
            if o in others
        ):
            return (Mode.IGNORE,)  # "2215 tack, domänen får inte ryka"
        left_out = [ids for other, ids in picked if other.modes == EXCLUDED and other is not step]
        if len(step.modes) > 1 and Mode.EXCLUDE in step.modes and mine in left_out:
            return EXCLUDED  # "alla utom tvåan, ska inte ha kvar domänen"
        if Mode.INCLUDE in step.modes[1:] and self._is_closed(step, picked):
            return tuple(mode for mode in step.modes if mode is not Mode.INCLUDE)
        return step.modes

    def _is_closed(self, step: Step, picked: list[tuple[Step, Ids]]) -> bool:
        """ "tvåan vet jag inte vad det är, så bara ettan"."""
        return any(
            later.clause > step.clause and later.modes == INCLUDED and self._begins_only(later)
            for later, _ in picked
        )

    def _is_all_before(self, step: Step, picked: list[tuple[Step, Ids]]) -> bool:
        """ "alltihop blir för mycket, så det får bli de fyra första": everything, or those?"""
        mine = next(ids for other, ids in picked if other is step)
        place = [other for other, _ in picked].index(step)
        return (
            step.modes == INCLUDED
            and mine == self._shown.all
            and not step.is_rest
            and any(s.modes == INCLUDED and s.clause > step.clause and not s.is_rest and ids < mine
                    for s, ids in picked[place + 1 :])
        )  # fmt: skip

    def _is_unsaid(self, step: Step) -> bool:
        """ "ettan, tvåan on hold": what nobody knows may say that it is not meant."""
        clause = self._said[step.clause]
        before = self._said[step.clause - 1].events if step.clause else ()
        is_list = bool(before) and all(not isinstance(event, Term) for event in before)
        if is_list and any(event == Term("and") for event in clause.events[:3]):
            return False  # "mars, april och maj ser rimliga ut"
        return step.clause > 0 and step.is_loose and not clause.has("take", "add", "also", "only")

    def _is_given_up(self, step: Step, picked: list[tuple[Step, Ids]]) -> bool:
        """ "först tänkte jag ta alla …" and a choice after it; "domänerna, den äldsta av dem"."""
        if step.modes[0] is Mode.EXCLUDE or step.is_pointed_at:
            return False
        mine = next(ids for other, ids in picked if other is step)
        place = [other for other, _ in picked].index(step)
        later = [(s, ids) for s, ids in picked[place + 1 :] if s.modes == INCLUDED]
        is_all = all(term.kind == "all" for term in step.mention.terms)
        if is_all and self._said[step.clause].has("too_much"):
            return any(o is not step and o.modes == INCLUDED for o, _ in picked)
        if self._was_thought(step.clause):
            instead = [o for o, _ in later if o.clause > step.clause]
            return any(not self._said[o.clause].has("also", "add") for o in instead)
        is_frame = step.mention.terms[0].kind == "of"
        return any((other.mention.has("of") or is_frame) and ids < mine for other, ids in later)

    def _is_the_other(self, step: Step, picked: list[tuple[Step, Ids]]) -> bool:
        """ "…, den andra domänen släpper vi" is not the one that was just chosen."""
        mine = next(ids for other, ids in picked if other is step)
        is_second = any(term == Term("position", 2, "ordinal") for term in step.mention.terms)
        if not is_second or step.is_exception or step.modes[0] is not Mode.EXCLUDE:
            return False
        if not step.mention.has("word"):
            chosen = frozenset[int]().union(
                *(ids for o, ids in picked if o.modes == INCLUDED and o.clause < step.clause)
            )
            return mine <= chosen and len(self._shown.all - chosen) == 1
        return any(
            ids == mine and other.modes == INCLUDED and other.clause < step.clause
            for other, ids in picked
        )

    def _is_another(self, step: Step, picked: list[tuple[Step, Ids]]) -> bool:
        """ "ta den för .se, den andra domänen ska bort": that one too, or just not that one?"""
        is_second = any(term == Term("position", 2, "ordinal") for term in step.mention.terms)
        is_named = is_second and step.mention.has("det") and step.mention.has("word")
        if step.modes != INCLUDED:
            return False
        if not is_named or step.is_joined or self._said[step.clause].has("also", "add"):
            return False
        return any(o.modes == INCLUDED and o.clause < step.clause for o, _ in picked)

    def _was_thought(self, index: int) -> bool:
        """ "ta fyran, hade jag tänkt säga", "jag trodde att det var tvåan"."""
        beside = [self._said[index]]
        following = self._said[index + 1 : index + 2]
        beside += [clause for clause in following if all(_is_no_choice(m) for m in clause.mentions)]
        return any(clause.has("intended", "too_much") for clause in beside) or (
            Term("state", text="thought") in self._said[index].events
        )

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

    def _is_narrowed(self, step: Step, picked: list[tuple[Step, Ids]]) -> bool:
        """ "licenserna, fast bara oktobers": less of what was just named."""
        mine = next(ids for other, ids in picked if other is step)
        return any(
            other.modes == step.modes == INCLUDED
            and other.clause == step.clause + 1
            and self._said[other.clause].opener == "but"
            and self._begins_only(other)
            and ids < mine
            for other, ids in picked
        )

    def _is_only_between(self, step: Step, later: Step) -> bool:
        """ "av domänerna bara den äldsta"."""
        if later.clause != step.clause:
            return False
        events = self._said[step.clause].events
        first, last = events.index(step.event), events.index(later.event)
        return any(isinstance(e, Term) and e.kind == "only" for e in events[first:last])

    def _begins_only(self, step: Step) -> bool:
        events = self._said[step.clause].events
        place = events.index(step.event)
        return any(isinstance(event, Term) and event.kind == "only" for event in events[:place])

    def _rest_modes(self, step: Step, clause: Clause) -> tuple[Mode, ...]:
        """ "ettan, resten fixar mamma": what is said of the rest decides whether it is paid now."""
        if step.mention.has("month", "date", "fraction", "period", "age", "after", "before"):
            return (Mode.IGNORE,)
        times = [m for m in clause.mentions if all(term.kind in _WHEN for term in m.terms)]
        if times:
            return (Mode.IGNORE,)  # "det andra tar jag i december"
        is_added = clause.has("also", "add") and not clause.has("not", "defer")
        if not is_added and any(before.has("only") for before in self._said[: step.clause]):
            return (Mode.IGNORE,)  # "ta bara domänen, så fixar jag resten hemma"
        following = self._said[step.clause + 1 : step.clause + 2]
        if following and following[0].opener == "time":
            return (Mode.IGNORE,)  # "resten tar jag när lönen kommer"
        if following and following[0].opener == "subordinate":
            return (Mode.IGNORE, Mode.INCLUDE)
        if clause.has("not", "defer", "settled"):
            return (Mode.IGNORE,)
        if step.opener == "inside" and not step.is_joined and not clause.has("also", "add"):
            return (Mode.INCLUDE, Mode.IGNORE)  # "ta 2 och 3 resten ikväll"
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
            is_of_something = is_of_something or rest != self._shown.all
            return rest | included if is_of_something else frozenset()
        if has_include:
            return included | (self._selected if is_change else frozenset())
        if any(step.is_exception for step, _ in picked):
            return self._shown.all
        return self._selected


def _said(step: Step) -> tuple[Term, ...]:
    return tuple(term for term in step.mention.terms if term.kind not in ("det", "prep"))


def _is_no_choice(mention: Mention) -> bool:
    """ "det", "den här veckan"."""
    return mention.is_pointer or all(term.kind == "period" for term in mention.terms)


def _union(picked: list[tuple[Step, Ids]], steps: list[Step]) -> Ids:
    """What those very steps pick; two steps that say the same are two."""
    wanted = {id(step) for step in steps}
    return frozenset[int]().union(*(ids for step, ids in picked if id(step) in wanted))
