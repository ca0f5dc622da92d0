"""What mentions beside each other settle together, once each has been picked alone."""

from __future__ import annotations

from dataclasses import replace

from actions.selection.mentions import Mention
from actions.selection.model import Ask, Reason
from actions.selection.modes import EXCLUDED, INCLUDED, Modes, Step
from actions.selection.picking import Picked, pick
from actions.selection.shown import Ids, Shown

Results = list[tuple[Step, Picked | Ask]]
REFINED = frozenset({Reason.AMBIGUOUS, Reason.DATES_DIFFER})
_QUANTITY = frozenset({"all", "both", "number", "count", "det", "noun"})
PERIODS = frozenset({"month", "quarter", "period", "year", "prep", "source"})


def adjusted(results: Results, shown: Shown) -> Results:
    found = _complemented(_explained(_merged(results, shown)), shown)
    found = [_counted(step, result, found, shown) for step, result in found]
    return [_opposed(step, result, found, shown) for step, result in found]


def _merged(results: Results, shown: Shown) -> Results:
    """ "juli, webbhotellet": each alone fits several, both together may fit one."""
    for at in range(1, len(results)):
        (first, before), (second, after) = results[at - 1], results[at]
        counted = _with_count(first, second, after, shown) or _with_count(
            second, first, before, shown
        )
        if counted:
            results[at - 1 : at + 1] = [(first, counted), (second, counted)]
        if isinstance(after, Picked) and _is_small_or_large(first, before, second):
            results[at - 1] = (first, after)
        if not (_is_refinable(before) and _is_refinable(after)):
            continue
        kinds = [{term.kind for term in step.mention.terms} for step in (first, second)]
        is_pair = _is_period_of(*kinds) or _is_period_of(*kinds[::-1])
        if is_pair and not second.is_joined and first.modes == second.modes == INCLUDED:
            whole = replace(first.mention, terms=(*first.mention.terms, *second.mention.terms))
            found = pick(whole, shown)
            if isinstance(found, Picked):
                results[at - 1 : at + 1] = [(first, found), (second, found)]
    return results


def _complemented(results: Results, shown: Shown) -> Results:
    """ "webbhotell och domän, inte servern och inte mejlen": all of what was not left out."""
    out, chosen = _all(results, EXCLUDED), _all(results, INCLUDED)
    open_ones = [at for at, (_, found) in enumerate(results) if isinstance(found, Ask)]
    if not out or len(open_ones) != 1:
        return results
    step, found = results[open_ones[0]]
    candidates = frozenset(found.candidates) if isinstance(found, Ask) else frozenset[int]()
    is_open = isinstance(found, Ask) and found.reason is Reason.AMBIGUOUS
    if is_open and step.modes == INCLUDED and candidates | chosen == shown.all - out:
        results[open_ones[0]] = (step, Picked(ids=candidates))
    return results


def _all(results: Results, modes: Modes) -> Ids:
    ids = (f.ids for step, f in results if isinstance(f, Picked) and step.modes == modes)
    return frozenset[int]().union(*ids)


def _is_small_or_large(first: Step, found: Picked | Ask, second: Step) -> bool:
    """ "de små, allt under 200": what follows says how small."""
    is_vague = isinstance(found, Ask) and found.reason is Reason.VAGUE
    is_beside = second.opener == "comma" and not second.is_joined
    sizes = [term.n for term in first.mention.terms if term.kind == "size"]
    limits = ("below", "at_most") if sizes[:1] == [-1] else ("above", "at_least")
    is_limit = second.mention.has(*limits) and second.modes == first.modes == INCLUDED
    return is_vague and is_beside and len(sizes) == 1 and is_limit


def _counted(
    step: Step, result: Picked | Ask, results: Results, shown: Shown
) -> tuple[Step, Picked | Ask]:
    """ "fyra stycken, hoppa över certifikatet": of five."""
    if isinstance(result, Picked) or result.reason is not Reason.COUNT_DIFFERS:
        return step, result
    others = [other for other, _ in results if other is not step and other.modes == INCLUDED]
    out: Ids = frozenset()
    for other, found in results:
        if other.modes == EXCLUDED and isinstance(found, Picked):
            out |= found.ids
    is_whole = result.params.get("said") == len(shown.all - out)
    is_plain = is_quantity(step.mention) and step.modes == INCLUDED and not others
    return step, Picked(ids=shown.all) if out and is_whole and is_plain else result


def _opposed(
    step: Step, result: Picked | Ask, results: Results, shown: Shown
) -> tuple[Step, Picked | Ask]:
    """ "den dyra får vänta, ta de små": all but the one that is put off."""
    size = next((term for term in step.mention.terms if term.kind == "size"), None)
    is_vague = isinstance(result, Ask) and result.reason is Reason.VAGUE
    if size is None or not is_vague or step.modes != INCLUDED:
        return step, result
    for other, found in results:
        opposite = replace(size, n=-size.n)
        is_opposite = any(
            (term.kind, term.n, term.text) == (opposite.kind, opposite.n, opposite.text)
            for term in other.mention.terms
        )
        if is_opposite and other.modes == EXCLUDED and isinstance(found, Picked):
            return step, Picked(ids=shown.all - found.ids)
    return step, result


def _explained(results: Results) -> Results:
    """ "support och lagring, alltså de två sista": what is explained narrows what was named."""
    for at, (step, result) in enumerate(results):
        is_listed = at > 0 and step.is_joined and results[at - 1][0].clause == step.clause
        is_explained = is_listed and results[at - 1][0].is_explaining
        if is_explained and isinstance(result, Ask) and result.reason in REFINED:
            before = [found.ids for other, found in results[:at] if isinstance(found, Picked)]
            meant = frozenset(result.candidates) & frozenset[int]().union(*before)
            if len(meant) == 1:
                results[at] = (step, Picked(ids=meant))
            continue
        if step.is_explaining and isinstance(result, Ask) and result.reason in REFINED:
            result = Picked(ids=frozenset(result.candidates))
        following = results[at + 1][0] if at + 1 < len(results) else step
        is_list = following.is_joined and following.clause == step.clause
        if not step.is_explaining or not isinstance(result, Picked) or is_list:
            continue
        named = [(other, found) for other, found in results[:at] if other.modes == INCLUDED]
        within = [_possible(found) & result.ids for _, found in named]
        said = [found.ids for _, found in named if isinstance(found, Picked)]
        is_kind = not step.mention.has("number", "superlative", "position", "all")
        is_other = said and len(said) == len(named) and not any(ids & result.ids for ids in said)
        if is_other:
            results[at] = (step, Ask(reason=Reason.UNCLEAR))  # "2203, alltså certifikatet"
            continue
        is_wider = named and len(said) == len(named) and all(ids < result.ids for ids in said)
        if is_wider and is_kind:
            whole = frozenset[int]().union(*said)  # "mars och maj. Webbhotellet, alltså."
            results[at] = (step, Picked(ids=whole))
        elif within and all(within) and frozenset().union(*within) == result.ids:
            narrowed = dict(zip((id(other) for other, _ in named), within, strict=True))
            results = [
                (other, Picked(ids=narrowed[id(other)]) if id(other) in narrowed else found)
                for other, found in results
            ]
    return results


def _possible(found: Picked | Ask) -> Ids:
    if isinstance(found, Picked):
        return found.ids
    is_open = found.reason in (*REFINED, Reason.VAGUE, Reason.COUNT_MISSING)
    return frozenset(found.candidates) if is_open else frozenset()


def _with_count(first: Step, second: Step, found: Picked | Ask, shown: Shown) -> Picked | None:
    """ "sex stycken, dom som står överst"."""
    numbers = [term for term in first.mention.terms if term.kind == "number"]
    if _is_counting(first, second, found):
        return Picked(ids=frozenset(_possible(found)))  # "mejlkontot, 2 st"
    is_open = isinstance(found, Ask) and found.reason is Reason.COUNT_MISSING
    if not is_open or not is_quantity(first.mention) or len(numbers) != 1:
        return None
    whole = replace(second.mention, terms=(*second.mention.terms[:1], numbers[0],
                                           *second.mention.terms[1:]))  # fmt: skip
    again = pick(whole, shown)
    return again if isinstance(again, Picked) else None


def _is_counting(first: Step, second: Step, found: Picked | Ask) -> bool:
    """So many were named, and just so many may be meant."""
    is_ambiguous = isinstance(found, Ask) and found.reason is Reason.AMBIGUOUS
    is_beside = first.opener == "comma" and not first.is_joined
    counts = [term for term in first.mention.terms if term.kind == "number"]
    nouns = first.mention.has("noun") and is_quantity(first.mention)
    is_whole = len(counts) == 1 and nouns and counts[0].n == len(_possible(found)) > 1
    return is_ambiguous and is_beside and is_whole and second.modes == INCLUDED


def _is_refinable(found: Picked | Ask) -> bool:
    return isinstance(found, Ask) and found.reason in REFINED


def _is_period_of(dated: set[str], named: set[str]) -> bool:
    is_named = bool(named & {"word", "number", "money"})
    return dated <= PERIODS | {"det"} and is_named and bool(dated & {"month", "quarter", "period"})


def is_quantity(mention: Mention) -> bool:
    """ "båda", "alla tre": how many, of what was named beside it."""
    return all(term.kind in _QUANTITY for term in mention.terms)
