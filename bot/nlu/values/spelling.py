"""Find the known word that a mistyped one most likely is, fast enough for any message.

Known words are indexed by what is left when letters are taken away, so that a lookup compares with
a handful of words instead of all.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Mapping

_SHORTEST = 5
_LONG = 11
_LONGEST = 40


class Spelling:
    """Corrects one slip in words of five letters, two in words of eleven; never guesses."""

    def __init__(self, meanings: Mapping[str, Hashable]) -> None:
        self._meanings = meanings
        self._by_remains: dict[str, set[str]] = defaultdict(set)
        for word in meanings:
            for remains in _remains(word):
                self._by_remains[remains].add(word)

    def correct(self, word: str) -> str | None:
        """The nearest known word; None when none is near, or those near differ in meaning."""
        if not _SHORTEST - 1 <= len(word) <= _LONGEST or not word.isalpha():
            return None
        near = {known for remains in _remains(word) for known in self._by_remains.get(remains, ())}
        ranked = sorted((distance(word, known), known) for known in near if _is_near(word, known))
        nearest = {self._meanings[known] for slips, known in ranked if slips == ranked[0][0]}
        return ranked[0][1] if len(nearest) == 1 else None


def allowed(length: int) -> int:
    """How many slips a word of this length may have and still be recognised."""
    return 0 if length < _SHORTEST else 1 if length < _LONG else 2


def distance(first: str, second: str) -> int:
    """Edits with neighbouring letters swapped counted as one."""
    before: list[int] = []
    above = list(range(len(second) + 1))
    for row, left in enumerate(first, 1):
        here = [row]
        for column, right in enumerate(second, 1):
            cost = min(above[column] + 1, here[-1] + 1, above[column - 1] + (left != right))
            if _is_swap(first, second, row, column):
                cost = min(cost, before[column - 2] + 1)
            here.append(cost)
        before, above = above, here
    return above[-1]


def _is_swap(first: str, second: str, row: int, column: int) -> bool:
    return (
        row > 1
        and column > 1
        and first[row - 1] == second[column - 2]
        and first[row - 2] == second[column - 1]
    )


def _is_near(word: str, known: str) -> bool:
    """The first letter is trusted: "hösten" is no "posten"."""
    if word[0] != known[0]:
        return False
    if sorted(word) == sorted(known) and len(word) >= _SHORTEST - 1 and word[0] == known[0]:
        return distance(word, known) <= 1
    slips = allowed(min(len(word), len(known)))
    return slips > 0 and distance(word, known) <= slips


def _remains(word: str) -> set[str]:
    once = {word} | {word[:at] + word[at + 1 :] for at in range(len(word))}
    if len(word) < _LONG - 1:
        return once
    return once | {left[:at] + left[at + 1 :] for left in once for at in range(len(left))}
