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


def _lengths_by_prefix() -> dict[str, frozenset[int]]:
    known: dict[str, frozenset[int]] = {}
    for first, last, lengths in BRANDS:
        for prefix in range(first, last + 1):
            known[str(prefix)] = known.get(str(prefix), frozenset()) | lengths
    return known


LENGTHS = _lengths_by_prefix()
LONGEST_PREFIX = max(map(len, LENGTHS))
DOUBLED = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)


def is_card_number(digits: str) -> bool:
    """Whether these digits are a possible number of a card brand."""
    return len(digits) in _lengths_of(digits) and is_luhn(digits)


def is_luhn(digits: str) -> bool:
    values = [ord(digit) - ord("0") for digit in reversed(digits)]
    return (sum(values[::2]) + sum(DOUBLED[value] for value in values[1::2])) % 10 == 0


def _lengths_of(digits: str) -> frozenset[int]:
    """How long a card number may be that begins with these digits."""
    known = (LENGTHS.get(digits[:size]) for size in range(1, LONGEST_PREFIX + 1))
    return frozenset().union(*(lengths for lengths in known if lengths))


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
    joined = _joined_from(runs, start)
    lengths = _lengths_of("".join(run.digits for run in joined))
    longest, digits = None, ""
    for count, run in enumerate(joined, start=1) if lengths else ():
        digits += run.digits
        if len(digits) not in lengths or not is_luhn(digits):
            continue
        if _is_one_number(joined[:count]) and not _is_exempt(joined[:count], exempt):
            longest = start + count
    return longest


def _joined_from(runs: Sequence[Run], start: int) -> Sequence[Run]:
    """The runs from this one on that may belong together, as many as a number has room for."""
    end, size = start + 1, len(runs[start].digits)
    while end < len(runs) and runs[end].before is not Gap.BREAK:
        size += len(runs[end].digits)
        if size > LONGEST:
            break
        end += 1
    return runs[start:end]


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
    anywhere, ends = range(size - SHORTEST + 1), {size - length for length in range(14, 20)}
    skip_until = 0
    for start in anywhere if size > LONGEST else sorted({0, *ends}):
        length = _length_at(run.digits, start) if start >= skip_until else None
        if length is not None:
            yield run.places[start : start + length]
            skip_until = start + length


def _length_at(digits: str, start: int) -> int | None:
    """The length of the longest card number that begins here, of those that are in use now."""
    for length in sorted(_lengths_of(digits[start : start + LONGEST_PREFIX]), reverse=True):
        window = digits[start : start + length]
        if len(window) == length > 13 and is_luhn(window):
            return length
    return None
