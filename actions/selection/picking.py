"""One mention to the invoices it means, or to the question that it leaves open."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations, islice, product

from actions.selection.dating import dated_alternatives, inherit
from actions.selection.mentions import Mention
from actions.selection.model import Ask, Reason
from actions.selection.narrowing import Narrowing
from actions.selection.parts import Parts
from actions.selection.shown import Ids, Shown
from actions.selection.terms import MANY, ONE, Term

_MOST_READINGS = 128
_MOST_COMBINATIONS = 20000
_FEW = 12
_MOST_WEIGHED = 12  # of so many, all groups are looked at
_CLEARLY = 2  # a "big" invoice is at least this many times the next one


@dataclass(frozen=True, slots=True, kw_only=True)
class Picked:
    """`heads` are the things that were named, for a later mention that leaves them out."""

    ids: Ids
    heads: tuple[Term, ...] = ()
    is_dated: bool = False
    is_all: bool = False
    is_sure: bool = True


def pick(
    mention: Mention,
    shown: Shown,
    *,
    heads: tuple[Term, ...] = (),
    limit: int = 0,
    is_exclusion: bool = False,
    is_shared: bool = False,
    is_many: bool = False,
) -> Picked | Ask:
    """`heads` come from the mention before, `limit` (öre) from a budget told earlier.

    `is_many`: what is around it makes it plural ("ingen av dem på 349").
    `is_shared`: the plural stands for this mention and the next ("domänerna .se och .nu").
    """
    parts = Narrowing(shown, mention).read()
    is_open = parts.form == MANY and not parts.is_all and not parts.picks
    is_counted = parts.count and _is_count_met(parts, shown)
    if is_shared and is_open and not is_counted and mention.has("word", "noun", "det", "domain"):
        parts.form, parts.count = "", 0
    if (
        heads
        and parts.dated
        and not mention.has("noun")
        and not parts.heads
        and not parts.is_all
        and not parts.picks
    ):
        parts = inherit(parts, list(heads), shown)
    if is_many and not parts.form:
        parts.form, parts.is_all = MANY, True  # "ingen migrering", be it one or many
    if parts.problems:
        return parts.problems[0]
    results = [_settle(base, parts, shown, limit, is_exclusion) for base in _bases(parts, shown)]
    return _agree(results, mention, parts, shown)


def _is_count_met(parts: Parts, shown: Shown) -> bool:
    return any(len(base) == parts.count for base in _bases(parts, shown))


def _bases(parts: Parts, shown: Shown) -> Iterator[Ids]:
    """What remains of the list under each combination of readings."""
    readings = [*parts.alternatives, *dated_alternatives(parts, shown)]
    for chosen in islice(product(*readings), _MOST_READINGS):
        base = shown.all
        for ids in chosen:
            base &= ids
        yield base


def _agree(results: list[Ids | Ask], mention: Mention, parts: Parts, shown: Shown) -> Picked | Ask:
    sets = {result for result in results if isinstance(result, frozenset)}
    asks = [result for result in results if isinstance(result, Ask)]
    is_period = any(term.kind not in ("date", "fraction") for term in parts.dated)
    is_bare = is_period and not parts.heads and not parts.field_said
    serious = [ask for ask in asks if is_bare or ask.reason is not Reason.NO_MATCH]
    if parts.count and sets:  # "alla tre från andra kvartalet": so many, in one reading only
        serious = [ask for ask in serious if ask.reason is not Reason.COUNT_DIFFERS]
    if len(sets) == 1 and not serious:
        return _picked(next(iter(sets)), mention, parts, shown)
    if sets:
        union: Ids = frozenset().union(*sets, *(ask.candidates for ask in serious))
        reason = Reason.DATES_DIFFER if parts.dated else Reason.AMBIGUOUS
        return Ask(reason=reason, candidates=shown.ordered(union))
    return (serious or asks or [Ask(reason=Reason.NO_MATCH)])[0]


def _picked(ids: Ids, mention: Mention, parts: Parts, shown: Shown) -> Picked | Ask:
    is_narrowed_unknown = bool(mention.unknown) or mention.is_negated_inside
    is_mass = mention.terms[0].text == "mass" and bool(parts.heads)
    is_unique = len(ids) == 1 and (is_mass or (parts.form != MANY and not parts.is_all))
    is_counted = any(term.kind == "number" and term.n <= _FEW for term in mention.terms)
    is_open = not is_unique or mention.is_negated_inside or (is_counted and parts.heads)
    if is_narrowed_unknown and is_open:
        return Ask(
            reason=Reason.UNCLEAR,
            candidates=shown.ordered(ids),
            params={"words": list(mention.unknown)},
        )
    return Picked(
        ids=ids,
        heads=tuple(parts.heads),
        is_dated=bool(parts.dated),
        is_all=parts.is_all and ids == shown.all,
    )


def _settle(base: Ids, parts: Parts, shown: Shown, limit: int, is_exclusion: bool) -> Ids | Ask:
    if not base:
        return Ask(reason=Reason.NO_MATCH)
    if parts.is_vague and not (len(base) == 1 and parts.form == MANY):  # "en av dem på 1250"
        return Ask(reason=Reason.AMBIGUOUS, candidates=shown.ordered(base))
    if parts.of_count and parts.of_count != len(base):
        return _too_few(parts.of_count, shown.ordered(base))
    is_said = bool(parts.alternatives) and not limit
    is_open = parts.is_fitting and not (parts.limit or parts.count or parts.picks or is_said)
    if is_open and parts.form == ONE and limit:
        return _only_fitting(base, shown, limit)
    if parts.is_most or (is_open and parts.form != ONE):
        return _as_many_as_fit(base, parts, shown, limit)
    if (
        parts.total
        or (parts.limit and not parts.picks)
        or (limit and parts.count and not parts.picks and base == shown.all)
    ):
        return _by_sum(base, parts, shown, parts.limit or (0 if parts.total else limit))
    if parts.picks:
        most = parts.limit or (limit if parts.is_fitting else 0)
        within = frozenset(key for key in base if shown.balance(key) <= most) if most else base
        return _by_pick(within, parts, shown) if within else Ask(reason=Reason.BUDGET)
    return _by_number_of(base, parts, shown, is_exclusion)


def _by_number_of(base: Ids, parts: Parts, shown: Shown, is_exclusion: bool) -> Ids | Ask:
    """Singular means one, a count means that many, and a bare period means all of it."""
    found = len(base)
    candidates = shown.ordered(base)
    if parts.count and parts.count != found:
        return Ask(
            reason=Reason.COUNT_DIFFERS,
            candidates=candidates,
            params={"said": parts.count, "found": found},
        )
    if parts.count or parts.is_all:
        return base
    is_one_in_plural = found == 1 and _is_several_of_one_kind(next(iter(base)), parts, shown)
    if parts.form == MANY and (parts.field_said or parts.is_vague or is_one_in_plural):
        return base  # "de som förföll 2025", be it one
    if parts.form == MANY:
        return base if found > 1 else Ask(
            reason=Reason.COUNT_DIFFERS, candidates=candidates, params={"found": found}
        )  # fmt: skip
    if found == 1:
        return base
    is_kind = is_exclusion and parts.heads and _is_one_service(base, shown)
    is_bare_period = parts.dated and parts.is_bare and not parts.form and not parts.heads
    if is_kind or is_bare_period:
        return base
    return Ask(reason=Reason.AMBIGUOUS, candidates=candidates)


def _is_several_of_one_kind(key: int, parts: Parts, shown: Shown) -> bool:
    """ "licenserna" for one invoice over five of them."""
    return any(shown.catalogue.is_plural(key, term.text) for term in parts.heads if term.form)


def _is_one_service(base: Ids, shown: Shown) -> bool:
    return len({shown.catalogue.service(key) for key in base}) == 1


def _by_pick(base: Ids, parts: Parts, shown: Shown) -> Ids | Ask:
    if len(parts.picks) > 1 and not all(term.kind == "size" for term in parts.picks[1:]):
        return Ask(reason=Reason.UNCLEAR, candidates=shown.ordered(base))
    term = parts.picks[0]
    if term.kind == "position":
        return _by_place(base, term, parts, shown)
    if term.kind == "middle":
        return _middle(base, parts, shown)
    return _by_order(base, term, parts, shown)


def _by_place(base: Ids, term: Term, parts: Parts, shown: Shown) -> Ids | Ask:
    """ "de tre sista", "den andra domänen": within what the rest of the mention leaves."""
    ordered = shown.ordered(base)
    if term.n in (1, -1) and (parts.count or parts.form == MANY):
        if not parts.count:
            return Ask(reason=Reason.COUNT_MISSING, candidates=ordered)
        if parts.count > len(ordered):
            return _too_few(parts.count, ordered)
        return frozenset(ordered[: parts.count] if term.n > 0 else ordered[-parts.count :])
    index = term.n - 1 if term.n > 0 else term.n
    if not -len(ordered) <= index < len(ordered):
        return Ask(reason=Reason.NO_SUCH_POSITION, candidates=ordered, params={"position": term.n})
    within = frozenset({ordered[index]})
    absolute = shown.at(term.n) & base
    if absolute and absolute != within and term.text == "ordinal":
        return Ask(reason=Reason.AMBIGUOUS, candidates=shown.ordered(absolute | within))
    return within


def _middle(base: Ids, parts: Parts, shown: Shown) -> Ids | Ask:
    ordered = shown.ordered(base)
    size = parts.count or 1
    if size > len(ordered):
        return _too_few(size, ordered)
    if (len(ordered) - size) % 2 or (parts.form == MANY and not parts.count):
        return Ask(reason=Reason.AMBIGUOUS, candidates=ordered)
    start = (len(ordered) - size) // 2
    return frozenset(ordered[start : start + size])


def _too_few(said: int, ordered: tuple[int, ...]) -> Ask:
    params = {"said": said, "found": len(ordered)}
    return Ask(reason=Reason.COUNT_DIFFERS, candidates=ordered, params=params)


def _by_order(base: Ids, term: Term, parts: Parts, shown: Shown) -> Ids | Ask:
    """The oldest, dearest … by every key the word can mean; keys that disagree ask."""
    if parts.form == MANY and not parts.count and len(base) > 1:
        reason = Reason.VAGUE if term.kind == "size" else Reason.COUNT_MISSING
        return Ask(reason=reason, candidates=shown.ordered(base))
    outcomes = {_ranked(base, key, term, parts, shown) for key in keys_of(term, shown)}
    if len(outcomes) == 1 and (only := next(iter(outcomes))) is not None:
        return only
    candidates: Ids = frozenset().union(*(found for found in outcomes if found)) or base
    reason = Reason.DATES_DIFFER if None not in outcomes else Reason.AMBIGUOUS
    return Ask(reason=reason, candidates=shown.ordered(candidates))


def keys_of(term: Term, shown: Shown) -> list[Callable[[int], int]]:
    """Keys by which the first in ascending order is the one named by a positive n."""
    by_balance: Callable[[int], int] = lambda key: -shown.balance(key)  # noqa: E731
    by_due: Callable[[int], int] = lambda key: shown.due(key).toordinal()  # noqa: E731
    by_issue: Callable[[int], int] = lambda key: shown.issued(key).toordinal()  # noqa: E731
    if term.text == "amount":
        return [by_balance]
    if term.text == "expiry":  # "förfaller först": what ends first is what was due first
        return [lambda key: -by_due(key)]
    return [by_due] if term.text == "overdue" else [by_issue, by_due]


def _ranked(
    base: Ids, key: Callable[[int], int], term: Term, parts: Parts, shown: Shown
) -> Ids | None:
    """The ids in question, or None when a tie or a short list leaves it open."""
    ranked = sorted(base, key=key, reverse=term.n < 0)
    start = abs(term.n) - 1 if term.kind == "superlative" else 0
    size = parts.count or 1
    if start + size > len(ranked):
        return None
    edges = [(start - 1, start), (start + size - 1, start + size)]
    if any(_is_tied(ranked, first, second, key) for first, second in edges):
        return None
    chosen = ranked[start : start + size]
    if term.kind == "size" and not _stands_out(ranked, size, term, shown):
        return None
    return frozenset(chosen)


def _is_tied(ranked: list[int], first: int, second: int, key: Callable[[int], int]) -> bool:
    if first < 0 or second >= len(ranked):
        return False
    return key(ranked[first]) == key(ranked[second])


def _stands_out(ranked: list[int], size: int, term: Term, shown: Shown) -> bool:
    """ "den stora" needs no count of kronor when one is far bigger than all the others."""
    if size == len(ranked) or size > 1:
        return True
    if term.text != "amount":
        return len(ranked) == 2  # "den gamla" of two
    first, second = shown.balance(ranked[0]), shown.balance(ranked[1])
    return max(first, second) >= _CLEARLY * min(first, second)


def _by_sum(base: Ids, parts: Parts, shown: Shown, limit: int) -> Ids | Ask:
    """ "de två som blir 218 ihop", "de två som ryms inom 500": the only such group, or ask."""
    if parts.is_all and parts.total:
        is_right = sum(map(shown.balance, base)) // 100 == parts.total // 100
        return base if is_right else Ask(reason=Reason.NO_SUCH_AMOUNT, params={"ore": parts.total})
    fits = _fitting(_groups(shown.ordered(base), parts.count), parts.total, limit, shown)
    found = list(islice(fits, 2))
    if len(found) == 1 and (parts.count or parts.total):
        return found[0]
    reason = Reason.BUDGET if limit else Reason.AMBIGUOUS
    if not found:
        reason = Reason.NO_SUCH_AMOUNT
    return Ask(reason=reason, candidates=(), params={"ore": limit or parts.total})


def _only_fitting(base: Ids, shown: Shown, limit: int) -> Ids | Ask:
    """ "den som ryms": the only one that does."""
    fits = frozenset(key for key in base if shown.balance(key) <= limit)
    candidates = shown.ordered(fits)
    return fits if len(fits) == 1 else Ask(
        reason=Reason.BUDGET, candidates=candidates, params={"ore": limit}
    )  # fmt: skip


def _as_many_as_fit(base: Ids, parts: Parts, shown: Shown, limit: int) -> Ids | Ask:
    """ "de som ryms", "så många som möjligt", within what was told before: the only way, or ask."""
    limit = parts.limit or limit
    ordered = shown.ordered(base)
    fits = list(_fitting(_groups(ordered, 0), 0, limit, shown)) if limit else []
    fullest = [group for group in fits if not any(group < other for other in fits)]
    if parts.is_most and fullest:
        most = max(map(len, fullest))
        fullest = [group for group in fullest if len(group) == most]
    if len(fullest) == 1 and len(ordered) <= _MOST_WEIGHED:
        return fullest[0]
    return Ask(reason=Reason.BUDGET, candidates=ordered, params={"ore": limit})


def _groups(ordered: tuple[int, ...], count: int) -> Iterable[tuple[int, ...]]:
    sizes = [count] if count else range(1, len(ordered) + 1)
    every = (group for size in sizes for group in combinations(ordered, size))
    return islice(every, _MOST_COMBINATIONS)


def _fitting(
    groups: Iterable[tuple[int, ...]], total: int, limit: int, shown: Shown
) -> Iterator[Ids]:
    for group in groups:
        ore = sum(map(shown.balance, group))
        if (limit and ore <= limit) or (total and total in (ore, ore // 100 * 100)):
            yield frozenset(group)
