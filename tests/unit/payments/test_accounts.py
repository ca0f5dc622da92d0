"""An account number that belongs to another account than before starts with a clean journal."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import select

from billing.payments.accounts import Accounts
from billing.payments.tables import captures, orders
from kvitt import migrate
from kvitt.database import create_engine

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
HOST = "https://billing.example.com"


async def test_the_journal_of_another_installation_is_put_aside_and_kept(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite+aiosqlite:///{tmp_path / 'kvitt.sqlite'}")
    await migrate.upgrade(engine)
    known = Accounts(engine, billing=HOST)
    assert not await known.recognise(7, "first")
    async with engine.begin() as db:
        await db.execute(orders.insert().values(_order()))
        await db.execute(captures.insert().values(_capture()))

    again = await known.recognise(7, "first")
    other = await known.recognise(7, "second")
    async with engine.begin() as db:
        names = {row.billing for row in await db.execute(select(captures.c.billing))}
        await db.execute(orders.insert().values(_order(id="o2", confirmation_id="c2")))
        await db.execute(captures.insert().values(_capture(id="o2.1", order_id="o2")))
    await engine.dispose()

    assert (again, other) == (False, True)
    assert names == {f"{HOST}#first"}


async def test_only_that_account_of_that_installation_is_put_aside(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite+aiosqlite:///{tmp_path / 'kvitt.sqlite'}")
    await migrate.upgrade(engine)
    here, elsewhere = Accounts(engine, billing=HOST), Accounts(engine, billing="elsewhere")
    for known, client_id in ((here, 7), (here, 8), (elsewhere, 7)):
        assert not await known.recognise(client_id, "first")
    rows = [("o1", HOST, 7), ("o2", HOST, 8), ("o3", "elsewhere", 7)]
    async with engine.begin() as db:
        for id, billing, client_id in rows:
            whose = {"billing": billing, "client_id": client_id}
            await db.execute(orders.insert().values(_order(id=id, confirmation_id=id, **whose)))
            row = _capture(id=f"{id}.1", order_id=id, invoice_id=client_id, **whose)
            await db.execute(captures.insert().values(row))

    assert await here.recognise(7, "second")
    others = [await here.recognise(8, "first"), await elsewhere.recognise(7, "first")]
    async with engine.begin() as db:
        found = await db.execute(select(captures.c.billing).order_by(captures.c.order_id))
        names = list(found.scalars())
    await engine.dispose()

    assert others == [False, False]
    assert names == [f"{HOST}#first", HOST, "elsewhere"]


async def test_the_second_account_is_remembered_in_place_of_the_first(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite+aiosqlite:///{tmp_path / 'kvitt.sqlite'}")
    await migrate.upgrade(engine)
    known = Accounts(engine, billing=HOST)

    told = [await known.recognise(7, uuid) for uuid in ("first", "second", "second", "first")]
    await engine.dispose()

    assert told == [False, True, False, True]


async def test_without_a_uuid_nothing_is_put_aside(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite+aiosqlite:///{tmp_path / 'kvitt.sqlite'}")
    await migrate.upgrade(engine)
    known = Accounts(engine, billing=HOST)
    await known.recognise(7, "first")

    assert not await known.recognise(7, "")
    await engine.dispose()


def _order(**changes: object) -> dict[str, object]:
    order = {
        "id": "o1",
        "billing": HOST,
        "confirmation_id": "c1",
        "conversation_id": "talk",
        "client_id": 7,
        "method": "card",
        "card_brand": "Visa",
        "card_last_four": "4242",
        "currency": "SEK",
        "total_minor": 100,
        "line_count": 1,
        "confirmed_at": NOW,
    }
    return order | changes


def _capture(**changes: object) -> dict[str, object]:
    capture = {
        "id": "o1.1",
        "order_id": "o1",
        "billing": HOST,
        "conversation_id": "talk",
        "client_id": 7,
        "position": 1,
        "invoice_id": 1042,
        "number": "1042",
        "description": "Webbhotell",
        "plan": "capture",
        "amount_minor": 100,
        "balance_minor": 100,
        "credit_before_minor": 0,
        "currency": "SEK",
        "state": "succeeded",
        "planned_at": NOW,
        "tries": 0,
        "checks": 0,
    }
    return capture | changes
