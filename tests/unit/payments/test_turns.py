"""What a cashier takes on first, how long it may take, and how it gives a customer back."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from billing.errors import OutcomeUnknown
from billing.payments.charging import RELEASE_TRIES
from billing.payments.memory_store import MemoryStore
from billing.payments.model import Capture, State
from billing.payments.store import Claim
from tests.unit.payments.shop import LEASE, Shop


async def test_the_abandoned_come_first_then_the_open_then_new_charges(shop: Shop) -> None:
    await shop.order(*(shop.invoice() for _ in range(5)))
    store = shop.store
    assert isinstance(store, MemoryStore)
    states = [State.PLANNED, State.UNKNOWN, State.PENDING, State.SENT, State.PLANNED]
    for (row_id, row), state in zip(list(store.captures.items()), states, strict=True):
        store.captures[row_id] = replace(row, state=state, sent_at=shop.clock.now)

    with capture_logs() as lines:
        await shop.work()

    first_seen = list(dict.fromkeys(one["before"] for one in lines))
    assert first_seen == ["sent", "unknown", "pending", "planned"]
    taken = list(dict.fromkeys(one["invoice"] for one in lines))
    invoices = [row.invoice_id for row in store.captures.values()]
    assert taken == [invoices[number] for number in (3, 1, 2, 0, 4)]


@pytest.mark.parametrize(("seconds", "charges"), [(10, 1), (11, 0)])
async def test_a_pause_of_ten_seconds_before_the_charge_is_the_longest(
    shop: Shop, seconds: int, charges: int
) -> None:
    await shop.order(shop.invoice())

    def reached(step: str) -> None:
        if step == "sent":
            shop.clock.go(seconds=seconds)

    cashier = shop.cashier(reached=reached)
    claim = await cashier.claim()
    assert claim
    await cashier.serve(claim)

    assert len(shop.billing.charges) == charges


async def test_each_step_makes_the_lease_last_anew(shop: Shop) -> None:
    await shop.order(shop.invoice())

    def reached(step: str) -> None:
        if step in ("ready", "answered"):
            shop.clock.go(seconds=90)

    cashier = shop.cashier(reached=reached)
    claim = await cashier.claim()
    assert claim
    await cashier.serve(claim)  # 180 seconds; the lease of 95 was lost if nothing renewed it

    assert len(shop.billing.charges) == 1
    assert claim.fence == 1
    assert not await shop.store.claim("two", shop.clock.now, LEASE)


class Deaf(MemoryStore):
    """Can neither be written to nor takes anything back."""

    async def move(self, *_args: object) -> None:
        raise ConnectionError

    async def release(self, _claim: Claim) -> None:
        raise TimeoutError


async def test_giving_back_is_tried_for_about_a_minute(shop: Shop) -> None:
    shop.store = Deaf()
    await shop.order(shop.invoice())
    pauses: list[float] = []
    cashier = shop.cashier()

    async def pause(seconds: float) -> None:
        pauses.append(seconds)

    cashier._pause = pause
    claim = await cashier.claim()
    assert claim
    with pytest.raises(ConnectionError):  # what went wrong first is what is told
        await cashier.serve(claim)

    assert pauses == [1, 2, 4, 8, 16, 32]
    assert len(pauses) == RELEASE_TRIES


async def test_an_abandoned_charge_is_unknown_before_anything_is_read(shop: Shop) -> None:
    """It may still be on its way: the reading comes ten seconds after it was sent, or after now."""
    await shop.order(shop.invoice())
    claim = await shop.cashier().claim()
    assert claim
    (row,) = claim.captures
    sent = replace(row, state=State.SENT, sent_at=shop.clock.now, due_at=shop.clock.now)
    await shop.store.move(claim, row, sent, shop.clock.now, LEASE)
    shop.clock.go(seconds=96)
    known = len(shop.billing.calls)

    await shop.work("two")

    assert len(shop.billing.calls) == known
    (left,) = await open_rows(shop)
    assert (left.state, left.checks) == (State.UNKNOWN, 1)
    assert left.due_at == shop.clock.now + timedelta(seconds=10)


async def test_a_charge_that_waits_for_the_default_card_knows_until_when(shop: Shop) -> None:
    other = shop.billing.add_card(shop.anna.client_id, last_four="1881")
    shop.billing.script("capture", OutcomeUnknown("capture"))
    await shop.order(shop.invoice())
    await shop.work()
    sent_at = shop.clock.now
    await shop.order(shop.invoice(), card_id=other.id)

    await shop.work()

    due = {row.state: row.due_at for row in await open_rows(shop)}
    assert due[State.PLANNED] == sent_at + timedelta(minutes=5)


async def open_rows(shop: Shop) -> tuple[Capture, ...]:
    claim = await shop.store.claim("two", shop.clock.now, LEASE, shop.anna.client_id)
    assert claim
    return claim.captures


class FailingAfterTheCharge(MemoryStore):
    """Cannot write what has become of the charge, once."""

    has_failed = False

    async def move(self, claim: Claim, before: Capture, *more: object) -> None:
        if before.state is State.SENT and not self.has_failed:
            self.has_failed = True
            raise ConnectionError
        await super().move(claim, before, *more)  # type: ignore[arg-type]


async def test_what_was_sent_and_not_written_is_taken_on_at_once(shop: Shop) -> None:
    shop.store = FailingAfterTheCharge()
    order = await shop.order(shop.invoice())

    with pytest.raises(ConnectionError):
        await shop.work()
    assert await shop.work() == 1
    assert await shop.statuses(order) == ["checking"]
    shop.clock.go(seconds=10)
    await shop.work()

    assert await shop.statuses(order) == ["paid"]
    assert len(shop.billing.charges) == 1


async def test_what_was_confirmed_too_long_ago_ends_now(shop: Shop) -> None:
    order = await shop.order(shop.invoice())
    shop.clock.go(minutes=15, seconds=1)

    await shop.work()

    assert (await shop.report(order)).lines[0].settled_at == shop.clock.now
