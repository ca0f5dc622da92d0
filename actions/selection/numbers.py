"""What a bare number can mean: a position, an invoice number, an amount, or how a number ends."""

from __future__ import annotations

from actions.selection.shown import Ids, Shown
from actions.selection.terms import ONE, Term

_SHORTEST_ENDING, _LONGEST_ENDING = 2, 6
_NEAR_PLACES = 10  # "12" of eleven invoices is a slip, no end of a number
_NEAR_SLANG = 0.02
ABOUT = "about"
_ROUGHLY = {ABOUT: (0.85, 1.15), "over": (1.0, 1.25), "under": (0.75, 1.0)}
"""How far "ungefär", "drygt" and "knappt" reach."""


def amount(shown: Shown, ore: int, *, rough: str = "", is_slang: bool = False) -> Ids:
    """Invoices of that balance, to the krona when no öre were said."""
    exact = shown.where(lambda invoice: invoice.balance == ore)
    if exact and not rough:
        return exact
    if not rough and not is_slang:
        return _to_the_krona(shown, ore)
    low, high = _ROUGHLY[rough] if rough else (1 - _NEAR_SLANG, 1 + _NEAR_SLANG)
    return shown.where(lambda invoice: ore * low <= invoice.balance <= ore * high)


def _within_a_krona(shown: Shown, ore: int) -> Ids:
    """ "trehundrafemtio" for 349: a round number that is said, and not written."""
    if ore % 1000:
        return frozenset()
    return shown.where(lambda invoice: abs(invoice.balance - ore) <= 100)


def _to_the_krona(shown: Shown, ore: int) -> Ids:
    if ore % 100:
        return frozenset()
    return shown.where(
        lambda invoice: ore in (invoice.balance // 100 * 100, (invoice.balance + 50) // 100 * 100)
    )


def by_number(shown: Shown, digits: str) -> Ids:
    return shown.where(lambda invoice: digits in (invoice.number, str(invoice.id)))


def by_ending(shown: Shown, digits: str) -> Ids:
    return shown.where(lambda invoice: invoice.number.endswith(digits))


def by_beginning(shown: Shown, digits: str) -> Ids:
    return shown.where(lambda invoice: invoice.number.startswith(digits))


def readings(shown: Shown, term: Term, before: str, *, rough: str = "") -> list[Ids]:
    """Each non-empty meaning; `before` is the kind of the term in front, which may decide."""
    groups = term.text.split() or [str(term.n)]
    together = _whole(shown, "".join(groups), term, before, rough=rough)
    if len(groups) == 1 or rough:
        return together
    apart = _apart(shown, term, before)
    return [*(found for found in together if found != apart), apart] if apart else together


def are_several(shown: Shown, term: Term, before: str) -> bool:
    """Whether the groups of a number can only be read one by one: "1042 1063"."""
    together = _whole(shown, "".join(term.text.split()), term, before, rough="")
    return not together and bool(_apart(shown, term, before))


def _apart(shown: Shown, term: Term, before: str) -> Ids:
    groups = term.text.split()
    found = [_whole(shown, group, term, before, rough="") for group in groups]
    is_each = len(groups) > 1 and all(len(meanings) == 1 for meanings in found)
    return frozenset[int]().union(*(meanings[0] for meanings in found)) if is_each else frozenset()


def _whole(shown: Shown, digits: str, term: Term, before: str, *, rough: str) -> list[Ids]:
    number = int(digits or 0)
    position = shown.at(number) if digits == str(number) else frozenset()
    exact = by_number(shown, digits)
    sums = amount(shown, number * 100, rough=rough)
    if not sums and term.form == "spelled":
        sums = _within_a_krona(shown, number * 100)
    may_end = _may_be_ending(digits, term) and number > len(shown.invoices) + _NEAR_PLACES
    ending = by_ending(shown, digits) if may_end else frozenset()
    found = _favoured(before, position, exact, sums, ending)
    return list(dict.fromkeys(meaning for meaning in found if meaning))


def _may_be_ending(digits: str, term: Term) -> bool:
    is_one_group = len(term.text.split()) == 1 or term.form == ONE
    return _SHORTEST_ENDING <= len(digits) <= _LONGEST_ENDING and is_one_group


def _favoured(before: str, position: Ids, exact: Ids, sums: Ids, ending: Ids) -> list[Ids]:
    if before == "place_mark":
        return [position]
    if before in ("noun", "id_mark"):
        return [exact] if exact else [position, sums] if position or sums else [ending]
    if before == "prep" and sums:
        return [sums]
    if exact:
        return [exact, sums]
    return [position, sums] if position or sums else [ending]
