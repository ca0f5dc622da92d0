"""What each part of a mention leaves of the list, as alternatives where it can be read twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from actions.selection import numbers, periods
from actions.selection.bounds import bounds
from actions.selection.mentions import Mention
from actions.selection.model import Ask, Reason
from actions.selection.periods import DATED
from actions.selection.shown import Ids, Shown
from actions.selection.terms import MANY, ONE, Term

_COMPARING = frozenset(
    [
        "below",
        "at_most",
        "above",
        "at_least",
        "older",
        "newer",
        "before",
        "after",
        "from",
        "until",
        "between",
    ]
)
_VALUES = frozenset({"number", "money", "age", "position"}) | DATED
_ATTRIBUTES = frozenset({"below", "at_most", "above", "at_least"})
_MOST_COUNTED = 60
_FEW = 12
_SINGULAR_IN_ER = ("server", "nummer", "dator", "router", "center")
_FIRST_YEAR, _LAST_YEAR = 2000, 2099


@dataclass(slots=True, kw_only=True)
class Parts:
    """A mention taken apart: what narrows, what picks among the rest, and how many are meant."""

    alternatives: list[list[Ids]] = field(default_factory=list)
    picks: list[Term] = field(default_factory=list)
    count: int = 0
    form: str = ""
    is_all: bool = False
    is_bare: bool = True
    field_said: str = ""
    problems: list[Ask] = field(default_factory=list)
    dated: list[Term] = field(default_factory=list)
    heads: list[Term] = field(default_factory=list)
    of_count: int = 0
    is_vague: bool = False
    is_fitting: bool = False
    is_most: bool = False
    total: int = 0
    limit: int = 0


class Narrowing:
    """Walks a mention's terms once; what no reading fits becomes a problem to ask about."""

    def __init__(self, shown: Shown, mention: Mention) -> None:
        self._shown = shown
        self._terms = tuple(_as_year(term, shown) for term in mention.terms)
        rough = next((term for term in mention.terms if term.kind == "approximately"), None)
        self._rough = rough.text or numbers.ABOUT if rough else ""
        self.parts = Parts(field_said=_field(mention))
        self._is_sum = mention.has("sum")
        self._is_fit = mention.has("fit")
        self.parts.is_fitting = self._is_fit
        self.parts.is_most = mention.has("most")

    def read(self) -> Parts:
        at = 0
        while at < len(self._terms):
            at += self._step(at)
        is_sum = any(term.kind == "number" and term.n > _FEW for term in self._terms)
        if self.parts.picks and any(term.kind == "of" for term in self._terms):
            self.parts.form = ONE if not self.parts.count else self.parts.form
        if is_sum or any(term.kind in (*_COMPARING, "age", "money") for term in self._terms):
            # "gamla, mer än tre månader", "de små på under hundra"
            self.parts.picks = [pick for pick in self.parts.picks if pick.kind != "size"]
        return self.parts

    def _step(self, at: int) -> int:
        term = self._terms[at]
        if term.kind in _COMPARING:
            return self._compare(at)
        if term.kind in _VALUES:
            return self._value(at)
        reader = _READERS.get(term.kind)
        if reader:
            reader(self, term)
        return 1

    # What picks or counts

    def _quantify(self, term: Term) -> None:
        self.parts.is_all = self.parts.is_all or term.kind == "all"
        if term.kind == "both":
            self.parts.count = 2
            self.parts.is_all = True
        self.parts.form = MANY
        self.parts.is_bare = False

    def _determine(self, term: Term) -> None:
        self.parts.form = self.parts.form or term.form
        self.parts.is_bare = False

    def _noun(self, term: Term) -> None:
        self.parts.form = self.parts.form or term.form

    def _modifier(self, term: Term) -> None:
        self.parts.alternatives.append([self._shown.catalogue.with_word(term.text)])

    def _counts(self, term: Term) -> None:
        self.parts.count = term.n
        self.parts.form = MANY

    def _of(self, term: Term) -> None:
        self.parts.of_count = term.n

    def _pick(self, term: Term) -> None:
        self.parts.picks.append(term)

    def _word(self, term: Term) -> None:
        named = self._shown.catalogue.named(term.text)
        self.parts.heads.append(term)
        if not term.form and self._is_indefinite_plural(term.text):
            self.parts.form = self.parts.form or MANY
        if not self._is_one_thing_in_plural(term):
            self.parts.form = self.parts.form or term.form
        if not named.any:
            self._problem(Reason.NO_MATCH, word=term.text)
        elif named.direct and named.direct != named.any:
            self.parts.alternatives.append([named.direct, named.any])
        else:
            self.parts.alternatives.append([named.any])

    def _is_indefinite_plural(self, word: str) -> bool:
        """ "domäner", "servrar", where no description itself says so of one."""
        catalogue = self._shown.catalogue
        is_plural = word.endswith(("ar", "er", "or")) and not word.endswith(_SINGULAR_IN_ER)
        is_plural = is_plural and not catalogue.says(word)
        return is_plural and len(catalogue.named(word).any) > 1

    def _is_one_thing_in_plural(self, term: Term) -> bool:
        catalogue = self._shown.catalogue
        named = catalogue.named(term.text).any
        return (
            term.form == MANY
            and len(named) == 1
            and catalogue.is_plural(next(iter(named)), term.text)
        )

    def _domain(self, term: Term) -> None:
        catalogue = self._shown.catalogue
        own, wide = catalogue.domain(term.text), catalogue.subdomain(term.text)
        if not own and not wide:
            self._problem(Reason.NO_MATCH, word=term.text)
        elif term.text.startswith(".") or not wide:
            self.parts.alternatives.append([own])
        else:
            self.parts.alternatives.append([found for found in (own, own | wide) if found])

    def _vague(self, _: Term) -> None:
        self.parts.is_vague = True

    def _half(self, term: Term) -> None:
        """ "första halvan av listan": only where the list can be halved."""
        ordered = self._shown.ordered(self._shown.all)
        size = len(ordered) // 2
        if len(ordered) % 2 or not size:
            self._problem(Reason.AMBIGUOUS)
            return
        self.parts.alternatives.append(
            [frozenset(ordered[:size] if term.n > 0 else ordered[size:])]
        )
        self.parts.is_all = True

    def _equal_amounts(self, _: Term) -> None:
        """ "de som kostar lika mycket": the only invoices that do."""
        balances = Counter(invoice.balance for invoice in self._shown.invoices)
        shared = [balance for balance, times in balances.items() if times > 1]
        if len(shared) != 1:
            self._problem(Reason.AMBIGUOUS if shared else Reason.NO_MATCH)
            return
        self.parts.alternatives.append(
            [self._shown.where(lambda invoice: invoice.balance == shared[0])]
        )
        self.parts.form = MANY

    # Values, alone or compared

    def _value(self, at: int) -> int:
        term = self._terms[at]
        if self._is_sum or self._is_fit:
            used = self._limit(at)
            if used:
                return used
        if term.kind == "number" and self._is_count(at):
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
        if term.kind not in ("money", "number") or (term.kind == "number" and self._is_count(at)):
            return 0
        ore = term.n * (100 if term.kind == "number" else 1)
        if self._is_fit:
            self.parts.limit = ore
        else:
            self.parts.total = ore
        return 1

    def _is_count(self, at: int) -> bool:
        """ "de två äldsta", "alla fem", "3 första", "två domäner": how many, not which."""
        term = self._terms[at]
        before, after = (
            self._kind(at - 1),
            self._terms[at + 1] if at + 1 < len(self._terms) else None,
        )
        if (
            term.n > _MOST_COUNTED
            or len(term.text.split()) > 1
            or term.form in (ONE, MANY)
            or not term.n
        ):
            return False
        if before in ("noun", "id_mark", "place_mark", "prep", "source", "to", *_COMPARING):
            return False
        if after is not None and after.kind == "of":
            return True
        if after is not None and after.kind == "both" and term.n != 2:
            return False
        if before in ("all", "superlative", "size") or _is_end(self._terms[at - 1] if at else None):
            return True
        if before == "det" and self._terms[at - 1].form == MANY:
            return True
        is_partitive = after is not None and after.kind == "prep" and self._kind(at + 2) == "word"
        return is_partitive or (after is not None and _is_counted(after))

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
            self._problem(Reason.UNCLEAR)
        elif self._kind(at - 1) in ("ends_with", "starts_with"):
            self._part_of_number(term, self._kind(at - 1))
        else:
            self._number(term, self._kind(at - 1))

    def _place(self, term: Term) -> None:
        if term.text != "nominal":
            self.parts.picks.append(term)
            return
        self.parts.form = self.parts.form or ONE
        there = self._shown.at(term.n)
        if there:
            self.parts.alternatives.append([there])
        else:
            self._problem(Reason.NO_SUCH_POSITION, position=term.n)

    def _date(self, term: Term) -> None:
        if not periods.is_valid(term):
            self._problem(Reason.UNCLEAR)
            return
        if self.parts.picks and self.parts.picks[-1] == Term("superlative", -1, "age"):
            self.parts.picks.pop()  # "senast den 4 november" is a last day, not the newest invoice
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
            if len(meanings) == 1 and len(meanings[0]) == len(term.text.split()) > 1:
                self.parts.form = MANY
        elif before in ("prep", "approximately"):
            self._problem(Reason.NO_SUCH_AMOUNT, ore=term.n * 100)
        else:
            self._problem(Reason.NO_SUCH_NUMBER, number=term.text.replace(" ", ""))

    def _found(self, ids: Ids, reason: Reason, **params: object) -> None:
        if ids:
            self.parts.alternatives.append([ids])
        else:
            self._problem(reason, **params)

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
                self._problem(Reason.UNCLEAR)
            return 1
        end = self._range_end(ahead)
        if end and how in ("between", "from"):
            self._span(self._terms[ahead], self._terms[ahead + end])
            return ahead + end + 1 - at
        if how == "between":
            return self._between(ahead) - at
        if how == "above" and self._kind(ahead) == "number" and self._is_count(ahead):
            self._problem(Reason.UNCLEAR)
        self._bound(self._terms[ahead], how)
        return ahead + 1 - at + (1 if self._kind(ahead + 1) == "onward" else 0)

    def _between(self, ahead: int) -> int:
        if self._kind(ahead + 1) in _VALUES:
            self._span(self._terms[ahead], self._terms[ahead + 1])
            return ahead + 2
        self._problem(Reason.UNCLEAR)
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
            self._problem(Reason.UNCLEAR)

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
            self._problem(Reason.DATES_DIFFER)
        elif found:
            self.parts.alternatives.append(found)
            self.parts.is_all = self.parts.is_all or self.parts.form != ONE
        else:
            self._problem(Reason.NO_MATCH)

    def _reach(self, term: Term, how: str) -> list[Ids]:
        return bounds(self._shown, term, how, self.parts.field_said)

    def _kind(self, at: int) -> str:
        return self._terms[at].kind if 0 <= at < len(self._terms) else ""

    def _problem(self, reason: Reason, **params: object) -> None:
        self.parts.problems.append(Ask(reason=reason, params=dict(params)))


def _as_year(term: Term, shown: Shown) -> Term:
    """ "2025" is a year where no invoice has that number or sum, and some are of that year."""
    if term.kind != "number" or not _FIRST_YEAR <= term.n <= _LAST_YEAR or term.form == "spelled":
        return term
    is_other = numbers.by_number(shown, term.text) or numbers.amount(shown, term.n * 100)
    years = {day.year for one in shown.invoices for day in (one.date, one.due_date)}
    return Term("year", term.n) if term.n in years and not is_other else term


def _is_end(term: Term | None) -> bool:
    """ "första två", "sista 3"."""
    return term is not None and term.kind == "position" and term.n in (1, -1) and not term.text


def _is_counted(term: Term) -> bool:
    if term.kind in ("superlative", "size", "overdue", "both") or _is_end(term):
        return True
    if term.kind == "number" and term.form == MANY:
        return True
    return term.kind == "noun" or (term.kind == "word" and term.form != ONE)


def _is_sum_of_money(first: Term, last: Term) -> bool:
    return "money" in (first.kind, last.kind)


def _field(mention: Mention) -> str:
    if mention.has("due", "overdue"):
        return "due"
    return "issued" if mention.has("issued") else ""


_READERS: dict[str, Callable[[Narrowing, Term], None]] = {
    "all": Narrowing._quantify,
    "both": Narrowing._quantify,
    "det": Narrowing._determine,
    "noun": Narrowing._noun,
    "word": Narrowing._word,
    "domain": Narrowing._domain,
    "superlative": Narrowing._pick,
    "middle": Narrowing._pick,
    "size": Narrowing._pick,
    "some": Narrowing._vague,
    "of": Narrowing._of,
    "modifier": Narrowing._modifier,
    "count": Narrowing._counts,
    "half_list": Narrowing._half,
    "same_amount": Narrowing._equal_amounts,
}
