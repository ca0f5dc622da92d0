"""One referring expression ("de två äldsta domänerna") and where it begins and ends in a clause.

Words that nothing knows are kept, since they may narrow a mention. What is no part of a mention is
a sign: it says how mentions count (not, except, and, later).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from actions.selection.terms import MANY, Term

CONTENT = frozenset(
    ["all", "both", "position", "middle", "superlative", "size", "number", "money", "below",
     "at_most", "above", "at_least", "between", "older", "newer", "before", "after", "from",
     "until", "onward", "backward", "month", "quarter", "half", "date", "fraction", "period",
     "year", "age", "due", "issued", "sum", "fit", "noun", "id_mark", "place_mark", "domain",
     "ends_with", "starts_with", "approximately", "rest", "overdue", "some", "each", "of",
     "modifier", "count", "half_list", "same_amount", "most", "every_other",
     "beside"]
)  # fmt: skip
_OPENERS = CONTENT | {"det"}
_LINKS = frozenset({"prep", "to", "source"})
_INSIDE_RELATIVE = frozenset(
    ["own", "state", "modal", "self", "take", "other", "modal_question", "polite_question",
     "yes", "budget", "default", "only"]
)  # fmt: skip
_ATTACHING = frozenset(
    ["number", "det", "position", "superlative", "size", "article", "rel", "prep", "to",
     "source", "middle", "both"]
)  # fmt: skip
_SINGLE = frozenset(
    {"number", "month", "money", "position", "superlative", "middle", "rest", "quarter", "date"}
)
_COMPARED = frozenset(
    ["below", "at_most", "above", "at_least", "between", "older", "newer", "before", "after",
     "from", "until", "to", "due", "issued"]
)  # fmt: skip
_POINTING = frozenset(
    ["of", "det", "noun", "prep", "to", "source", "id_mark", "overdue", "onward", "backward",
     "place_mark", "sum", "approximately", "from", "until", "before", "after", "issued",
     "below", "above", "at_most", "at_least", "older", "newer", "between", "due"]
)  # fmt: skip
_BEFORE_VERB = frozenset({"position", "noun", "superlative", "det", "size"})
_PAST = ("ade", "rde", "dde", "lde", "kte", "pte")
_FEW = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """One referring expression: its meaningful terms in order, and words that narrow it unknown."""

    terms: tuple[Term, ...]
    unknown: tuple[str, ...] = ()
    is_negated_inside: bool = False

    def has(self, *kinds: str) -> bool:
        return any(term.kind in kinds for term in self.terms)

    @property
    def is_pointer(self) -> bool:
        """ "den", "de räkningarna": points back without saying anything of its own."""
        return all(term.kind in _POINTING for term in self.terms)


Event = Mention | Term


def events_of(terms: Sequence[Term], is_known: Callable[[str], bool]) -> Iterator[Event]:
    at = 0
    while at < len(terms):
        if _opens(terms, at, is_known):
            reader = _Reader(terms, at, is_known)
            reader.read()
            yield reader.mention
            at = max(reader.at, at + 1)
        else:
            yield terms[at]
            at += 1


def _opens(terms: Sequence[Term], at: int, is_known: Callable[[str], bool]) -> bool:
    term = terms[at]
    if term.kind == "word":
        is_noun_next = at + 1 < len(terms) and terms[at + 1].kind == "noun"
        return is_known(term.text) or is_noun_next
    if term.kind == "only":
        return False
    return term.kind in _OPENERS


class _Reader:
    """Reads one mention from its first term for as long as terms belong to it."""

    def __init__(self, terms: Sequence[Term], at: int, is_known: Callable[[str], bool]) -> None:
        self._terms = terms
        self._is_known = is_known
        self._found: list[Term] = []
        self._unknown: list[str] = []
        self._in_relative = False
        self._said_before_relative = 0
        self._is_negated = False
        self.at = at

    @property
    def mention(self) -> Mention:
        return Mention(
            terms=tuple(self._found),
            unknown=tuple(self._unknown),
            is_negated_inside=self._is_negated,
        )

    def read(self) -> None:
        while self.at < len(self._terms) and self._takes(self._terms[self.at]):
            self.at += 1

    def _takes(self, term: Term) -> bool:
        if term.kind == "word":
            return self._takes_word(term)
        if term.kind in CONTENT or term.kind == "det":
            return self._takes_content(term)
        if term.kind in _LINKS:
            return self._takes_link(term)
        return self._takes_glue(term)

    def _takes_content(self, term: Term) -> bool:
        if self._found and self._starts_another(term):
            return False
        self._found.append(term)
        return True

    def _starts_another(self, term: Term) -> bool:
        last = self._found[-1]
        if self._is_between():
            return False
        if term.kind == last.kind == "number" and term.form == MANY and last.n <= _FEW:
            return False  # "de två 1495:orna"
        if term.kind == "det":
            return not self._in_relative and last.kind not in (
                "all",
                "both",
                "rest",
                "prep",
                "source",
                "only",
                "some",
                *_COMPARED,
            )
        if term.kind in ("all", "both"):
            return self._is_closed_to_quantity(term)
        if term.kind == "rest":
            return True
        if term.kind == "number" and last.text == "nominal":
            return True  # "etta fyra femma"
        if term.kind in _SINGLE and last.kind == term.kind:
            return not (term.kind == "position" and {term.text, last.text} == {"", "ordinal"})
        if term.kind == "position" and term.text == "nominal":
            return last.kind not in (
                *("det", "noun", "id_mark", "place_mark", "prep", "source", "to"),
                *_COMPARED,
            )
        return False

    def _is_closed_to_quantity(self, term: Term) -> bool:
        """ "domänerna alla tre", "över tusen alla", but not "den sista alla"."""
        kinds = {found.kind for found in self._found}
        if self._found[-1].kind == "prep" and "rest" in kinds:
            return False  # "resten av det som är under 400"
        if kinds & {"position", "superlative", "middle", "rest"}:
            return True
        is_singular = any(found.form == "one" for found in self._found)
        return is_singular and term.kind == "all" and self._kind_at(self.at + 1) != "number"

    def _takes_word(self, term: Term) -> bool:
        if self._is_known(term.text):
            if self._is_second_noun(term):
                return False
            self._found.append(term)
            return True
        before = self._terms[self.at - 1].kind if self._found else ""
        is_verb = self._kind_at(self.at + 1) == "self" and not term.form
        is_past = term.text.endswith(_PAST) and not term.form
        is_bare = [found.kind for found in self._found] == ["det"] and not self._in_relative
        if is_past and is_bare:
            return self._kind_at(self.at + 1) == "noun"  # "den hamnade fel"
        if is_verb and (
            self._in_relative or before in ("position", "noun", "superlative", "det", "size")
        ):
            return False  # "… skäms jag över", "den andra använder vi": a verb begins what is said
        if before in _ATTACHING or self._in_relative or self._precedes_noun():
            self._unknown.append(term.text)
            return True
        return False

    def _is_second_noun(self, term: Term) -> bool:
        """ "webbhotellet domänen" names two things, "extra lagringen" names one."""
        if not self._found or self._terms[self.at - 1].kind in _LINKS:
            return False
        last = self._found[-1]
        if last.kind == "domain" and term.text.startswith(("doman", "adress", "sid", "hemsid")):
            return False
        has_head = any(found.kind == "word" for found in self._found)
        if has_head and last.kind in ("month", "quarter", "money", "number", "domain"):
            return True
        if not term.form:
            return False
        return (last.kind == "word" and bool(last.form)) or (
            last.kind in ("number", "money", "month", "position") and last.form == "one"
        )

    def _precedes_noun(self) -> bool:
        return self._kind_at(self.at + 1) == "noun"

    def _takes_link(self, term: Term) -> bool:
        """A preposition belongs when something to narrow by follows it."""
        ahead = self._after_fillers(self.at + 1)
        if term.kind == "source" and self._kind_at(ahead) == "prep":
            ahead += 1  # "från i juni"
        following = self._kind_at(ahead)
        if not self._found or following not in (
            CONTENT | {"word", "det", "article", "own", "other"}
        ):
            return False
        if following in ("own", "other"):
            return self._takes_owner()
        is_place = any(found.text == "nominal" for found in self._found)
        if following == "det" and is_place and term == Term("prep"):
            return False  # "lägg ihop tvåan med den på 499"
        if following == "det" and self._kind_at(self.at + 2) in ("self", "modal", "state", ""):
            return False
        self._found.append(term)
        return True

    def _takes_owner(self) -> bool:
        """ "för min sons hemsida": whose it is narrows only when it names something."""
        return (
            self._kind_at(self.at + 2) in ("word", "noun") and self._kind_at(self.at + 3) != "take"
        )

    def _takes_glue(self, term: Term) -> bool:
        if term.kind == "filler" and term.text == "so":
            return self._kind_at(self.at + 1) not in ("take", "only", "self", "modal", "state")
        if term == Term("filler", text="that_is"):
            return False
        if term == Term("filler", text="now") and self._kind_at(self.at + 1) == "and":
            return False
        if term.kind == "filler" and self._found:
            return not (self._kind_at(self.at + 1) == "det" and not self._in_relative)
        if term.kind == "rel":
            self._in_relative = True
            self._said_before_relative = len(self._found)
            return bool(self._found)
        if term.kind == "and":
            return self._is_between()
        if term.kind == "article":
            return bool(self._found) and self._found[-1].kind in _LINKS | _COMPARED | {"all"}
        if self._in_relative:
            return self._takes_in_relative(term)
        return self._opens_bare_relative(term)

    def _takes_in_relative(self, term: Term) -> bool:
        has_said = len(self._found) > self._said_before_relative
        is_main_verb = term.kind == "take" and self._kind_at(self.at + 1) == "self"
        if has_said and (term.kind in ("modal", "modal_question") or is_main_verb):
            return False  # "allt som är över tusen får min man ta"
        if term.kind == "not" and self._is_other_than():
            self._is_negated = True
            return True
        if term.kind == "not":
            self._is_negated = self._kind_at(self.at + 1) not in (
                "overdue",
                "state",
                "take",
                "filler",
            )
            return True
        if term.kind == "third":
            self._unknown.append(term.kind)  # "alla som chefen vill ha" is not all
            return True
        if term.kind == "defer":
            return self._kind_at(self.at - 1) in ("rel", "state", "and", "modal")
        return term.kind in _INSIDE_RELATIVE

    def _is_other_than(self) -> bool:
        """ "den som inte är .nu", and not "de som inte är betalda"."""
        ahead = self._after_fillers(self.at + 1)
        if self._kind_at(ahead) != "state":
            return False
        ahead = self._after_fillers(ahead + 1)
        is_word = self._kind_at(ahead) == "word" and self._is_known(self._terms[ahead].text)
        return is_word or self._kind_at(ahead) in ("domain", "month", "quarter")

    def _opens_bare_relative(self, term: Term) -> bool:
        """ "fakturorna jag har hos er": a relative clause without its "som"."""
        if term.kind not in ("self", "own", "other") or not self._found:
            return False
        last = self._found[-1]
        if last.kind in ("all", "both", "det", "number", "superlative") and self._is_owned(
            self.at + 1
        ):
            return True
        is_open = last.kind in ("all", "noun") or (last.kind == "det" and last.form == MANY)
        if is_open and self._kind_at(self.at + 1) == "state":
            self._in_relative = True
            return True
        return False

    def _is_owned(self, at: int) -> bool:
        """ "alla mina domäner": whose they are changes nothing on a list of one's own."""
        is_product = self._kind_at(at) == "word" and self._is_known(self._terms[at].text)
        return is_product or self._kind_at(at) in ("noun", "superlative", "size", "overdue")

    def _is_between(self) -> bool:
        kinds = [term.kind for term in self._found]
        return "between" in kinds and kinds.index("between") >= len(kinds) - 3

    def _after_fillers(self, at: int) -> int:
        while self._kind_at(at) == "filler":
            at += 1
        return at

    def _kind_at(self, at: int) -> str:
        return self._terms[at].kind if 0 <= at < len(self._terms) else ""
