"""What a conversation and the gateway may ask of orders: reports, history, news."""

from __future__ import annotations

from datetime import datetime, timedelta

from billing.payments.memory_store import MemoryStore
from billing.payments.model import News
from billing.payments.report import OrderReport
from billing.payments.store import Booked
from tests.unit.payments.shop import CHAT, Shop


async def test_another_customers_order_is_not_told(shop: Shop) -> None:
    order = await shop.order(shop.invoice())

    assert await shop.payments.report(order, client_id=999) is None
    assert await shop.payments.report("none", client_id=shop.anna.client_id) is None


async def test_the_newest_order_is_the_latest(shop: Shop) -> None:
    assert await shop.payments.latest(shop.anna.client_id) is None
    await shop.order(shop.invoice())
    shop.clock.go(minutes=1)
    second = await shop.order(shop.invoice())

    latest = await shop.payments.latest(shop.anna.client_id)
    assert isinstance(latest, OrderReport)
    assert latest.order_id == second
    assert len(await shop.payments.history(shop.anna.client_id)) == 2


async def test_news_is_taken_and_acknowledged(shop: Shop) -> None:
    order = await shop.order(shop.invoice(), shop.invoice())
    await shop.work()

    (news,) = await shop.payments.take_news(now=shop.clock.now)
    assert (news.order_id, news.conversation_id, len(news.ids)) == (order, CHAT, 2)
    await shop.payments.ack_news(news.ids)
    later = shop.clock.now + timedelta(hours=1)
    assert await shop.payments.take_news(now=later) == ()


class _Counting(MemoryStore):
    """Writes down how much is asked for."""

    limits: list[int]

    async def history(self, client_id: int, limit: int) -> tuple[Booked, ...]:
        self.limits.append(limit)
        return await super().history(client_id, limit)

    async def take_news(self, now: datetime, limit: int) -> tuple[News, ...]:
        self.limits.append(limit)
        return await super().take_news(now, limit)


async def test_no_more_is_read_than_is_wanted(shop: Shop) -> None:
    store = shop.store = _Counting()
    store.limits = []

    await shop.payments.latest(shop.anna.client_id)
    await shop.payments.history(shop.anna.client_id)
    await shop.payments.history(shop.anna.client_id, limit=2)
    await shop.payments.take_news(now=shop.clock.now)
    await shop.payments.take_news(now=shop.clock.now, limit=3)

    assert store.limits == [1, 5, 2, 100, 3]
