"""Rows of the payment tables from and to the values of `model`."""

from __future__ import annotations

from dataclasses import asdict, fields
from enum import Enum
from typing import Any

from sqlalchemy import Row

from billing.payments.model import (
    Capture,
    Confirmation,
    ConfirmationState,
    Line,
    Method,
    Order,
    Plan,
    Reason,
    Reply,
    State,
)


def values(item: Confirmation | Order | Capture) -> dict[str, Any]:
    """Column values of one item; enums as their text, lines as JSON."""
    return {field.name: _plain(getattr(item, field.name)) for field in fields(item)}


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, tuple):
        return [_line_values(line) for line in value]
    return value


def _line_values(line: Line) -> dict[str, Any]:
    return {**asdict(line), "plan": line.plan.value}


def _named(row: Row[Any]) -> dict[str, Any]:
    return dict(zip(row._fields, row, strict=True))


def confirmation(row: Row[Any]) -> Confirmation:
    found = _named(row)
    known = {
        "method": Method(found["method"]),
        "state": ConfirmationState(found["state"]),
        "lines": tuple(Line(**{**one, "plan": Plan(one["plan"])}) for one in found["lines"]),
    }
    return Confirmation(**{**found, **known})


def order(row: Row[Any]) -> Order:
    found = _named(row)
    return Order(**{**found, "method": Method(found["method"])})


def capture(row: Row[Any]) -> Capture:
    found = _named(row)
    known = {
        "plan": Plan(found["plan"]),
        "state": State(found["state"]),
        "reason": Reason(found["reason"]) if found["reason"] else None,
        "reply": Reply(found["reply"]) if found["reply"] else None,
    }
    return Capture(**{**found, **known})
