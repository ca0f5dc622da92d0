"""A shop at its counter: store, billing system, a clock that stands still, cashier."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from zoneinfo import ZoneInfo

from billing.model import Card, Customer, Invoice
from billing.payments.charging import Cashier
from billing.payments.model import Confirmed, Method, Prepared
from billing.payments.report import OrderReport
from billing.payments.service import Payments
from billing.payments.store import Store
from tests.fakes.billing import FakeBilling

START = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
LEASE = timedelta(seconds=95)
CHAT = "conversation-1"


@dataclass(slots=True)
class Clock:
    """Stands still until told to go on."""

    now: datetime = START

    def __call__(self) -> datetime:
        return self.now

    def go(self, **by: float) -> None:
        self.now += timedelta(**by)

    async def pause(self, seconds: float) -> None:
        self.go(seconds=seconds)


@dataclass(slots=True)
class Shop:
    """What a test works with: the same service and cashier as in the processes."""

    store: Store
    billing: FakeBilling
    clock: Clock
    anna: Customer
    visa: Card
    ids: Iterator[int] = field(default_factory=lambda: count(1))
    steps: list[str] = field(default_factory=list)

    @property
    def payments(self) -> Payments:
        return Payments(
            self.store,
            self.billing,
            timezone=ZoneInfo("Europe/Stockholm"),
            name="test",
            new_id=lambda: f"id{next(self.ids):04d}",
        )

    def cashier(self, owner: str = "one", reached: Callable[[str], None] | None = None) -> Cashier:
        return Cashier(
            self.store,
            self.billing,
            owner=owner,
            now=self.clock,
            monotonic=lambda: self.clock.now.timestamp(),
            pause=self.clock.pause,
            lease=LEASE,
            reached=reached or self.steps.append,
        )

    def invoice(self, amount: str = "499.00", **more: object) -> Invoice:
        return self.billing.add_invoice(self.anna.client_id, amount, **more)  # type: ignore[arg-type]

    async def prepare(self, *invoices: Invoice | int, **more: object) -> Prepared:
        known: dict[str, object] = {
            "conversation_id": CHAT,
            "client_id": self.anna.client_id,
            "invoice_ids": [one if isinstance(one, int) else one.id for one in invoices],
            "card_id": self.visa.id,
            "method": Method.CARD,
            "now": self.clock.now,
        }
        return await self.payments.prepare(**{**known, **more})  # type: ignore[arg-type]

    async def confirm(self, prepared: Prepared, **more: object) -> object:
        known: dict[str, object] = {
            "conversation_id": CHAT,
            "client_id": self.anna.client_id,
            "now": self.clock.now,
        }
        assert prepared.confirmation_id is not None
        return await self.payments.confirm(
            prepared.confirmation_id,
            **{**known, **more},  # type: ignore[arg-type]
        )

    async def order(self, *invoices: Invoice, **more: object) -> str:
        """Say yes to these; the order's id."""
        result = await self.confirm(await self.prepare(*invoices, **more))
        assert isinstance(result, Confirmed)
        return result.order_id

    async def work(self, owner: str = "one") -> int:
        """Serve all that is due now; how many claims that took."""
        cashier = self.cashier(owner)
        served = 0
        while claim := await cashier.claim():
            await cashier.serve(claim)
            served += 1
        return served

    async def report(self, order_id: str) -> OrderReport:
        found = await self.payments.report(order_id, client_id=self.anna.client_id)
        assert found is not None
        return found

    async def statuses(self, order_id: str) -> list[str]:
        return [line.status.value for line in (await self.report(order_id)).lines]
