"""Who acts in a run: customers and workers with the code under test, and all who interfere."""

from __future__ import annotations

import re
from collections.abc import Coroutine
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from typing import Any, cast
from zoneinfo import ZoneInfo

from billing.errors import BillingError, Refused
from billing.model import Invoice, InvoiceStatus
from billing.payments.charging import Cashier
from billing.payments.memory_store import MemoryStore
from billing.payments.model import (
    AlreadyUsed,
    Changed,
    Confirmed,
    ConfirmResult,
    Expired,
    Method,
    Prepared,
    State,
)
from billing.payments.report import OrderReport
from billing.payments.service import Payments
from billing.payments.simulation.checks import check_offer, check_words, known, open_rows
from billing.payments.simulation.clockwork import FOREVER, Actor, Clockwork, Process, pause
from billing.payments.simulation.faults import Faults
from billing.payments.simulation.flaky import StoreDown, flaky
from billing.payments.simulation.shop import CLIENT, Shop
from billing.payments.simulation.wire import Wire
from billing.payments.store import Store
from billing.payments.verdict import CannotSettle, give_verdict
from billing.port import BillingPort

LEASE = timedelta(seconds=95)
NAME = "simulated"
ZONE = ZoneInfo("Europe/Stockholm")
DAY = 86_400.0
NO_SUCH_INVOICE = 999_999
WORK, NEWS = "work", "news"
CAPTURE_ID = re.compile(r"settle (\S+) charged")
AWAY = (BillingError, StoreDown)


async def one_by_one(*reads: Coroutine[Any, Any, tuple[int, Invoice | None]]) -> list[Any]:
    """In place of `asyncio.gather`."""
    try:
        return [await read for read in reads]
    finally:
        for read in reads:
            read.close()


@dataclass(slots=True)
class World:
    """All that a run consists of."""

    random: Random
    clock: Clockwork
    faults: Faults
    shop: Shop
    store: MemoryStore
    told: dict[str, OrderReport] = field(default_factory=dict)
    sleepers: dict[str, list[Actor]] = field(default_factory=dict)
    """Workers and gateway, by what they wait for: to be woken when there may be something to do."""
    visits: int = 0
    """Conversations that go on."""
    ids: int = 0

    def new_id(self) -> str:
        self.ids += 1
        return f"{self.ids:04d}"

    def wire(self, process: Process) -> BillingPort:
        wire = Wire(self.shop, process, self.faults, self.random, self._order_of)
        return cast(BillingPort, wire)

    def _order_of(self, invoice_id: int) -> str:
        row = self.store.live_rows.get(invoice_id)
        return self.store.captures[row].order_id if row else ""

    def store_for(self, process: Process) -> Store:
        return flaky(self.store, process, self.faults, self.random, self._written)

    def _written(self, method: str) -> None:
        """An order gives workers something to do, a moved row may give the gateway news."""
        if method == "enqueue":
            self.wake(WORK)
        elif method == "move" and self.store.news:
            self.wake(NEWS)

    def wake(self, what: str) -> None:
        for actor in self.sleepers.pop(what, ()):
            self.clock.wake(actor)

    def is_settled(self) -> bool:
        """No conversation goes on, no row is open, no news waits."""
        if self.visits or self.store.news:
            return False
        return not any(row.is_open for row in self.store.captures.values())

    async def sleep(self, process: Process, what: str, seconds: float) -> None:
        """Until there is something of that, or for so long."""
        self.sleepers.setdefault(what, []).append(process.actors[0])
        await pause(seconds)

    def payments(self, process: Process) -> Payments:
        return Payments(
            self.store_for(process),
            self.wire(process),
            timezone=ZONE,
            name=NAME,
            new_id=self.new_id,
            together=one_by_one,
        )


# The worker


async def worker(world: World, process: Process) -> None:
    """A worker's process: claim, serve, and sleep until something is due."""
    cashier = Cashier(
        world.store_for(process),
        world.wire(process),
        owner=f"{process.name}.{process.lives}",
        now=process.now,
        monotonic=process.monotonic,
        pause=pause,
        lease=LEASE,
        reached=process.step,
    )
    while True:
        try:
            claim = await cashier.claim()
            if claim:
                await cashier.serve(claim)
                continue
        except AWAY:
            await pause(1.0)
            continue
        await world.sleep(process, WORK, _until_due(world, process))


def _until_due(world: World, process: Process) -> float:
    """As long as polling would find nothing."""
    turns = [
        max(turn.due_at, turn.leased_until)
        for turn in world.store.queue.values()
        if turn.due_at is not None
    ]
    if not turns:
        return FOREVER
    seconds = (min(turns) - process.now()).total_seconds()
    return max(0.1, seconds) + world.random.random() * 0.1


# The gateway


async def gateway(world: World, process: Process) -> None:
    """Deliver the news, at least once; whatever is told must be true at that moment."""
    payments = world.payments(process)
    while True:
        try:
            news = await payments.take_news(now=process.now())
            for one in news:
                await _tell(world, payments, one.order_id)
                if world.random.random() >= world.faults.unacknowledged:
                    await payments.ack_news(one.ids)
        except AWAY:
            news = ()
        waiting = 31.0 if world.store.news else FOREVER
        await world.sleep(process, NEWS, waiting)


async def _tell(world: World, payments: Payments, order_id: str) -> None:
    found = await payments.report(order_id, client_id=CLIENT)
    report = known(found, "news of an order that there is not", order=order_id)
    check_words(report, world.shop)
    world.told[order_id] = report


# The customer


async def customer(world: World, process: Process, chat: str) -> None:
    """One conversation: a few attempts, each from the summary to the outcome."""
    world.visits += 1
    payments = world.payments(process)
    for _ in range(world.random.choice((1, 1, 2, 3))):
        await pause(world.random.choice((0.0, 0.01, 5.0, 300.0, 4000.0)))
        try:
            await _attempt(world, process, payments, chat)
        except AWAY:
            continue
    world.visits -= 1


async def _attempt(world: World, process: Process, payments: Payments, chat: str) -> None:
    before = open_rows(world.store)
    ids = [*world.shop.bills, NO_SUCH_INVOICE]
    prepared = await payments.prepare(
        conversation_id=chat,
        client_id=CLIENT,
        invoice_ids=world.random.sample(ids, world.random.randint(1, len(ids))),
        card_id=world.random.choice(list(world.shop.cards)),
        method=Method.CREDIT if world.random.random() < 0.1 else Method.CARD,
        now=process.now(),
    )
    for _ in range(3):
        check_offer(prepared, before, world.store)
        if prepared.confirmation_id is None:
            return
        before = open_rows(world.store)
        result = await _say_yes(world, process, payments, chat, prepared)
        if not isinstance(result, Changed | Expired):
            return
        prepared = result.prepared


async def _say_yes(
    world: World, process: Process, payments: Payments, chat: str, prepared: Prepared
) -> ConfirmResult | None:
    """After some thought, sometimes twice at once, and again when nobody knows whether it took."""
    await pause(world.random.choice((0.5, 3.0, 20.0, 290.0, 320.0)))
    say = _Yes(world, process, payments, chat, str(prepared.confirmation_id))
    if world.random.random() < 0.1:
        world.clock.spawn(say.once(), process, after=world.random.random() * 0.02)
    for _ in range(3):
        result = await say.once()
        if result is not None:
            break
        await pause(2.0)
    if isinstance(result, Confirmed | AlreadyUsed):
        await _ask_later(world, payments, result.order_id)
    return result


@dataclass(slots=True)
class _Yes:
    world: World
    process: Process
    payments: Payments
    chat: str
    confirmation_id: str

    async def once(self) -> ConfirmResult | None:
        try:
            return await self.payments.confirm(
                self.confirmation_id,
                conversation_id=self.chat,
                client_id=CLIENT,
                now=self.process.now(),
            )
        except AWAY:
            return None


async def _ask_later(world: World, payments: Payments, order_id: str) -> None:
    """ "Har min betalning gått igenom?" """
    await pause(world.random.choice((0.1, 1.0, 30.0, 100.0)))
    found = await payments.report(order_id, client_id=CLIENT)
    check_words(known(found, "an order that was confirmed", order=order_id), world.shop)


# Everybody else


async def cron(world: World, invoice_id: int) -> None:
    """The billing system's own run charges what is unpaid, at any moment."""
    await pause(world.random.random() * world.random.choice((2.0, 30.0, 400.0, 4000.0)))
    try:
        await world.shop.charge(invoice_id, "cron", world.random.random() * 3.0)
    except Refused:
        return


async def hosted_page(world: World, invoice_id: int) -> None:
    """The customer pays in the customer zone, by card or with credit, at any moment."""
    await pause(world.random.random() * world.random.choice((2.0, 30.0, 400.0, 4000.0)))
    bill = world.shop.bills[invoice_id]
    if bill.status is InvoiceStatus.UNPAID:
        amount = bill.balance
        await pause(world.random.random() * 3.0)
        world.shop.draw(bill, "hosted", None, amount)


async def late_fee(world: World, invoice_id: int) -> None:
    """The nightly run adds a reminder fee."""
    await pause(world.random.random() * world.random.choice((2.0, 30.0, 400.0)))
    world.shop.add_fee(world.shop.bills[invoice_id], 6000)


async def clock_setter(world: World, process: Process) -> None:
    """Somebody sets a machine's clock."""
    await pause(world.random.random() * 300.0)
    process.offset += world.random.choice((-DAY, -3600.0, -30.0, 30.0, 3600.0, DAY))
    world.wake(WORK)


async def person(world: World, process: Process) -> None:
    """Reads tickets, looks at the card network's log, mends the books, gives a verdict."""
    read = 0
    while True:
        await pause(world.random.choice((3600.0, 20_000.0, DAY)))
        tickets = world.shop.tickets[read:]
        for message in tickets:
            found = known(CAPTURE_ID.search(message), "a ticket that names its capture")
            if not await _look_into(world, process, found[1]):
                break
            read += 1


async def _look_into(world: World, process: Process, capture_id: str) -> bool:
    """Whether the ticket can be closed."""
    row = world.store.captures[capture_id]
    bill = world.shop.bills[row.invoice_id]
    if not row.is_open:
        return True
    if bill.status is InvoiceStatus.PAYMENT_PENDING or bill.status is InvoiceStatus.PAID:
        return bill.status is InvoiceStatus.PAID  # the janitor will see it
    drawn = world.shop.drawn_by(row.order_id, row.invoice_id)
    if drawn and row.invoice_id in world.shop.unrecorded:
        world.shop.unrecorded.discard(row.invoice_id)
        world.shop.book(bill, drawn[0])
    try:
        await give_verdict(
            world.store,
            world.wire(process),
            capture_id,
            was_charged=bool(drawn),
            now=world.shop.now(),
        )
    except (CannotSettle, BillingError):
        return world.store.captures[capture_id].state not in (State.UNKNOWN, State.PENDING)
    world.wake(WORK)
    world.wake(NEWS)
    return True
