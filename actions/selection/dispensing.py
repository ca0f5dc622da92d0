"""Whether a question about one mention is answered by the mentions beside it."""

from __future__ import annotations

from actions.selection.adjusting import REFINED, Results, is_quantity
from actions.selection.budget import is_budget, money
from actions.selection.clauses import Clause
from actions.selection.mentions import Mention
from actions.selection.model import Ask, Reason
from actions.selection.modes import INCLUDED, Mode, Step
from actions.selection.picking import Picked
from actions.selection.shown import Ids, Shown
from actions.selection.terms import MANY, Term

_MONTHS_AHEAD = 3
_PASSING = frozenset({"det", "number", "date", "month", "prep", "rest"})
_SKIPPED = frozenset({Reason.NO_MATCH, Reason.NO_SUCH_NUMBER, Reason.NO_SUCH_AMOUNT})


class Dispensing:
    """Over the results of all mentions; `limit` is what can be spent, in öre, or 0."""

    def __init__(self, said: tuple[Clause, ...], shown: Shown, limit: int) -> None:
        self._said = said
        self._shown = shown
        self._limit = limit

    def is_dispensable(self, at: int, results: Results) -> bool:
        """A question that the words beside it have answered: "den på 499, alltså ettan"."""
        step, result = results[at]
        assert isinstance(result, Ask)
        if step.is_alternative and step.modes == INCLUDED:
            return False  # "alla, eller ja, några"
        if result.reason is Reason.BUDGET and is_budget(step):
            return any(other.mention.has("fit", "most") for other, _ in results)
        if step.modes[0] is Mode.EXCLUDE:
            kinds = {term.kind for term in step.mention.terms}
            out = [ids.ids for o, ids in results if o.is_exception and isinstance(ids, Picked)]
            if result.candidates and set(result.candidates) <= frozenset[int]().union(*out):
                return True  # "alla utom supportavtalen, har aldrig bett om nån support"
            others = [other for other, _ in results if other.modes == INCLUDED]
            is_vague = step.mention.has("size") or result.reason is Reason.COUNT_MISSING
            if (
                not step.is_exception
                and others
                and (is_vague or all(is_pick(o.mention) for o in others))
            ):
                return True  # "de två nyaste, de gamla får vänta"
            if result.reason in _SKIPPED and kinds <= _PASSING:
                return len(results) > 1
            included = chosen_of(results)
            others_left = set(result.candidates) - included
            if result.candidates and included and not included & set(result.candidates):
                return True  # none of what it may be was chosen
            is_second = any(t == Term("position", 2, "ordinal") for t in step.mention.terms)
            if is_second and included and len(others_left) == 1:
                return True  # "den andra domänen säger vi upp": not the one that was chosen
            return any(clause.has("only", "none") for clause in self._said) and at + 1 < len(
                results
            )
        others = [other for other, _ in results if other.modes == INCLUDED and other is not step]
        if step.modes[0] is Mode.IGNORE or (self._said[step.clause].has("intended") and others):
            return True
        if self._is_beside_the_point(step, result, results):
            return True
        later = [found for other, found in results[at + 1 :] if other.modes == INCLUDED]
        if step.mention.has("every_other") and len(later) > 1:
            return all(isinstance(found, Picked) for found in later)  # "varannan: 2, 4 och 6"
        is_again = Term("all", text="mass", form=MANY) in step.mention.terms
        if result.reason is Reason.VAGUE and is_again and chosen_of(results[:at]):
            return True  # "över hundra dagar …, det som är så gammalt fixar jag nu"
        included = chosen_of(results)
        is_sum = result.reason is Reason.AMBIGUOUS and step.mention.has("sum")
        is_amount = result.reason in (Reason.NO_SUCH_AMOUNT, Reason.NO_SUCH_NUMBER) or is_sum
        if is_amount and included:
            total = sum(map(self._shown.balance, included))
            told = money(step.mention)
            slack = told // 10 if step.mention.has("approximately", "sum") else 99
            if abs(total - told) <= slack or total // 100 == told // 100:
                return True  # "alltihop, det blir 747 va"
        if result.reason in REFINED and result.candidates and set(result.candidates) <= included:
            return True
        if result.reason is Reason.COUNT_DIFFERS and is_quantity(step.mention):
            return result.params.get("said") == len(included)
        neighbours = [results[near] for near in (at - 1, at + 1) if 0 <= near < len(results)]
        return any(self._settles(step, result, other, found) for other, found in neighbours)

    def _is_beside_the_point(self, step: Step, ask: Ask, results: Results) -> bool:
        """A later month ("i december tar jag mer"), a remark ("de gamla tvistar vi om")."""
        others = [
            other
            for other, found in results
            if other.modes == INCLUDED and other is not step and isinstance(found, Picked)
        ]
        if not others:
            return False
        months = [term.n for term in step.mention.terms if term.kind == "month"]
        is_later = bool(months) and all(is_ahead(self._shown, month) for month in months)
        if ask.reason is Reason.NO_MATCH and is_later:
            return all(term.kind in ("month", "prep", "rest") for term in step.mention.terms)
        if ask.reason is Reason.BUDGET and not self._limit:
            return all(term.kind == "fit" for term in step.mention.terms)
        clause = self._said[step.clause]
        is_told = any(self._said[other.clause].has("take") for other in others)
        is_remark = bool(clause.loose_words) and (is_told or step.clause > others[0].clause)
        return ask.reason is Reason.VAGUE and is_remark and not clause.has("take", "add", "also")

    def _settles(self, step: Step, ask: Ask, other: Step, found: Picked | Ask) -> bool:
        if (
            isinstance(found, Ask)
            or (other.clause == step.clause and not _is_apposition(step, other))
            or other.modes != INCLUDED
            or step.is_joined
            or other.is_joined
        ):
            return False
        is_whole = len(found.ids) == 1 or other.mention.has("both", "all")
        return ask.reason in REFINED and is_whole and found.ids <= set(ask.candidates)


def chosen_of(results: Results) -> Ids:
    """What is chosen by the mentions that were picked."""
    chosen: Ids = frozenset()
    for step, result in results:
        if isinstance(result, Picked) and step.modes == INCLUDED and not step.is_rest:
            chosen |= result.ids
    return chosen


def month_of(term: Term) -> int:
    """The month of "december", and of "1/12"; 0 of all else."""
    if term.kind == "fraction":
        month = term.text.partition("/")[2]
        return int(month) if month.isdecimal() and len(month) < 3 else 0
    return term.n if term.kind == "month" else 0


def is_ahead(shown: Shown, month: int) -> bool:
    """One of the next months."""
    return 0 < (month - shown.today.month) % 12 <= _MONTHS_AHEAD


def _is_apposition(step: Step, other: Step) -> bool:
    """ "domänen företaget punkt nu den på 129": speech has no commas."""
    is_det = any(s.mention.terms[0] == Term("det", form="one") for s in (step, other))
    return is_det and not (step.is_joined or other.is_joined)


def is_pick(mention: Mention) -> bool:
    """Points at some few, and not at a kind or at everything."""
    is_few = mention.has("superlative", "position", "quarter", "month", "number")
    return is_few and not mention.has("all", "rest", "to", "until", "between", "onward")
