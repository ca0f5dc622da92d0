"""Every store keeps the same promises of confirmations and orders."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from billing.payments.model import (
    ConfirmationState,
    Order,
    Reason,
    Reply,
    State,
    captures_of,
    order_of,
    settled,
)
from billing.payments.store import Enqueued, Store
from tests.unit.payments.shop import LEASE, START
from tests.unit.payments.stores import claimed, confirmation, enqueue, ordered


@pytest.fixture
def store(every_store: Store) -> Store:
    return every_store


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
    for number in (2, 0, 1):
        await ordered(store, confirmation(f"c{number}", number + 1), f"o{number}")

    first = await store.journal("", 2)
    rest = await store.journal(first[-1].order.id, 2)

    assert [one.order.id for one in first] == ["o0", "o1"]
    assert [one.order.id for one in rest] == ["o2"]
    assert await store.journal("o2", 2) == ()


async def test_orders_of_the_same_moment_come_by_id(store: Store) -> None:
    for number in (2, 1, 3):
        await ordered(store, confirmation(f"c{number}", number), f"o{number}")

    assert [one.order.id for one in await store.history(7, 2)] == ["o1", "o2"]


async def test_a_summary_that_was_used_stays_so_when_a_new_one_is_shown(store: Store) -> None:
    await ordered(store, confirmation("c1", 1))
    await store.save_confirmation(confirmation("c2", 2))

    used = await store.confirmation("c1")
    assert used
    assert (used.state, used.order_id) == (ConfirmationState.USED, "o1")


async def test_a_summary_that_was_closed_is_closed(store: Store) -> None:
    await store.save_confirmation(confirmation())
    await store.close_confirmation("c1", "chat")

    assert await store.confirmation("c1") == replace(confirmation(), state=ConfirmationState.CLOSED)


async def test_only_the_invoices_that_are_asked_for_are_told(store: Store) -> None:
    await ordered(store, confirmation("c1", 1, 2))

    assert dict(await store.live([2, 3])) == {2: State.PLANNED}


async def test_an_order_is_settled_with_its_last_capture(store: Store) -> None:
    await ordered(store, confirmation("c1", 1, 2))
    claim = await claimed(store)
    for row in claim.captures:
        assert (await _order(store)).settled_at is None
        await store.move(claim, row, settled(row, State.SUCCEEDED, START), START, LEASE)

    assert (await _order(store)).settled_at == START


async def test_an_order_is_settled_by_its_own_captures_alone(store: Store) -> None:
    await ordered(store, confirmation("c1", 1, client=7))
    await ordered(store, confirmation("c2", 2, client=8, chat="b"), "o2")
    moments = {"o1": START, "o2": START + timedelta(seconds=1)}
    settled_at: list[list[datetime | None]] = []
    for client, at in zip((7, 8), moments.values(), strict=True):
        claim = await store.claim("one", START, LEASE, client)
        assert claim
        (row,) = claim.captures
        await store.move(claim, row, settled(row, State.SUCCEEDED, at), at, LEASE)
        settled_at.append([(await _order(store, one)).settled_at for one in moments])

    assert settled_at == [[START, None], list(moments.values())]


async def _order(store: Store, order_id: str = "o1") -> Order:
    booked = await store.booked(order_id)
    assert booked
    return booked.order


async def test_an_orders_captures_come_by_position_however_they_were_given(store: Store) -> None:
    known = confirmation("c1", 5, 1, 3)
    one, two, three = captures_of(known, "o1", START)
    await store.save_confirmation(known)

    await store.enqueue(order_of(known, "o1", START), [two, three, one])

    booked = await store.booked("o1")
    assert booked
    assert booked.captures == (one, two, three)
    assert (await claimed(store)).captures == (one, two, three)


async def test_a_row_comes_back_as_it_was_left(store: Store) -> None:
    await ordered(store, confirmation("c1", 1, 2))
    claim = await claimed(store)
    one, two = claim.captures
    at = START + timedelta(seconds=3)
    open_ = replace(
        one,
        state=State.PENDING,
        reply=Reply.SUCCESS,
        tries=2,
        checks=3,
        sent_at=at,
        due_at=at,
        ticket="KVT-1",
    )
    done = settled(replace(two, reply=Reply.REFUSED), State.NOT_CHARGED, at, Reason.NOT_PAYABLE)

    await store.move(claim, one, open_, at, LEASE)
    await store.move(claim, two, done, at, LEASE)

    booked = await store.booked("o1")
    assert booked
    assert booked.captures == (open_, done)
