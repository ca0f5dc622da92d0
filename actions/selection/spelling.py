"""How far apart two words are, for names of products that were mistyped."""

from __future__ import annotations

_SHORTEST = 5
_LONG = 9


def is_near(first: str, second: str) -> bool:
    """One slip in words of five letters, two in words of nine; the first letter is trusted."""
    first, second = first.replace("w", "v"), second.replace("w", "v")
    if len(first) > 3 and without_doubles(first) == without_doubles(second):
        return True
    shortest = min(len(first), len(second))
    slips = 0 if shortest < _SHORTEST else 1 if shortest < _LONG else 2
    if not slips or abs(len(first) - len(second)) > slips or first[0] != second[0]:
        return False
    return distance(without_doubles(first), without_doubles(second)) <= slips


def without_doubles(word: str) -> str:
    """ "konsultimmar" and "konsulttimmar" sound the same."""
    return "".join(here for before, here in zip(" " + word, word, strict=False) if here != before)


def distance(first: str, second: str) -> int:
    """Edits with neighbouring letters swapped counted as one."""
    before: list[int] = []
    above = list(range(len(second) + 1))
    for row, left in enumerate(first, 1):
        here = [row]
        for column, right in enumerate(second, 1):
            cost = min(above[column] + 1, here[-1] + 1, above[column - 1] + (left != right))
            is_swap = (
                row > 1 and column > 1 and left == second[column - 2] and first[row - 2] == right
            )
            here.append(min(cost, before[column - 2] + 1) if is_swap else cost)
        before, above = above, here
    return above[-1]
