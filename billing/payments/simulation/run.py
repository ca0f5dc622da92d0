"""One run from one seed: build the world, let everybody act, let everything settle, check."""

from __future__ import annotations

from collections.abc import Coroutine
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random
from typing import Any

from billing.model import Card
from billing.payments.memory_store import MemoryStore
from billing.payments.reconciliation import Reconciliation, reconcile
from billing.payments.simulation import actors, checks, faults
from billing.payments.simulation.actors import DAY, World
from billing.payments.simulation.clockwork import START, Clockwork, Process
from billing.payments.simulation.shop import GATEWAY, Bill, Shop, SimCard

CALM_AFTER = (60.0, 900.0, 7200.0, 2 * DAY)
LONG_AGO = START - timedelta(days=30)
SETTLED_WITHIN = 12 * DAY


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What happened in a run, for the verdict."""

    payments: int
    """Captures that were ordered."""
    charges: int
    crashes: int
    tickets: int
    turns: int


def simulate(seed: int, store: MemoryStore | None = None) -> Outcome:
    """Raises `Violation` where a promise is broken. `store`: an empty one, else in memory."""
    world = _world(seed, store or MemoryStore())
    clock = world.clock
    try:
        _people(world)
        clock.run(latest=clock.random.choice(CALM_AFTER))
        _calm(world)
        clock.run(world.is_settled, latest=clock.time + SETTLED_WITHIN)
        checks.check_books(world.store, world.shop)
        checks.check_told(world.told, world.store, world.shop)
        checks.check_reconciliation(_reconcile(world), world.store, world.shop)
    finally:
        clock.close()
    return Outcome(
        payments=len(world.store.captures),
        charges=len([one for one in world.shop.draws if one.source == "us"]),
        crashes=clock.crashes,
        tickets=len(world.shop.tickets),
        turns=clock.turns,
    )


def _world(seed: int, store: MemoryStore) -> World:
    random = Random(seed)  # noqa: S311 - repeatable is what it is for
    rates = faults.draw(random)
    clock = Clockwork(random=random, crash_rate=rates.crash, freeze_rate=rates.freeze)
    shop = Shop(clock=clock, random=random, server=clock.process("billing"))
    _stock(shop)
    return World(random=random, clock=clock, faults=rates, shop=shop, store=store)


def _stock(shop: Shop) -> None:
    """One customer with a few cards and unpaid invoices."""
    random = shop.random
    for _ in range(random.choice((1, 2, 2))):
        card_id = shop.next_id()
        behaviour = random.choice(("approve", "approve", "approve", "decline", "pending"))
        shop.cards[card_id] = SimCard(card=_card(card_id), behaviour=behaviour)
    shop.default_card = random.choice(list(shop.cards))
    shop.credit = random.choice((0, 0, 10_000, 100_000))
    for _ in range(random.choice((1, 2, 3, 4, 6, 9))):
        _add_bill(shop)


def _add_bill(shop: Shop) -> None:
    invoice_id = shop.next_id()
    total = shop.random.randint(100, 99_999)
    card_id = shop.random.choice((None, None, *shop.cards))
    due = date(2026, 9, 3)
    bill = Bill(id=invoice_id, total=total, balance=total, card_id=card_id, due=due)
    if shop.random.random() < 0.1:
        shop.book(bill, total // 2)  # some have been paid in part before, maybe by half
        bill.transactions = tuple(replace(one, date=LONG_AGO) for one in bill.transactions)
    shop.bills[invoice_id] = bill


def _card(card_id: int) -> Card:
    return Card(
        id=card_id,
        brand="Visa",
        last_four="4242",
        expires=(2030, 12),
        description="",
        gateway=GATEWAY,
    )


def _people(world: World) -> None:
    clock, random = world.clock, world.random
    counter = clock.process("actions")
    for number in range(random.choice((1, 1, 2))):
        clock.spawn(actors.customer(world, counter, f"chat-{number}"), counter)
    clock.process("gateway", begin=lambda process: actors.gateway(world, process))
    workers = [
        clock.process(name, is_mortal=True, begin=lambda process: actors.worker(world, process))
        for name in ("one", "two")[: random.choice((1, 2))]
    ]
    clock.process("person", begin=lambda process: actors.person(world, process))
    for process in (counter, *workers):
        if random.random() < world.faults.clock_jump:
            _apart(world, actors.clock_setter(world, process))
    for invoice_id in world.shop.bills:
        _interfere(world, invoice_id)


def _interfere(world: World, invoice_id: int) -> None:
    for rate, story in (
        (world.faults.cron, actors.cron),
        (world.faults.hosted, actors.hosted_page),
        (world.faults.late_fee, actors.late_fee),
    ):
        if world.random.random() < rate:
            _apart(world, story(world, invoice_id))


def _apart(world: World, story: Coroutine[float, None, Any]) -> None:
    world.clock.spawn(story, Process(name="outside", clock=world.clock))


def _calm(world: World) -> None:
    world.faults.calm()
    world.clock.crash_rate = world.clock.freeze_rate = 0.0
    for what in (actors.WORK, actors.NEWS):
        world.wake(what)


def _reconcile(world: World) -> Reconciliation:
    """Against the truth, by the real code; nothing fails and nothing waits any more."""
    process = world.clock.process("accountant")
    found: list[Reconciliation] = []

    async def story() -> None:
        billing = world.wire(process)
        found.append(await reconcile(world.store, billing, now=world.shop.now()))

    world.clock.spawn(story(), process)
    world.clock.run(lambda: bool(found))
    return found[0]
