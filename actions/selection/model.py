"""What was shown, and what an expression comes to: a choice, or a question to ask back."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownInvoice:
    """One row of the list as the customer sees it; `balance` in öre, `number` as printed."""

    id: int
    number: str
    date: datetime.date
    due_date: datetime.date
    balance: int
    description: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownCard:
    """One saved card as the customer sees it; it is valid through `expiry_month`."""

    id: int
    brand: str
    last4: str
    expiry_year: int
    expiry_month: int
    description: str = ""
    is_default: bool = False


class Reason(StrEnum):
    """Why a careful person would ask back; one response in `domain.yml` for each."""

    NOT_UNDERSTOOD = "not_understood"
    QUESTION = "question"
    AMBIGUOUS = "ambiguous"
    ALTERNATIVES = "alternatives"
    DATES_DIFFER = "dates_differ"
    NO_SUCH_POSITION = "no_such_position"
    NO_SUCH_NUMBER = "no_such_number"
    NO_SUCH_AMOUNT = "no_such_amount"
    NO_MATCH = "no_match"
    COUNT_DIFFERS = "count_differs"
    COUNT_MISSING = "count_missing"
    BUDGET = "budget"
    UNCLEAR = "unclear"
    NOTHING_LEFT = "nothing_left"
    VAGUE = "vague"


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """Ids of the list that was shown, in its order; never empty."""

    ids: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChosenCard:
    id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCard:
    """The customer means a card that is not saved."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """`candidates` are the ids that the answer probably lies among, in shown order."""

    reason: Reason
    candidates: tuple[int, ...] = ()
    params: dict[str, Any] = field(default_factory=dict)
