"""What each part of a mention leaves of the list, as alternatives where it can be read twice."""

from __future__ import annotations

from actions.selection import numbers, periods
from actions.selection.bounds import bounds
from actions.selection.counting import COMPARING, is_count
from actions.selection.mentions import Mention
from actions.selection.model import Reason
from actions.selection.parts import Parts, PlainTerms
from actions.selection.periods import DATED
from actions.selection.shown import Ids, Shown
from actions.selection.terms import MANY, ONE, Term

_VALUES = frozenset({"number", "money", "age", "position"}) | DATED
_ATTRIBUTES = frozenset({"below", "at_most", "above", "at_least"})
_FEW = 12
_MOST_PLACES = 40
_LEAST_SLACK = 3  # days that "ungefär" allows
_FIRST_YEAR, _LAST_YEAR = 2000, 2099


class Narrowing:
    """Walks a mention's terms once; what no reading fits becomes a problem to ask about."""

    def __init__(self, shown: Shown, mention: Mention) -> None:
        self._shown = shown
        self._terms = tuple(_as_year(term, shown) for term in mention.terms)
        rough = next((term for term in mention.terms if term.kind == "approximately"), None)
        self._rough = rough.text or numbers.ABOUT if rough else ""
        self.parts = Parts(field_said=_field(mention))
        self._is_sum = mention.has("sum")
        self._is_fit = mention.has("fit", "most")
        self.parts.is_fitting = self._is_fit
        self.parts.is_most = mention.has("most")
        self.parts.is_for = Term("prep", text="for") in mention.terms

    def read(self) -> Parts:
        at = 0
        while at < len(self._terms):
            at += self._step(at)
        is_sum = any(term.kind == "number" and term.n > _FEW for term in self._terms)
        if any(term.kind == "to" for term in self._terms) and self.parts.alternatives:
            self.parts.picks = [pick for pick in self.parts.picks if pick.kind != "size"]
        if self.parts.picks and any(term.kind == "of" for term in self._terms):
            self.parts.form = ONE if not self.parts.count else self.parts.form
        is_compared = any(t.kind == "superlative" and t.form == ONE for t in self._terms)
        if is_compared and not self.parts.count:
            self.parts.form = ONE  # "det äldre av supportavtalen"
        if is_sum or any(term.kind in (*COMPARING, "age", "money") for term in self._terms):
            # "gamla, mer än tre månader", "de små på under hundra"
            self.parts.picks = [pick for pick in self.parts.picks if pick.kind != "size"]
        return self.parts

    def _step(self, at: int) -> int:
        term = self._terms[at]
        if term.kind in COMPARING:
            return self._compare(at)
        if term.kind in _VALUES:
            return self._value(at)
        PlainTerms(self.parts, self._shown).read(term)
        return 1

    # Values, alone or compared

    def _value(self, at: int) -> int:
        term = self._terms[at]
        if self._is_sum or self._is_fit:
            used = self._limit(at)
            if used:
                return used
        if term.kind == "number" and is_count(self._terms, at):
            self.parts.count = term.n
            return 1
        until = self._range_end(at)
        if until:
            self._span(term, self._terms[at + until])
            return until + 1
        if self._kind(at + 1) in ("onward", "backward"):
            self._bound(term, "from" if self._kind(at + 1) == "onward" else "until")
            return 2
        self._equal(at)
        return 1

    def _limit(self, at: int) -> int:
        term = self._terms[at]
        if term.kind not in ("money", "number") or (
            term.kind == "number" and is_count(self._terms, at)
        ):
            return 0
        ore = term.n * (100 if term.kind == "number" else 1)
        if self._is_fit:
            self.parts.limit = ore
        else:
            self.parts.total = ore
        return 1

    def _range_end(self, at: int) -> int:
        """How far ahead the range's other end lies: "ettan till trean", "mars t.o.m. maj"."""
        ahead = 2 if self._kind(at + 1) in ("to", "until") else 0
        if ahead and self._kind(at + ahead) == "det":
            ahead += 1
        return ahead if ahead and self._kind(at + ahead) in _VALUES else 0

    def _equal(self, at: int) -> None:
        term = self._terms[at]
        if term.kind == "position":
            self._place(term)
        elif term.kind in DATED:
            self._date(term)
        elif term.kind == "age":
            self._days_ago(term)
        elif term.kind == "number" and self._kind(at + 1) == "ends_with":
            self._part_of_number(term, "ends_with")  # "med tio på slutet"
        elif self._kind(at - 1) in ("ends_with", "starts_with"):
            self._part_of_number(term, self._kind(at - 1))
        else:
            self._number(term, self._kind(at - 1))

    def _days_ago(self, term: Term) -> None:
        """ "gick ut för en vecka sedan": on that very day, or nobody knows how far around it."""
        day = periods.ago(term, self._shown.today)
        slack = max(_LEAST_SLACK, term.n // 4) if self._rough else 0
        found = periods.by_day(
            self._shown, lambda known: abs((known - day).days) <= slack, self.parts.field_said
        )
        found = [ids for ids in found if ids]
        if term.form == "ago" and found:
            self.parts.alternatives.append(found)
        elif term.form or all(
            one.kind != "word" for one in self._terms
        ):  # "webbhotellet för ett år": how long it is for
            self.parts.problem(Reason.UNCLEAR)

    def _place(self, term: Term) -> None:
        if term.text != "nominal":
            self.parts.picks.append(term)
            return
        self.parts.form = self.parts.form or ONE
        there = self._shown.at(term.n)
        if there:
            self.parts.alternatives.append([there])
        else:
            self.parts.problem(Reason.NO_SUCH_POSITION, position=term.n)

    def _date(self, term: Term) -> None:
        if not periods.is_valid(term):
            self.parts.problem(Reason.UNCLEAR)
            return
        if self.parts.picks and self.parts.picks[-1] == Term("superlative", -1, "age"):
            self.parts.picks.pop()  # "senast den 4 november" is a last day, not the newest invoice
            is_mass = self._terms[0].text == "neuter"  # "det som är daterat senast 30/6"
            if is_mass:
                self.parts.form, self.parts.is_all = MANY, True
            if self.parts.form != ONE:
                self._bound(term, "until")
                return
        self.parts.dated.append(term)

    def _part_of_number(self, term: Term, kind: str) -> None:
        digits = term.text.replace(" ", "")
        find = numbers.by_ending if kind == "ends_with" else numbers.by_beginning
        self._found(find(self._shown, digits), Reason.NO_SUCH_NUMBER, number=digits)

    def _number(self, term: Term, before: str) -> None:
        if term.kind == "money":
            is_slang = term.text == "slang"
            found = numbers.amount(self._shown, term.n, rough=self._rough, is_slang=is_slang)
            whole = sum(map(self._shown.balance, self._shown.all))
            if not found and self.parts.is_all and whole // 100 == term.n // 100:
                return  # "hela beloppet på 1 486 kronor"
            self._found(found, Reason.NO_SUCH_AMOUNT, ore=term.n)
            return
        self.parts.form = self.parts.form or term.form
        meanings = numbers.readings(self._shown, term, before, rough=self._rough)
        if meanings:
            self.parts.alternatives.append(meanings)
            if numbers.are_several(self._shown, term, before):
                self.parts.form = MANY
        elif term.n > _MOST_PLACES and (part := self._shown.catalogue.with_word(term.text)):
            self.parts.alternatives.append([part])  # "365", in "Microsoft 365"
        elif before in ("prep", "approximately"):
            self.parts.problem(Reason.NO_SUCH_AMOUNT, ore=term.n * 100)
        else:
            self.parts.problem(Reason.NO_SUCH_NUMBER, number=term.text.replace(" ", ""))

    def _found(self, ids: Ids, reason: Reason, **params: object) -> None:
        if ids:
            self.parts.alternatives.append([ids])
        else:
            self.parts.problem(reason, **params)

    def _compare(self, at: int) -> int:
        how = self._terms[at].kind
        ahead = at + 1
        while self._kind(ahead) in (
            "prep",
            "to",
            "source",
            "det",
            "noun",
            "due",
            "issued",
            "superlative",
            "approximately",
            "sum",
            "id_mark",
            "place_mark",
        ):
            ahead += 1
        if self._kind(ahead) not in _VALUES:
            is_dangling = ahead >= len(self._terms) and at > 0 and how in ("above", "below")
            if not is_dangling:
                self.parts.problem(Reason.UNCLEAR)
            return 1
        end = self._range_end(ahead)
        if end and how in ("between", "from"):
            self._span(self._terms[ahead], self._terms[ahead + end])
            return ahead + end + 1 - at
        if how == "between":
            return self._between(ahead) - at
        if how == "above" and self._kind(ahead) == "number" and is_count(self._terms, ahead):
            self.parts.problem(Reason.UNCLEAR)
        self._bound(self._terms[ahead], how)
        return ahead + 1 - at + (1 if self._kind(ahead + 1) == "onward" else 0)

    def _between(self, ahead: int) -> int:
        if self._kind(ahead + 1) in _VALUES:
            self._span(self._terms[ahead], self._terms[ahead + 1])
            return ahead + 2
        self.parts.problem(Reason.UNCLEAR)
        return ahead + 1

    def _span(self, first: Term, last: Term) -> None:
        is_money = _is_sum_of_money(first, last) or self._are_sums(first, last)
        lower = self._reach(first, "at_least" if is_money else "from")
        upper = self._reach(last, "at_most" if is_money else "until")
        both = [one & other for one, other in zip(lower, upper, strict=False) if one & other]
        is_placed = {first.kind, last.kind} <= {"number", "position"} and not is_money
        if not both and is_placed:  # "3102 till 3127" on a list that shows the newest first
            upper, lower = self._reach(first, "until"), self._reach(last, "from")
            both = [one & other for one, other in zip(lower, upper, strict=False) if one & other]
        if both:
            self.parts.alternatives.append(both)
            self.parts.form, self.parts.is_all = MANY, True
        else:
            self.parts.problem(Reason.UNCLEAR)

    def _are_sums(self, first: Term, last: Term) -> bool:
        """ "mellan 300 och 700" are kronor where they are neither places nor invoice numbers."""
        if not first.kind == last.kind == "number":
            return False
        is_number = any(numbers.by_number(self._shown, t.text) for t in (first, last))
        return not is_number and last.n > len(self._shown.invoices)

    def _bound(self, term: Term, how: str) -> None:
        if how in _ATTRIBUTES and term.kind in DATED:
            self._date(term)  # "under oktober"
            return
        bounds = self._reach(term, how)
        found = [ids for ids in bounds if ids]
        if found and len(found) < len(bounds) and term.kind == "age":
            self.parts.problem(Reason.DATES_DIFFER)
        elif found:
            self.parts.alternatives.append(found)
            self.parts.is_all = self.parts.is_all or self.parts.form != ONE
        else:
            self.parts.problem(Reason.NO_MATCH)

    def _reach(self, term: Term, how: str) -> list[Ids]:
        return bounds(self._shown, term, how, self.parts.field_said)

    def _kind(self, at: int) -> str:
        return self._terms[at].kind if 0 <= at < len(self._terms) else ""


def _as_year(term: Term, shown: Shown) -> Term:
    """ "2025" is a year where no invoice has that number or sum, and some are of that year."""
    if term.kind != "number" or not _FIRST_YEAR <= term.n <= _LAST_YEAR or term.form == "spelled":
        return term
    is_other = numbers.by_number(shown, term.text) or numbers.amount(shown, term.n * 100)
    years = {day.year for one in shown.invoices for day in (one.date, one.due_date)}
    return Term("year", term.n) if term.n in years and not is_other else term


def _is_sum_of_money(first: Term, last: Term) -> bool:
    return "money" in (first.kind, last.kind)


def _field(mention: Mention) -> str:
    if mention.has("due", "overdue"):
        return "due"
    return "issued" if mention.has("issued") else ""
