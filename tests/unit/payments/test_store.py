"""Both stores keep the same promises."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncEngine

from billing.payments.memory_store import MemoryStore
from billing.payments.model import (
    AT_ONCE,
    Confirmation,
    ConfirmationState,
    Line,
    Method,
    Order,
    Plan,
    State,
    captures_of,
    order_of,
    settled,
)
from billing.payments.sql_store import SqlStore
from billing.payments.store import NEWS_HOLD, Claim, Enqueued, LeaseLost, Store
from billing.payments.tables import (
    captures,
    confirmations,
    news,
    orders,
    queue,
    reconciliations,
)
from kvitt.database import create_engine
from kvitt.migrate import upgrade
from tests.unit.payments.shop import LEASE, START

POSTGRES = "postgresql://postgres@127.0.0.1:5432"


@pytest.fixture(
    params=["memory", "sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)]
)
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Store]:
    async with AsyncExitStack() as stack:
        if request.param == "memory":
            yield MemoryStore()
            return
        url = f"sqlite+aiosqlite:///{tmp_path / 'store.sqlite'}"
        if request.param == "postgresql":
            url = request.getfixturevalue("postgres")
        engine = create_engine(url)
        stack.push_async_callback(engine.dispose)
        await upgrade(engine, "0001_payments")
        await _empty(engine)
        yield SqlStore(engine, billing="test")


@pytest.fixture(scope="module")
def postgres() -> Iterator[str]:
    """A database of its own on the server, or a skip where there is none."""
    name = f"kvitt_store_{uuid4().hex[:12]}"
    try:
        _elsewhere(_admin(f"CREATE DATABASE {name}"))
    except OSError as error:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(f"no PostgreSQL: {error}")
    yield f"postgresql+asyncpg://postgres@127.0.0.1:5432/{name}"
    _elsewhere(_admin(f"DROP DATABASE {name} WITH (FORCE)"))


def _elsewhere(story: Coroutine[Any, Any, None]) -> None:
    """In a thread and loop of its own: the test's loop may be running."""
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, story).result()


async def _empty(engine: AsyncEngine) -> None:
    async with engine.begin() as db:
        for table in (captures, news, orders, confirmations, queue, reconciliations):
            await db.execute(delete(table))


async def _admin(statement: str) -> None:
    connection = await asyncpg.connect(f"{POSTGRES}/postgres")
    await connection.execute(statement)
    await connection.close()


def confirmation(
    id: str = "c1", *invoices: int, chat: str = "chat", client: int = 7
) -> Confirmation:
    return Confirmation(
        id=id,
        billing="test",
        conversation_id=chat,
        client_id=client,
        method=Method.CARD,
        card_id=3,
        card_brand="Visa",
        card_last_four="4242",
        currency="SEK",
        lines=tuple(
            Line(
                invoice_id=one,
                number=str(one),
                description="Webbhotell",
                balance_minor=49900,
                amount_minor=49900,
                credit_before_minor=0,
                plan=Plan.CAPTURE,
                currency="SEK",
            )
            for one in invoices or (1, 2)
        ),
        created_at=START,
        expires_at=START + timedelta(minutes=5),
    )


async def ordered(store: Store, known: Confirmation, order_id: str = "o1") -> Enqueued:
    await store.save_confirmation(known)
    return await enqueue(store, known, order_id)


async def enqueue(store: Store, known: Confirmation, order_id: str) -> Enqueued:
    order = order_of(known, order_id, START)
    return await store.enqueue(order, captures_of(known, order_id, START))


async def claimed(store: Store, owner: str = "one", **later: float) -> Claim:
    claim = await store.claim(owner, START + timedelta(**later), LEASE)
    assert claim is not None
    return claim


async def test_a_confirmation_comes_back_as_it_was(store: Store) -> None:
    await store.save_confirmation(confirmation())

    assert await store.confirmation("c1") == confirmation()
    assert await store.confirmation("c2") is None


async def test_a_new_summary_closes_the_conversations_earlier_one_and_no_others(
    store: Store,
) -> None:
    await store.save_confirmation(confirmation("c1"))
    await store.save_confirmation(confirmation("other", chat="elsewhere"))
    await store.save_confirmation(confirmation("c2"))

    states = [await store.confirmation(one) for one in ("c1", "other", "c2")]
    assert [one.state for one in states if one] == ["closed", "open", "open"]


async def test_only_the_own_conversation_closes_a_confirmation_and_only_once(store: Store) -> None:
    await store.save_confirmation(confirmation())

    assert not await store.close_confirmation("c1", "elsewhere")
    assert not await store.close_confirmation("c9", "chat")
    assert await store.close_confirmation("c1", "chat")
    assert not await store.close_confirmation("c1", "chat")


async def test_an_order_uses_its_confirmation_up(store: Store) -> None:
    assert await ordered(store, confirmation()) is Enqueued.DONE
    assert await enqueue(store, confirmation(), "o2") is Enqueued.NOT_OPEN

    used = await store.confirmation("c1")
    assert used
    assert (used.state, used.order_id) == (ConfirmationState.USED, "o1")
    assert await store.booked("o2") is None


async def test_an_order_without_its_confirmation_leaves_no_trace(store: Store) -> None:
    assert await enqueue(store, confirmation(), "o1") is Enqueued.NOT_OPEN
    assert await store.claim("one", START, LEASE) is None


async def test_a_second_live_capture_of_an_invoice_is_refused_whole(store: Store) -> None:
    await ordered(store, confirmation("c1", 1, 2))
    rival = confirmation("c2", 3, 2, chat="elsewhere")

    assert await ordered(store, rival, "o2") is Enqueued.CONFLICT
    assert dict(await store.live([1, 2, 3])) == {1: State.PLANNED, 2: State.PLANNED}
    kept = await store.confirmation("c2")
    assert kept
    assert kept.state is ConfirmationState.OPEN


async def test_the_same_invoice_twice_in_one_order_is_refused(store: Store) -> None:
    assert await ordered(store, confirmation("c1", 1, 1)) is Enqueued.CONFLICT


async def test_an_invoice_is_free_again_when_its_capture_was_declined(store: Store) -> None:
    await ordered(store, confirmation("c1", 1))
    claim = await claimed(store)
    row = claim.captures[0]
    await store.move(claim, row, settled(row, State.DECLINED, START), START, LEASE)

    assert dict(await store.live([1])) == {}
    assert await ordered(store, confirmation("c2", 1), "o2") is Enqueued.DONE


async def test_an_invoice_that_was_paid_is_never_free_again(store: Store) -> None:
    await ordered(store, confirmation("c1", 1))
    claim = await claimed(store)
    row = claim.captures[0]
    await store.move(claim, row, settled(row, State.SUCCEEDED, START), START, LEASE)

    assert await ordered(store, confirmation("c2", 1), "o2") is Enqueued.CONFLICT
    assert dict(await store.live_of(7)) == {1: State.SUCCEEDED}
    assert dict(await store.live_of(8)) == {}


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


async def test_an_order_is_settled_with_its_last_capture(store: Store) -> None:
    await ordered(store, confirmation("c1", 1, 2))
    claim = await claimed(store)
    for row in claim.captures:
        assert (await _order(store)).settled_at is None
        await store.move(claim, row, settled(row, State.SUCCEEDED, START), START, LEASE)

    assert (await _order(store)).settled_at == START


async def _order(store: Store) -> Order:
    booked = await store.booked("o1")
    assert booked
    return booked.order


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


async def test_the_newest_orders_come_first_and_only_the_customers(store: Store) -> None:
    for number in range(3):
        made = confirmation(f"c{number}", number + 1)
        await store.save_confirmation(made)
        at = START + timedelta(minutes=number)
        order = order_of(made, f"o{number}", at)
        await store.enqueue(order, captures_of(made, order.id, at))

    newest = await store.history(7, 2)
    assert [one.order.id for one in newest] == ["o2", "o1"]
    assert newest[0].captures[0].invoice_id == 3
    assert await store.history(8, 2) == ()


async def test_the_journal_is_read_page_by_page(store: Store) -> None:
    for number in range(3):
        await ordered(store, confirmation(f"c{number}", number + 1), f"o{number}")

    first = await store.journal("", 2)
    rest = await store.journal(first[-1].order.id, 2)

    assert [one.order.id for one in (*first, *rest)] == ["o0", "o1", "o2"]
    assert await store.journal("o2", 2) == ()


async def test_reconciliation_has_one_turn_a_day(store: Store) -> None:
    day = timedelta(days=1)

    assert await store.begin_reconciliation(START, day)
    await store.end_reconciliation(START, 3, [{"kind": "still_open"}])

    assert not await store.begin_reconciliation(START + timedelta(hours=23), day)
    assert await store.begin_reconciliation(START + timedelta(hours=24), day)


async def test_rows_of_another_billing_system_are_not_seen(engine: AsyncEngine) -> None:
    one, other = SqlStore(engine, billing="test"), SqlStore(engine, billing="other")
    await ordered(one, confirmation("c1", 1))

    unseen: list[Callable[[], Awaitable[object]]] = [
        lambda: other.booked("o1"),
        lambda: other.confirmation("c1"),
        lambda: other.claim("two", START, LEASE),
    ]
    assert [await read() for read in unseen] == [None, None, None]
    assert dict(await other.live([1])) == {}
