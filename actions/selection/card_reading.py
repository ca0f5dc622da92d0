"""What a message says of the cards: which it names, and which it leaves out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from actions.selection.card_facts import CardFacts
from actions.selection.card_list import CardList
from actions.selection.card_names import is_kin, owners_of
from actions.selection.card_numbers import (
    LAST_DIGITS,
    digits_at,
    full_year,
    has_ending_said,
    is_expiry_said,
    is_part,
    year_of_month,
)
from actions.selection.model import Ask, Reason, ShownCard
from actions.selection.shown import Ids
from actions.selection.terms import Term

_CLAUSES = frozenset({"comma", "stop", "but", "subordinate", "question", "dash"})
_NEGATIONS = frozenset({"not", "except", "without", "none"})
_NAMING = frozenset(
    ["brand", "number", "position", "month", "fraction", "year", "date", "default", "middle",
     "rest", "new", "superlative", "card", "noun", "ends_with", "expires"]
)  # fmt: skip
_SMALL = frozenset({"card", "ends_with", "prep", "rel", "filler", "state", "id_mark"})
_FOR = Term("prep", text="for")
_SOMETHING = Term("approximately", text="over")
_LISTED = Term("filler", text="listed")
_RESERVED = frozenset({"mitt", "kort"})


class CardReading:
    """Reads terms from the left; a correction forgets what came before it."""

    def __init__(self, terms: Sequence[Term], shown: Sequence[ShownCard], today: date) -> None:
        self._terms = terms
        self._cards = CardList(shown)
        self._today = today
        self._facts = CardFacts()
        self._is_negated = False
        self._is_aside = False
        self._is_neither = False
        self._since = self._places_since = 0
        self._segment = (0, 0)
        self._clause = self._other_clause = 0
        self._negated_clause = -1
        self._kinds_of_clause = self._kinds_from(0)

    def _kinds_from(self, at: int) -> tuple[str, ...]:
        kinds = [term.kind for term in self._terms[at:]]
        end = next((place for place, kind in enumerate(kinds) if kind in _CLAUSES), len(kinds))
        return tuple(kinds[:end])

    def facts(self) -> CardFacts:
        at = 0
        while at < len(self._terms):
            at += self._step(at)
        for term, is_negated in self._facts.places:
            self._is_negated = is_negated
            self._keep(self._place(term.n))
        return self._facts

    def _step(self, at: int) -> int:
        term = self._terms[at]
        if term.kind in _CLAUSES:
            self._mark(term, at)
            return 1
        if self._is_aside and not (term.kind == "take" and self._next_kind(at) == "self"):
            return 1
        self._is_aside = False
        if term.kind == "fix":
            self._correct(at)
            return 1
        if term.kind == "last_used":
            self._facts.is_question = True  # which one that was is not on the list
            return 1
        if term == Term("filler", text="so") and self._begins_consequence(at + 1):
            self._is_aside = True
            return 1
        if term.kind == "split" or term == Term("some", text="half"):
            self._facts.is_split = True
            return 1
        if term.kind == "and":
            self._begin_segment()
        if term.kind == "blocked" and self._next_kind(at) == "rest":
            self._is_negated = True  # "det är tomt på de andra"
            return 1
        if term.kind == "blocked" and not self._is_negated:
            if "rest" not in self._kinds_of_clause:  # "1881, på de andra är det tomt"
                self._drop_segment()
            return 1
        is_closed = self._next_kind(at) in ("", "comma", "stop", "and")
        is_ours = is_closed or "self" in self._kinds_of_clause
        if term.kind == "defer" and is_ours and self._is_last_word(at):
            self._drop_segment()
            return 1
        if term.kind == "add":
            self._facts.is_new = True
            return 1
        if term.kind == "not" and self._is_last_word(at):
            self._drop_segment()
            return 1
        if term.kind in _NEGATIONS:
            has_denied = bool({"not", "except", "none"} & set(self._kinds_of_clause))
            has_denied = has_denied or bool(self._facts.dropped)
            is_adversative = term.kind == "without" and has_denied
            self._is_negated = not is_adversative
            self._is_neither = term.text == "neither" or term.kind == "not"
            return 1
        if term.kind == "or" and self._is_neither:
            self._is_negated = True
            return 1
        if term.kind == "instead":
            del self._facts.kept[: self._since]
            del self._facts.places[: self._places_since]
            return 1
        is_second = term.text == "neuter" and self._next_kind(at) in (
            "",
            "filler",
            "thanks",
            "stop",
        )
        if term.kind == "rest" and self._terms[at + 1 : at + 2] == (_LISTED,):
            self._facts.places.append((Term("position", 2), self._is_negated))
            return 1
        is_card = self._next_kind(at) in ("card", "brand")
        is_ordinal = term == Term("position", 2, "ordinal") and (
            is_card or (bool(self._facts.frames) and is_closed)
        )
        if (term.kind == "rest" and (is_second or is_card)) or is_ordinal:
            self._facts.is_other, self._other_clause = True, self._clause
            return 1
        return self._read(at, term)

    def _begins_consequence(self, at: int) -> bool:
        """ "privatkortet, så bråkar inte revisorn"."""
        following = self._terms[at : at + 1]
        verb = following[0] if following else Term("")
        is_verb = verb.kind == "defer" or (verb.kind == "word" and not verb.form)
        return is_verb and not self._is_name(verb)

    def _begin_segment(self) -> None:
        self._segment = (len(self._facts.kept), len(self._facts.places))

    def _drop_segment(self) -> None:
        """ "reservkortet är tomt", "det privata vill jag inte använda": not what was just named."""
        kept, places = self._segment
        facts = self._facts
        if facts.is_other and self._other_clause == self._clause:
            facts.is_other = False  # "reservkortet, det andra är spärrat"
            return
        if kept == len(facts.kept) and places == len(facts.places):
            is_left_out = self._clause > 0 and self._negated_clause == self._clause - 1
            if "det" not in self._kinds_of_clause or "word" in self._kinds_of_clause:
                return
            if is_left_out:
                return  # "inte företagskortet, det är spärrat"
            # "… det kortet är maxat"
            kept, places = max(0, kept - 1), max(0, places - 1) if not facts.kept else places
        facts.dropped += facts.kept[kept:]
        facts.by_clause = [one for one in facts.by_clause if one[2] not in facts.kept[kept:]]
        del facts.kept[kept:]
        facts.places[places:] = [(place, True) for place, _ in facts.places[places:]]
        self._begin_segment()

    def _is_in_segment(self) -> bool:
        kept, places = self._segment
        return kept < len(self._facts.kept) or places < len(self._facts.places)

    def _is_last_word(self, at: int) -> bool:
        """ "det privata vill jag inte använda", and not "inte det privata"."""
        kept, places = self._segment
        is_named = kept < len(self._facts.kept) or places < len(self._facts.places)
        following: list[Term] = []
        for term in self._terms[at + 1 :]:
            if term.kind in _CLAUSES or term.kind == "and":
                break
            following.append(term)
        is_naming = any(term.kind in _NAMING or self._is_name(term) for term in following)
        is_relative = at > 0 and self._terms[at - 1].kind == "rel"
        return is_named and not is_naming and not is_relative

    def _is_name(self, term: Term) -> bool:
        is_ours = bool(self._cards.described(term.text))
        return term.kind in ("word", "third") and (is_ours or bool(owners_of(term.text)))

    def _next_kind(self, at: int) -> str:
        """What follows, past a preposition: "det andra av visakorten"."""
        following = [term.kind for term in self._terms[at + 1 : at + 3]]
        return next((kind for kind in following if kind not in ("prep", "of")), "")

    def _mark(self, term: Term, at: int) -> None:
        if "intended" in self._kinds_of_clause and term.kind in ("but", "stop", "comma"):
            self._facts = CardFacts(is_question=self._facts.is_question)
            self._begin_segment()
        if term.kind == "question":
            self._facts.is_question = self._facts.is_question or self._is_real_question(at)
        is_verb = self._next_kind(at) in ("modal", "take", "state", "defer")
        is_first = at == 0 or self._terms[at - 1].kind in ("stop", "yes")
        is_then = is_first and is_verb  # "då får det bli …"
        self._is_aside = term.kind == "subordinate" and not is_then
        self._is_negated = self._is_neither = False
        self._since, self._places_since = len(self._facts.kept), len(self._facts.places)
        self._begin_segment()
        self._clause += 1
        self._kinds_of_clause = self._kinds_from(at + 1)
        if {"state", "none"} & set(self._kinds_of_clause):
            self._facts.is_explained = True  # "…, firmakortet är spärrat"

    def _is_real_question(self, at: int) -> bool:
        kinds = [term.kind for term in self._terms[:at]]
        return (
            "wh" in kinds
            or (kinds[:1] == ["state"] and not self._facts.is_new)
            or "modal_question" in kinds[:2]
            or not (self._facts.kept or self._facts.places or self._facts.is_new)
        )

    def _correct(self, at: int) -> None:
        is_behind = self._next_kind(at) in ("", "comma", "stop") and self._is_in_segment()
        following = self._terms[at + 1 :]
        is_second = any(term.kind == "fix" for term in self._terms[:at])
        if is_behind and (is_second or not any(one.kind in _NAMING for one in following)):
            return  # "nej, det privata förresten"
        rest = {"name" if self._is_name(term) else term.kind for term in following}
        if rest - {"comma", "stop", "fix", "filler", "thanks", "word", "yes"}:
            self._facts = CardFacts(is_question=self._facts.is_question)
            self._since = self._places_since = 0
            self._begin_segment()

    def _read(self, at: int, term: Term) -> int:
        if term.kind == "wh" and not self._is_any(at):
            self._facts.is_question = True
        elif term.kind == "new":
            self._new(at)
        elif term.kind == "or" and (self._facts.kept or self._facts.places):
            self._facts.is_alternative = True
        elif (
            term.kind == "some"
            and not self._is_negated
            and self._next_kind(at) in ("brand", "card", "det")
            and self._next_kind(at + 1) != "expires"
        ):
            self._facts.is_alternative = True  # "ett av Visakorten"
        elif term.kind == "digits":
            self._same_digits(term, at)
        elif term.kind in ("number", "position", "money"):
            if self._next_kind(at) == "digits":
                return 1
            return self._number(at)
        elif term.kind in ("month", "fraction", "year", "date", "period"):
            return self._expiry(at)
        elif term.kind == "brand" and self._is_negated and self._is_narrowed_soon(at):
            brand = self._cards.of_brand(term.text)
            self._facts.frames.append(brand)  # "inte Visa 4417 utan det andra"
        elif term.kind in _KNOWN_BY:
            found = _KNOWN_BY[term.kind](self._cards, term)
            is_another = at > 0 and self._terms[at - 1].kind in ("article", "own")
            is_unknown = not found and term.kind == "brand" and not self._is_negated
            if is_unknown and not is_another:
                self._facts.is_other_brand = True
                return 1
            if not found and is_another and not self._is_negated:
                self._facts.is_new = True  # "jag har ett amex"
            self._keep(found if found or not is_another else None)
        elif term.kind == "superlative":
            self._order(term)
        elif term.kind == "defer" and self._names_soon(at):
            self._is_negated = True  # "jag rör inte Mastercard"
        elif term.kind in ("word", "noun", "third", "defer") and not self._is_for_others(at):
            is_theirs = term.kind == "third" and self._next_kind(at) == "card"
            self._facts.is_new = self._facts.is_new or (is_theirs and not self._is_name(term))
            is_another = is_kin(term.text) and self._next_kind(at) == "card"
            is_another = is_another and not self._cards.described(term.text)
            self._facts.is_theirs = self._facts.is_theirs or is_another
            self._describe(term)
            if self._is_unheard_of(at):
                self._facts.problem = self._facts.problem or Ask(
                    reason=Reason.NO_MATCH, params={"word": term.text}
                )
        return 1

    def _is_unheard_of(self, at: int) -> bool:
        """ "det röda kortet": a trait that no card on the list is known by."""
        term = self._terms[at]
        is_trait = term.kind == "word" and not term.form and self._next_kind(at) == "card"
        is_definite = at > 0 and self._terms[at - 1].kind == "det"
        return is_trait and is_definite and not self._is_name(term) and not self._is_negated

    def _is_narrowed_soon(self, at: int) -> bool:
        """Digits or an expiry say which of that brand is left out."""
        following = [one for one in self._terms[at + 1 : at + 5] if one.kind not in _SMALL]
        is_number = following[:1] and len(following[0].text) == LAST_DIGITS
        is_ending = [one.kind for one in following[:2]] == ["expires", "month"]
        return bool(is_number and following[0].kind == "number") or is_ending

    def _is_for_others(self, at: int) -> bool:
        """ "privatkortet, jag får lägga ut för firman"."""
        is_for = at > 0 and self._terms[at - 1] == _FOR
        is_ours = bool({"self", "modal"} & set(self._kinds_of_clause))
        return is_for and bool(self._facts.kept) and is_ours

    def _names_soon(self, at: int) -> bool:
        following = self._terms[at + 1 : at + 4]
        return any(one.kind in ("brand", "default") or self._is_name(one) for one in following)

    def _is_any(self, at: int) -> bool:
        return at + 1 < len(self._terms) and self._terms[at + 1].kind in ("some", "filler", "rel")

    def _new(self, at: int) -> None:
        """ "nytt kort", but not "inte ett nytt", and not "det nya visat"."""
        if self._is_negated and self._terms[at].text == "":
            return
        if (
            self._next_kind(at) == "brand" and not self._terms[at].text
        ):  # "inte något av visakorten"
            self._is_negated = True
            return
        self._facts.is_new = True

    # What a part of the message leaves

    def _keep(self, ids: Ids | None) -> None:
        if ids is None:
            return
        if self._is_negated:
            self._facts.dropped.append(ids)
            self._negated_clause = self._clause
            self._is_negated = False
        elif not ids:
            self._facts.problem = self._facts.problem or Ask(reason=Reason.NO_MATCH)
        else:
            self._facts.kept.append(ids)
            self._facts.by_clause.append((self._clause, self._takes_in_clause(), ids))

    def _takes_in_clause(self) -> bool:
        """Whether the clause at hand says to take something."""
        return "take" in self._kinds_of_clause

    def _place(self, position: int) -> Ids | None:
        index = position - 1 if position > 0 else position
        if not -len(self._cards) <= index < len(self._cards):
            self._facts.problem = Ask(reason=Reason.NO_SUCH_POSITION, params={"position": position})
            return None
        narrowed = [card.id for card in self._left()]
        dropped = frozenset[int]().union(*self._facts.dropped)
        if self._cards.cards[index].id in dropped and not self._is_negated:
            return frozenset(narrowed)  # "inget av Visakorten, utan det tredje"
        absolute = self._cards.cards[index].id
        within = narrowed[index] if -len(narrowed) <= index < len(narrowed) else absolute
        return frozenset({absolute if absolute in narrowed else within})

    def _left(self) -> list[ShownCard]:
        """What the rest of the message leaves: "det andra visakortet" counts among those."""
        return [
            card for card in self._cards.cards if all(card.id in ids for ids in self._facts.kept)
        ]

    def _number(self, at: int) -> int:
        """Four digits at the end of a card, in any grouping; else a place in the list."""
        used, digits = digits_at(self._terms, at)
        term = self._terms[at]
        year = full_year(term.n)
        if len(digits) == 2 and is_expiry_said(self._terms, at) and self._cards.expiring(0, year):
            self._keep(self._cards.expiring(0, year))
            return used
        if len(digits) == LAST_DIGITS:
            year = int(digits)
            if is_expiry_said(self._terms, at) and 2020 < year < 2100:
                self._keep(self._cards.expiring(0, year))
                return used
            found = self._cards.numbered(digits)
            expiring = self._cards.expiring(int(digits[:2]), full_year(int(digits[2:])))
            in_year = self._cards.expiring(0, year) if year == int(digits) else frozenset()
            self._last4(found or expiring or in_year, digits)  # "noll tre tjugonio", "2029-kortet"
            return used
        if term.text == "nominal" and has_ending_said(self._terms, at):
            self._last4(self._cards.ending(str(term.n)), "")
            return 1
        is_beginning = self._terms[at + used : at + used + 1] == (_SOMETHING,) and len(digits) > 1
        if is_beginning:  # "Visan på sjuttiosju nånting"
            self._last4(self._cards.beginning(digits), digits)
            return used + 1
        is_run = used > 1 and self._terms[at + used : at + used + 1] == (Term("ends_with"),)
        if (
            is_run
            or has_ending_said(self._terms, at)
            or (len(digits) in (2, 3) and term.kind == "number" and term.n > len(self._cards))
        ):
            found = self._cards.ending(digits)
            self._last4(found, digits)
            return used
        is_place = term.kind == "position" or (term.kind == "number" and len(digits) == 1)
        if is_place and not is_part(self._terms, at):
            self._facts.places.append((term, self._is_negated))
            self._is_negated = False
        return 1

    def _same_digits(self, term: Term, at: int) -> None:
        """ "fyra fyror", "bara fyror på slutet"; "det med fyror i" has some."""
        before = self._terms[at - 1] if at else Term("")
        is_inside = self._terms[at + 1 : at + 2] == (Term("prep"),)
        digits = term.text * (before.n if before.kind == "number" else LAST_DIGITS)
        ends = self._cards.ending(digits)
        has = self._cards.having(term.text)
        self._last4(has if is_inside else ends, digits)

    def _last4(self, found: Ids, digits: str) -> None:
        if found or self._is_negated:
            self._facts.is_numbered = not self._is_negated
            self._keep(found)
        else:
            self._facts.problem = Ask(reason=Reason.NO_SUCH_NUMBER, params={"number": digits})

    # Expiry

    def _expiry(self, at: int) -> int:
        term = self._terms[at]
        if term.kind == "month":
            year, used = year_of_month(self._terms, at, self._today)
            self._keep(self._cards.expiring(term.n, year))
            return used
        if term.kind == "fraction":
            month, _, year_text = term.text.partition("/")
            self._keep(self._cards.expiring(int(month), full_year(int(year_text))))
        elif term.kind == "year":
            found = self._cards.expiring(0, term.n)
            is_said = "expires" in self._kinds_of_clause or at == 0
            self._keep(found if found or is_said else None)  # "revisorn blev galen förra året"
        return 1

    def _order(self, term: Term) -> None:
        """First or last to expire; the newest card is the one that is valid longest."""
        if term.text not in ("expiry", "age"):
            return
        latest = (term.text == "expiry" and term.n > 0) or (term.text == "age" and term.n < 0)
        place = -abs(term.n) if latest else abs(term.n)
        found = self._cards.by_expiry(frozenset(card.id for card in self._left()), place)
        self._keep(found or None)

    # The customer's own name for a card

    def _describe(self, term: Term) -> None:
        found = self._cards.described(term.text)
        if found:
            self._keep(found)
        elif owners_of(term.text) and not (
            self._is_negated or term.text in _RESERVED or is_kin(term.text)
        ):
            self._facts.problem_clause = self._facts.problem_clause or self._clause
            self._facts.problem = self._facts.problem or Ask(
                reason=Reason.NO_MATCH, params={"word": term.text}
            )


_KNOWN_BY: dict[str, Callable[[CardList, Term], Ids]] = {
    "brand": lambda cards, term: cards.of_brand(term.text),
    "default": lambda cards, _: cards.default(),
    "middle": lambda cards, _: cards.middle(),
}
