"""The store in memory, for the simulator: the same promises as in SQL, the unique index included.

A contract test holds both to one behaviour. Each method runs without a break, like a transaction.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from billing.payments.model import (
    AT_ONCE,
    LIVE,
    Capture,
    Confirmation,
    ConfirmationState,
    News,
    Order,
    State,
    is_news,
)
from billing.payments.sql_store import one_per_order
from billing.payments.store import (
    LONGEST_LEASE,
    NEWS_HOLD,
    RECONCILE_AGAIN,
    Booked,
    Claim,
    Enqueued,
    LeaseLost,
)


@dataclass(slots=True)
class _Turn:
    """A customer's row in the queue. Who holds it is for people who look into a database."""

    due_at: datetime | None = AT_ONCE
    fence: int = 0
    leased_until: datetime = AT_ONCE


@dataclass(slots=True)
class _Waiting:
    """A row of news."""

    id: int
    order_id: str
    conversation_id: str
    client_id: int
    at: datetime
    claimed_until: datetime | None = None


@dataclass(slots=True)
class MemoryStore:
    """Implements `billing.payments.store.Store`."""

    confirmations: dict[str, Confirmation] = field(default_factory=dict)
    orders: dict[str, Order] = field(default_factory=dict)
    captures: dict[str, Capture] = field(default_factory=dict)
    of_order: dict[str, list[str]] = field(default_factory=dict)
    queue: dict[int, _Turn] = field(default_factory=dict)
    news: dict[int, _Waiting] = field(default_factory=dict)
    live_rows: dict[int, str] = field(default_factory=dict)
    """The unique index: invoice → the one live capture."""
    reconciliations: dict[datetime, Any] = field(default_factory=dict)
    last_news: int = 0

    # Confirmations and orders

    async def save_confirmation(self, confirmation: Confirmation) -> None:
        for other in list(self.confirmations.values()):
            if other.conversation_id == confirmation.conversation_id:
                self._leave_open(other.id, state=ConfirmationState.CLOSED)
        self.confirmations[confirmation.id] = confirmation

    async def confirmation(self, confirmation_id: str) -> Confirmation | None:
        return self.confirmations.get(confirmation_id)

    async def close_confirmation(self, confirmation_id: str, conversation_id: str) -> bool:
        known = self.confirmations.get(confirmation_id)
        if known is None or known.conversation_id != conversation_id:
            return False
        return self._leave_open(confirmation_id, state=ConfirmationState.CLOSED)

    def _leave_open(self, confirmation_id: str, **changes: Any) -> bool:
        known = self.confirmations.get(confirmation_id)
        if known is None or known.state is not ConfirmationState.OPEN:
            return False
        self.confirmations[confirmation_id] = replace(known, **changes)
        return True

    async def enqueue(self, order: Order, captures: Sequence[Capture]) -> Enqueued:
        known = self.confirmations.get(order.confirmation_id)
        if known is None or known.state is not ConfirmationState.OPEN:
            return Enqueued.NOT_OPEN
        invoices = [capture.invoice_id for capture in captures]
        if len(set(invoices)) < len(invoices) or any(one in self.live_rows for one in invoices):
            return Enqueued.CONFLICT
        self._leave_open(known.id, state=ConfirmationState.USED, order_id=order.id)
        self.orders[order.id] = order
        by_position = sorted(captures, key=lambda capture: capture.position)
        self.of_order[order.id] = [capture.id for capture in by_position]
        for capture in captures:
            self.captures[capture.id] = capture
            self.live_rows[capture.invoice_id] = capture.id
        self.queue.setdefault(order.client_id, _Turn()).due_at = AT_ONCE
        return Enqueued.DONE

    async def live(self, invoice_ids: Collection[int]) -> Mapping[int, State]:
        rows = self.live_rows
        return {one: self.captures[rows[one]].state for one in invoice_ids if one in rows}

    async def live_of(self, client_id: int) -> Mapping[int, State]:
        rows = (self.captures[row] for row in self.live_rows.values())
        return {row.invoice_id: row.state for row in rows if row.client_id == client_id}

    async def booked(self, order_id: str) -> Booked | None:
        order = self.orders.get(order_id)
        return self._booked(order) if order else None

    async def history(self, client_id: int, limit: int) -> tuple[Booked, ...]:
        mine = sorted(
            (order for order in self.orders.values() if order.client_id == client_id),
            key=lambda order: order.id,
        )
        newest = sorted(mine, key=lambda order: order.confirmed_at, reverse=True)
        return tuple(self._booked(order) for order in newest[:limit])

    async def journal(self, after: str, limit: int) -> tuple[Booked, ...]:
        later = sorted(order_id for order_id in self.orders if order_id > after)
        return tuple(self._booked(self.orders[order_id]) for order_id in later[:limit])

    def _booked(self, order: Order) -> Booked:
        return Booked(order=order, captures=self._of_order(order.id))

    def _of_order(self, order_id: str) -> tuple[Capture, ...]:
        return tuple(self.captures[capture_id] for capture_id in self.of_order[order_id])

    # The worker's

    async def claim(
        self, owner: str, now: datetime, lease: timedelta, client_id: int | None = None
    ) -> Claim | None:
        wanted = self._next(now) if client_id is None else client_id
        if wanted is None or wanted not in self.queue:
            return None
        turn = self.queue[wanted]
        if not _is_free(turn, now):
            return None
        turn.fence += 1
        turn.leased_until = now + lease
        return Claim(client_id=wanted, fence=turn.fence, captures=self._open_captures(wanted))

    def _next(self, now: datetime) -> int | None:
        due = (
            (turn.due_at, client_id)
            for client_id, turn in self.queue.items()
            if turn.due_at is not None and turn.due_at <= now and _is_free(turn, now)
        )
        return min(due, default=(None, None))[1]

    def _open_captures(self, client_id: int) -> tuple[Capture, ...]:
        mine = [row for row in self._live_captures() if row.client_id == client_id and row.is_open]
        mine.sort(key=lambda row: (row.planned_at, row.order_id, row.position))
        return tuple(mine)

    def _live_captures(self) -> Iterable[Capture]:
        return (self.captures[capture_id] for capture_id in self.live_rows.values())

    async def move(
        self, claim: Claim, before: Capture, after: Capture, now: datetime, lease: timedelta
    ) -> None:
        turn = self.queue[claim.client_id]
        known = self.captures[before.id]
        if turn.fence != claim.fence or known.state is not before.state:
            raise LeaseLost
        turn.leased_until = now + lease
        self.captures[after.id] = after
        if after.state not in LIVE:
            del self.live_rows[after.invoice_id]
        if not any(one.is_open for one in self._of_order(after.order_id)):
            self.orders[after.order_id] = replace(self.orders[after.order_id], settled_at=now)
        if is_news(before, after):
            self._add_news(after, now)

    def _add_news(self, capture: Capture, now: datetime) -> None:
        self.last_news += 1
        self.news[self.last_news] = _Waiting(
            id=self.last_news,
            order_id=capture.order_id,
            conversation_id=capture.conversation_id,
            client_id=capture.client_id,
            at=now,
        )

    async def release(self, claim: Claim) -> None:
        turn = self.queue[claim.client_id]
        if turn.fence != claim.fence:
            return
        turn.leased_until = AT_ONCE
        due = (row.due_at for row in self._open_captures(claim.client_id) if row.due_at)
        turn.due_at = min(due, default=None)

    # News

    async def take_news(self, now: datetime, limit: int) -> tuple[News, ...]:
        free = [
            row
            for row in self.news.values()
            if row.claimed_until is None or row.claimed_until <= now
        ][:limit]
        for row in free:
            row.claimed_until = now + NEWS_HOLD
        return one_per_order(free)

    async def ack_news(self, ids: Collection[int]) -> None:
        for news_id in ids:
            self.news.pop(news_id, None)

    # Reconciliation

    async def begin_reconciliation(self, now: datetime, every: timedelta) -> bool:
        for started_at, outcome in self.reconciliations.items():
            within = every if outcome else min(every, RECONCILE_AGAIN)
            if started_at > now - within:
                return False
        self.reconciliations[now] = None
        return True

    async def end_reconciliation(
        self, started_at: datetime, checked: int, differences: Sequence[Mapping[str, str]]
    ) -> None:
        self.reconciliations[started_at] = (checked, tuple(differences))


def _is_free(turn: _Turn, now: datetime) -> bool:
    return turn.leased_until <= now or turn.leased_until > now + LONGEST_LEASE
