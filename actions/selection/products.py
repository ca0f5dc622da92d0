"""Which invoices a word of the customer names, going by the descriptions on the list.

Descriptions are Swedish text from the billing system, so words are compared by the nouns that they
come from (`nouns`), with slips of the finger allowed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from actions.selection.model import ShownInvoice
from actions.selection.nouns import CONCEPTS, concepts_of, fold, is_everyday, stems
from actions.selection.spelling import is_near
from actions.selection.terms import Term

_GENERIC = frozenset(
    ["extra", "liten", "stor", "lilla", "stora", "av", "for", "med", "och", "till", "i", "st",
     "kr", "per", "new", "plus", "inkl", "nya", "ny", "ar", "manad", "maj", "mars", "bas",
     "gb", "the", "en", "ett"]
)  # fmt: skip
_MODIFIERS = frozenset(
    ["bas", "plus", "extra", "liten", "stor", "lilla", "stora", "start", "mini", "pro", "premium"]
)
_UNITS = {"gigabyte": "gb", "gig": "gb", "giga": "gb", "terabyte": "tb", "megabyte": "mb"}
_SIZES = ("gb", "gig", "gigabyte")
_MOST_PLACES = 40
_NOUN_ENDINGS = frozenset({"en", "et", "n", "t", "s", "na", "ar", "er", "or", "an", "r", "a"})
_SHORTEST_PART = 4
_LONG = 12  # letters: "domänförnyelsen" says more than "domänen"
_HYPHENS = frozenset({"bindestreck", "bindestrecket", "streck", "strecket"})
_SHORTEST_STEM = 3
_WORD = re.compile(r"[a-z0-9]+")
_DOMAIN = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)+")
_MONTHS = [
    "januari",
    "februari",
    "mars",
    "april",
    "maj",
    "juni",
    "juli",
    "augusti",
    "september",
    "oktober",
    "november",
    "december",
]
_YEAR = re.compile(r"20\d\d")
_QUARTER = re.compile(r"\b(?:q|kv|kvartal )([1-4])\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """Invoices by the description's own words, and by everyday words for the same thing."""

    direct: frozenset[int] = frozenset()
    related: frozenset[int] = frozenset()
    is_product: bool = False

    @property
    def any(self) -> frozenset[int]:
        return self.direct | self.related


class Catalogue:
    """The descriptions of one shown list, taken apart."""

    def __init__(self, shown: Sequence[ShownInvoice]) -> None:
        self._text = {invoice.id: fold(invoice.description) for invoice in shown}
        self._tokens = {key: _tokens(text) for key, text in self._text.items()}
        self._domains = {key: frozenset(_DOMAIN.findall(text)) for key, text in self._text.items()}
        self._concepts = {
            key: _concepts_of_all(_tokens(_DOMAIN.sub(_everyday, text)))
            for key, text in self._text.items()
        }
        self._known: dict[str, Named] = {}

    def named(self, word: str) -> Named:
        if word not in self._known:
            self._known[word] = self._look_up(word)
        return self._known[word]

    def knows(self, word: str) -> bool:
        named = self.named(word)
        return named.is_product or bool(named.any)

    def with_word(self, word: str) -> frozenset[int]:
        """Invoices whose descriptions have this very word: "bas", "plus"."""
        return frozenset(key for key, tokens in self._tokens.items() if word in tokens)

    def is_modifier(self, word: str) -> bool:
        """A word too common to name something by itself, as part of a name: "webbhotell bas"."""
        return word in _MODIFIERS and self.says(word)

    def says(self, word: str) -> bool:
        """Whether some description has this very word."""
        return any(word in tokens for tokens in self._tokens.values())

    def is_named(self, word: str, second: str) -> bool:
        """Whether some description has the word and behind it the other: "Webbhotell Plus"."""
        forms = {form for form in stems(word) if len(form) >= _SHORTEST_STEM}
        return any(
            any(form in token for form in forms)
            for text in self._text.values()
            for token in re.findall(rf"(\w+) {second}\b", text)
        )

    def has_size(self, number: Term, unit: Term) -> bool:
        """Whether some description has the number and behind it the unit: "8 GB"."""
        said = f"{number.n} {_UNITS.get(unit.text, unit.text)}"
        return any(re.search(rf"\b{re.escape(said)}\b", text) for text in self._text.values())

    def is_part_of_name(self, number: Term, word: Term) -> bool:
        """Whether what the word names has that number in its name, be it in another place."""
        if number.kind != "number" or number.n <= _MOST_PLACES:
            return False
        return bool(self.with_word(number.text) & self.named(word.text).any)

    def is_plural(self, key: int, word: str) -> bool:
        """ "Konsulttimmar" is one invoice however many hours; "domänerna" is not one "Domän"."""
        plurals = [token for token in self._tokens[key] if token.endswith(("ar", "er", "or"))]
        if len(self._domains[key]) > 1 and "domain" in concepts_of(word):
            return True  # one invoice for two of them
        is_inside = any(len(token) > 5 and token[:-2] in word for token in plurals)
        return is_inside or any(_fits(form, token) for form in stems(word) for token in plurals)

    def domain(self, name: str) -> frozenset[int]:
        """Invoices for a domain, or for all that end as it does when it begins with a dot."""
        folded = fold(name)
        exact = self._with_domain(lambda known: known == folded)
        under = self._with_domain(lambda known: known.endswith("." + folded.lstrip(".")))
        near = self._with_domain(
            lambda known: is_near(known, folded) and known.split(".")[-1] == folded.split(".")[-1]
        )
        return under if folded.startswith(".") else (exact or near)

    def subdomain(self, name: str) -> frozenset[int]:
        return self._with_domain(lambda known: known.endswith("." + fold(name)))

    def months(self, key: int) -> frozenset[int]:
        """Months that the description itself names."""
        return frozenset(n for n, name in enumerate(_MONTHS, 1) if name in self._tokens[key])

    def quarters(self, key: int) -> frozenset[int]:
        return frozenset(int(found) for found in _QUARTER.findall(self._text[key]))

    def years(self, key: int) -> frozenset[int]:
        return frozenset(int(token) for token in self._tokens[key] if _YEAR.fullmatch(token))

    def service(self, key: int) -> str:
        """The description without the period that it is for: the same for one recurring service."""
        words = [word for word in _WORD.findall(self._text[key]) if word not in _MONTHS]
        return " ".join(word for word in words if not re.fullmatch(r"q[1-4]|(?:19|20)\d\d", word))

    def mend(self, terms: Sequence[Term]) -> tuple[Term, ...]:
        """Put words together that were split: "webb hotellet", "supportavtal et"."""
        mended: list[Term] = []
        for term in terms:
            hyphened = self._hyphened([*mended[-2:], term])
            if hyphened:
                mended[-2:] = [Term("domain", text=hyphened)]
                continue
            pair = _pair(mended[-1], term) if mended else None
            if mended and term.kind == "domain" and mended[-1].kind == "word":
                whole = mended[-1].text + term.text  # "bergmans bygg punkt com"
                if self.domain(whole) and not self._is_exact_domain(term.text):
                    mended[-1] = replace(term, text=whole)
                    continue
            if pair and self._is_better(pair, mended[-1], term):
                mended[-1] = replace(mended[-1], kind="word", text=pair, form=term.form)
            else:
                mended.append(term)
        return tuple(mended)

    def _hyphened(self, terms: Sequence[Term]) -> str:
        """ "lindqvist streck bygg", where just one domain is called so."""
        if [term.kind for term in terms] != ["word"] * 3 or terms[1].text not in _HYPHENS:
            return ""
        name = f"{terms[0].text}-{terms[2].text}"
        domains = frozenset[str]().union(*self._domains.values())
        found = [known for known in domains if name in known]
        return found[0] if len(found) == 1 else ""

    def _is_better(self, pair: str, first: Term, second: Term) -> bool:
        if not self.knows(pair) or (self.named(first.text).any and self.named(second.text).any):
            return False
        if self.knows(first.text) and not self.knows(second.text):
            is_ending = second.text in _NOUN_ENDINGS
            return is_ending or self._is_almost_said(pair)
        return not self.knows(second.text) or self._begins_a_name(first.text)

    def _is_almost_said(self, word: str) -> bool:
        """Whether the whole of it is a word of some description, or of what a web host sells."""
        forms = stems(word)
        said = {token for tokens in self._tokens.values() for token in tokens}
        known = said | {name for words in CONCEPTS.values() for name in words.split()}
        return any(form in known or is_near(form, name) for form in forms for name in known)

    def _is_exact_domain(self, name: str) -> bool:
        return bool(self._with_domain(lambda known: known == fold(name)))

    def _begins_a_name(self, word: str) -> bool:
        return any(token.startswith(word) for tokens in self._tokens.values() for token in tokens)

    def _with_domain(self, fits: Callable[[str], bool]) -> frozenset[int]:
        return frozenset(
            key for key, domains in self._domains.items() if any(fits(known) for known in domains)
        )

    def _look_up(self, word: str) -> Named:
        if word in _GENERIC:
            return Named()
        if word in _HYPHENS:  # "domänen med bindestreck"
            hyphened = self._with_domain(lambda known: "-" in known)
            return Named(direct=hyphened, related=hyphened)
        is_short = is_everyday(word) and len(word) < _LONG
        special = frozenset[int]() if is_short else self._special(word)
        if special:
            return Named(direct=special, is_product=True)
        forms = stems(word)
        direct = {key for key, tokens in self._tokens.items() if _names(forms, tokens)}
        concepts = concepts_of(word)
        if not concepts:  # a name of their own: "norrbyggservice" is not "norrbygg"
            direct = {key for key, tokens in self._tokens.items() if word in tokens} or direct
        related = {key for key, known in self._concepts.items() if concepts & known}
        is_ours = bool(concepts) and (bool(related) or concepts != {"site"})
        return Named(direct=frozenset(direct), related=frozenset(related), is_product=is_ours)

    def _special(self, word: str) -> frozenset[int]:
        """One of several of a kind: "filservern", "skafferidomänen" for rosasskafferi.se."""
        said = {
            key
            for key, tokens in self._tokens.items()
            if any(form in tokens for form in stems(word))
        }
        if said and concepts_of(word):
            return frozenset(said)
        if is_everyday(word):
            return frozenset()
        for cut in range(len(word) - _SHORTEST_STEM, _SHORTEST_PART - 1, -1):
            first, kind = word[:cut].removesuffix("-").removesuffix("s"), word[cut:]
            if len(first) < _SHORTEST_PART or not is_everyday(kind):
                continue
            within = self._look_up(kind).any
            if not within and "license" in concepts_of(kind):
                return self._look_up(first).any  # "officelicenserna"
            found = {key for key in within if any(first in name for name in self._names_of(key))}
            if found:
                return frozenset(found)
        return frozenset()

    def _names_of(self, key: int) -> frozenset[str]:
        return self._tokens[key] | self._domains[key]


def _tokens(text: str) -> frozenset[str]:
    joined = text.replace("e-post", "epost").replace("e-mail", "email").replace("ip-a", "ipa")
    words = set(_WORD.findall(joined))
    return frozenset(words)


def _everyday(domain: re.Match[str]) -> str:
    """ "butiken" of butiken.nu; "lindbergsmaskin" is a name, and no machine."""
    words = [word for word in _WORD.findall(domain.group()) if is_everyday(word)]
    return " ".join(["", *words, ""])


def _concepts_of_all(tokens: frozenset[str]) -> frozenset[str]:
    found: set[str] = set()
    for token in tokens - set(_SIZES):
        found |= concepts_of(token)
    if not found & {"server", "vps", "hosting"}:  # "VPS, 16 GB" is no storage
        found |= {"storage"} if tokens & set(_SIZES) else set()
    if "vps" in found:
        found.add("server")
    return frozenset(found)


def _names(forms: frozenset[str], tokens: frozenset[str]) -> bool:
    return any(_fits(form, token) for form in forms for token in tokens)


def _fits(form: str, token: str) -> bool:
    if form == token:
        return True
    if token in _GENERIC or token.isdigit() or token in _MONTHS:
        return False
    is_end = token.endswith(form) and (len(form) >= 5 or len(token) >= 2 * len(form))
    if len(form) >= 4 and (token.startswith(form) or is_end):
        return True
    if len(token) >= 4 and form.startswith(token) and len(form) <= 3 * len(token):
        return True
    return is_near(form, token) or _is_near_start(form, token)


def _is_near_start(form: str, token: str) -> bool:
    """ "domann" begins "domanregistrering" with a slip, "forsta" does not begin "foretaget"."""
    is_long = len(form) > 6 or (len(form) == 6 and form[:4] == token[:4])
    return is_long and is_near(form, token[: len(form)])


def _pair(first: Term, second: Term) -> str | None:
    if first.kind != "word" or second.kind != "word":
        return None
    return first.text + second.text if len(first.text + second.text) <= 40 else None
