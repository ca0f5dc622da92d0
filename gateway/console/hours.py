"""When people are there: opening hours by weekday, closed on Swedish holidays and their eves. Pure.

`mon-fri 08:00-17:00; sat 10:00-14:00`, or `always`. Local time, so that a summer's day is a day.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Self
from zoneinfo import ZoneInfo

from holidays.countries.sweden import Sweden

from kvitt.settings import SettingsError

ALWAYS = "always"
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LOOKS_AHEAD_DAYS = 30

_LAST_MINUTE = time(23, 59, 59, 999999)
_RULE = re.compile(
    rf"(?P<first>{'|'.join(DAYS)})(?:-(?P<last>{'|'.join(DAYS)}))?"
    r"\s+(?P<opens>\d\d:\d\d)-(?P<closes>\d\d:\d\d)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    weekday: int
    opens: time
    closes: time


@dataclass(frozen=True, slots=True, kw_only=True)
class OpeningHours:
    spans: tuple[Span, ...]
    timezone: ZoneInfo
    is_always: bool = False

    @classmethod
    def parse(cls, text: str, timezone: ZoneInfo) -> Self:
        """Raises SettingsError with what is wrong."""
        if text.strip().lower() == ALWAYS:
            return cls(spans=(), timezone=timezone, is_always=True)
        rules = (rule.strip().lower() for rule in text.split(";"))
        spans = tuple(span for rule in rules if rule for span in _spans(rule))
        return cls(spans=spans, timezone=timezone)

    def is_open(self, now: datetime) -> bool:
        local = now.astimezone(self.timezone)
        if self.is_always:
            return True
        return any(span.opens <= local.time() < span.closes for span in self._on(local.date()))

    def opens_at(self, now: datetime) -> datetime | None:
        """The next opening, in local time; None within the next month."""
        local = now.astimezone(self.timezone)
        for ahead in range(LOOKS_AHEAD_DAYS):
            day = local.date() + timedelta(days=ahead)
            for span in sorted(self._on(day), key=lambda span: span.opens):
                opening = datetime.combine(day, span.opens, self.timezone)
                if opening > local:
                    return opening
        return None

    def _on(self, day: date) -> tuple[Span, ...]:
        if is_holiday(day):
            return ()
        return tuple(span for span in self.spans if span.weekday == day.weekday())


def is_holiday(day: date) -> bool:
    """Public holidays, and the eves on which offices are closed as well."""
    return day in Sweden(include_sundays=False, years=day.year, categories=("public", "de_facto"))


def _spans(rule: str) -> tuple[Span, ...]:
    match = _RULE.fullmatch(rule)
    if match is None:
        raise SettingsError(
            f"KVITT_DESK_HOURS: {rule!r} is not like 'mon-fri 08:00-17:00' (or 'always')"
        )
    first = DAYS.index(match["first"])
    last = DAYS.index(match["last"]) if match["last"] else first
    opens, closes = _time(match["opens"]), _time(match["closes"])
    if last < first or closes <= opens:
        raise SettingsError(f"KVITT_DESK_HOURS: {rule!r} ends before it begins")
    return tuple(Span(weekday=day, opens=opens, closes=closes) for day in range(first, last + 1))


def _time(text: str) -> time:
    if text == "24:00":
        return _LAST_MINUTE
    try:
        return time.fromisoformat(text)
    except ValueError:
        raise SettingsError(f"KVITT_DESK_HOURS: there is no time {text!r}") from None
