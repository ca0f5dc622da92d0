"""From the settings to a desk elsewhere, or to none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from gateway.console.hours import OpeningHours
from gateway.console.requests import CustomerDesk
from gateway.console.words import Words
from gateway.desks.arriving import Arrivals
from gateway.desks.chatwoot import Access, Chatwoot
from gateway.desks.door import DoorElsewhere
from gateway.desks.forwarding import Forwarder
from gateway.desks.port import DeskElsewhere
from gateway.fanout import Fanout
from gateway.storage import Store
from kvitt.identity import Sessions, mask
from kvitt.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Elsewhere:
    desk: DeskElsewhere
    forwarder: Forwarder
    arrivals: Arrivals


def connect(
    settings: Settings,
    store: Store,
    sessions: Sessions,
    fanout: Fanout,
    words: Words,
    clock: Callable[[], datetime],
) -> Elsewhere | None:
    """Raises SettingsError for half a configuration."""
    access = Access.from_settings(settings)
    if access is None:
        return None
    desk = Chatwoot(access)
    return Elsewhere(
        desk=desk,
        forwarder=Forwarder(
            store=store,
            desk=desk,
            sessions=sessions,
            fanout=fanout,
            timezone=ZoneInfo(settings.timezone),
            pause=timedelta(seconds=settings.chatwoot_retry_seconds),
            patience=timedelta(seconds=settings.chatwoot_patience_seconds),
            under_way=timedelta(seconds=2 * access.longest_seconds + 5),
            clock=clock,
        ),
        arrivals=Arrivals(
            name=desk.name, store=store, fanout=fanout, words=words, mask=mask, clock=clock
        ),
    )


def door(elsewhere: Elsewhere | None, words: Words, hours: OpeningHours) -> CustomerDesk:
    """Where the bot leads those who want a person."""
    if elsewhere is None:
        return CustomerDesk(words=words, hours=hours)
    return DoorElsewhere(words=words, hours=hours)
