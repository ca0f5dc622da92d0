"""Every store keeps the same promises of claims, leases, news and turns."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from billing.payments.model import (
    AT_ONCE,
    State,
    settled,
)
from billing.payments.store import LONGEST_LEASE, NEWS_HOLD, LeaseLost, Store
from tests.unit.payments.shop import LEASE, START
from tests.unit.payments.stores import claimed, confirmation, ordered


@pytest.fixture
def store(every_store: Store) -> Store:
    return every_store


async def test_a_claim_holds_the_customers_open_rows_in_order(store: Store) -> None:
    await ordered(store, confirmation("c1", 5, 1))

    claim = await claimed(store)

    assert [one.invoice_id for one in claim.captures] == [5, 1]
    assert await store.claim("two", START, LEASE) is None


async def test_a_lease_that_has_run_out_is_taken_over_with_a_higher_fence(store: Store) -> None:
    await ordered(store, confirmation())
    first = await claimed(store)

    second = await claimed(store, "two", seconds=96)

    assert second.fence > first.fence
    row = first.captures[0]
    with pytest.raises(LeaseLost):
        await store.move(first, row, replace(row, state=State.SENT), START, LEASE)
    await store.release(first)
    assert await store.claim("three", START + timedelta(seconds=97), LEASE) is None


async def test_a_row_that_has_moved_is_not_moved_again(store: Store) -> None:
    await ordered(store, confirmation())
    claim = await claimed(store)
    row = claim.captures[0]
    await store.move(claim, row, replace(row, state=State.SENT), START, LEASE)

    with pytest.raises(LeaseLost):
        await store.move(claim, row, replace(row, state=State.SENT), START, LEASE)


async def test_a_lease_from_before_the_clock_went_back_does_not_block(store: Store) -> None:
    await ordered(store, confirmation())
    await claimed(store, days=1)

    assert await store.claim("two", START, LEASE) is not None


async def test_a_released_customer_is_due_when_the_next_open_row_is(store: Store) -> None:
    await ordered(store, confirmation("c1", 1, 2))
    claim = await claimed(store)
    for row, seconds in zip(claim.captures, (30, 10), strict=True):
        later = replace(row, state=State.UNKNOWN, due_at=START + timedelta(seconds=seconds))
        await store.move(claim, row, later, START, LEASE)
    await store.release(claim)

    assert await store.claim("one", START + timedelta(seconds=9), LEASE) is None
    assert await store.claim("one", START + timedelta(seconds=10), LEASE) is not None


async def test_a_customer_with_nothing_open_is_not_due(store: Store) -> None:
    await ordered(store, confirmation("c1", 1))
    claim = await claimed(store)
    row = claim.captures[0]
    await store.move(claim, row, settled(row, State.SUCCEEDED, START), START, LEASE)
    await store.release(claim)

    assert await store.claim("one", START + timedelta(days=9), LEASE) is None
    assert await store.claim("one", START, LEASE, client_id=7) is not None
    assert await store.claim("one", START, LEASE, client_id=8) is None


async def test_a_row_that_is_settled_makes_nobody_due(store: Store) -> None:
    await ordered(store, confirmation("c1", 1))
    claim = await claimed(store)
    (row,) = claim.captures
    assert row.due_at == AT_ONCE
    await store.move(claim, row, replace(row, state=State.SUCCEEDED), START, LEASE)
    await store.release(claim)

    assert await store.claim("one", START, LEASE) is None


async def test_an_order_placed_while_the_customer_is_leased_is_found_on_release(
    store: Store,
) -> None:
    await ordered(store, confirmation("c1", 1))
    claim = await claimed(store)
    row = claim.captures[0]
    await ordered(store, confirmation("c2", 2), "o2")
    await store.move(claim, row, settled(row, State.SUCCEEDED, START), START, LEASE)
    await store.release(claim)

    again = await claimed(store)
    assert [one.invoice_id for one in again.captures] == [2]
    assert again.captures[0].due_at == AT_ONCE


async def test_two_customers_are_claimed_one_by_one(store: Store) -> None:
    await ordered(store, confirmation("c1", 1, client=7))
    await ordered(store, confirmation("c2", 2, client=8, chat="b"), "o2")

    claims = [await claimed(store), await claimed(store)]

    assert {one.client_id for one in claims} == {7, 8}
    assert await store.claim("one", START, LEASE) is None


async def test_news_of_an_order_is_one_until_acknowledged(store: Store) -> None:
    await ordered(store, confirmation("c1", 1, 2))
    claim = await claimed(store)
    for row in claim.captures:
        await store.move(claim, row, replace(row, state=State.SENT), START, LEASE)
        sent = replace(row, state=State.SENT)
        await store.move(claim, sent, settled(row, State.SUCCEEDED, START), START, LEASE)

    taken = await store.take_news(START, 100)
    assert [(one.order_id, len(one.ids)) for one in taken] == [("o1", 2)]
    assert taken[0].id == max(taken[0].ids)
    assert await store.take_news(START, 100) == ()
    again = await store.take_news(START + NEWS_HOLD, 100)
    assert again[0].ids == taken[0].ids

    await store.ack_news(taken[0].ids)
    assert await store.take_news(START + timedelta(days=1), 100) == ()


async def test_news_of_two_orders_is_one_of_each_and_the_longest_waiting_first(
    store: Store,
) -> None:
    await ordered(store, confirmation("c1", 1, 2, client=7))
    await ordered(store, confirmation("c2", 3, client=8, chat="b"), "o2")
    claims = {one.client_id: one for one in (await claimed(store), await claimed(store))}
    rows = [(claims[client], row) for client, row in ((7, 0), (8, 0), (7, 1))]
    for claim, row in rows:
        before = claim.captures[row]
        await store.move(claim, before, settled(before, State.DECLINED, START), START, LEASE)

    one, two = await store.take_news(START, 100)

    assert [(news.order_id, news.client_id, len(news.ids)) for news in (one, two)] == [
        ("o1", 7, 2),
        ("o2", 8, 1),
    ]
    assert one.ids[0] < two.id < one.ids[1] == one.id


async def test_reconciliation_has_one_turn_a_day(store: Store) -> None:
    day = timedelta(days=1)

    assert await store.begin_reconciliation(START, day)
    await store.end_reconciliation(START, 3, [{"kind": "still_open"}])

    assert not await store.begin_reconciliation(START + timedelta(hours=23), day)
    assert await store.begin_reconciliation(START + timedelta(hours=24), day)


async def test_a_reconciliation_that_broke_off_is_begun_again_within_the_hour(store: Store) -> None:
    day, hour = timedelta(days=1), timedelta(hours=1)

    assert await store.begin_reconciliation(START, day)

    assert not await store.begin_reconciliation(START + hour - timedelta(seconds=1), day)
    assert await store.begin_reconciliation(START + hour, day)


async def test_a_reconciliation_that_broke_off_waits_no_longer_than_the_schedule(
    store: Store,
) -> None:
    every = timedelta(minutes=10)

    assert await store.begin_reconciliation(START, every)

    assert not await store.begin_reconciliation(START + every - timedelta(seconds=1), every)
    assert await store.begin_reconciliation(START + every, every)


async def test_who_has_waited_longest_comes_first(store: Store) -> None:
    await ordered(store, confirmation("c1", 1, client=7))
    await ordered(store, confirmation("c2", 2, client=8, chat="b"), "o2")
    for _ in range(2):
        claim = await claimed(store)
        (row,) = claim.captures
        due = START + timedelta(seconds=20 if claim.client_id == 7 else 10)
        await store.move(claim, row, replace(row, state=State.UNKNOWN, due_at=due), START, LEASE)
        await store.release(claim)

    assert [(await claimed(store, seconds=30)).client_id for _ in range(2)] == [8, 7]


async def test_a_lease_holds_to_the_second_and_each_step_renews_it(store: Store) -> None:
    await ordered(store, confirmation("c1", 1))
    claim = await claimed(store)
    (row,) = claim.captures
    assert await store.claim("two", START + timedelta(seconds=94), LEASE) is None

    later = START + timedelta(seconds=90)
    await store.move(claim, row, replace(row, state=State.SENT), later, LEASE)

    end = later + LEASE
    assert await store.claim("two", end - timedelta(seconds=1), LEASE) is None
    assert await store.claim("two", end, LEASE) is not None


async def test_no_lease_is_believed_that_is_longer_than_the_longest(store: Store) -> None:
    await ordered(store, confirmation())
    assert await store.claim("one", START, LONGEST_LEASE + timedelta(seconds=1))

    assert await store.claim("two", START + timedelta(seconds=1), LEASE) is None
    assert await store.claim("two", START, LEASE) is not None


async def test_news_comes_oldest_first_and_no_more_than_is_wanted(store: Store) -> None:
    await ordered(store, confirmation("c1", 1, client=7))
    await ordered(store, confirmation("c2", 2, client=8, chat="b"), "o2")
    for _ in range(2):
        claim = await claimed(store)
        (row,) = claim.captures
        at = START + timedelta(seconds=claim.client_id)
        await store.move(claim, row, settled(row, State.DECLINED, START), at, LEASE)

    (first,) = await store.take_news(START, 1)
    (second,) = await store.take_news(START, 5)

    assert first.id < second.id
    both = {one.client_id: (one.order_id, one.conversation_id, one.at) for one in (first, second)}
    assert both == {
        7: ("o1", "chat", START + timedelta(seconds=7)),
        8: ("o2", "b", START + timedelta(seconds=8)),
    }
    await store.ack_news(first.ids)
    await store.ack_news(first.ids)  # twice is no harm
    assert await store.take_news(START + NEWS_HOLD - timedelta(seconds=1), 5) == ()
    (again,) = await store.take_news(START + NEWS_HOLD, 5)
    assert again.ids == second.ids
