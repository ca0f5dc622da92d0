"""A mention taken apart, and what each term that needs no neighbours adds to it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from actions.selection.model import Ask, Reason
from actions.selection.shown import Ids, Shown
from actions.selection.terms import MANY, Term

_SINGULAR_IN_ER = ("server", "nummer", "dator", "router", "center")


@dataclass(slots=True, kw_only=True)
class Parts:
    """A mention taken apart: what narrows, what picks among the rest, and how many are meant."""

    alternatives: list[list[Ids]] = field(default_factory=list)
    picks: list[Term] = field(default_factory=list)
    count: int = 0
    form: str = ""
    is_all: bool = False
    is_mass: bool = False
    is_bare: bool = True
    field_said: str = ""
    problems: list[Ask] = field(default_factory=list)
    dated: list[Term] = field(default_factory=list)
    heads: list[Term] = field(default_factory=list)
    of_count: int = 0
    is_vague: bool = False
    is_fitting: bool = False
    is_most: bool = False
    is_for: bool = False
    total: int = 0
    limit: int = 0

    def problem(self, reason: Reason, **params: object) -> None:
        self.problems.append(Ask(reason=reason, params=dict(params)))


class PlainTerms:
    """Reads the terms of a mention that mean the same whatever stands beside them."""

    def __init__(self, parts: Parts, shown: Shown) -> None:
        self.parts = parts
        self._shown = shown

    def read(self, term: Term) -> None:
        reader = _READERS.get(term.kind)
        if reader:
            reader(self, term)

    def _quantify(self, term: Term) -> None:
        self.parts.is_all = self.parts.is_all or term.kind == "all"
        self.parts.is_mass = self.parts.is_mass or term.text == "mass"
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
            self.parts.problem(Reason.NO_MATCH, word=term.text)
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
            self.parts.problem(Reason.NO_MATCH, word=term.text)
        elif term.text.startswith(".") or not wide:
            self.parts.alternatives.append([own])
        else:
            self.parts.alternatives.append([found for found in (own, own | wide) if found])

    def _vague(self, _: Term) -> None:
        self.parts.is_vague = True

    def _every_other(self, term: Term) -> None:
        """ "varannan med början på ettan"; from which one it begins must be said."""
        if not term.n:
            self.parts.problem(Reason.UNCLEAR)
            return
        ordered = self._shown.ordered(self._shown.all)
        self.parts.alternatives.append([frozenset(ordered[term.n - 1 :: 2])])
        self.parts.is_all = True

    def _half(self, term: Term) -> None:
        """ "första halvan av listan": only where the list can be halved."""
        ordered = self._shown.ordered(self._shown.all)
        size = len(ordered) // 2
        if len(ordered) % 2 or not size:
            self.parts.problem(Reason.AMBIGUOUS)
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
            self.parts.problem(Reason.AMBIGUOUS if shared else Reason.NO_MATCH)
            return
        self.parts.alternatives.append(
            [self._shown.where(lambda invoice: invoice.balance == shared[0])]
        )
        self.parts.form = MANY


_READERS: dict[str, Callable[[PlainTerms, Term], None]] = {
    "all": PlainTerms._quantify,
    "both": PlainTerms._quantify,
    "det": PlainTerms._determine,
    "noun": PlainTerms._noun,
    "word": PlainTerms._word,
    "domain": PlainTerms._domain,
    "superlative": PlainTerms._pick,
    "middle": PlainTerms._pick,
    "size": PlainTerms._pick,
    "some": PlainTerms._vague,
    "of": PlainTerms._of,
    "modifier": PlainTerms._modifier,
    "count": PlainTerms._counts,
    "every_other": PlainTerms._every_other,
    "half_list": PlainTerms._half,
    "same_amount": PlainTerms._equal_amounts,
}
