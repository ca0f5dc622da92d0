"""Which saved card a message means, that it means a new one, or what is unclear about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from actions.selection.card_facts import CardFacts
from actions.selection.card_reading import CardReading
from actions.selection.model import Ask, ChosenCard, NewCard, Reason, ShownCard
from actions.selection.shown import Ids
from actions.selection.terms import Term, terms_of


def resolve_cards(
    values: Mapping[str, Any], shown: Sequence[ShownCard], *, today: date
) -> ChosenCard | NewCard | Ask:
    """A card id of the list, never another; a card that is not saved is `NewCard`."""
    terms = terms_of(values)
    found = _resolve(terms, shown, today)
    if isinstance(found, Ask) and found.reason is Reason.NO_MATCH:
        concluded = _resolve(_conclusion(terms), shown, today)
        return found if isinstance(concluded, Ask) else concluded
    return found


def _conclusion(terms: Sequence[Term]) -> Sequence[Term]:
    """ "Mastercardet går snart ut, så ta reservkortet": what comes of the reason."""
    places = [at for at, term in enumerate(terms) if term == Term("filler", text="so")]
    return terms[places[-1] + 1 :] if places else ()


def _resolve(
    terms: Sequence[Term], shown: Sequence[ShownCard], today: date
) -> ChosenCard | NewCard | Ask:
    facts = CardReading(terms, shown, today).facts()
    if facts.is_question:
        return Ask(reason=Reason.QUESTION)
    if facts.is_split:
        return Ask(reason=Reason.UNCLEAR)
    if facts.is_new:
        return Ask(reason=Reason.UNCLEAR) if facts.is_numbered else NewCard()
    is_elsewhere = facts.is_other_brand or (facts.is_theirs and not facts.kept)
    if is_elsewhere and not (facts.kept or facts.dropped or facts.is_other):
        return NewCard()  # "mitt Maestro 7731", "min frus kort", and none such is saved
    if facts.problem:
        return _decided_before(facts, shown) or facts.problem
    if facts.is_other_brand:
        return Ask(reason=Reason.NO_MATCH)
    return _decide(facts, shown)


def _decided_before(facts: CardFacts, shown: Sequence[ShownCard]) -> ChosenCard | None:
    """ "mitt privata så länge, klubben får betala tillbaka": chosen before, and then a remark."""
    is_remark = facts.problem is not None and facts.problem.reason is Reason.NO_MATCH
    before = all(clause < facts.problem_clause for clause, _, _ in facts.by_clause)
    if not (is_remark and before and facts.kept) or facts.is_other or facts.is_alternative:
        return None
    decided = _decide(facts, shown)
    return decided if isinstance(decided, ChosenCard) else None


def _decide(facts: CardFacts, shown: Sequence[ShownCard]) -> ChosenCard | Ask:
    everything = frozenset(card.id for card in shown)
    left = everything
    for ids in facts.kept:
        left &= ids
    for ids in facts.dropped:
        left -= ids
    candidates = tuple(card.id for card in shown if card.id in left)
    if facts.is_other and facts.dropped and facts.frames:
        left = left.intersection(*facts.frames)
        candidates = tuple(card.id for card in shown if card.id in left)
    if facts.is_other and not facts.dropped:
        return _second(facts, shown, left)
    if not facts.kept and not facts.dropped:
        return Ask(reason=Reason.NOT_UNDERSTOOD)
    if facts.is_alternative:
        return Ask(reason=Reason.ALTERNATIVES, candidates=candidates)
    if len(left) == 1:
        return ChosenCard(id=candidates[0])
    if not left and (said := _by_clause(facts)):
        return ChosenCard(id=said)
    return Ask(reason=Reason.AMBIGUOUS if left else Reason.NO_MATCH, candidates=candidates)


def _second(facts: CardFacts, shown: Sequence[ShownCard], left: Ids) -> ChosenCard | Ask:
    """ "det andra kortet" is the second of two; of three it may be either of the others."""
    ordered = tuple(card.id for card in shown if card.id in left)
    if len(ordered) == 2 and (facts.kept or len(shown) == 2):
        return ChosenCard(id=ordered[1])
    only = len(ordered) == 1 and bool(facts.kept)
    return ChosenCard(id=ordered[0]) if only else Ask(reason=Reason.AMBIGUOUS, candidates=ordered)


def _by_clause(facts: CardFacts) -> int | None:
    """ "privatkortet får det bli, firmakortet är spärrat": the clause that decides, if one does."""
    found: list[tuple[bool, Ids]] = []
    for clause in sorted({clause for clause, _, _ in facts.by_clause}):
        ids = [ids for place, _, ids in facts.by_clause if place == clause]
        decides = any(took for place, took, _ in facts.by_clause if place == clause)
        found.append((decides, frozenset.intersection(*ids)))
    deciding = [ids for decides, ids in found if decides]
    if not deciding and facts.is_explained:
        deciding = [ids for _, ids in found[:1]]
    only = deciding[0] if len(deciding) == 1 else frozenset[int]()
    return next(iter(only)) if len(only) == 1 else None
