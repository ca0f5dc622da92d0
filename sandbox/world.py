"""What every part of the sandbox is handed: the books, the time, and a source of secrets."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sandbox.records import Activity
from sandbox.store import Store
from sandbox.switches import ClockSetting, Switches, read, switches

ZONE = ZoneInfo("Europe/Stockholm")


def system_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """One sandbox. `system_now` and `token` are arguments so that tests can hold them still."""

    store: Store
    company: str = "Nordhost"
    system_now: Callable[[], datetime] = system_now
    token: Callable[[], str] = field(default=lambda: secrets.token_urlsafe(24))

    @property
    def switches(self) -> Switches:
        return switches(self.store)

    @property
    def clock(self) -> ClockSetting:
        return read(self.store, "clock", ClockSetting, ClockSetting())

    @property
    def timestamp(self) -> float:
        """Seconds for judging the age of tokens; runs with the real time, and can be advanced."""
        return self.system_now().timestamp() + self.clock.advance_seconds

    @property
    def today(self) -> date:
        """The sandbox's calendar day in Swedish time, the real one unless it was set."""
        return self.now.date()

    def day(self, days: int) -> date:
        """So many days from today, or the calendar's last (first) day where that lies beyond."""
        ahead, behind = (date.max - self.today).days, (date.min - self.today).days
        return self.today + timedelta(days=max(behind, min(days, ahead)))

    @property
    def now(self) -> datetime:
        """The real time of day on the sandbox's day."""
        now = self.system_now().astimezone(ZONE)
        today = self.clock.today
        if today is None:
            return now
        return datetime.combine(today, time(now.hour, now.minute, now.second), ZONE)

    @property
    def stamp(self) -> str:
        """Now, as WHMCS writes it: "2026-11-23 14:05:09"."""
        return self.now.replace(tzinfo=None).isoformat(" ", "seconds")

    def log(self, description: str, client_id: int = 0) -> None:
        """A line in the activity log."""
        self.store.add(Activity(client_id=client_id, at=self.stamp, description=description))
