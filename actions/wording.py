"""Amounts, dates and lists as a Swedish customer reads them.

The words come from the responses in `domain.yml` whose names begin with `utter_part_`; this module
fills them in and joins them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from babel.dates import format_date
from babel.numbers import format_currency

from billing.model import Card, Invoice, Money

LOCALE = "sv_SE"
DOMAIN = Path(__file__).resolve().parent.parent / "domain.yml"


@lru_cache
def _responses(path: Path) -> Mapping[str, Any]:
    responses: Mapping[str, Any] = yaml.safe_load(path.read_text("utf-8"))["responses"]
    return responses


class Wording:
    """Fills in parts of sentences from `domain.yml`."""

    def __init__(self, path: Path = DOMAIN) -> None:
        self._responses = _responses(path)

    def part(self, name: str, /, **params: object) -> str:
        """The response `utter_part_<name>` with its values."""
        text: str = self._responses[f"utter_part_{name}"][0]["text"]
        return text.format(**params)

    def text(self, response: str) -> str:
        """A response that takes no values."""
        text: str = self._responses[response][0]["text"]
        return text

    def has(self, response: str) -> bool:
        return response in self._responses

    def buttons(self, response: str) -> list[dict[str, str]]:
        return [dict(button) for button in self._responses[response][0].get("buttons", [])]

    def money(self, money: Money) -> str:
        return format_currency(money.amount, money.currency, locale=LOCALE)

    def day(self, day: date, today: date) -> str:
        """ "4 november", with the year when it is another one."""
        pattern = "d MMMM" if day.year == today.year else "d MMMM y"
        return format_date(day, pattern, locale=LOCALE)

    def due(self, invoice: Invoice, today: date) -> str:
        """When it was or is due, in words."""
        day = self.day(invoice.due_date, today)
        if not invoice.is_payable():
            return self.part(f"status_{invoice.status.name.lower()}", day=day)
        if invoice.due_date == today:
            return self.part("due_today")
        return self.part("overdue" if invoice.is_overdue(today) else "due", day=day)

    def card(self, card: Card) -> str:
        """ "Visa som slutar på 4242"."""
        return self.part("card", brand=card.brand, last_four=card.last_four)

    def all_of(self, items: Iterable[str]) -> str:
        """ "a, b och c"."""
        listed = list(items)
        if len(listed) < 2:
            return "".join(listed)
        return self.part("and", first=", ".join(listed[:-1]), last=listed[-1])

    def all_of_or(self, items: Iterable[str]) -> str:
        """ "a, b eller c"."""
        listed = list(items)
        if len(listed) < 2:
            return "".join(listed)
        return self.part("or", first=", ".join(listed[:-1]), last=listed[-1])
