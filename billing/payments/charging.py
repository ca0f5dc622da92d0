"""Carry out what a customer has ordered: charge, read back, and look after what is open.

One claim is one customer, so one invoice at a time. Every step is in the journal before it is
taken, and a charge is sent at most once: whatever is not certainly "not carried out" is read, never
sent again.

`reached` is called with the name of each step; tests end the process there.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from billing.errors import (
    AuthenticationRequired,
    BillingError,
    Declined,
    NotFound,
    NotReached,
    Refused,
)
from billing.model import Invoice, InvoiceStatus, Transaction
from billing.payments.model import OPEN, Capture, Plan, Reason, Reply, State, settled
from billing.payments.outcome import (
    before_sending,
    conclude,
    is_stale,
    look_again,
    needs_person,
    try_later,
    wait_for_default_card,
)
from billing.payments.store import Claim, LeaseLost, Store
from billing.payments.ticket import ask_person
from billing.port import BillingPort

RELEASE_TRIES = 6
SEND_WITHIN_SECONDS = 10.0
"""A process that was frozen just before the charge must not send it into a world that moved on."""

log = structlog.get_logger(__name__)


def _nothing(_step: str) -> None:
    """Outside tests no step is watched."""


class Cashier:
    """Serves one claim at a time; a process may run several side by side."""

    def __init__(
        self,
        store: Store,
        billing: BillingPort,
        *,
        owner: str,
        now: Callable[[], datetime],
        monotonic: Callable[[], float],
        pause: Callable[[float], Awaitable[None]],
        lease: timedelta,
        reached: Callable[[str], None] = _nothing,
    ) -> None:
        self._store = store
        self._billing = billing
        self._owner = owner
        self._now = now
        self._monotonic = monotonic
        self._pause = pause
        self._lease = lease
        self._reached = reached

    async def claim(self) -> Claim | None:
        """The next customer who has something due."""
        return await self._store.claim(self._owner, self._now(), self._lease)

    async def serve(self, claim: Claim) -> None:
        """Do all that is due for this customer, and give the customer back."""
        self._reached("claimed")
        try:
            await self._work(claim)
        except LeaseLost:
            log.warning("lease_lost", client=claim.client_id, fence=claim.fence)
        except Exception as error:
            log.error("claim_failed", client=claim.client_id, error=type(error).__name__)
            await self._give_back(claim)
            raise
        else:
            await self._store.release(claim)

    async def _give_back(self, claim: Claim) -> None:
        """The database may be away for a moment; else the lease runs out by itself."""
        for attempt in range(RELEASE_TRIES):
            with suppress(Exception):
                await self._store.release(claim)
                return
            await self._pause(2.0**attempt)

    async def _work(self, claim: Claim) -> None:
        rows = {capture.id: capture for capture in claim.captures}
        for capture in sorted(claim.captures, key=_urgency):
            if self._is_due(capture):
                others = [row for row in rows.values() if row.id != capture.id]
                rows[capture.id] = await self._take_on(claim, capture, others)

    def _is_due(self, capture: Capture) -> bool:
        """A row left as sent is due whatever the clock says: whoever sent it is gone."""
        is_time = capture.due_at is None or capture.due_at <= self._now()
        return is_time or capture.state is State.SENT

    async def _take_on(self, claim: Claim, capture: Capture, others: list[Capture]) -> Capture:
        match capture.state:
            case State.SENT:
                abandoned = replace(capture, state=State.UNKNOWN)
                return await self._move(claim, capture, look_again(abandoned, self._now()))
            case State.PLANNED:
                return await self._charge(claim, capture, others)
            case _:
                return await self._look(claim, capture)

    async def _move(self, claim: Claim, before: Capture, after: Capture) -> Capture:
        await self._store.move(claim, before, after, self._now(), self._lease)
        log.info(
            "capture_moved",
            order=after.order_id,
            invoice=after.invoice_id,
            state=after.state.value,
            before=before.state.value,
            reason=after.reason,
        )
        return after

    # Charging

    async def _charge(self, claim: Claim, capture: Capture, others: list[Capture]) -> Capture:
        not_sent = await self._not_to_be_sent(capture, others)
        if not_sent:
            return await self._move(claim, capture, not_sent)
        self._reached("ready")
        now, started = self._now(), self._monotonic()
        sent = await self._move(
            claim, capture, replace(capture, state=State.SENT, sent_at=now, due_at=now)
        )
        self._reached("sent")
        has_slept = self._monotonic() - started > SEND_WITHIN_SECONDS
        outcome = try_later(sent, self._now()) if has_slept else await self._send(sent)
        self._reached("settling")
        done = await self._move(claim, sent, outcome)
        self._reached("settled")
        return done

    async def _not_to_be_sent(self, capture: Capture, others: list[Capture]) -> Capture | None:
        """The row as it is instead of sent: settled or put off. None: it may be sent now."""
        now = self._now()
        if is_stale(capture, now):
            return settled(capture, State.NOT_CHARGED, now, Reason.NOT_REACHED)
        until = wait_for_default_card(capture, others, now)
        if until:
            return replace(capture, due_at=until)
        try:
            return await self._look_before(capture) or await self._set_card(capture)
        except BillingError:
            return try_later(capture, self._now())

    async def _look_before(self, capture: Capture) -> Capture | None:
        try:
            invoice = await self._billing.invoice(capture.client_id, capture.invoice_id)
        except NotFound:
            return settled(capture, State.NOT_CHARGED, self._now(), Reason.NOT_PAYABLE)
        return before_sending(capture, invoice, self._now())

    async def _set_card(self, capture: Capture) -> Capture | None:
        """Make the chosen card the default where the invoice goes by it; safe to repeat."""
        if capture.plan is not Plan.MAKE_DEFAULT or capture.card_id is None:
            return None
        self._reached("making_default")
        try:
            await self._billing.make_default(capture.client_id, capture.card_id)
        except Refused:
            return settled(capture, State.NOT_CHARGED, self._now(), Reason.CARD_NOT_SET)
        return None

    async def _send(self, sent: Capture) -> Capture:
        """Send the charge, once, and find out what came of it."""
        try:
            await self._ask_to_pay(sent)
        except NotReached:
            return try_later(sent, self._now())
        except Exception as error:
            answered = replace(sent, reply=_reply(error))
        else:
            answered = replace(sent, reply=Reply.SUCCESS)
        self._reached("answered")
        return await self._read_back(answered)

    async def _ask_to_pay(self, sent: Capture) -> None:
        if sent.plan is Plan.CREDIT:
            await self._billing.apply_credit(sent.client_id, sent.invoice_id, sent.amount)
        else:
            await self._billing.capture(sent.client_id, sent.invoice_id)

    async def _read_back(self, capture: Capture) -> Capture:
        """What the billing system says now; open as before when it cannot be asked."""
        try:
            invoice = await self._billing.invoice(capture.client_id, capture.invoice_id)
            transactions = await self._transactions(capture, invoice)
        except BillingError:
            is_pending = capture.state is State.PENDING
            open_ = capture if is_pending else replace(capture, state=State.UNKNOWN)
            return look_again(open_, self._now())
        return conclude(capture, invoice, transactions, self._now())

    async def _transactions(self, capture: Capture, invoice: Invoice) -> tuple[Transaction, ...]:
        """They tell how much was drawn, and whether there was money at all."""
        is_paid = invoice.status is InvoiceStatus.PAID
        if capture.plan is Plan.CREDIT or not (is_paid or capture.reply is Reply.SUCCESS):
            return ()
        return await self._billing.transactions(capture.client_id, capture.invoice_id)

    # Looking after what is open

    async def _look(self, claim: Claim, capture: Capture) -> Capture:
        seen = await self._read_back(capture)
        self._reached("looked")
        if seen.state in OPEN and needs_person(seen, self._now()):
            seen = await self._hand_to_person(seen)
        return await self._move(claim, capture, seen)

    async def _hand_to_person(self, capture: Capture) -> Capture:
        try:
            number = await ask_person(self._billing, capture)
        except BillingError:
            return replace(capture, due_at=self._now() + timedelta(hours=1))
        log.error("capture_needs_person", order=capture.order_id, invoice=capture.invoice_id)
        return replace(capture, ticket=number)


def _urgency(capture: Capture) -> int:
    """Abandoned ones first, then the open, then the next charge; within that as ordered."""
    return {State.SENT: 0, State.UNKNOWN: 1, State.PENDING: 1}.get(capture.state, 2)


def _reply(error: Exception) -> Reply | None:
    """What an error of the charge says; None where nobody knows, whatever the error is."""
    match error:
        case AuthenticationRequired():
            return Reply.NEEDS_AUTHENTICATION
        case Declined():
            return Reply.DECLINED
        case NotFound() | Refused():
            return Reply.REFUSED
        case _:
            return None
