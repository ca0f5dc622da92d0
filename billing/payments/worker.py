"""The payment worker's process: `python -m billing.payments.worker`. As many as one likes.

It polls a cheap indexed query many times a second, so a charge begins at once after the yes, and
serves several customers side by side, each one's invoices one by one. SIGTERM ends it when the
charges under way have been answered; a worker that is killed is succeeded by another.
"""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import structlog

from billing.payments.charging import Cashier
from billing.payments.reconciliation import reconcile_in_turn
from billing.payments.sql_store import SqlStore
from billing.payments.store import LONGEST_LEASE, Claim
from billing.port import BillingPort
from billing.whmcs import connect
from kvitt.database import create_engine
from kvitt.logs import configure
from kvitt.migrate import upgrade
from kvitt.settings import Settings, settings

AFTER_FAILURE_SECONDS = 1.0
RECONCILE_ASK_SECONDS = 600.0

log = structlog.get_logger(__name__)


def lease_for(settings: Settings) -> timedelta:
    """Longer than the longest charge, so that nobody takes over from a worker that still waits."""
    charge = settings.billing_connect_timeout_seconds + settings.billing_capture_timeout_seconds
    lease = timedelta(seconds=charge + settings.payments_lease_slack_seconds)
    return min(lease, LONGEST_LEASE)


class Worker:
    """Claims work and serves it, up to `concurrency` customers at a time, until `stop` is set."""

    def __init__(self, cashier: Cashier, *, concurrency: int, poll_seconds: float) -> None:
        self._cashier = cashier
        self._slots = asyncio.Semaphore(concurrency)
        self._poll_seconds = poll_seconds
        self.serving: set[asyncio.Task[None]] = set()

    async def run(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            await self._slots.acquire()
            claim, wait = await self._next()
            if claim:
                self._serve(claim)
            else:
                self._slots.release()
                await waited(stop, wait)
        await asyncio.gather(*self.serving, return_exceptions=True)

    async def _next(self) -> tuple[Claim | None, float]:
        """A claim, or how long to wait before asking again."""
        try:
            return await self._cashier.claim(), self._poll_seconds
        except Exception as error:
            log.error("claiming_failed", error=type(error).__name__)
            return None, AFTER_FAILURE_SECONDS

    def _serve(self, claim: Claim) -> None:
        task = asyncio.create_task(self._cashier.serve(claim))
        self.serving.add(task)
        task.add_done_callback(self._served)

    def _served(self, task: asyncio.Task[None]) -> None:
        self.serving.discard(task)
        self._slots.release()
        if not task.cancelled():
            task.exception()  # logged where it happened; the rows tell what is left to do


async def waited(stop: asyncio.Event, seconds: float) -> bool:
    """Wait so long, or until `stop`; whether the whole time passed."""
    try:
        async with asyncio.timeout(seconds):
            await stop.wait()
    except TimeoutError:
        return True
    return False


async def reconcile_daily(
    store: SqlStore, billing: BillingPort, settings: Settings, stop: asyncio.Event
) -> None:
    """Ask from time to time whether it is this process's turn to reconcile."""
    every = timedelta(hours=settings.payments_reconcile_hours)
    ask_seconds = min(RECONCILE_ASK_SECONDS, every.total_seconds())
    while await waited(stop, ask_seconds):
        try:
            await reconcile_in_turn(store, billing, now=utc_now(), every=every)
        except Exception as error:
            log.error("reconciling_failed", error=type(error).__name__)


def utc_now() -> datetime:
    return datetime.now(UTC)


def _owner() -> str:
    return f"{socket.gethostname()}:{os.getpid()}"


async def work(
    settings: Settings,
    stop: asyncio.Event,
    *,
    reached: Callable[[str], None] = lambda _step: None,
) -> None:
    """All of the process: settings, clients, services, until `stop`."""
    engine = create_engine(settings.database_url)
    billing = connect(settings)
    try:
        await upgrade(engine)
        store = SqlStore(engine, billing=settings.billing_url)
        cashier = Cashier(
            store,
            billing,
            owner=_owner(),
            now=utc_now,
            monotonic=time.monotonic,
            pause=asyncio.sleep,
            lease=lease_for(settings),
            reached=reached,
        )
        worker = Worker(
            cashier,
            concurrency=settings.payments_concurrency,
            poll_seconds=settings.payments_poll_seconds,
        )
        log.info("payment_worker_ready")
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(worker.run(stop))
            tasks.create_task(reconcile_daily(store, billing, settings, stop))
    finally:
        await billing.close()
        await engine.dispose()


async def main() -> None:
    configure("payments", settings())
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    await work(settings(), stop)


if __name__ == "__main__":  # pragma: no cover - tests call main
    asyncio.run(main())
