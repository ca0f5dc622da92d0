"""What a conversation can do with payments: prepare, confirm, ask how it went. Charges nothing.

Errors of the billing port come through as they are; an action has its words for them.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Collection, Coroutine, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncEngine

from billing.errors import NotFound
from billing.model import Card, Invoice
from billing.payments import plan
from billing.payments.model import (
    OPEN,
    AlreadyUsed,
    Changed,
    Confirmation,
    ConfirmationState,
    Confirmed,
    ConfirmResult,
    Expired,
    Method,
    News,
    Prepared,
    Unknown,
    captures_of,
    order_of,
)
from billing.payments.report import OrderReport, report
from billing.payments.sql_store import SqlStore
from billing.payments.store import Enqueued, Store
from billing.port import BillingPort
from kvitt.settings import Settings

GOOD_FOR = timedelta(minutes=5)
CLOCK_SLACK = timedelta(minutes=1)

Together = Callable[..., Awaitable[list[plan.Asked]]]


async def at_once(*reads: Coroutine[Any, Any, plan.Asked]) -> list[plan.Asked]:
    """All reads side by side; the adapter bounds how many really are."""
    return list(await asyncio.gather(*reads))


def connect(engine: AsyncEngine, billing: BillingPort, settings: Settings) -> Payments:
    """The service over the shared database."""
    store = SqlStore(engine, billing=settings.billing_url)
    return Payments(store, billing, timezone=ZoneInfo(settings.timezone), name=settings.billing_url)


class Payments:
    """One for a process; holds no state of its own."""

    def __init__(
        self,
        store: Store,
        billing: BillingPort,
        *,
        timezone: ZoneInfo,
        name: str,
        new_id: Callable[[], str] = lambda: secrets.token_hex(12),
        together: Together = at_once,
    ) -> None:
        self._store = store
        self._billing = billing
        self._timezone = timezone
        self._name = name
        self._new_id = new_id
        self._together = together

    # Asking and ordering

    async def prepare(
        self,
        *,
        conversation_id: str,
        client_id: int,
        invoice_ids: Sequence[int],
        card_id: int | None = None,
        method: Method | str = Method.CARD,
        today: date | None = None,
        now: datetime,
    ) -> Prepared:
        """Read everything anew and make a confirmation of what can be paid; the conversation's
        earlier ones are void from here on."""
        facts = await self._gather(
            client_id, tuple(invoice_ids), card_id, Method(method), today or self._today(now)
        )
        return await self._offer(plan.prepare(facts), conversation_id, now)

    async def confirm(
        self, confirmation_id: str, *, conversation_id: str, client_id: int, now: datetime
    ) -> ConfirmResult:
        """Order what was shown, if it still is so and was not ordered before."""
        known = await self._store.confirmation(confirmation_id)
        if not known or (known.conversation_id, known.client_id) != (conversation_id, client_id):
            return Unknown()
        if known.order_id is not None:
            return AlreadyUsed(order_id=known.order_id)
        draft = plan.prepare(await self._gather_again(known, now))
        is_same = self._confirmation(draft, conversation_id, now).terms == known.terms
        if is_same and _is_good(known, now):
            return await self._order(known, now)
        return await self._ask_again(known, draft, now)

    async def cancel_confirmation(self, confirmation_id: str, *, conversation_id: str) -> bool:
        """The customer said no; whether it could still have been confirmed."""
        return await self._store.close_confirmation(confirmation_id, conversation_id)

    async def _gather_again(self, known: Confirmation, now: datetime) -> plan.Facts:
        ids = tuple(line.invoice_id for line in known.lines)
        return await self._gather(
            known.client_id, ids, known.card_id, known.method, self._today(now)
        )

    async def _gather(
        self,
        client_id: int,
        invoice_ids: tuple[int, ...],
        card_id: int | None,
        method: Method,
        today: date,
    ) -> plan.Facts:
        customer = await self._billing.customer(client_id)
        asked = await self._together(*(self._read(client_id, one) for one in invoice_ids))
        return plan.Facts(
            client_id=client_id,
            method=method,
            asked=tuple(asked),
            live=await self._store.live(invoice_ids),
            card_id=card_id,
            cards=await self._cards(client_id, method),
            credit=customer.credit,
            today=today,
        )

    async def _read(self, client_id: int, invoice_id: int) -> tuple[int, Invoice | None]:
        try:
            return invoice_id, await self._billing.invoice(client_id, invoice_id)
        except NotFound:
            return invoice_id, None

    async def _cards(self, client_id: int, method: Method) -> tuple[Card, ...]:
        return await self._billing.cards(client_id) if method is Method.CARD else ()

    async def _offer(self, draft: Prepared, conversation_id: str, now: datetime) -> Prepared:
        """Keep what was drafted as a confirmation, where there is something to confirm."""
        if not draft.lines:
            return draft
        made = self._confirmation(draft, conversation_id, now)
        await self._store.save_confirmation(made)
        return replace(draft, confirmation_id=made.id, expires_at=made.expires_at)

    def _confirmation(self, draft: Prepared, conversation_id: str, now: datetime) -> Confirmation:
        return Confirmation(
            id=self._new_id(),
            billing=self._name,
            conversation_id=conversation_id,
            client_id=draft.client_id,
            method=draft.method,
            card_id=draft.card.id if draft.card else None,
            card_brand=draft.card.brand if draft.card else "",
            card_last_four=draft.card.last_four if draft.card else "",
            currency=draft.total.currency,
            lines=draft.lines,
            created_at=now,
            expires_at=now + GOOD_FOR,
        )

    async def _order(self, known: Confirmation, now: datetime) -> ConfirmResult:
        order = order_of(known, self._new_id(), now)
        result = await self._store.enqueue(order, captures_of(known, order.id, now))
        if result is Enqueued.DONE:
            return Confirmed(order_id=order.id)
        draft = plan.prepare(await self._gather_again(known, now))
        return await self._ask_again(known, draft, now)

    async def _ask_again(
        self, known: Confirmation, draft: Prepared, now: datetime
    ) -> AlreadyUsed | Changed | Expired:
        """A new summary in place of the old one; unless the same yes has ordered meanwhile."""
        latest = await self._store.confirmation(known.id)
        if latest and latest.order_id:
            return AlreadyUsed(order_id=latest.order_id)
        offer = await self._offer(draft, known.conversation_id, now)
        return Changed(prepared=offer) if _is_good(known, now) else Expired(prepared=offer)

    def _today(self, now: datetime) -> date:
        return now.astimezone(self._timezone).date()

    # Telling

    async def report(self, order_id: str, *, client_id: int) -> OrderReport | None:
        """How this order stands; None: there is no such order of this customer."""
        booked = await self._store.booked(order_id)
        return report(booked) if booked and booked.order.client_id == client_id else None

    async def history(self, client_id: int, *, limit: int = 5) -> tuple[OrderReport, ...]:
        """The customer's newest orders, newest first."""
        return tuple(report(one) for one in await self._store.history(client_id, limit))

    async def latest(self, client_id: int) -> OrderReport | None:
        """The customer's newest order."""
        newest = await self.history(client_id, limit=1)
        return newest[0] if newest else None

    async def being_paid(self, client_id: int) -> frozenset[int]:
        """Invoices with a payment under way or being checked: not to be listed as payable."""
        live = await self._store.live_of(client_id)
        return frozenset(invoice_id for invoice_id, state in live.items() if state in OPEN)

    # The gateway's

    async def take_news(self, *, now: datetime, limit: int = 100) -> tuple[News, ...]:
        """Orders that have something new, for delivery; those not acknowledged come again."""
        return await self._store.take_news(now, limit)

    async def ack_news(self, ids: Collection[int]) -> None:
        """They have been delivered: all of a `News`'s `ids`."""
        await self._store.ack_news(ids)


def _is_good(confirmation: Confirmation, now: datetime) -> bool:
    """Open and neither too old nor, after a clock was set back, from the future."""
    is_open = confirmation.state is ConfirmationState.OPEN
    return is_open and confirmation.created_at - CLOCK_SLACK <= now < confirmation.expires_at
