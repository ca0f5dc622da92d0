"""Each mention alone: what it picks, or a question that the next words may answer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from actions.selection.adjusting import PERIODS, REFINED, Results, adjusted
from actions.selection.budget import budget, is_budget
from actions.selection.clauses import Clause
from actions.selection.dispensing import Dispensing, chosen_of, is_ahead, month_of
from actions.selection.mentions import Mention
from actions.selection.model import Ask, Reason
from actions.selection.modes import EXCLUDED, INCLUDED, Mode, Step
from actions.selection.nouns import is_everyday
from actions.selection.periods import is_in, is_valid
from actions.selection.picking import Picked, pick
from actions.selection.shown import Ids, Shown
from actions.selection.terms import MANY, Term

_FEW = 12
_NARROWING = frozenset(
    ["below", "at_most", "above", "at_least", "between", "older", "newer", "before", "after",
     "word", "domain", "month", "quarter", "date", "period", "year", "age", "money"]
)  # fmt: skip
_SHARING = frozenset(
    ["month", "quarter", "half", "date", "period", "year", "domain", "number", "money",
     "prep", "source", "det", "ends_with"]
)  # fmt: skip


class Choosing:
    """`dropped` was corrected, and may still say among which: "nej, bara den äldre av dem"."""

    def __init__(self, said: tuple[Clause, ...], shown: Shown, dropped: tuple[Step, ...]) -> None:
        self._said = said
        self._shown = shown
        self._limit = budget(said)
        named = [term for step in dropped for term in step.mention.terms if term.kind == "word"]
        self._frame_heads = tuple(named[-1:])
        found = [pick(step.mention, shown) for step in dropped if step.modes == INCLUDED]
        self._frame: Ids = frozenset().union(*(x.ids for x in found if isinstance(x, Picked)))

    def pick_all(self, steps: tuple[Step, ...]) -> list[tuple[Step, Ids]] | Ask:
        steps = self._without_later(steps)
        results = adjusted(self._without_left_out(self._results(steps)), self._shown)
        done: list[tuple[Step, Ids]] = []
        dispensing = Dispensing(self._said, self._shown, self._limit)
        for at, (step, result) in enumerate(results):
            if isinstance(result, Picked):
                done.append((step, result.ids))
            elif not dispensing.is_dispensable(at, results):
                return result
        return done or Ask(reason=Reason.NOT_UNDERSTOOD)

    def _without_later(self, steps: tuple[Step, ...]) -> tuple[Step, ...]:
        """ "ta domänen nu, certifikatet hinner vi med i december": of that clause, nothing now."""
        later = {step.clause for step in steps if self._is_later_month(step)}
        now = {step.clause for step in steps if step.modes == INCLUDED} - later
        if not later or not now:
            return steps
        kept = [step for step in steps if not self._is_later_month(step)]
        return tuple(
            replace(step, modes=EXCLUDED)
            if step.clause in later and step.modes == INCLUDED and not step.is_rest
            else step
            for step in kept
        )

    def _is_later_month(self, step: Step) -> bool:
        months = [month_of(term) for term in step.mention.terms if month_of(term)]
        is_bare = all(
            term.kind in ("month", "fraction", "prep", "det") for term in step.mention.terms
        )
        found = pick(step.mention, self._shown) if months and is_bare else None
        return isinstance(found, Ask) and all(is_ahead(self._shown, month) for month in months)

    def _without_left_out(self, results: Results) -> Results:
        """ "allt för exempel.se, men inte srv1": what is left may be one reading only."""
        out: Ids = frozenset()
        for step, found in results:
            if step.modes == EXCLUDED and isinstance(found, Picked):
                out |= found.ids
        left = [invoice for invoice in self._shown.invoices if invoice.id not in out]
        if not out or not left:
            return results
        narrowed = Shown(left, self._shown.today)
        return [(step, self._again(step, found, narrowed)) for step, found in results]

    def _again(self, step: Step, found: Picked | Ask, narrowed: Shown) -> Picked | Ask:
        is_open = isinstance(found, Ask) and found.reason in REFINED and step.modes == INCLUDED
        if not is_open or step.mention.has("position", "superlative", "rest"):
            return found
        again = pick(step.mention, narrowed, limit=self._limit)
        return again if isinstance(again, Picked) else found

    def _results(self, steps: tuple[Step, ...]) -> Results:
        results: Results = []
        heads = self._frame_heads
        for at, step in enumerate(_with_nouns(tuple(_with_fields(steps)))):
            is_shared = at + 1 < len(steps) and _shares_head(step, steps[at + 1])
            is_shared = is_shared or (at > 0 and _shares_noun(steps[at - 1], step))
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
            elif result.reason in REFINED and step.mention.has("word"):
                heads = tuple(term for term in step.mention.terms if term.kind == "word")
            results.append((step, result))
        return results

    def _within(self, step: Step, earlier: Results) -> Picked | None:
        """ "webbhotellet, det nyaste", "den äldre av dem": among what was named just before."""
        if step.is_joined or step.is_rest or step.modes != INCLUDED:
            return None
        before = earlier[-1][1] if earlier else None
        base = self._frame if not earlier else frozenset[int]()
        if isinstance(before, Ask) and before.reason in REFINED:
            base = frozenset(before.candidates)
        elif isinstance(before, Picked) and (step.mention.has("of") or _is_frame(earlier[-1][0])):
            base = before.ids
        is_only = self._is_only_of(step)
        if isinstance(before, Picked) and is_only:
            base = before.ids  # "Microsoft-licenserna, fast enbart oktobers"
        is_named = step.mention.has("word")
        is_framed = bool(earlier) and _is_frame(earlier[-1][0])
        is_within = step.mention.has("of") or isinstance(before, Ask) or is_framed or is_only
        if len(base) < 2 or is_named or not is_within:
            return None
        narrowed = Shown([i for i in self._shown.invoices if i.id in base], self._shown.today)
        result = pick(step.mention, narrowed, limit=self._limit)
        is_counted = step.mention.has("both", "all")
        is_found = isinstance(result, Picked) and (len(result.ids) == 1 or is_counted)
        return result if isinstance(result, Picked) and is_found else None

    def _is_only_of(self, step: Step) -> bool:
        clause = self._said[step.clause]
        kinds = {term.kind for term in step.mention.terms}
        is_only = clause.opener == "but" and clause.has("only") and not clause.has("take")
        return is_only and kinds <= PERIODS | {"det", "superlative"}

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
        is_spread = is_spread or any(map(_is_plural, _listed_with(at, steps)))
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
        earlier: Results,
        *,
        is_shared: bool,
    ) -> Picked | Ask:
        if step.is_rest:
            return self._rest(step, earlier)
        beside = next((term for term in step.mention.terms if term.kind == "beside"), None)
        if beside:
            return self._beside(beside, earlier)
        if is_budget(step):
            return Ask(reason=Reason.BUDGET, params={"ore": self._limit})
        if _is_how_many(step) and sum(other.is_exception for other, _ in earlier) == 0:
            return Ask(reason=Reason.UNCLEAR)
        is_exclusion = step.modes[0] is Mode.EXCLUDE
        within = chosen_of(earlier) if is_exclusion else frozenset()
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
        room = self._in_the_room_left(step, earlier)
        if room is not None:
            return room
        found = self._pick(step, heads, is_shared=is_shared)
        if isinstance(found, Ask) and found.reason is Reason.NO_MATCH and heads:
            found = self._pick(step, (), is_shared=is_shared)  # "domänen. Okej då, augusti också"
        if isinstance(found, Ask) and found.reason is Reason.NO_MATCH:
            found = self._pick(self._without_now(step), heads, is_shared=is_shared)
        is_left_out = is_exclusion and not step.is_exception
        if isinstance(found, Ask) and found.reason is Reason.NO_MATCH and is_left_out:
            found = self._pick(_without_dates(step), heads, is_shared=is_shared)
        if isinstance(found, Ask) and found.reason in REFINED and within:
            inside = frozenset(found.candidates) & within
            return Picked(ids=inside) if len(inside) == 1 and len(within) > 1 else found
        return found

    def _without_now(self, step: Step) -> Step:
        """ "julifakturan den här månaden": when it is paid, and not which."""
        today = self._shown.today
        kept = tuple(
            term
            for term in step.mention.terms
            if not (term.kind == "period" and is_valid(term) and is_in(term)(today))
        )
        mention = replace(step.mention, terms=kept or step.mention.terms)
        return replace(step, mention=mention, heard=step.event)

    def _beside(self, term: Term, earlier: Results) -> Picked | Ask:
        """ "7203 och den efter": the neighbour of what was named just before."""
        anchors = [found.ids for _, found in earlier if isinstance(found, Picked)]
        anchor = anchors[-1] if anchors else self._frame
        places = [self._shown.position(key) for key in anchor]
        if len(places) != 1:
            return Ask(reason=Reason.UNCLEAR)
        there = places[0] + term.n
        found = self._shown.at(there) if there > 0 else frozenset[int]()
        if not found:
            return Ask(reason=Reason.NO_SUCH_POSITION, params={"position": there})
        is_dated = term.text in ("after", "before")  # by place, or by day?
        days = [self._shown.due(next(iter(ids))) for ids in (anchor, found)]
        is_contrary = is_dated and (days[0] > days[1]) == (term.n > 0) and days[0] != days[1]
        candidates = self._shown.ordered(self._shown.all - anchor)
        ask = Ask(reason=Reason.AMBIGUOUS, candidates=candidates)
        return ask if is_contrary else Picked(ids=found)

    def _in_the_room_left(self, step: Step, earlier: Results) -> Picked | None:
        """ "servern, och lägg till den som får plats": the only one that still fits."""
        kinds = {term.kind for term in step.mention.terms}
        included = chosen_of(earlier)
        if not (kinds == {"det", "fit"} and self._limit and included):
            return None
        left = self._limit - sum(map(self._shown.balance, included))
        fits = [key for key in self._shown.all - included if self._shown.balance(key) <= left]
        return Picked(ids=frozenset(fits)) if len(fits) == 1 else None

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

    def _rest(self, step: Step, earlier: Results) -> Picked | Ask:
        """ "det andra som ligger under 700": of what is left, what the mention says besides."""
        pair = self._other_of_two(step, earlier)
        if pair is not None:
            return pair
        besides = tuple(term for term in step.mention.terms if term.kind != "rest")
        is_when = step.mention.has("after", "before")  # "resten efter den 25:e"
        if is_when or not any(term.kind in _NARROWING for term in besides):
            return Picked(ids=self._shown.all - self._frame or self._shown.all)
        narrowing = replace(step.mention, terms=(Term("all", form=MANY), *besides))
        return pick(narrowing, self._shown)

    def _other_of_two(self, step: Step, earlier: Results) -> Picked | None:
        """ "båda avtalen, men Q2 ligger hos revisorn, så ta bara det andra"."""
        is_one = any(term.kind == "rest" and term.text == "neuter" for term in step.mention.terms)
        pairs = [
            found.ids
            for other, found in earlier
            if isinstance(found, Picked) and other.mention.has("both") and len(found.ids) == 2
        ]
        out: Ids = frozenset()
        for other, found in earlier:
            out |= found.ids if other.modes == EXCLUDED and isinstance(found, Picked) else out
        left = pairs[-1] - out if pairs and is_one else frozenset()
        return Picked(ids=left) if len(left) == 1 else None


def _is_frame(step: Step) -> bool:
    """ "av de två webbhotellsfakturorna": among which, and not which."""
    return (
        bool(step.mention.terms) and step.mention.terms[0].kind == "of" and step.mention.has("word")
    )


def _with_fields(steps: tuple[Step, ...]) -> Iterator[Step]:
    """ "de som förföll i oktober och november": which day counts is said once."""
    said: tuple[Term, ...] = ()
    for step in steps:
        kinds = {term.kind for term in step.mention.terms}
        if not (step.is_joined and kinds <= PERIODS):
            said = tuple(term for term in step.mention.terms if term.kind in ("due", "issued"))
            yield step
        else:
            terms = (*said, *step.mention.terms)
            yield replace(step, mention=replace(step.mention, terms=terms), heard=step.event)


def _with_nouns(steps: tuple[Step, ...]) -> Iterator[Step]:
    """ "februari och mars på webbhotellet": of both months."""
    for step, following in zip(steps, [*steps[1:], None], strict=False):
        own = {term.kind for term in step.mention.terms}
        terms = following.mention.terms if following and following.is_joined else ()
        of = terms[1:2] in ((Term("prep"),), (Term("prep", text="for"),))
        is_of = len(terms) == 3 and terms[0].kind == "month" and of and terms[2].kind == "word"
        if own == {"month"} and is_of and following and following.modes == step.modes:
            mention = replace(step.mention, terms=(*step.mention.terms, *terms[1:]))
            yield replace(step, mention=mention, heard=step.event)
        else:
            yield step


def _listed_with(at: int, steps: tuple[Step, ...]) -> list[Step]:
    """The steps that an "and" joins to that one."""
    before = [steps[at - 1]] if at and steps[at].is_joined else []
    return before + [step for step in steps[at + 1 : at + 2] if step.is_joined]


def _is_plural(step: Step) -> bool:
    """ "domäner", beside which "webbhotell" is more than one, too."""
    terms = step.mention.terms
    is_word = len(terms) == 1 and terms[0].kind == "word" and not terms[0].form
    text = terms[0].text if is_word else ""
    is_ending = text.endswith(("er", "ar", "or")) and not text.endswith("server")
    return is_ending and is_everyday(text[:-2])


def _without_dates(step: Step) -> Step:
    """ "vi stängde servern i september, så den bestrider jag": when it was, and not which."""
    kept = tuple(term for term in step.mention.terms if term.kind not in PERIODS)
    return replace(step, mention=replace(step.mention, terms=kept or step.mention.terms))


def _is_how_many(step: Step) -> bool:
    """ "alla utom två": the second, or two of them?"""
    terms = step.mention.terms
    is_number = len(terms) == 1 and terms[0].kind == "number" and terms[0].form == "spelled"
    return step.is_exception and is_number and 1 < terms[0].n <= _FEW


def _shares_noun(before: Step, step: Step) -> bool:
    """ "augusti- och oktoberfakturorna": the plural is of both."""
    kinds = {term.kind for term in before.mention.terms}
    own = {term.kind for term in step.mention.terms}
    is_listed = step.is_joined and before.modes == step.modes and kinds <= {"month", "prep"}
    return is_listed and own <= {"month", "noun"}


def _shares_head(step: Step, following: Step) -> bool:
    kinds = {term.kind for term in following.mention.terms}
    is_list = following.is_joined or following.opener == "comma" or following.opener == "inside"
    has_own = any(term.kind == "det" and term.form == "one" for term in following.mention.terms)
    return is_list and kinds <= _SHARING and following.modes == step.modes and not has_own


def _is_relative(mention: Mention) -> bool:
    """ "alla domäner utom den sista" counts among the domains, "utom ettan" in the list."""
    return any(
        term.kind == "superlative" or (term.kind == "position" and term.text != "nominal")
        for term in mention.terms
    )
