"""Opening hours in local time, with the holidays of Sweden."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from gateway.console.hours import OpeningHours
from kvitt.settings import SettingsError

STOCKHOLM = ZoneInfo("Europe/Stockholm")
HOURS = OpeningHours.parse("mon-fri 08:00-17:00; sat 10:00-14:00", STOCKHOLM)


def at(year: int, month: int, day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=STOCKHOLM)


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        (at(2026, 9, 3, 7, 59), False),
        (at(2026, 9, 3, 8), True),
        (at(2026, 9, 3, 17), False),
        (at(2026, 9, 5, 11), True),
        (at(2026, 9, 6, 11), False),
        (datetime(2026, 7, 1, 6, 30, tzinfo=UTC), True),
        (datetime(2026, 1, 14, 6, 30, tzinfo=UTC), False),
        (at(2026, 1, 6, 11), False),
        (at(2026, 5, 14, 11), False),
        (at(2026, 6, 19, 11), False),
        (at(2026, 12, 24, 11), False),
        (at(2026, 12, 31, 11), False),
    ],
)
def test_it_is_open_by_local_time_and_closed_on_holidays(moment: datetime, is_open: bool) -> None:
    assert HOURS.is_open(moment) is is_open


def test_the_next_opening_skips_a_holiday() -> None:
    assert HOURS.opens_at(at(2026, 12, 23, 18)) == at(2026, 12, 28, 8)


def test_always_is_always() -> None:
    assert OpeningHours.parse("always", STOCKHOLM).is_open(at(2026, 12, 24, 3))


@pytest.mark.parametrize("wrong", ["mon 8-17", "sun-mon 08:00-17:00", "mon 17:00-08:00"])
def test_what_is_wrong_is_named(wrong: str) -> None:
    with pytest.raises(SettingsError, match="KVITT_DESK_HOURS"):
        OpeningHours.parse(wrong, STOCKHOLM)
