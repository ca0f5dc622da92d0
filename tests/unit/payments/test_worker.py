"""The worker's process and the commands, on SQLite and a real sandbox."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from billing.errors import NotReached
from billing.payments import reconcile, settle, worker
from billing.payments.charging import Cashier
from billing.payments.memory_store import MemoryStore
from billing.payments.model import Confirmed
from billing.payments.report import OrderReport
from billing.payments.service import connect as connect_payments
from billing.payments.sql_store import SqlStore
from billing.payments.store import Claim
from billing.payments.worker import Worker, lease_for, reconcile_daily, waited, work
from billing.whmcs import connect as connect_billing
from kvitt.database import create_engine
from kvitt.migrate import upgrade
from kvitt.settings import Settings, load
from kvitt.settings import settings as process_settings
from tests.sandbox_server import RunningSandbox, running_sandbox
from tests.unit.payments.shop import CHAT, Shop

CLIENT, CARD, INVOICES = 1, 501, (1001, 1002)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[RunningSandbox]:
    with running_sandbox(load_demo=False) as running:
        yield running


@pytest.fixture
def office(
    sandbox: RunningSandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Settings]:
    """One customer at the sandbox; the settings of a process, as variables too."""
    day = {"date": "2026-08-01", "duedate": "2026-09-01"}
    items = [{"description": "Webbhotell Bas", "amount": "499.00"}]
    card = {
        "id": CARD,
        "card_type": "Visa",
        "card_last_four": "4242",
        "expiry_date": "12/30",
        "default": True,
    }
    anna = {
        "id": CLIENT,
        "firstname": "Anna",
        "lastname": "Berg",
        "email": "anna@example.se",
        "invoices": [{"id": one, **day, "items": items} for one in INVOICES],
        "paymethods": [card],
    }
    sandbox.put("scenario", {"clients": [anna]})
    monkeypatch.setenv("KVITT_DATABASE_URL", f"sqlite+aiosqlite:///{tmp_path / 'kvitt.sqlite'}")
    monkeypatch.setenv("KVITT_BILLING_URL", sandbox.url)
    process_settings.cache_clear()
    yield load()
    process_settings.cache_clear()


async def order(office: Settings, *invoice_ids: int) -> str:
    engine, billing = create_engine(office.database_url), connect_billing(office)
    await upgrade(engine)
    payments = connect_payments(engine, billing, office)
    now = datetime.now(UTC)
    prepared = await payments.prepare(
        conversation_id=CHAT, client_id=CLIENT, invoice_ids=invoice_ids, card_id=CARD, now=now
    )
    result = await payments.confirm(
        str(prepared.confirmation_id), conversation_id=CHAT, client_id=CLIENT, now=now
    )
    await billing.close()
    await engine.dispose()
    assert isinstance(result, Confirmed)
    return result.order_id


async def report(office: Settings, order_id: str) -> OrderReport:
    engine, billing = create_engine(office.database_url), connect_billing(office)
    found = await connect_payments(engine, billing, office).report(order_id, client_id=CLIENT)
    await billing.close()
    await engine.dispose()
    assert found
    return found


async def eventually(holds: Callable[[], Awaitable[bool]], *, seconds: float = 20) -> None:
    deadline = asyncio.get_running_loop().time() + seconds
    while not await holds():
        assert asyncio.get_running_loop().time() < deadline
        await asyncio.sleep(0.02)


async def test_a_process_charges_what_is_ordered_until_it_is_told_to_stop(
    office: Settings,
) -> None:
    stop, steps = asyncio.Event(), list[str]()
    order_id = await order(office, *INVOICES)
    process = asyncio.create_task(work(office, stop, reached=steps.append))

    async def is_final() -> bool:
        return (await report(office, order_id)).is_final

    await eventually(is_final)
    stop.set()
    await process

    assert [one.status.value for one in (await report(office, order_id)).lines] == ["paid"] * 2
    assert steps.count("sent") == 2


async def test_sigterm_ends_the_process_in_good_order(office: Settings) -> None:
    process = asyncio.create_task(worker.main())
    order_id = await order(office, INVOICES[0])

    async def is_final() -> bool:
        return (await report(office, order_id)).is_final

    await eventually(is_final)
    os.kill(os.getpid(), signal.SIGTERM)
    await asyncio.wait_for(process, 20)


async def test_a_lease_outlasts_the_longest_charge(office: Settings) -> None:
    longest = office.billing_connect_timeout_seconds + office.billing_capture_timeout_seconds

    assert lease_for(office) > timedelta(seconds=longest)


async def test_an_order_is_begun_within_200_milliseconds(shop: Shop) -> None:
    began: list[float] = []
    loop = asyncio.get_running_loop()

    def reached(step: str) -> None:
        if step == "claimed":
            began.append(loop.time())

    stop = asyncio.Event()
    process = asyncio.create_task(
        Worker(shop.cashier(reached=reached), concurrency=2, poll_seconds=0.1).run(stop)
    )
    await asyncio.sleep(0)
    ordered_at = loop.time()
    await shop.order(shop.invoice())

    async def has_begun() -> bool:
        return bool(began)

    await eventually(has_begun)
    stop.set()
    await process
    assert began[0] - ordered_at < 0.2


class Unsteady(MemoryStore):
    """Fails when it is asked for work, then when work is written, then no more."""

    def __init__(self) -> None:
        super().__init__()
        self.fails = ["claim", "move"]

    async def claim(self, *args: object, **more: object) -> Claim | None:
        self._fail("claim")
        return await super().claim(*args, **more)  # type: ignore[arg-type]

    async def move(self, *args: object) -> None:
        self._fail("move")
        await super().move(*args)  # type: ignore[arg-type]

    def _fail(self, name: str) -> None:
        if name in self.fails:
            self.fails.remove(name)
            raise ConnectionError


async def test_a_worker_survives_a_database_that_fails(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "AFTER_FAILURE_SECONDS", 0.01)
    shop.store = Unsteady()
    order_id = await shop.order(shop.invoice())
    stop = asyncio.Event()
    process = asyncio.create_task(_worker(shop.cashier()).run(stop))

    async def is_paid() -> bool:
        return await shop.statuses(order_id) == ["paid"]

    await eventually(is_paid)
    stop.set()
    await process


def _worker(cashier: Cashier) -> Worker:
    return Worker(cashier, concurrency=1, poll_seconds=0.01)


async def test_a_worker_that_is_cancelled_leaves_the_rows_to_the_next(shop: Shop) -> None:
    gate = shop.billing.hold("capture")
    order_id = await shop.order(shop.invoice())
    running = _worker(shop.cashier())
    process = asyncio.create_task(running.run(asyncio.Event()))

    async def is_sent() -> bool:
        rows = await shop.store.live_of(shop.anna.client_id)
        return "sent" in rows.values()

    await eventually(is_sent)
    for task in running.serving:
        task.cancel()
    await asyncio.sleep(0)
    process.cancel()
    await asyncio.gather(process, return_exceptions=True)
    gate.set()
    shop.clock.go(seconds=96)
    await shop.work("two")

    assert await shop.statuses(order_id) == ["checking"]


async def test_waiting_ends_early_when_it_is_time_to_stop() -> None:
    stop = asyncio.Event()
    assert await waited(stop, 0.001)
    stop.set()
    assert not await waited(stop, 60)


async def test_the_nightly_reconciliation_goes_on_after_a_failure(
    shop: Shop, engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop, calls = asyncio.Event(), list[int]()

    async def in_turn(*_args: object, **_more: object) -> None:
        calls.append(1)
        if len(calls) == 1:
            raise ConnectionError
        stop.set()

    monkeypatch.setattr(worker, "RECONCILE_ASK_SECONDS", 0.001)
    monkeypatch.setattr(worker, "reconcile_in_turn", in_turn)

    await reconcile_daily(SqlStore(engine, billing="test"), shop.billing, load(), stop)

    assert len(calls) == 2


# The commands


def test_reconciling_a_clean_journal_is_exit_0_and_a_planted_difference_exit_1(
    office: Settings,
    sandbox: RunningSandbox,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    asyncio.run(_pay(office))
    assert reconcile.main([]) == 0
    assert "Inga avvikelser" in capsys.readouterr().out

    transid = "extra-1"
    sandbox.call(
        "AddInvoicePayment",
        invoiceid=INVOICES[0],
        transid=transid,
        gateway="stripe",
        amount="499.00",
        date="2026-11-24 09:00:00",
    )
    path = tmp_path / "avstamning.csv"

    assert reconcile.main(["--csv", str(path)]) == 1
    assert "1 avvikelser" in capsys.readouterr().out
    assert "Mer har betalats in" in path.read_text("utf-8-sig")


async def _pay(office: Settings) -> None:
    stop = asyncio.Event()
    order_id = await order(office, INVOICES[0])
    process = asyncio.create_task(work(office, stop))

    async def is_final() -> bool:
        return (await report(office, order_id)).is_final

    await eventually(is_final)
    stop.set()
    await process


def test_reconciling_without_a_billing_system_is_exit_2(
    office: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async def down(*_args: object, **_more: object) -> None:
        raise NotReached("GetInvoice")

    monkeypatch.setattr(reconcile, "compare_now", down)

    assert reconcile.main([]) == 2
    assert "gick inte att göra" in capsys.readouterr().err


def test_a_verdict_is_given_by_a_command(
    office: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    order_id = asyncio.run(_unknown(office))

    assert settle.main([f"{order_id}.1", "charged"]) == 1
    assert "book the payment" in capsys.readouterr().err
    assert settle.main([f"{order_id}.1", "not-charged"]) == 0
    assert asyncio.run(report(office, order_id)).lines[0].status.value == "not_charged"


async def _unknown(office: Settings) -> str:
    """An order whose worker died after the journal said "sent"."""
    order_id = await order(office, INVOICES[0])

    class Dead(BaseException):
        """As SIGKILL."""

    def reached(step: str) -> None:
        if step == "sent":
            raise Dead

    engine, billing = create_engine(office.database_url), connect_billing(office)
    store = SqlStore(engine, billing=office.billing_url)
    for at in (datetime.now(UTC) - timedelta(seconds=100), datetime.now(UTC)):
        cashier = _cashier(store, billing, at, reached)
        claim = await cashier.claim()
        assert claim
        try:
            await cashier.serve(claim)
        except Dead:
            continue
    await billing.close()
    await engine.dispose()
    return order_id


def _cashier(
    store: SqlStore, billing: object, at: datetime, reached: Callable[[str], None]
) -> Cashier:
    return Cashier(
        store,
        billing,  # type: ignore[arg-type]
        owner="test",
        now=lambda: at,
        monotonic=lambda: 0.0,
        pause=asyncio.sleep,
        lease=timedelta(seconds=95),
        reached=reached,
    )
