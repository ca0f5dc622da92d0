"""Case files and the lists they are about, in the formats that the measurements share."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from actions.selection import ShownCard, ShownInvoice


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """`expected` is a sorted tuple of invoice ids, a card id, "new" or "ask"."""

    text: str
    expected: Any
    list_name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lists:
    """What the customer has just been shown, and the day it is."""

    today: date
    invoices: Mapping[str, tuple[ShownInvoice, ...]]
    cards: tuple[ShownCard, ...]


def read_cases(path: Path) -> tuple[Case, ...]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return tuple(_case(json.loads(line)) for line in lines if line.strip())


def read_lists(path: Path) -> Lists:
    raw = json.loads(path.read_text(encoding="utf-8"))
    return Lists(
        today=date.fromisoformat(raw["today"]),
        invoices={name: tuple(map(_invoice, rows)) for name, rows in raw["lists"].items()},
        cards=tuple(map(_card, raw.get("cards", []))),
    )


def _case(raw: dict[str, Any]) -> Case:
    expected = raw["expect"]
    return Case(
        text=raw["text"],
        expected=tuple(sorted(expected)) if isinstance(expected, list) else expected,
        list_name=raw.get("list", ""),
    )


def _invoice(raw: dict[str, Any]) -> ShownInvoice:
    return ShownInvoice(
        id=raw["id"],
        number=str(raw.get("number", raw["id"])),
        date=date.fromisoformat(raw["date"]),
        due_date=date.fromisoformat(raw["duedate"]),
        balance=int(Decimal(raw["balance"]) * 100),
        description=raw["description"],
    )


def _card(raw: dict[str, Any]) -> ShownCard:
    month, _, year = raw["expiry"].partition("/")
    return ShownCard(
        id=raw["id"],
        brand=raw["type"],
        last4=raw["last4"],
        expiry_year=2000 + int(year),
        expiry_month=int(month),
        description=raw.get("description", ""),
        is_default=raw.get("default", False),
    )
