"""Real processes for the payment faults: a sandbox, workers that die at a named step, and a proxy
that cuts the way to the database.

Workers come from a fork server that has imported everything once, so that each starts at once and
is a process of its own, to be killed by SIGKILL.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from billing.payments.model import Confirmed, Prepared
from billing.payments.reconciliation import Reconciliation, reconcile
from billing.payments.report import OrderReport
from billing.payments.service import Payments
from billing.payments.service import connect as connect_payments
from billing.payments.sql_store import SqlStore
from billing.port import BillingPort
from billing.whmcs import connect as connect_billing
from kvitt.database import create_engine
from kvitt.migrate import upgrade
from kvitt.settings import Settings, load
from tests.sandbox_server import RunningSandbox

POSTGRES = "postgres@127.0.0.1:5432"
CHAT = "conversation-1"

forks = multiprocessing.get_context("forkserver")
forks.set_forkserver_preload(["tests.faults.payments_worker"])


async def require_postgres() -> None:
    """Skip where there is none; in CI that is a failure."""
    try:
        connection = await asyncpg.connect(f"postgresql://{POSTGRES}/postgres")
    except OSError as error:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(f"no PostgreSQL: {error}")
    await connection.close()


@asynccontextmanager
async def new_database() -> AsyncIterator[str]:
    """A database of its own, dropped afterwards whoever is still connected; its name."""
    name = f"kvitt_payments_{uuid4().hex[:12]}"
    await _admin(f"CREATE DATABASE {name}")
    try:
        yield name
    finally:
        await _admin(f"DROP DATABASE {name} WITH (FORCE)")


async def _admin(statement: str) -> None:
    connection = await asyncpg.connect(f"postgresql://{POSTGRES}/postgres")
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


@dataclass(slots=True)
class Till:
    """One database, one client at the sandbox, and what a test does with them."""

    sandbox: RunningSandbox
    settings: Settings
    engine: AsyncEngine
    billing: BillingPort
    client_id: int
    invoice_ids: tuple[int, ...]
    card_id: int
    workers: list[Any] = field(default_factory=list)

    @property
    def payments(self) -> Payments:
        return connect_payments(self.engine, self.billing, self.settings)

    def environment(self, **more: str) -> dict[str, str]:
        """How a process is told where everything is."""
        return {
            "KVITT_DATABASE_URL": self.settings.database_url,
            "KVITT_BILLING_URL": self.settings.billing_url,
            "KVITT_BILLING_CONNECT_TIMEOUT_SECONDS": "1",
            "KVITT_BILLING_READ_TIMEOUT_SECONDS": "10",
            "KVITT_BILLING_CAPTURE_TIMEOUT_SECONDS": "4",
            "KVITT_PAYMENTS_LEASE_SLACK_SECONDS": "1",
            "KVITT_LOG_LEVEL": "error",
            **more,
        }

    async def prepare(self, chat: str = CHAT) -> Prepared:
        return await self.payments.prepare(
            conversation_id=chat,
            client_id=self.client_id,
            invoice_ids=self.invoice_ids,
            card_id=self.card_id,
            now=datetime.now(UTC),
        )

    async def order(self) -> str:
        prepared = await self.prepare()
        assert prepared.confirmation_id, prepared.problems
        result = await self.payments.confirm(
            prepared.confirmation_id,
            conversation_id=CHAT,
            client_id=self.client_id,
            now=datetime.now(UTC),
        )
        assert isinstance(result, Confirmed)
        return result.order_id

    def start_worker(self, die_at: str = "", **environment: str) -> Any:
        """A worker's process; `die_at`: the step at which SIGKILL meets it."""
        from tests.faults.payments_worker import run_worker

        process = forks.Process(
            target=run_worker, args=(self.environment(**environment), die_at), daemon=True
        )
        process.start()
        self.workers.append(process)
        return process

    async def report(self, order_id: str) -> OrderReport:
        found = await self.payments.report(order_id, client_id=self.client_id)
        assert found
        return found

    async def statuses(self, order_id: str) -> list[str]:
        return [line.status.value for line in (await self.report(order_id)).lines]

    async def states(self, order_id: str) -> list[str]:
        """As in the journal."""
        booked = await SqlStore(self.engine, billing=self.settings.billing_url).booked(order_id)
        return [capture.state.value for capture in booked.captures] if booked else []

    async def has_settled(self, order_id: str) -> bool:
        return not {"waiting", "checking"} & set(await self.statuses(order_id))

    def charges(self) -> list[int]:
        """Invoices of this client for which a card was charged through the API."""
        return [
            attempt["invoice_id"]
            for attempt in self.sandbox.state()["capture_attempts"]
            if attempt["outcome"] == "success"
            and attempt["initiator"] == "api"
            and attempt["invoice_id"] in self.invoice_ids
        ]

    async def reconcile(self) -> Reconciliation:
        store = SqlStore(self.engine, billing=self.settings.billing_url)
        return await reconcile(store, self.billing, now=datetime.now(UTC))

    async def close(self) -> None:
        for process in self.workers:
            process.kill()
        for process in self.workers:
            await asyncio.to_thread(process.join, 10)
        await self.billing.close()
        await self.engine.dispose()


@asynccontextmanager
async def new_till(
    sandbox: RunningSandbox, clients: Mapping[str, tuple[int, tuple[int, ...], int]], name: str
) -> AsyncIterator[Till]:
    """A till for one of the scenario's clients, on a PostgreSQL database of its own."""
    async with new_database() as database:
        settings = load(
            database_url=f"postgresql+asyncpg://{POSTGRES}/{database}",
            billing_url=sandbox.url,
        )
        engine = create_engine(settings.database_url)
        await upgrade(engine)
        client_id, invoice_ids, card_id = clients[name]
        till = Till(
            sandbox=sandbox,
            settings=settings,
            engine=engine,
            billing=connect_billing(settings),
            client_id=client_id,
            invoice_ids=invoice_ids,
            card_id=card_id,
        )
        try:
            yield till
        finally:
            await till.close()


def stock(
    sandbox: RunningSandbox, names: list[str], *, behaviour: str = "approve", invoices: int = 2
) -> dict[str, tuple[int, tuple[int, ...], int]]:
    """A client for each name, with unpaid invoices and one card: ids of client, invoices, card."""
    clients: dict[str, tuple[int, tuple[int, ...], int]] = {}
    scenario = []
    for number, name in enumerate(names, start=1):
        ids = tuple(1000 * number + position for position in range(invoices))
        clients[name] = (number, ids, 500 + number)
        scenario.append(_client(number, ids, 500 + number, behaviour))
    sandbox.put("scenario", {"clients": scenario})
    return clients


def _client(number: int, invoice_ids: tuple[int, ...], card_id: int, behaviour: str) -> Any:
    day = {"date": "2026-08-01", "duedate": "2026-09-01"}
    items = [{"description": "Webbhotell Bas", "amount": "499.00"}]
    return {
        "id": number,
        "firstname": "Anna",
        "lastname": "Berg",
        "email": f"anna{number}@example.se",
        "invoices": [{"id": one, **day, "items": items} for one in invoice_ids],
        "paymethods": [
            {
                "id": card_id,
                "card_type": "Visa",
                "card_last_four": "4242",
                "expiry_date": "12/30",
                "default": True,
                "behaviour": behaviour,
            }
        ],
    }


async def eventually(holds: Callable[[], Awaitable[bool]], *, seconds: float, what: str) -> None:
    """Poll until it holds, or fail at the deadline."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + seconds
    while not await holds():
        assert loop.time() < deadline, f"not within {seconds} s: {what}"
        await asyncio.sleep(0.05)


async def wait_for_death(process: Any, *, seconds: float = 20) -> None:
    """Until SIGKILL has met it."""
    await asyncio.to_thread(process.join, seconds)
    assert process.exitcode == -signal.SIGKILL


class Proxy:
    """A way to PostgreSQL that can be cut."""

    def __init__(self) -> None:
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.StreamWriter] = set()
        self._is_cut = False
        self.port = 0

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._carry, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    def cut(self) -> None:
        """Drop every connection, and every new one at once."""
        self._is_cut = True
        for writer in self._open:
            writer.transport.abort()

    def mend(self) -> None:
        self._is_cut = False

    async def stop(self) -> None:
        self.cut()
        assert self._server
        self._server.close()
        await self._server.wait_closed()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._is_cut:
            writer.transport.abort()
            return
        back_reader, back_writer = await asyncio.open_connection("127.0.0.1", 5432)
        self._open |= {writer, back_writer}
        try:
            await asyncio.gather(_pump(reader, back_writer), _pump(back_reader, writer))
        finally:
            self._open -= {writer, back_writer}


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    except OSError:
        pass
    finally:
        writer.close()
