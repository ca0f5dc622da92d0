"""What a confirmation holds, and by which settings, clock and ids it is made."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from billing.payments.model import Confirmation, Confirmed, Method
from billing.payments.service import Payments, connect
from billing.payments.sql_store import SqlStore
from kvitt.settings import load
from tests.unit.payments.shop import CHAT, Shop


async def test_a_card_expires_at_midnight_where_the_company_is(shop: Shop) -> None:
    """The card is good through August; in Stockholm it is two hours later than UTC."""
    shop.clock.now = datetime(2028, 8, 31, 21, 59, tzinfo=UTC)
    invoice = shop.invoice()

    assert (await shop.prepare(invoice)).confirmation_id
    shop.clock.go(minutes=1)
    assert (await shop.prepare(invoice)).confirmation_id is None


async def test_a_process_works_by_its_settings(
    shop: Shop, engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Which billing system's journal, and whose midnight."""
    monkeypatch.setenv("KVITT_BILLING_URL", "https://billing.example.se")
    monkeypatch.setenv("KVITT_TIMEZONE", "Pacific/Auckland")
    payments = connect(engine, shop.billing, load())
    invoice = shop.invoice()

    last_minute, midnight = [
        await payments.prepare(
            conversation_id=CHAT,
            client_id=shop.anna.client_id,
            invoice_ids=[invoice.id],
            card_id=shop.visa.id,
            now=datetime(2028, 8, 31, *at, tzinfo=UTC),
        )
        for at in ((11, 59), (12, 0))
    ]

    kept = await SqlStore(engine, billing="https://billing.example.se").confirmation(
        str(last_minute.confirmation_id)
    )
    assert kept
    assert kept.billing == "https://billing.example.se"
    again = await payments.confirm(
        kept.id,
        conversation_id=CHAT,
        client_id=shop.anna.client_id,
        now=kept.created_at,
    )
    assert isinstance(again, Confirmed)
    assert midnight.confirmation_id is None


async def test_what_was_shown_is_kept_whole(shop: Shop) -> None:
    invoice = shop.invoice()

    prepared = await shop.prepare(invoice)

    kept = await shop.store.confirmation(str(prepared.confirmation_id))
    assert kept == Confirmation(
        id=str(prepared.confirmation_id),
        billing="test",
        conversation_id=CHAT,
        client_id=shop.anna.client_id,
        method=Method.CARD,
        card_id=shop.visa.id,
        card_brand="Visa",
        card_last_four="4242",
        currency="SEK",
        lines=prepared.lines,
        created_at=shop.clock.now,
        expires_at=shop.clock.now + timedelta(minutes=5),
    )
    assert prepared.expires_at == kept.expires_at


async def test_credit_needs_no_card(shop: Shop) -> None:
    shop.anna = shop.billing.add_customer(email="rik@example.se", credit="600.00")

    prepared = await shop.prepare(shop.invoice(), method=Method.CREDIT, card_id=None)

    kept = await shop.store.confirmation(str(prepared.confirmation_id))
    assert kept
    assert (kept.card_id, kept.card_brand, kept.card_last_four) == (None, "", "")
    assert ("cards", shop.anna.client_id) not in shop.billing.calls


async def test_an_id_cannot_be_guessed(shop: Shop) -> None:
    payments = Payments(
        shop.store, shop.billing, timezone=ZoneInfo("Europe/Stockholm"), name="test"
    )
    invoice, known = shop.invoice(), set[str]()
    for _ in range(3):
        prepared = await payments.prepare(
            conversation_id=CHAT,
            client_id=shop.anna.client_id,
            invoice_ids=[invoice.id],
            card_id=shop.visa.id,
            now=shop.clock.now,
        )
        known.add(str(prepared.confirmation_id))

    assert [len(bytes.fromhex(one)) for one in known] == [12, 12, 12]
