"""What only the store in SQL has to promise."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import ClauseElement, event, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncEngine

from billing.payments.model import State, settled
from billing.payments.sql_store import SqlStore
from billing.payments.tables import reconciliations
from tests.unit.payments.shop import LEASE, START
from tests.unit.payments.stores import claimed, confirmation, ordered

DAY = timedelta(days=1)


@pytest.fixture
def said(engine: AsyncEngine) -> list[ClauseElement]:
    """The statements that the store makes, not yet in any database's words."""
    statements: list[ClauseElement] = []

    @event.listens_for(engine.sync_engine, "before_execute")
    def _keep(_connection: object, statement: ClauseElement, *_more: object) -> None:
        statements.append(statement)

    return statements


def for_postgresql(statement: ClauseElement) -> str:
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
    return " ".join(str(statement.compile(dialect=dialect)).split())


async def test_turns_to_reconcile_are_taken_one_by_one_on_postgresql(
    engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There two transactions can both look before either writes: a lock comes first. SQLite plays
    PostgreSQL here, so that this is seen without a server as well."""
    locked: list[str] = []

    @event.listens_for(engine.sync_engine, "connect")
    def _add_functions(connection: object, _record: object) -> None:
        connection.create_function("hashtext", 1, str)  # type: ignore[attr-defined]
        connection.create_function("pg_advisory_xact_lock", 1, locked.append)  # type: ignore[attr-defined]

    await engine.dispose()  # the next connection has the functions
    store = SqlStore(engine, billing="test")
    assert await store.begin_reconciliation(START, DAY)
    assert locked == []

    monkeypatch.setattr(engine.sync_engine.dialect, "name", "postgresql")
    assert not await store.begin_reconciliation(START, DAY)

    assert locked == ["test"]


async def test_a_customer_is_queued_in_each_databases_own_dialect(
    engine: AsyncEngine, said: list[ClauseElement], monkeypatch: pytest.MonkeyPatch
) -> None:
    store = SqlStore(engine, billing="test")
    await ordered(store, confirmation("c1", 1))
    monkeypatch.setattr(engine.sync_engine.dialect, "name", "postgresql")
    await ordered(store, confirmation("c2", 2), "o2")

    dialects = (sqlite.Insert, postgresql.Insert)
    queued = [one for one in said if isinstance(one, dialects)]
    assert [type(one) for one in queued] == list(dialects)
    words = for_postgresql(queued[1])
    assert "ON CONFLICT (billing, client_id) DO UPDATE SET due_at" in words


async def test_on_postgresql_nobody_waits_for_rows_that_another_is_taking(
    engine: AsyncEngine, said: list[ClauseElement]
) -> None:
    """Two workers get two customers, and two gateways different news."""
    store = SqlStore(engine, billing="test")
    await store.claim("one", START, LEASE)
    await store.take_news(START, 5)

    reads = [words for words in map(for_postgresql, said) if words.startswith("SELECT")]
    assert len(reads) == 2
    assert all(words.endswith("FOR UPDATE SKIP LOCKED") for words in reads)


async def test_the_same_number_at_another_billing_system_is_another_customer(
    engine: AsyncEngine,
) -> None:
    one, other = SqlStore(engine, billing="test"), SqlStore(engine, billing="other")
    await ordered(one, confirmation("c1", 1))
    elsewhere = replace(confirmation("c2", 1, chat="b"), billing="other")
    await ordered(other, elsewhere, "o2")

    claims = [await claimed(one), await claimed(other)]
    assert [[row.order_id for row in claim.captures] for claim in claims] == [["o1"], ["o2"]]

    (row,) = claims[0].captures
    await one.move(claims[0], row, settled(row, State.SUCCEEDED, START), START, LEASE)
    await one.release(claims[0])
    assert await one.claim("two", START, LEASE) is None
    assert await other.claim("two", START, LEASE) is None


async def test_rows_of_another_billing_system_are_not_seen(engine: AsyncEngine) -> None:
    one, other = SqlStore(engine, billing="test"), SqlStore(engine, billing="other")
    await ordered(one, confirmation("c1", 1))

    unseen: list[Callable[[], Awaitable[object]]] = [
        lambda: other.booked("o1"),
        lambda: other.confirmation("c1"),
        lambda: other.claim("two", START, LEASE),
        lambda: other.claim("two", START, LEASE, client_id=7),
    ]
    assert [await read() for read in unseen] == [None] * 4
    assert await other.history(7, 5) == await other.journal("", 5) == ()
    assert dict(await other.live_of(7)) == {}
    assert dict(await other.live([1])) == {}


async def test_the_outcome_of_a_reconciliation_is_kept_with_its_turn(engine: AsyncEngine) -> None:
    store, other = SqlStore(engine, billing="test"), SqlStore(engine, billing="other")
    for one, at in ((store, START), (store, START + DAY), (other, START)):
        assert await one.begin_reconciliation(at, DAY)

    await store.end_reconciliation(START, 3, [{"kind": "still_open"}])

    async with engine.begin() as db:
        kept = (await db.execute(select(reconciliations))).all()
    assert sorted((row.billing, row.started_at, row.checked) for row in kept if row.checked) == [
        ("test", START, 3)
    ]
    assert [row.differences for row in kept if row.differences] == [[{"kind": "still_open"}]]
