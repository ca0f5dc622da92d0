"""What was found out about a WHMCS, before anybody judges it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class State(StrEnum):
    """How an action answered."""

    ALLOWED = "allowed"
    NOT_IN_ROLE = "not_in_role"
    NOT_IN_VERSION = "not_in_version"
    NO_ANSWER = "no_answer"


class Fault(StrEnum):
    """Why WHMCS cannot be used at all."""

    NOT_REACHED = "not_reached"
    NOT_WHMCS = "not_whmcs"
    CREDENTIALS = "credentials"
    ADDRESS = "address"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    address: str
    fault: Fault | None = None
    detail: str = ""
    """What kind of failure, or our address that was refused; never a secret or an answer."""
    states: Mapping[str, State] = field(default_factory=dict)
    version: str = ""
    mass_payment: bool | None = None
    """None: could not be read."""
    accounts_seen: int = 0
    accounts_without_sso: int = 0
    unpaid_seen: int = 0
    unpaid_by_card: int = 0
    unreadable: tuple[str, ...] = ()
    """Actions whose answers were in a form that the adapter does not know."""
