"""Payment card numbers in a text: brand prefix, length and Luhn, in any notation.

Luhn alone is met by every Swedish OCR reference and personal identity number, and by every tenth
number at all; brand and length leave one number in fifty that is not a card's. The customer's own
invoice and OCR numbers are exempt, and so are lists of numbers that count upwards.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from itertools import pairwise

from kvitt.identity.digit_groups import Gap, Run, runs_of

SHORTEST, LONGEST = 12, 19
LIST_SPAN = 500
"""Four-digit groups that only rise or fall, and by no more than this, are a list of invoices."""

BRANDS: tuple[tuple[int, int, frozenset[int]], ...] = tuple(
    (first, last, frozenset(lengths))
    for first, last, lengths in (
        (4, 4, (13, 16, 19)),  # Visa
        (51, 55, (16,)),  # Mastercard
        (2221, 2720, (16,)),
        (34, 34, (15,)),  # American Express
        (37, 37, (15,)),
        (300, 305, (14, 16)),  # Diners Club
        (3095, 3095, (14,)),
        (36, 36, (14, 16, 19)),
        (38, 39, (14, 16)),
        (6011, 6011, (16, 19)),  # Discover
        (644, 659, (16, 19)),
        (3528, 3589, (16, 17, 18, 19)),  # JCB
        (62, 62, (16, 17, 18, 19)),  # UnionPay
        (81, 81, (16, 17, 18, 19)),
        (2200, 2204, (16, 17, 18, 19)),  # Mir
        (60, 60, (16,)),  # RuPay
        (508, 508, (16,)),
        (5019, 5019, (16,)),  # Dankort
        (5018, 5018, range(12, 20)),  # Maestro
        (5020, 5020, range(12, 20)),
        (5038, 5038, range(12, 20)),
        (5893, 5893, range(12, 20)),
        (6304, 6304, range(12, 20)),
        (6759, 6759, range(12, 20)),
        (6761, 6763, range(12, 20)),
    )
)


def is_card_number(digits: str) -> bool:
    """Whether these digits are a possible number of a card brand."""
    return SHORTEST <= len(digits) <= LONGEST and _has_brand(digits) and is_luhn(digits)


def is_luhn(digits: str) -> bool:
    total = 0
    for position, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + position % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def _has_brand(digits: str) -> bool:
    return any(
        first <= int(digits[: len(str(first))]) <= last and len(digits) in lengths
        for first, last, lengths in BRANDS
    )


def card_places(text: str, exempt: Set[str]) -> Iterator[tuple[int, ...]]:
    """For each card number, the places of its digits; none overlap."""
    runs = runs_of(text)
    index = 0
    while index < len(runs):
        found = _longest_from(runs, index, exempt)
        if found is None:
            yield from _glued(runs[index], exempt)
            index += 1
        else:
            yield tuple(place for run in runs[index:found] for place in run.places)
            index = found


def _longest_from(runs: Sequence[Run], start: int, exempt: Set[str]) -> int | None:
    """The end (exclusive) of the longest card number that begins with this run."""
    longest, digits = None, ""
    for end in range(start + 1, len(runs) + 1):
        run = runs[end - 1]
        if end - 1 > start and run.before is Gap.BREAK:
            break
        digits += run.digits
        if len(digits) > LONGEST:
            break
        window = runs[start:end]
        if is_card_number(digits) and _is_one_number(window) and not _is_exempt(window, exempt):
            longest = end
    return longest


def _is_one_number(window: Sequence[Run]) -> bool:
    """Whether these runs may be one number: alike separators, or groups as cards have them."""
    sizes = [len(run.digits) for run in window]
    if _is_list(window, sizes):
        return False
    gaps = {run.before for run in window[1:]}
    return (len(gaps) <= 1 and Gap.ODD not in gaps) or _has_card_layout(sizes)


def _has_card_layout(sizes: Sequence[int]) -> bool:
    """4-4-4-4, 8-8, 4-6-5, digit by digit, in pairs or threes; the last group may be shorter."""
    if list(sizes) in ([4, 6, 5], [4, 6, 4], [6, 13], [6, 10], [4, 3, 3, 3]):
        return True
    size = sizes[0]
    is_even = all(other == size for other in sizes[:-1]) and sizes[-1] <= size
    return is_even or all(other % 4 == 0 for other in sizes)


def _is_list(window: Sequence[Run], sizes: Sequence[int]) -> bool:
    """Invoice numbers one after the other: equally long, and counting up or down."""
    if len(window) < 3 or len(set(sizes)) > 1 or sizes[0] < 3:
        return False
    values = [int(run.digits) for run in window]
    rises = all(one < other for one, other in pairwise(values))
    falls = all(one > other for one, other in pairwise(values))
    return (rises or falls) and abs(values[-1] - values[0]) <= LIST_SPAN


def _is_exempt(window: Sequence[Run], exempt: Set[str]) -> bool:
    whole = "".join(run.digits for run in window)
    return whole in exempt or all(run.digits in exempt for run in window)


def _glued(run: Run, exempt: Set[str]) -> Iterator[tuple[int, ...]]:
    """A card number at the beginning or end of a longer run, with an expiry or a code grown on;
    anywhere in a run that is longer than any number we know."""
    size = len(run.digits)
    if size <= 16 or run.digits in exempt:
        return
    starts = range(size) if size > LONGEST else range(1)
    for length in range(LONGEST, 13, -1):
        for start in {*starts, size - length}:
            if 0 <= start <= size - length and is_card_number(run.digits[start : start + length]):
                yield run.places[start : start + length]
                return
