"""The lexicon as a lookup table: phrases of up to six words to the term that they mean."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from bot.nlu.values.fillers import FILLERS, MONTHS, UNITS
from bot.nlu.values.lexicon import ORDERS, PLACES, SETS, THINGS
from bot.nlu.values.model import MANY, Term
from bot.nlu.values.spelling import Spelling
from bot.nlu.values.text import fold

_CORRECTED = frozenset(
    [
        "all",
        "both",
        "rest",
        "except",
        "without",
        "remove",
        "only",
        "superlative",
        "position",
        "middle",
        "overdue",
        "month",
        "below",
        "above",
        "noun",
        "card",
        "brand",
        "default",
        "expires",
        "instead",
        "also",
        "take",
        "defer",
        "due",
        "issued",
        "approximately",
        "sum",
    ]
)
_TEENS = ["trettonde", "fjortonde", "femtonde", "sextonde", "sjuttonde", "artonde", "nittonde"]
_FIRST_NINE = [
    "första",
    "andra",
    "tredje",
    "fjärde",
    "femte",
    "sjätte",
    "sjunde",
    "åttonde",
    "nionde",
]
_COUNTS = {2: ("två", "2"), 3: ("tre", "3"), 4: ("fyra", "4"), 5: ("fem", "5"), 6: ("sex", "6")}
LONGEST_PHRASE = 6
_SHORTEST_MENDED = 4
Phrase = tuple[str, ...]


class Vocabulary:
    """Looks phrases up as they were written first, so that "år" and "är" stay apart."""

    def __init__(self) -> None:
        self._exact: dict[Phrase, Term] = {}
        self._folded: dict[Phrase, Term] = {}
        for term, phrase in _entries():
            self._exact.setdefault(tuple(phrase.split()), term)
            self._folded.setdefault(tuple(fold(phrase).split()), term)
        self._words = {word for phrase in self._folded for word in phrase}
        self._by_skeleton = {skeleton(word): word for word in sorted(self._words)}
        self._spelling = Spelling(dict(self._corrected()))

    def _corrected(self) -> Iterator[tuple[str, tuple[str, int, str]]]:
        for phrase, term in self._folded.items():
            if len(phrase) == 1 and term.kind in _CORRECTED:
                yield phrase[0], (term.kind, term.n, term.text)

    def term(self, written: Phrase, folded: Phrase) -> Term | None:
        return self._exact.get(written) or self._folded.get(folded)

    def words(self) -> frozenset[str]:
        return frozenset(self._words)

    def mended(self, folded: str) -> str:
        """The known word behind doubled letters or a slip of the finger, else the word itself."""
        if folded in self._words or len(folded) < _SHORTEST_MENDED:
            return folded
        return self._by_skeleton.get(skeleton(folded)) or self._spelling.correct(folded) or folded


def skeleton(word: str) -> str:
    """Without doubled letters: who writes "anndra" or "sissta" hears them elsewhere."""
    return "".join(here for before, here in zip(" " + word, word, strict=False) if here != before)


@lru_cache(maxsize=1)
def vocabulary() -> Vocabulary:
    return Vocabulary()


def _entries() -> Iterator[tuple[Term, str]]:
    for term, phrases in (*SETS, *PLACES, *ORDERS, *THINGS):
        yield from ((term, phrase) for phrase in _split(phrases))
    for kind, phrases in FILLERS.items():
        name, _, text = kind.partition(" ")
        yield from ((Term(kind=name, text=text), phrase) for phrase in _split(phrases))
    for number, phrases in enumerate(MONTHS, 1):
        yield from ((Term(kind="month", n=number), phrase) for phrase in _split(phrases))
        yield Term(kind="month", n=number), phrases.split(",")[0] + "s"
    for unit, phrases in UNITS.items():
        yield from ((Term(kind="unit", text=unit), phrase) for phrase in _split(phrases))
    yield from _late_ordinals()
    yield from _counted()
    for both in ("båda", "bägge"):
        for phrase in (
            f"de {both} andra",
            f"dom {both} andra",
            f"{both} de andra",
            f"{both} andra",
        ):
            yield Term(kind="rest", n=2, form=MANY), phrase


def _counted() -> Iterator[tuple[Term, str]]:
    """ "de två andra" are the rest, "den äldre av de två" is one of two."""
    for count, words in _COUNTS.items():
        for many in ("de", "dom", "dem"):
            for word in words:
                yield Term(kind="rest", n=count, form=MANY), f"{many} {word} andra"
                yield Term(kind="rest", n=count, form=MANY), f"{many} andra {word}"
                yield Term(kind="rest", n=count, form=MANY), f"{many} {word} övriga"
                yield Term(kind="rest", n=count, form=MANY), f"{many} övriga {word}"
                yield Term(kind="rest", n=count, form=MANY), f"övriga {word}"
                yield Term(kind="of", n=count), f"av {many} {word}"
                yield Term(kind="of", n=count), f"av {many} där {word}"


def _late_ordinals() -> Iterator[tuple[Term, str]]:
    late = [*_TEENS, "tjugonde", *(f"tjugo{word}" for word in _FIRST_NINE), "trettionde"]
    for number, word in enumerate([*late, "trettioförsta"], 13):
        yield Term(kind="position", n=number, text="ordinal"), word


def _split(phrases: str) -> list[str]:
    return [phrase.strip() for phrase in " ".join(phrases.split()).split(",") if phrase.strip()]
