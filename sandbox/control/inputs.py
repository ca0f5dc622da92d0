"""What the smaller endpoints of the control API take."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from sandbox.scenario import Id


class CronOptions(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the daily run does."""

    days: Annotated[int, Meta(ge=0, le=366)] = 0
    """So many days pass first."""
    late_fees: bool = True
    capture: bool = True
    settle_pending: bool = True


class PendingOutcome(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the bank says of a pending payment at last."""

    invoiceid: Id
    outcome: Literal["approve", "decline"]
