"""What actions work with, wired in one place from the settings of this process."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from actions.wording import Wording
from billing.payments.service import Payments
from billing.port import BillingPort
from kvitt.identity import AccountChoices, LoginCodes, Sessions
from kvitt.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    settings: Settings
    billing: BillingPort
    payments: Payments
    sessions: Sessions
    codes: LoginCodes
    accounts: AccountChoices
    words: Wording
    clock: Callable[[], datetime]

    def now(self) -> datetime:
        return self.clock()

    def today(self) -> date:
        return self.clock().astimezone(ZoneInfo(self.settings.timezone)).date()


def utc_now() -> datetime:
    return datetime.now(UTC)


_provided: Services | None = None


def provide(services: Services) -> None:
    """Give this process its services; the SDK builds actions without arguments."""
    global _provided
    _provided = services


def current() -> Services:
    if _provided is None:
        raise RuntimeError("actions.services.provide has not been called")
    return _provided
