"""Swedish number words to integers: "tolvhundrafyrtionio", "tvåhundra", "fyrtiotvå", "tie"."""

from __future__ import annotations

from functools import lru_cache

_UNITS = {
    "noll": 0, "ett": 1, "et": 1, "en": 1, "tva": 2, "tvo": 2, "tre": 3, "fyra": 4, "fyr": 4,
    "fem": 5,
    "sex": 6, "sju": 7, "atta": 8, "nio": 9, "nie": 9, "tio": 10, "tie": 10, "elva": 11,
    "tolv": 12, "tretton": 13, "fjorton": 14, "femton": 15, "sexton": 16, "sjutton": 17,
    "arton": 18, "nitton": 19,
}  # fmt: skip
_TENS = {
    "tjugo": 20, "tjugi": 20, "tju": 20, "trettio": 30, "tretti": 30, "fyrtio": 40, "fyrti": 40,
    "forti": 40, "fortio": 40, "femtio": 50, "femti": 50, "sextio": 60, "sexti": 60, "sjuttio": 70,
    "sjutti": 70, "attio": 80, "atti": 80, "nittio": 90, "nitti": 90,
}  # fmt: skip
_LONGEST_WORD = 60


@lru_cache(maxsize=4096)
def number_of(word: str) -> int | None:
    """The value of one folded word, or None; a word over sixty letters is never a number."""
    if not word or len(word) > _LONGEST_WORD:
        return None
    return _thousands(word.replace("hunnra", "hundra").replace("hunra", "hundra"))


def digits_of(word: str) -> str | None:
    """Digits said in one breath with a zero in front: "nollfem" is "05"."""
    rest = word.removeprefix("noll")
    number = number_of(rest) if rest != word else None
    return None if number is None or number > 9 else f"0{number}"


def joined(numbers: list[int]) -> int | None:
    """ "två hundra fyrtio nio" as separate words: one number, or None when it is not one."""
    total = 0
    current = 0
    seen_thousand = False
    floor = 10**9
    for value in numbers:
        if value == 1000 and not seen_thousand:
            total, current, seen_thousand, floor = (current or 1) * 1000, 0, True, 1000
        elif value == 100 and 0 < current < 100:
            current, floor = current * 100, 100
        elif value > 1000 and value % 1000 == 0 and not (total or current):
            total, floor = value, 1000  # "tvåtusen åtta hundra"
        elif _fits_under(value, floor):
            current, floor = current + value, _step_of(value)
        else:
            return None
    return total + current


def _fits_under(value: int, floor: int) -> bool:
    return 0 < value < floor


def _step_of(value: int) -> int:
    for step in (1000, 100, 10):
        if value >= step and value % step == 0:
            return step
    return 1


def _thousands(word: str) -> int | None:
    head, mark, tail = word.partition("tusen")
    if not mark:
        return _hundreds(word)
    many = _hundreds(head) if head else 1
    few = _hundreds(_without_and(tail)) if tail else 0
    return None if many is None or few is None else many * 1000 + few


def _hundreds(word: str) -> int | None:
    head, mark, tail = word.partition("hundra")
    if not mark:
        return _below_hundred(word)
    many = _below_hundred(head) if head else 1
    few = _below_hundred(_without_and(tail)) if tail else 0
    return None if not many or few is None else many * 100 + few


def _below_hundred(word: str) -> int | None:
    if word in _UNITS:
        return _UNITS[word]
    for tens in sorted(_TENS, key=len, reverse=True):
        if word.startswith(tens):
            return _with_unit(_TENS[tens], word[len(tens) :])
    return None


def _with_unit(tens: int, rest: str) -> int | None:
    if not rest:
        return tens
    unit = _UNITS.get(rest, 10)
    return tens + unit if 0 < unit < 10 else None


def _without_and(word: str) -> str:
    return word.removeprefix("och")
