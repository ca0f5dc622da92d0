"""Paying in an order until the money ends: "börja med den äldsta, så långt pengarna räcker"."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from actions.selection.budget import money
from actions.selection.clauses import SUBORDINATE, Clause
from actions.selection.mentions import Mention
from actions.selection.model import Ask, Chosen, Reason
from actions.selection.modes import EXCLUDED, INCLUDED, Step
from actions.selection.picking import keys_of
from actions.selection.shown import Ids, Shown
from actions.selection.terms import MANY, Term

_LEAST = 50_00  # öre; smaller numbers are places
_BESIDE = frozenset({"det", "noun", "onward", "all", "source", "from", "prep", "fit", "most"})
_MEANS = frozenset(
    {"money", "number", "at_most", "approximately", "period", "year", "prep", "fit", "most"}
)


def paid_in_order(
    said: Sequence[Clause], steps: Sequence[Step], shown: Shown, limit: int
) -> Chosen | Ask | None:
    """None unless that is what is said; a question where the order or its end is open."""
    is_until = any(_says_until(clause) for clause in said) or _is_most_in_order(steps)
    limit = limit or _bare_sum(said, steps, shown)
    if not is_until and not (limit and _is_first(said, steps)):
        return None
    limit = limit or _told(said, steps)
    if not limit:
        return None
    ask = Ask(reason=Reason.BUDGET, params={"ore": limit})
    told = [step for step in steps if not (_is_means(step.mention) or _is_later_rest(step))]
    orders = [_order(step.mention, limit) for step in told if step.modes == INCLUDED]
    if len(orders) != len(told) or None in orders:
        return ask
    terms = [order for order in orders if order and order.kind]
    if len(terms) > 1 or not (terms or _is_in_turn(said)):
        return ask
    term = terms[0] if terms else Term("position", 1)
    found = {
        reading
        for key in _keys(term, shown)
        for reading in _readings(sorted(shown.all, key=key, reverse=term.n < 0), shown, limit, key)
    }
    only = next(iter(found)) if len(found) == 1 else None
    return Chosen(ids=shown.ordered(only)) if only else ask


def _told(said: Sequence[Clause], steps: Sequence[Step]) -> int:
    """ "så långt 1500 kr räcker", "så många ni kan för 600", "tills mina 600 är slut"."""
    mentions = [step.mention for step in steps if step.mention.has("fit", "most")]
    mentions += [
        step.mention
        for step in steps
        if step.mention.has("money") and (said[step.clause].has("take") or _is_most_in_order(steps))
    ]
    mentions += [m for clause in said if _says_until(clause) for m in clause.mentions]
    found = next((money(mention) for mention in mentions if mention.has("money")), 0)
    ends = [m for clause in said if _says_until(clause) for m in clause.mentions]
    return found or next((money(m) for m in ends if money(m) >= _LEAST), 0)


def _bare_sum(said: Sequence[Clause], steps: Sequence[Step], shown: Shown) -> int:
    """ "tak 320 kr, billigast först": a sum by itself that is nothing on the list.

    A mere number may be that of an invoice, mistyped, where nothing tells of an order or of room.
    """
    found = [step for step in steps if step.mention.has("money", "number")]
    is_told = any(clause.has("in_order") for clause in said)
    is_told = is_told or any(step.mention.has("fit", "most") for step in steps)
    found = found if is_told else [step for step in found if step.mention.has("money")]
    is_one = len(found) == 1 and found[0].modes == INCLUDED and _is_means(found[0].mention)
    told = money(found[0].mention) if is_one else 0
    is_listed = any(
        told == invoice.balance or invoice.number == str(told // 100) for invoice in shown.invoices
    )
    return 0 if is_listed or told < _LEAST else told


def _says_until(clause: Clause) -> bool:
    """ "så långt pengarna räcker", "sluta när nästa inte ryms"."""
    is_end = clause.opener in SUBORDINATE and clause.has("not")
    is_spent = clause.opener == "time" and any(m.has("money") for m in clause.mentions)
    is_full = is_end and any(m.has("fit") for m in clause.mentions)
    return Term("in_order") in clause.events or is_full or (is_spent and clause.has("state"))


def _is_most_in_order(steps: Sequence[Step]) -> bool:
    """ "börja med den billigaste och ta så många som ryms"."""
    is_most = any(step.mention.has("most") for step in steps)
    return is_most and any(step.mention.has("superlative", "position") for step in steps)


def _is_first(said: Sequence[Clause], steps: Sequence[Step]) -> bool:
    """With means that were told: "äldst först", "de äldsta", "börja med äldsta"."""
    many = [m for m in _superlatives(steps) if m.terms[0].form == MANY]
    is_many = any(not m.has("number") for m in many)
    order = {Term("in_order", text="first"), Term("take", text="begin")}
    is_ranked = any(event in order for clause in said for event in clause.events)
    return is_many or (is_ranked and bool(_superlatives(steps)))


def _superlatives(steps: Sequence[Step]) -> list[Mention]:
    return [step.mention for step in steps if step.mention.has("superlative")]


def _is_later_rest(step: Step) -> bool:
    return step.is_rest and step.modes == EXCLUDED


def _is_means(mention: Mention) -> bool:
    return all(term.kind in _MEANS for term in mention.terms)


def _order(mention: Mention, limit: int) -> Term | None:
    """What the mention begins with; an empty term where it only points, None for all else."""
    named = [term for term in mention.terms if term.kind not in _BESIDE]
    named = [term for term in named if (term.kind, term.n) != ("money", limit)]
    named = [term for term in named if term.text != "top"] or named  # "uppifrån med den äldsta"
    if not named:
        return Term("")
    is_end = named[0].kind == "position" and named[0].n in (1, -1)
    is_order = len(named) == 1 and (named[0].kind == "superlative" or is_end)
    return named[0] if is_order and not mention.unknown else None


def _is_in_turn(said: Sequence[Clause]) -> bool:
    return any(
        isinstance(event, Term) and event.text == "in_turn"
        for clause in said
        for event in clause.events
    )


def _keys(term: Term, shown: Shown) -> list[Callable[[int], int]]:
    return [shown.position] if term.kind == "position" else keys_of(term, shown)


def _readings(
    ranked: list[int], shown: Shown, limit: int, key: Callable[[int], int]
) -> list[Ids | None]:
    """Stopping at the first that is too much, and going on past it; None where equals compete."""
    left, last = limit, len(ranked)
    for at, invoice in enumerate(ranked):
        if shown.balance(invoice) > left:
            last = at
            break
        left -= shown.balance(invoice)
    if 0 < last < len(ranked) and key(ranked[last - 1]) == key(ranked[last]):
        return [None]
    more = [one for one in ranked[last:] if shown.balance(one) <= left]
    return [frozenset(ranked[:last]), *([None] if more else [])]
