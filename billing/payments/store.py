"""What payments need of a database, as a protocol: two implementations, one contract test.

Every method is one transaction. `billing` (which billing system) is bound when the store is made.
A worker's writes carry its claim; the store refuses them (`LeaseLost`) when the lease has passed to
somebody else or the row is not what the worker believes.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from billing.payments.model import Capture, Confirmation, News, Order, State

LONGEST_LEASE = timedelta(minutes=10)
"""No lease is made for longer: one that ends later was made before a clock was set back."""
RECONCILE_AGAIN = timedelta(hours=1)
"""One that began and has no outcome is begun again after this time."""
NEWS_HOLD = timedelta(seconds=30)
"""Taken news that is not acknowledged within this time is handed out again."""


class LeaseLost(Exception):
    """Somebody else holds this customer's payments now, or the row has moved: write nothing."""


class Enqueued(StrEnum):
    DONE = "done"
    NOT_OPEN = "not_open"
    """The confirmation was used or closed meanwhile."""
    CONFLICT = "conflict"
    """An invoice of it has a live capture already (the unique index)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One customer's payments, leased to one worker."""

    client_id: int
    fence: int
    captures: tuple[Capture, ...]
    """The open ones, in the order they were ordered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Booked:
    """An order with its captures, by position."""

    order: Order
    captures: tuple[Capture, ...]


class Store(Protocol):
    async def save_confirmation(self, confirmation: Confirmation) -> None:
        """Keep it, and close every other open one of the same conversation."""

    async def confirmation(self, confirmation_id: str) -> Confirmation | None: ...

    async def close_confirmation(self, confirmation_id: str, conversation_id: str) -> bool:
        """Make it unusable; whether it was open."""

    async def enqueue(self, order: Order, captures: Sequence[Capture]) -> Enqueued:
        """Use the order's confirmation up and plan its captures: all of it, or nothing."""

    async def live(self, invoice_ids: Collection[int]) -> Mapping[int, State]:
        """Those of the invoices that have a live capture."""

    async def live_of(self, client_id: int) -> Mapping[int, State]:
        """All invoices of the client that have a live capture."""

    async def booked(self, order_id: str) -> Booked | None: ...

    async def history(self, client_id: int, limit: int) -> tuple[Booked, ...]:
        """The client's newest orders, newest first."""

    async def claim(
        self, owner: str, now: datetime, lease: timedelta, client_id: int | None = None
    ) -> Claim | None:
        """Lease the customer whose work is due the longest and who is not leased, or that customer
        whether due or not. None: there is nothing to do."""

    async def move(
        self, claim: Claim, before: Capture, after: Capture, now: datetime, lease: timedelta
    ) -> None:
        """Write the row's new state, its news, and a longer lease; `LeaseLost` if not ours."""

    async def release(self, claim: Claim) -> None:
        """Give the customer back, due when the next open capture is. Quiet if not ours any more."""

    async def take_news(self, now: datetime, limit: int) -> tuple[News, ...]:
        """Undelivered news, one for each order, held for a while from other takers."""

    async def ack_news(self, ids: Collection[int]) -> None: ...

    async def journal(self, after: str, limit: int) -> tuple[Booked, ...]:
        """Orders by id, those after `after`: for reconciliation, page by page."""

    async def begin_reconciliation(self, now: datetime, every: timedelta) -> bool:
        """Whether it is our turn: one with an outcome per `every`, whoever asks."""

    async def end_reconciliation(
        self, started_at: datetime, checked: int, differences: Sequence[Mapping[str, str]]
    ) -> None: ...
