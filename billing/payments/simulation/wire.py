"""The billing port as one process sees it: late, lost, doubled, unreadable.

What was sent goes on at the billing system even when the caller dies or gives up.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from random import Random
from typing import Any

from billing.errors import BadAnswer, NotFound, NotReached, OutcomeUnknown
from billing.model import (
    Card,
    Customer,
    Department,
    Invoice,
    InvoiceStatus,
    Money,
    Ticket,
    Transaction,
)
from billing.payments.simulation.clockwork import Process, pause
from billing.payments.simulation.faults import Fate, Faults
from billing.payments.simulation.shop import Shop

TIMEOUT = 60.0
ANSWERLESS = frozenset({Fate.LOST_REPLY, Fate.UNRECORDED})


class Wire:
    """Implements what payments use of `billing.port.BillingPort`."""

    def __init__(
        self,
        shop: Shop,
        process: Process,
        faults: Faults,
        random: Random,
        order_of: Callable[[int], str] = lambda _invoice_id: "",
    ) -> None:
        """`order_of` tells, for the checks only, in whose name an invoice is charged just now."""
        self._order_of = order_of
        self._shop = shop
        self._process = process
        self._faults = faults
        self._random = random

    # Reads

    async def _read(self) -> None:
        await self._process.breath(0.002 + self._random.random() * 0.01)
        rate = self._faults.failed_read
        if rate and self._random.random() < rate:
            await self._process.breath(self._random.choice((0.01, 15.0)))
            raise self._random.choice((NotReached, BadAnswer))("read")

    async def customer(self, _client_id: int) -> Customer:
        await self._read()
        return self._shop.customer()

    async def invoice(self, _client_id: int, invoice_id: int) -> Invoice:
        await self._read()
        if invoice_id not in self._shop.bills:
            raise NotFound("invoice", id=invoice_id)
        return self._shop.invoice(invoice_id)

    async def transactions(self, _client_id: int, invoice_id: int) -> tuple[Transaction, ...]:
        await self._read()
        return self._shop.bills[invoice_id].transactions

    async def cards(self, _client_id: int) -> tuple[Card, ...]:
        await self._read()
        return tuple(one.card for one in self._shop.cards.values())

    async def departments(self) -> tuple[Department, ...]:
        await self._read()
        return (Department(id=1, name="Ekonomi"),)

    # Writes

    async def capture(self, _client_id: int, invoice_id: int) -> None:
        shop, fate = self._shop, self._faults.fate(self._random)
        if fate is Fate.DUPLICATED:
            shop.doubled.add(invoice_id)
        order = self._order_of(invoice_id)
        seconds = self._random.random() * 2.0
        if fate is Fate.SLOW:
            seconds = TIMEOUT + self._random.random() * 150.0
        if fate is Fate.UNRECORDED:
            return await self._send(fate, lambda: self._forget(invoice_id, order))
        return await self._send(fate, lambda: shop.charge(invoice_id, "us", seconds, order))

    async def _forget(self, invoice_id: int, order_id: str) -> None:
        """Charge the card, and lose the booking with the answer."""
        shop = self._shop
        bill = shop.bills[invoice_id]
        await shop.charge(invoice_id, "us", 0.5, order_id)
        if bill.balance == 0 and bill.transactions:
            amount = shop.draws[-1].amount_minor
            bill.transactions = bill.transactions[:-1]
            bill.balance = amount
            bill.status = InvoiceStatus.UNPAID
            bill.shown = None
            shop.unrecorded.add(invoice_id)

    async def make_default(self, _client_id: int, card_id: int) -> None:
        await self._send(self._faults.fate(self._random), lambda: self._default(card_id))

    async def _default(self, card_id: int) -> None:
        self._shop.default_card = card_id

    async def apply_credit(self, _client_id: int, invoice_id: int, amount: Money) -> None:
        fate = self._faults.fate(self._random)
        await self._send(fate, lambda: self._credit(invoice_id, amount.minor))

    async def _credit(self, invoice_id: int, amount: int) -> None:
        self._shop.apply_credit(invoice_id, amount)

    async def open_ticket(self, *, message: str, **_more: Any) -> Ticket:
        await self._send(self._faults.fate(self._random), lambda: self._ticket(message))
        return Ticket(id=1, number=f"T{len(self._shop.tickets)}")

    async def _ticket(self, message: str) -> None:
        self._shop.tickets.append(message)

    async def _send(self, fate: Fate, work: Callable[[], Coroutine[float, None, None]]) -> None:
        """Send one write. The work is done at the server's, in its own time."""
        if fate is Fate.NO_CONNECTION:
            await self._process.breath(0.01)
            raise NotReached("write")
        answer: list[Exception | None] = []
        if fate is not Fate.LOST_REQUEST:
            times = 2 if fate is Fate.DUPLICATED else 1
            story = self._serve(work, times, answer)
            self._shop.clock.spawn(story, self._shop.server, after=0.003)
        is_answered = await self._await_answer(answer)
        if fate in ANSWERLESS or not is_answered:
            raise OutcomeUnknown("write")
        if answer[-1] is not None:
            raise answer[-1]

    async def _await_answer(self, answer: list[Exception | None]) -> bool:
        """Wait in coarse steps until there is one, at most until the deadline."""
        for wait in _WAITS:
            await self._process.breath(wait)
            if answer:
                return True
        return False

    async def _serve(
        self,
        work: Callable[[], Coroutine[float, None, None]],
        times: int,
        answer: list[Exception | None],
    ) -> None:
        given: Exception | None = None
        for _ in range(times):
            given = None
            try:
                await work()
            except Exception as error:
                given = error
            await pause(0.001)
        answer.append(given)


_WAITS = (0.03, 1.0, 1.5, 2.0, 55.5)
