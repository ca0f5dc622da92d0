"""A short simulation, and proof that it finds what is wrong.

The long one is a command: `python -m billing.payments.simulate RUNS SEED`. A seed means something
only in the version of the world it was found in: each mistake that a seed has shown has a test of
its own in the other modules.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random

import pytest
import structlog

from billing.errors import NotPayable, Refused
from billing.model import Card, Invoice, Transaction
from billing.payments import charging, memory_store, outcome, simulate
from billing.payments.charging import Cashier
from billing.payments.memory_store import MemoryStore
from billing.payments.model import (
    Capture,
    Reason,
    Reply,
    State,
    captures_of,
    order_of,
    settled,
)
from billing.payments.simulation.actors import LEASE, World, _look_into
from billing.payments.simulation.checks import Violation
from billing.payments.simulation.clockwork import Clockwork, DoesNotEnd, pause
from billing.payments.simulation.faults import Fate, Faults
from billing.payments.simulation.mirror import MirrorStore, Sql, StoresDiffer
from billing.payments.simulation.run import Outcome, _world
from billing.payments.simulation.run import simulate as simulate_one
from billing.payments.simulation.shop import CLIENT, Bill, Shop, SimCard
from billing.payments.store import Claim, LeaseLost
from tests.unit.payments.stores import confirmation


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """No log lines, and the log as it was afterwards."""
    known = structlog.get_config()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    yield
    structlog.configure(**known)


def test_a_short_simulation_has_no_violation() -> None:
    results = [result for _, result in simulate.simulate_all(range(300))]

    assert [one for one in results if isinstance(one, str)] == []
    outcomes = [one for one in results if isinstance(one, Outcome)]
    assert sum(one.payments for one in outcomes) > 300
    assert sum(one.charges for one in outcomes) > 100
    assert sum(one.crashes for one in outcomes) > 10
    assert sum(one.tickets for one in outcomes) > 10


def test_a_run_depends_on_its_seed_only() -> None:
    assert [simulate_one(seed) for seed in range(20)] == [simulate_one(seed) for seed in range(20)]


def test_both_stores_go_through_the_same_runs(tmp_path: Path) -> None:
    sql = Sql(tmp_path, billing="simulated")
    try:
        for seed in range(12):
            sql.empty()
            simulate_one(seed, MirrorStore(sql))
    finally:
        sql.close()


# It finds what is wrong. Each of these plants a bug that some payment system has had.

Plant = Callable[[pytest.MonkeyPatch], None]


def sends_again(patch: pytest.MonkeyPatch) -> None:
    """What is unknown is tried again."""
    patch.setattr(charging, "conclude", _retry_what_is_unknown)


def _retry_what_is_unknown(
    capture: Capture, invoice: Invoice, transactions: tuple[Transaction, ...], now: datetime
) -> Capture:
    result = outcome.conclude(capture, invoice, transactions, now)
    return outcome.try_later(capture, now) if result.state is State.UNKNOWN else result


def journals_late(patch: pytest.MonkeyPatch) -> None:
    """The charge is sent before the journal says so."""

    async def charge(
        self: Cashier, claim: Claim, capture: Capture, others: list[Capture]
    ) -> Capture:
        put_off = await self._not_to_be_sent(capture, others)
        sent = replace(capture, sent_at=self._now())
        return await self._move(claim, capture, put_off or await self._send(sent))

    patch.setattr(Cashier, "_charge", charge)


def goes_on_with_what_was_sent(patch: pytest.MonkeyPatch) -> None:
    """A dead worker's sent row is taken for planned."""
    original = Cashier._take_on

    async def take_on(
        self: Cashier, claim: Claim, capture: Capture, others: list[Capture]
    ) -> Capture:
        if capture.state is State.SENT:
            return await self._charge(claim, capture, others)
        return await original(self, claim, capture, others)

    patch.setattr(Cashier, "_take_on", take_on)


def takes_silence_for_a_no(patch: pytest.MonkeyPatch) -> None:
    """Still unpaid after no answer: then it failed."""

    def conclude(
        capture: Capture, invoice: Invoice, transactions: tuple[Transaction, ...], now: datetime
    ) -> Capture:
        result = outcome.conclude(capture, invoice, transactions, now)
        is_unpaid = result.state is State.UNKNOWN and invoice.is_payable()
        return settled(capture, State.DECLINED, now) if is_unpaid else result

    patch.setattr(charging, "conclude", conclude)


def trusts_the_reply(patch: pytest.MonkeyPatch) -> None:
    """Success is said without reading back."""
    original = Cashier._read_back

    async def read_back(self: Cashier, capture: Capture) -> Capture:
        if capture.reply is Reply.SUCCESS:
            return settled(capture, State.SUCCEEDED, self._now())
        return await original(self, capture)

    patch.setattr(Cashier, "_read_back", read_back)


def leaves_the_default_card(patch: pytest.MonkeyPatch) -> None:
    """The chosen card is not made the default."""

    async def set_card(_self: Cashier, _capture: Capture) -> None:
        return None

    patch.setattr(Cashier, "_set_card", set_card)


def charges_what_was_not_confirmed(patch: pytest.MonkeyPatch) -> None:
    """The balance is not looked at again before the charge: a new one is drawn."""
    patch.setattr(charging, "before_sending", lambda _capture, _invoice, _now: None)
    patch.setattr(outcome, "_drawn", lambda capture, _transactions: capture.amount_minor)


def tells_only_of_successes(patch: pytest.MonkeyPatch) -> None:
    """No news of a refusal."""
    patch.setattr(memory_store, "is_news", lambda _before, after: after.state is State.SUCCEEDED)


def gives_up_at_once(patch: pytest.MonkeyPatch) -> None:
    """What could not be reached is told as refused although it was sent."""

    async def look(self: Cashier, claim: Claim, capture: Capture) -> Capture:
        ended = settled(capture, State.NOT_CHARGED, self._now(), Reason.NOT_REACHED)
        return await self._move(claim, capture, ended)

    patch.setattr(Cashier, "_look", look)


PLANTS: tuple[Plant, ...] = (
    sends_again,
    journals_late,
    goes_on_with_what_was_sent,
    takes_silence_for_a_no,
    trusts_the_reply,
    leaves_the_default_card,
    charges_what_was_not_confirmed,
    tells_only_of_successes,
    gives_up_at_once,
)


@pytest.mark.parametrize("plant", PLANTS, ids=lambda plant: plant.__name__)
def test_a_planted_bug_is_found(plant: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    plant(monkeypatch)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a run that is cut short leaves stories untold
        found = [one for _, one in simulate.simulate_all(range(2000)) if isinstance(one, str)]

    assert len(found) == 1


# Its parts


def test_a_story_that_goes_round_in_circles_is_ended() -> None:
    clock = Clockwork(random=Random(1), most_turns=10)

    async def circles() -> None:
        while True:
            await pause(0.0)

    clock.spawn(circles(), clock.process("mad"))
    with pytest.raises(DoesNotEnd):
        clock.run()
    clock.close()


def test_a_violation_and_stores_that_differ_end_the_simulation(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for error in (Violation("broken"), DoesNotEnd("broken"), StoresDiffer("broken")):

        def fail(_seed: int, _store: MemoryStore, error: Exception = error) -> Outcome:
            raise error

        monkeypatch.setattr(simulate, "simulate", fail)
        assert list(simulate.simulate_all(range(5))) == [(0, "broken")]


def test_a_mirror_notices_another_answer(tmp_path: Path) -> None:
    sql = Sql(tmp_path, billing="simulated")
    mirror = MirrorStore(sql)

    async def other() -> str:
        return "other"

    async def lost() -> None:
        raise LeaseLost

    try:
        with pytest.raises(StoresDiffer):
            mirror._compare("read", "one", other())
        with pytest.raises(StoresDiffer):
            mirror._compare("move", None, lost())
        assert mirror._compare("read", "other", other()) == "other"
    finally:
        sql.close()


def test_calm_means_that_nothing_fails() -> None:
    faults = Faults(lost_reply=1.0, crash=1.0)
    assert faults.fate(Random(1)) is Fate.LOST_REPLY

    faults.calm()

    assert faults == Faults()
    assert faults.fate(Random(1)) is Fate.FINE


def test_the_command_prints_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert simulate.main(["20", "0"]) == 0
    assert capsys.readouterr().out.startswith("0 violations: ")
    assert simulate.main(["2", "0", "--sql"]) == 0


def test_the_command_names_the_seed_of_a_violation(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    takes_silence_for_a_no(monkeypatch)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert simulate.main(["2000", "0"]) == 1
    assert capsys.readouterr().out.startswith("VIOLATION at seed ")


def test_a_lease_in_the_simulation_is_as_long_as_in_the_process() -> None:
    assert timedelta(seconds=95) == LEASE


def test_a_process_that_dies_takes_all_its_stories_with_it() -> None:
    clock = Clockwork(random=Random(1), crash_rate=1.0)
    process = clock.process("frail", is_mortal=True)
    told: list[str] = []

    async def other() -> None:
        await pause(5.0)
        told.append("other")

    clock.spawn(other(), process)
    clock.spawn(process.breath(1.0), process)
    clock.run()

    assert (told, clock.crashes, process.lives, process.actors) == ([], 1, 1, [])


# The simulated billing system is as WHMCS is


@pytest.fixture
def simulated_shop() -> Shop:
    clock = Clockwork(random=Random(1))
    shop = Shop(clock=clock, random=clock.random, server=clock.process("billing"), credit=5_000)
    shop.bills[1] = Bill(id=1, total=10_000, balance=10_000, card_id=None, due=date(2026, 9, 1))
    return shop


def test_credit_is_applied_within_balance_and_credit_and_to_unpaid_invoices_only(
    simulated_shop: Shop,
) -> None:
    with pytest.raises(Refused):
        simulated_shop.apply_credit(1, 5_001)
    simulated_shop.apply_credit(1, 5_000)
    bill = simulated_shop.bills[1]
    assert (bill.balance, bill.credit, simulated_shop.credit) == (5_000, 5_000, 0)

    simulated_shop.book(bill, 5_000)
    with pytest.raises(NotPayable):
        simulated_shop.apply_credit(1, 1)


def test_a_surplus_becomes_credit(simulated_shop: Shop) -> None:
    simulated_shop.book(simulated_shop.bills[1], 10_100)

    assert simulated_shop.credit == 5_100


def test_a_bank_that_decides_when_the_invoice_has_been_paid_draws_nothing(
    simulated_shop: Shop,
) -> None:
    shop = simulated_shop
    shop.cards[3] = SimCard(card=_visa(), behaviour="pending")
    shop.default_card = 3
    shop.clock.spawn(shop.charge(1, "us", 0.0), shop.server)
    shop.clock.run(latest=1.0)
    assert shop.invoice(1).status == "Payment Pending"

    shop.book(shop.bills[1], 10_000)
    shop.clock.run()

    assert shop.draws == []
    assert shop.invoice(1).status == "Paid"


def test_a_person_waits_while_a_worker_is_at_the_customers_payments() -> None:
    world = _world_with_an_unknown_capture()
    held: list[bool] = []

    async def look() -> None:
        claim = await world.store.claim("worker", world.shop.now(), LEASE)
        held.append(await _look_into(world, process, "o1.1"))
        assert claim
        await world.store.release(claim)
        held.append(await _look_into(world, process, "o1.1"))
        held.append(await _look_into(world, process, "o1.1"))

    process = world.clock.process("person")
    world.clock.spawn(look(), process)
    world.clock.run()

    assert held == [False, True, True]
    assert world.store.captures["o1.1"].state is State.NOT_CHARGED


def _world_with_an_unknown_capture() -> World:
    world = _world(1, MemoryStore())
    invoice_id = next(iter(world.shop.bills))
    known = replace(confirmation("c1", invoice_id, client=CLIENT), billing="simulated")
    (row,) = captures_of(known, "o1", world.shop.now())
    order = order_of(known, "o1", world.shop.now())

    async def plan() -> None:
        await world.store.save_confirmation(known)
        await world.store.enqueue(order, [row])
        claim = await world.store.claim("worker", world.shop.now(), LEASE)
        assert claim
        unknown = replace(row, state=State.UNKNOWN)
        await world.store.move(claim, row, unknown, world.shop.now(), LEASE)
        await world.store.release(claim)

    world.clock.spawn(plan(), world.clock.process("setting up"))
    world.clock.run()
    world.faults.calm()
    return world


def _visa() -> Card:
    return Card(
        id=3, brand="Visa", last_four="4242", expires=(2030, 1), description="", gateway="kort"
    )
