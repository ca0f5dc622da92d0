"""What may go wrong in a run, and how often. Most runs have a few faults; some none, some all."""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import StrEnum
from random import Random


class Fate(StrEnum):
    """What becomes of one call of the billing system that changes something."""

    FINE = "fine"
    NO_CONNECTION = "no_connection"
    LOST_REQUEST = "lost_request"
    LOST_REPLY = "lost_reply"
    """Also a 500 after the charge, or a 200 that nobody can read."""
    DUPLICATED = "duplicated"
    """A proxy sends it again when the first answer does not come."""
    SLOW = "slow"
    """Takes effect after the caller has given up."""
    UNRECORDED = "unrecorded"
    """The card is charged, and the billing system forgets it."""


@dataclass(slots=True, kw_only=True)
class Faults:
    no_connection: float = 0.0
    lost_request: float = 0.0
    lost_reply: float = 0.0
    duplicated: float = 0.0
    slow: float = 0.0
    unrecorded: float = 0.0
    failed_read: float = 0.0
    store_before: float = 0.0
    """The database fails before the commit."""
    store_after: float = 0.0
    """The commit happened, and nobody was told."""
    crash: float = 0.0
    freeze: float = 0.0
    clock_jump: float = 0.0
    cron: float = 0.0
    hosted: float = 0.0
    late_fee: float = 0.0
    unacknowledged: float = 0.0

    def calm(self) -> None:
        """From here on nothing fails."""
        for one in fields(self):
            setattr(self, one.name, 0.0)

    def fate(self, random: Random) -> Fate:
        """The fate of one writing call."""
        lot = random.random()
        for fate in _WRITES:
            lot -= getattr(self, fate.value)
            if lot < 0:
                return fate
        return Fate.FINE


_WRITES = tuple(fate for fate in Fate if fate is not Fate.FINE)
_RATES = (0.0, 0.0, 0.0, 0.03, 0.15)
_RARE = {"crash": 0.15, "freeze": 0.15, "store_before": 0.4, "store_after": 0.4, "unrecorded": 0.5}


def draw(random: Random) -> Faults:
    """The faults of one run."""
    if random.random() < 0.1:
        return Faults()
    rates = {one.name: random.choice(_RATES) * _RARE.get(one.name, 1.0) for one in fields(Faults)}
    for event in ("clock_jump", "cron", "hosted", "late_fee"):
        rates[event] = random.choice((0.0, 0.0, 0.3, 1.0))
    return Faults(**rates)
