"""The list that was shown, indexed the ways in which customers point at it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from functools import cached_property

from actions.selection.model import ShownInvoice
from actions.selection.products import Catalogue

Ids = frozenset[int]


class Shown:
    """One list and the day it is; all answers are ids of this list."""

    def __init__(self, invoices: Sequence[ShownInvoice], today: date) -> None:
        self.invoices = tuple(invoices)
        self.today = today
        self.catalogue = Catalogue(self.invoices)
        self._by_id = {invoice.id: invoice for invoice in self.invoices}

    @cached_property
    def all(self) -> Ids:
        return frozenset(self._by_id)

    def ordered(self, ids: Ids) -> tuple[int, ...]:
        return tuple(invoice.id for invoice in self.invoices if invoice.id in ids)

    def where(self, fits: Callable[[ShownInvoice], bool]) -> Ids:
        return frozenset(invoice.id for invoice in self.invoices if fits(invoice))

    def at(self, position: int) -> Ids:
        """1 is the first, -1 the last; nothing when the list is shorter."""
        index = position - 1 if position > 0 else position
        is_there = -len(self.invoices) <= index < len(self.invoices) and position != 0
        return frozenset({self.invoices[index].id}) if is_there else frozenset()

    def position(self, key: int) -> int:
        return self.ordered(self.all).index(key) + 1

    def balance(self, key: int) -> int:
        return self._by_id[key].balance

    def issued(self, key: int) -> date:
        return self._by_id[key].date

    def due(self, key: int) -> date:
        return self._by_id[key].due_date

    def number(self, key: int) -> str:
        return self._by_id[key].number
