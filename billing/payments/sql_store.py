"""The store on SQLAlchemy: SQLite and PostgreSQL alike.

On PostgreSQL a claim takes `FOR UPDATE SKIP LOCKED`; SQLite's transactions begin `IMMEDIATE`, so
there the compare-and-set is alone anyway. Each transaction locks the customer's queue row first:
no two can wait for each other in a ring.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, CursorResult, Select, and_, exists, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from billing.payments import rows
from billing.payments.model import (
    AT_ONCE,
    LIVE,
    OPEN,
    Capture,
    Confirmation,
    ConfirmationState,
    News,
    Order,
    State,
    is_news,
)
from billing.payments.store import (
    LONGEST_LEASE,
    NEWS_HOLD,
    RECONCILE_AGAIN,
    Booked,
    Claim,
    Enqueued,
    LeaseLost,
)
from billing.payments.tables import captures, confirmations, news, orders, queue, reconciliations

_OPEN = captures.c.state.in_([state.value for state in OPEN])
_LIVE = captures.c.state.in_([state.value for state in LIVE])


class _NotOpen(Exception):
    """Ends an order's transaction without a trace."""


class SqlStore:
    """Implements `billing.payments.store.Store`."""

    def __init__(self, engine: AsyncEngine, *, billing: str) -> None:
        self._engine = engine
        self._billing = billing

    # Confirmations and orders

    async def save_confirmation(self, confirmation: Confirmation) -> None:
        others = and_(
            confirmations.c.conversation_id == confirmation.conversation_id,
            confirmations.c.state == ConfirmationState.OPEN.value,
        )
        async with self._engine.begin() as db:
            await db.execute(
                update(confirmations).where(others).values(state=ConfirmationState.CLOSED.value)
            )
            await db.execute(confirmations.insert().values(rows.values(confirmation)))

    async def confirmation(self, confirmation_id: str) -> Confirmation | None:
        mine = and_(confirmations.c.id == confirmation_id, confirmations.c.billing == self._billing)
        async with self._engine.begin() as db:
            row = (await db.execute(select(confirmations).where(mine))).one_or_none()
        return rows.confirmation(row) if row else None

    async def close_confirmation(self, confirmation_id: str, conversation_id: str) -> bool:
        async with self._engine.begin() as db:
            return await _leave_open(
                db,
                and_(
                    confirmations.c.id == confirmation_id,
                    confirmations.c.conversation_id == conversation_id,
                ),
                state=ConfirmationState.CLOSED.value,
            )

    async def enqueue(self, order: Order, captures_: Sequence[Capture]) -> Enqueued:
        try:
            async with self._engine.begin() as db:
                await self._queue_up(db, order.client_id)
                is_ours = await _leave_open(
                    db,
                    confirmations.c.id == order.confirmation_id,
                    state=ConfirmationState.USED.value,
                    order_id=order.id,
                )
                if not is_ours:
                    raise _NotOpen
                await db.execute(orders.insert().values(rows.values(order)))
                await db.execute(captures.insert(), [rows.values(one) for one in captures_])
        except _NotOpen:
            return Enqueued.NOT_OPEN
        except IntegrityError:
            return Enqueued.CONFLICT
        return Enqueued.DONE

    async def _queue_up(self, db: AsyncConnection, client_id: int) -> None:
        """Make the customer's work due at once; whoever holds the lease finds it on release."""
        insert = postgresql.insert if db.dialect.name == "postgresql" else sqlite.insert
        new = insert(queue).values(
            billing=self._billing,
            client_id=client_id,
            due_at=AT_ONCE,
            fence=0,
            owner="",
            leased_until=AT_ONCE,
        )
        key = [queue.c.billing, queue.c.client_id]
        await db.execute(new.on_conflict_do_update(index_elements=key, set_={"due_at": AT_ONCE}))

    async def live(self, invoice_ids: Collection[int]) -> Mapping[int, State]:
        return await self._live(captures.c.invoice_id.in_(invoice_ids))

    async def live_of(self, client_id: int) -> Mapping[int, State]:
        return await self._live(captures.c.client_id == client_id)

    async def _live(self, which: ColumnElement[bool]) -> Mapping[int, State]:
        query = select(captures.c.invoice_id, captures.c.state).where(
            captures.c.billing == self._billing, _LIVE, which
        )
        async with self._engine.begin() as db:
            found = (await db.execute(query)).all()
        return {invoice_id: State(state) for invoice_id, state in found}

    async def booked(self, order_id: str) -> Booked | None:
        found = await self._booked(select(orders).where(orders.c.id == order_id))
        return found[0] if found else None

    async def history(self, client_id: int, limit: int) -> tuple[Booked, ...]:
        newest = orders.c.confirmed_at.desc(), orders.c.id
        query = select(orders).where(orders.c.client_id == client_id).order_by(*newest)
        return await self._booked(query.limit(limit))

    async def journal(self, after: str, limit: int) -> tuple[Booked, ...]:
        query = select(orders).where(orders.c.id > after).order_by(orders.c.id)
        return await self._booked(query.limit(limit))

    async def _booked(self, query: Select[Any]) -> tuple[Booked, ...]:
        async with self._engine.begin() as db:
            mine = query.where(orders.c.billing == self._billing)
            found = [rows.order(row) for row in (await db.execute(mine)).all()]
            of_them = captures.c.order_id.in_([order.id for order in found])
            lines = select(captures).where(of_them).order_by(captures.c.position)
            kept = [rows.capture(row) for row in (await db.execute(lines)).all()]
        return tuple(
            Booked(order=order, captures=tuple(one for one in kept if one.order_id == order.id))
            for order in found
        )

    # The worker's

    async def claim(
        self, owner: str, now: datetime, lease: timedelta, client_id: int | None = None
    ) -> Claim | None:
        async with self._engine.begin() as db:
            row = (await db.execute(self._claimable(now, client_id))).one_or_none()
            if row is None:
                return None
            taken = {"fence": row.fence + 1, "owner": owner, "leased_until": now + lease}
            await db.execute(update(queue).where(self._client(row.client_id)).values(taken))
            found = (await db.execute(self._open_captures(row.client_id))).all()
        return Claim(
            client_id=row.client_id,
            fence=row.fence + 1,
            captures=tuple(rows.capture(one) for one in found),
        )

    def _claimable(self, now: datetime, client_id: int | None) -> Select[Any]:
        is_free = or_(queue.c.leased_until <= now, queue.c.leased_until > now + LONGEST_LEASE)
        which = queue.c.due_at <= now if client_id is None else queue.c.client_id == client_id
        query = select(queue.c.client_id, queue.c.fence).where(
            queue.c.billing == self._billing, is_free, which
        )
        return query.order_by(queue.c.due_at).limit(1).with_for_update(skip_locked=True)

    def _client(self, client_id: int) -> ColumnElement[bool]:
        return and_(queue.c.billing == self._billing, queue.c.client_id == client_id)

    def _open_captures(self, client_id: int) -> Select[Any]:
        mine = and_(captures.c.billing == self._billing, captures.c.client_id == client_id, _OPEN)
        order = captures.c.planned_at, captures.c.order_id, captures.c.position
        return select(captures).where(mine).order_by(*order)

    async def move(
        self, claim: Claim, before: Capture, after: Capture, now: datetime, lease: timedelta
    ) -> None:
        async with self._engine.begin() as db:
            await self._hold(db, claim, leased_until=now + lease)
            row = and_(captures.c.id == before.id, captures.c.state == before.state.value)
            changed = await db.execute(update(captures).where(row).values(rows.values(after)))
            _require_one(changed)
            await _settle_order(db, after, now)
            if is_news(before, after):
                await db.execute(news.insert().values(_news(after, now)))

    async def _hold(self, db: AsyncConnection, claim: Claim, **values: Any) -> None:
        """Lock the customer's row, if the lease is still ours."""
        ours = and_(self._client(claim.client_id), queue.c.fence == claim.fence)
        _require_one(await db.execute(update(queue).where(ours).values(**values)))

    async def release(self, claim: Claim) -> None:
        try:
            async with self._engine.begin() as db:
                await self._hold(db, claim, owner="", leased_until=AT_ONCE)
                due = await self._due(db, claim.client_id)
                await db.execute(
                    update(queue).where(self._client(claim.client_id)).values(due_at=due)
                )
        except LeaseLost:
            return

    async def _due(self, db: AsyncConnection, client_id: int) -> datetime | None:
        """When the customer's next open capture wants attention; read under the row's lock."""
        mine = and_(captures.c.billing == self._billing, captures.c.client_id == client_id, _OPEN)
        due: datetime | None = await db.scalar(select(func.min(captures.c.due_at)).where(mine))
        return due

    # News

    async def take_news(self, now: datetime, limit: int) -> tuple[News, ...]:
        is_free = or_(news.c.claimed_until.is_(None), news.c.claimed_until <= now)
        waiting = (
            select(news)
            .where(~news.c.is_delivered, is_free)
            .order_by(news.c.id)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        async with self._engine.begin() as db:
            found = (await db.execute(waiting)).all()
            ids = news.c.id.in_([row.id for row in found])
            await db.execute(update(news).where(ids).values(claimed_until=now + NEWS_HOLD))
        return one_per_order(found)

    async def ack_news(self, ids: Collection[int]) -> None:
        async with self._engine.begin() as db:
            await db.execute(update(news).where(news.c.id.in_(ids)).values(is_delivered=True))

    # Reconciliation

    async def begin_reconciliation(self, now: datetime, every: timedelta) -> bool:
        done = reconciliations.c.checked.is_not(None)
        recent = and_(
            reconciliations.c.billing == self._billing,
            reconciliations.c.started_at > now - every,
            or_(done, reconciliations.c.started_at > now - RECONCILE_AGAIN),
        )
        async with self._engine.begin() as db:
            if db.dialect.name == "postgresql":
                await db.execute(select(func.pg_advisory_xact_lock(func.hashtext(self._billing))))
            if await db.scalar(select(reconciliations.c.started_at).where(recent)):
                return False
            await db.execute(reconciliations.insert().values(billing=self._billing, started_at=now))
        return True

    async def end_reconciliation(
        self, started_at: datetime, checked: int, differences: Sequence[Mapping[str, str]]
    ) -> None:
        mine = and_(
            reconciliations.c.billing == self._billing, reconciliations.c.started_at == started_at
        )
        outcome = {"checked": checked, "differences": [dict(one) for one in differences]}
        async with self._engine.begin() as db:
            await db.execute(update(reconciliations).where(mine).values(outcome))


async def _leave_open(db: AsyncConnection, which: ColumnElement[bool], **values: Any) -> bool:
    """Compare-and-set: whether the confirmation was open until now."""
    is_open = confirmations.c.state == ConfirmationState.OPEN.value
    changed = await db.execute(update(confirmations).where(which, is_open).values(**values))
    return changed.rowcount == 1


def _require_one(changed: CursorResult[Any]) -> None:
    if changed.rowcount != 1:
        raise LeaseLost


async def _settle_order(db: AsyncConnection, after: Capture, now: datetime) -> None:
    still_open = exists().where(captures.c.order_id == after.order_id, _OPEN)
    is_last = and_(orders.c.id == after.order_id, ~still_open)
    await db.execute(update(orders).where(is_last).values(settled_at=now))


def _news(capture: Capture, now: datetime) -> dict[str, Any]:
    return {
        "order_id": capture.order_id,
        "conversation_id": capture.conversation_id,
        "client_id": capture.client_id,
        "at": now,
        "is_delivered": False,
    }


def one_per_order(found: Sequence[Any]) -> tuple[News, ...]:
    """The newest of each order, standing for the earlier ones too; oldest order first."""
    by_order: dict[str, list[Any]] = {}
    for row in found:
        by_order.setdefault(row.order_id, []).append(row)
    return tuple(
        News(
            id=of_order[-1].id,
            ids=tuple(row.id for row in of_order),
            order_id=of_order[-1].order_id,
            conversation_id=of_order[-1].conversation_id,
            client_id=of_order[-1].client_id,
            at=of_order[-1].at,
        )
        for of_order in by_order.values()
    )
