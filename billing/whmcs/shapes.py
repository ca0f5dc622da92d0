"""Reading WHMCS's JSON: ids as numbers or strings, five kinds of nothing, dates that never were.

Every reader takes the payload and the names a field may have, and raises `Unreadable` with the
field's name, never with its value. Amounts become `Decimal` from strings or from JSON numbers that
were parsed as `Decimal`; a float never exists.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from billing.model import Money

Payload = Mapping[str, Any]

_INTEGER = re.compile(r"-?[0-9]{1,18}")
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
_BRACKETED = re.compile(r"[^\[\]]+(\[[^\[\]]*\])+")
_TRUE = {"1", "true", "on", "yes"}
_FALSE = {"0", "false", "off", "no", ""}
_MOST_DIGITS = 13
_YEARS = range(1970, 9999)


class Unreadable(ValueError):
    """A field is missing or is not what it should be; names the field, never its value."""


def _first(payload: Payload, names: tuple[str, ...]) -> object:
    return next((payload[name] for name in names if payload.get(name) is not None), None)


def integer(payload: Payload, *names: str) -> int:
    value = optional_integer(payload, *names)
    if value is None:
        raise Unreadable(names[0])
    return value


def optional_integer(payload: Payload, *names: str) -> int | None:
    """None for a missing, null or empty field."""
    value = _first(payload, names)
    if value is None or value == "":
        return None
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise Unreadable(names[0])
    if not _INTEGER.fullmatch(written := str(value).strip()):
        raise Unreadable(names[0])
    return int(written)


def identifier(payload: Payload, *names: str) -> int | None:
    """An id that may be absent, which WHMCS also writes as 0."""
    return optional_integer(payload, *names) or None


def text(payload: Payload, *names: str) -> str:
    """Plain text, empty where there is none: entities undone (WHMCS stores names and descriptions
    encoded), and nothing unprintable left that a database or an encoder would choke on."""
    value = _first(payload, names)
    if value is None or value == []:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise Unreadable(names[0])
    if isinstance(value, int):
        return str(integer(payload, *names))
    return _UNPRINTABLE.sub("", html.unescape(value)).replace("\r\n", "\n").strip()


def amount(payload: Payload, *names: str) -> Decimal:
    """An amount with two decimals; an amount that is not there is unreadable, never zero."""
    value = _first(payload, names)
    if isinstance(value, str):
        return _amount_of(value, names[0])
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise Unreadable(names[0])
    exact = Decimal(value)
    if not exact.is_finite() or exact.adjusted() >= _MOST_DIGITS:
        raise Unreadable(names[0])
    return exact.quantize(Decimal("0.01"))


def _amount_of(written: str, name: str) -> Decimal:
    try:
        return Money.parse(written, "").amount
    except ValueError:
        raise Unreadable(name) from None


def money(payload: Payload, currency: str, *names: str) -> Money:
    return Money(amount(payload, *names), currency)


def flag(payload: Payload, name: str, *, default: bool = False) -> bool:
    """A boolean in any of its spellings: false, 0, "0", "false", "" …"""
    value = payload.get(name)
    if value is None:
        return default
    written = str(value).strip().lower() if isinstance(value, bool | int | str) else "?"
    if written not in _TRUE | _FALSE:
        raise Unreadable(name)
    return written in _TRUE


def day(payload: Payload, *names: str) -> date:
    value = optional_day(payload, *names)
    if value is None:
        raise Unreadable(names[0])
    return value


def optional_day(payload: Payload, *names: str) -> date | None:
    """None for a date that never was ("0000-00-00")."""
    moment = _moment(payload, names)
    return None if moment is None else moment.date()


def optional_moment(payload: Payload, zone: ZoneInfo, *names: str) -> datetime | None:
    """A time of the billing system's clock, which is in `zone`."""
    moment = _moment(payload, names)
    return None if moment is None else moment.replace(tzinfo=zone)


def _moment(payload: Payload, names: tuple[str, ...]) -> datetime | None:
    value = _first(payload, names)
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        raise Unreadable(names[0])
    if value.startswith(("0000-", "-0001-")):
        return None
    try:
        moment = datetime.fromisoformat(value.strip()).replace(tzinfo=None)
    except ValueError:
        raise Unreadable(names[0]) from None
    if moment.year not in _YEARS:
        raise Unreadable(names[0])
    return moment


def mapping(payload: Payload, name: str) -> Payload:
    value = payload.get(name)
    if not isinstance(value, Mapping):
        raise Unreadable(name)
    return value


def rows(payload: Payload, outer: str, inner: str | None = None) -> list[Payload]:
    """The records of a list, whichever way it is wrapped and however nothing is written.

    Nothing may be an absent key, null, "", [], {}, [[]]; one may stand alone or under "0".
    """
    value = payload.get(outer)
    if inner is not None and isinstance(value, Mapping) and inner in value:
        value = value[inner]
    return _records(value, outer)


def _records(value: object, name: str) -> list[Payload]:
    if isinstance(value, Mapping):
        is_numbered = all(_INTEGER.fullmatch(str(key)) for key in value)
        value = list(value.values()) if is_numbered else [value]
    if value is None or value == "":
        return []
    if not isinstance(value, list):
        raise Unreadable(name)
    records = [one for one in value if one not in (None, "", [], {})]
    if not all(isinstance(one, Mapping) for one in records):
        raise Unreadable(name)
    return records


def unflatten(payload: Payload) -> Payload:
    """Put keys such as `currencies[currency][0][code]` back into the nesting that they spell."""
    if not any("[" in key for key in payload):
        return payload
    nested: dict[str, Any] = {}
    for key, value in payload.items():
        _put(nested, _steps(key), value)
    return nested


def _steps(key: str) -> list[str]:
    return re.split(r"\]?\[", key.removesuffix("]")) if _BRACKETED.fullmatch(key) else [key]


def _put(into: dict[str, Any], steps: list[str], value: object) -> None:
    for step in steps[:-1]:
        below = into.get(step)
        into[step] = into = dict(below) if isinstance(below, Mapping) else {}
    into[steps[-1]] = value
