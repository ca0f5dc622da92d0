"""Digits and dates among the terms of an answer about cards: what a number is there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from actions.selection.terms import Term

LAST_DIGITS = 4


def digits_at(terms: Sequence[Term], at: int) -> tuple[int, str]:
    """The longest run from here that makes four digits; one term where none does."""
    digits = ""
    for end in range(at, min(at + 2 * LAST_DIGITS - 1, len(terms))):
        term = terms[end]
        if term.kind == "comma" and digits and len(digits) < LAST_DIGITS:
            continue
        if term.kind != "number":
            break
        digits += term.text.replace(" ", "")
        if len(digits) >= LAST_DIGITS:
            break
    if len(digits) == LAST_DIGITS:
        return end - at + 1, digits
    is_run = 1 < len(digits) < LAST_DIGITS and terms[end].kind == "ends_with"
    if is_run:
        return end - at, digits  # "noll noll sju på slutet"
    return 1, terms[at].text.replace(" ", "") if terms[at].kind == "number" else ""


def is_part(terms: Sequence[Term], at: int) -> bool:
    """ "de fyra sista siffrorna", "om två veckor": not a place in the list."""
    following = terms[at + 1].kind if at + 1 < len(terms) else ""
    if following in ("brand", "card"):
        is_marked = at > 0 and terms[at - 1].kind in ("id_mark", "place_mark")
        return terms[at].kind == "number" and not is_marked  # "mina två Visa"
    return following in ("unit", "noun", "position", "age", "ends_with")


def has_ending_said(terms: Sequence[Term], at: int) -> bool:
    """ "slutar på 81", "det med 003 på slutet", "femma sist"."""
    kinds = [term.kind for term in terms[max(0, at - 4) : at]]
    while kinds and kinds[-1] in ("filler", "state", "article", "prep", "det"):
        kinds.pop()
    is_behind = tuple(terms[at + 1 : at + 2]) == (Term("position", -1),)
    is_behind_digits = tuple(terms[at + 1 : at + 2]) == (Term("ends_with"),)
    is_number = terms[at].kind == "number" and len(terms[at].text) > 1
    if is_behind_digits and is_number:
        return True
    return kinds[-1:] == ["ends_with"] or (is_behind and terms[at].text == "nominal")


def is_expiry_said(terms: Sequence[Term], at: int) -> bool:
    """ "går ut 28"."""
    return any(term.kind == "expires" for term in terms[max(0, at - 3) : at])


def year_of_month(terms: Sequence[Term], at: int, today: date) -> tuple[int, int]:
    """The year that goes with the month here, and how many terms both take; 0 is any year."""
    term = terms[at]
    following = terms[at + 1] if at + 1 < len(terms) else Term("")
    if term.text.isdigit():
        return int(term.text), 1
    if following.kind == "year":
        return following.n, 2
    if following.kind == "number" and today.year % 100 <= following.n <= today.year % 100 + 20:
        return full_year(following.n), 2
    return 0, 1


def full_year(year: int) -> int:
    return year + 2000 if year < 100 else year
