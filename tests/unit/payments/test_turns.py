"""What a cashier takes on first, how long it may take, and how it gives a customer back."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from billing.errors import OutcomeUnknown
from billing.payments.charging import RELEASE_TRIES
from billing.payments.memory_store import MemoryStore
from billing.payments.model import State
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


async def test_an_abandoned_charge_is_looked_for_ten_seconds_after_it_was_sent(
    shop: Shop,
) -> None:
    shop.billing.script("capture", OutcomeUnknown("capture"))
    await shop.order(shop.invoice())
    sent_at = shop.clock.now

    await shop.work()

    claim = await shop.store.claim("two", shop.clock.now, LEASE, shop.anna.client_id)
    assert claim
    (row,) = claim.captures
    assert (row.state, row.sent_at, row.checks) == (State.UNKNOWN, sent_at, 1)
    assert row.due_at == sent_at + timedelta(seconds=10)
