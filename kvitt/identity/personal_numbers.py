"""Swedish personal identity and coordination numbers in a text: a birth date, then Luhn.

A coordination number (samordningsnummer) has 60 added to the day. Organisation numbers are no
personal data and never match: their third digit is 2 or more, so that they hold no month.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence, Set
from datetime import date

from kvitt.identity.card_numbers import is_luhn
from kvitt.identity.digit_groups import Gap, Run, runs_of

LAYOUTS = frozenset(
    {
        (10,),
        (12,),
        (6, 4),
        (8, 4),
        (2, 2, 2, 4),
        (4, 2, 2, 4),
        (2, 6, 4),
        (2, 2, 2, 2, 2),
        (2, 2, 2, 2, 2, 2),
        (1,) * 10,
        (1,) * 12,
        (6, 1, 1, 1, 1),
        (8, 1, 1, 1, 1),
    }
)
MOST_RUNS = max(len(layout) for layout in LAYOUTS)
CENTURIES = (18, 19, 20)
CONTEXT_LETTERS = 40
_MEANS_PERSON = re.compile(r"person\s?-?(nr|num)|\bp\.?nr|\bpnr|samordning|född|fodd|födel", re.I)
_MEANS_PHONE = re.compile(r"\btel|\btfn|\bmob|\bring|\bsms|\bswish|\bnå\b|\bphone|\bcall", re.I)


def is_personal_number(digits: str) -> bool:
    """Whether 10 or 12 digits are a possible personal identity or coordination number."""
    if len(digits) == 12:
        return _is_born(digits[:4], digits[4:8]) and is_luhn(digits[2:])
    if len(digits) != 10 or not is_luhn(digits):
        return False
    return any(_is_born(f"{century}{digits[:2]}", digits[2:6]) for century in CENTURIES)


def _is_born(year: str, month_and_day: str) -> bool:
    if int(year[:2]) not in CENTURIES:
        return False
    month, day = int(month_and_day[:2]), int(month_and_day[2:])
    try:
        date(int(year), month, day - 60 if day > 60 else day)
    except ValueError:
        return False
    return True


def personal_number_places(text: str, exempt: Set[str]) -> Iterator[tuple[int, ...]]:
    """For each number, the places of its digits; none overlap."""
    runs = runs_of(text)
    index = 0
    while index < len(runs):
        end = _end_of_number(text, runs, index, exempt)
        if end is None:
            index += 1
        else:
            yield tuple(place for run in runs[index:end] for place in run.places)
            index = end


def _end_of_number(text: str, runs: Sequence[Run], start: int, exempt: Set[str]) -> int | None:
    longest, size = None, 0
    for end in range(start + 1, min(start + MOST_RUNS, len(runs)) + 1):
        run = runs[end - 1]
        size += len(run.digits)
        if size > 12 or (end - 1 > start and run.before is Gap.BREAK):
            break
        if size < 10:
            continue
        window = runs[start:end]
        if _is_number(window, exempt) and not _is_phone(text, window):
            longest = end
    return longest


def _is_number(window: Sequence[Run], exempt: Set[str]) -> bool:
    if tuple(len(run.digits) for run in window) not in LAYOUTS:
        return False
    digits = "".join(run.digits for run in window)
    if digits in exempt or all(run.digits in exempt for run in window):
        return False
    return is_personal_number(digits)


def _is_phone(text: str, window: Sequence[Run]) -> bool:
    """Ten digits that begin with 0 may be either; the words before tell, else 070 is a phone and
    any other a person (a person who is taken for a phone is the worse mistake)."""
    digits, start = "".join(run.digits for run in window), window[0].start
    if text[:start].endswith("+"):
        return True
    if not digits.startswith("0") or len(digits) != 10 or len(window[0].digits) == 6:
        return False
    before = text[max(0, start - CONTEXT_LETTERS) : start]
    if _MEANS_PERSON.search(before):
        return False
    return digits.startswith("070") or _MEANS_PHONE.search(before) is not None
