"""Runs of digits in a text, and what stands between them, whatever the notation.

Digits are Unicode decimal digits and the superscript and circled ones; marks and zero-width letters
inside a run are skipped (a keycap emoji is a digit and two marks).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto

LONGEST_GAP = 3
DOTS = frozenset(".·•․‧∙⋅。｡・")
DASHES_BEYOND_PD = frozenset("_−~¯˗")
BLANKS_BEYOND_ZS = frozenset("\t\u2800\u3164\uffa0\u115f\u1160")
ODD = frozenset(",;:/\\|*+'\"()[]{}<>=#&\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029،٫٬，；：／")


class Gap(Enum):
    """What stands between two runs."""

    SPACE = auto()
    DASH = auto()
    DOT = auto()
    ODD = auto()
    """Marks that seldom stand inside one number: commas, slashes, line ends, mixtures."""
    BREAK = auto()
    """Letters, or too much: the runs have nothing to do with each other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """Digits without anything visible between them; `start` and `end` are places in the text."""

    start: int
    end: int
    digits: str
    places: tuple[int, ...]
    """Where each digit stands."""
    before: Gap
    """What stands between the run before and this one."""


def runs_of(text: str) -> list[Run]:
    runs: list[Run] = []
    for places in _digit_places(text):
        between = text[runs[-1].end : places[0]] if runs else None
        runs.append(
            Run(
                start=places[0],
                end=places[-1] + 1,
                digits="".join(str(unicodedata.digit(text[place])) for place in places),
                places=tuple(places),
                before=Gap.BREAK if between is None else _gap(between),
            )
        )
    return runs


def _digit_places(text: str) -> Iterator[list[int]]:
    """The places of the digits, run by run; invisible letters do not end a run."""
    run: list[int] = []
    for place, letter in enumerate(text):
        if unicodedata.digit(letter, None) is not None:
            run.append(place)
        elif run and not is_invisible(letter):
            yield run
            run = []
    if run:
        yield run


def is_invisible(letter: str) -> bool:
    return unicodedata.category(letter) in ("Cf", "Mn", "Me")


def _gap(between: str) -> Gap:
    visible = [letter for letter in between if not is_invisible(letter)]
    if len(visible) > LONGEST_GAP:
        return Gap.BREAK
    kinds = {_kind(letter) for letter in visible}
    if Gap.BREAK in kinds:
        return Gap.BREAK
    if len(kinds) > 1:
        kinds.discard(Gap.SPACE)  # " - " is a dash
    return kinds.pop() if len(kinds) == 1 else Gap.ODD


def _kind(letter: str) -> Gap:
    category = unicodedata.category(letter)
    if category == "Zs" or letter in BLANKS_BEYOND_ZS:
        return Gap.SPACE
    if category == "Pd" or letter in DASHES_BEYOND_PD:
        return Gap.DASH
    if letter in DOTS:
        return Gap.DOT
    return Gap.ODD if letter in ODD else Gap.BREAK
