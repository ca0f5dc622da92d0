"""The command that gives a person's verdict: what it is told, what it answers, what it leaves."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from billing.errors import NotReached, OutcomeUnknown
from billing.payments import settle
from billing.payments.sql_store import SqlStore
from kvitt.database import create_engine
from kvitt.migrate import upgrade
from kvitt.settings import Settings, load
from kvitt.settings import settings as process_settings
from tests.unit.payments.shop import Shop


@pytest.fixture
def office(shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    """A process whose billing system is the shop's, on a database that nothing has made yet."""
    monkeypatch.setenv("KVITT_DATABASE_URL", f"sqlite+aiosqlite:///{tmp_path / 'kvitt.sqlite'}")
    monkeypatch.setenv("KVITT_BILLING_URL", "test")
    systems = {"test": shop.billing}
    monkeypatch.setattr(settle, "connect", lambda known: systems[known.billing_url])
    process_settings.cache_clear()
    yield load()
    process_settings.cache_clear()


@pytest.fixture
def capture(shop: Shop, office: Settings) -> str:
    """One that nobody knows the outcome of."""

    async def unknown() -> str:
        engine = create_engine(office.database_url)
        await upgrade(engine)
        shop.store = SqlStore(engine, billing="test")
        shop.billing.script("capture", OutcomeUnknown("capture"))
        order_id = await shop.order(shop.invoice())
        await shop.work()
        await engine.dispose()
        return order_id

    return f"{asyncio.run(unknown())}.1"


def status(shop: Shop, office: Settings, capture: str) -> str:
    async def read() -> str:
        engine = create_engine(office.database_url)
        shop.store = SqlStore(engine, billing="test")
        (found,) = await shop.statuses(capture.partition(".")[0])
        await engine.dispose()
        return found

    return asyncio.run(read())


def test_not_charged_settles_the_capture_quietly(
    shop: Shop, office: Settings, capture: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert settle.main([capture, "not-charged"]) == 0

    assert capsys.readouterr() == ("", "")
    assert status(shop, office, capture) == "not_charged"
    assert shop.billing.closed


def test_charged_is_refused_with_the_reason_until_the_payment_is_booked(
    shop: Shop, office: Settings, capture: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert settle.main([capture, "charged"]) == 1

    why = "book the payment on the invoice in the billing system first"
    assert capsys.readouterr() == ("", f"Nothing was changed: {why}.\n")
    assert status(shop, office, capture) == "checking"
    assert shop.billing.closed

    (invoice,) = asyncio.run(shop.billing.invoices(shop.anna.client_id))
    shop.billing.settle(invoice.id, invoice.balance)
    assert settle.main([capture, "charged"]) == 0
    assert status(shop, office, capture) == "paid"


def test_a_billing_system_that_is_down_changes_nothing(
    shop: Shop, office: Settings, capture: str, capsys: pytest.CaptureFixture[str]
) -> None:
    shop.billing.script("invoice", NotReached("GetInvoice"))

    assert settle.main([capture, "not-charged"]) == 1

    assert capsys.readouterr().err.startswith("Nothing was changed: ")
    assert status(shop, office, capture) == "checking"


@pytest.mark.usefixtures("office")
def test_a_database_without_tables_has_no_such_capture(capsys: pytest.CaptureFixture[str]) -> None:
    assert settle.main(["o1.1", "charged"]) == 1

    assert capsys.readouterr().err == "Nothing was changed: there is no such capture.\n"


@pytest.mark.parametrize("arguments", [[], ["o1.1"], ["o1.1", "maybe"]])
def test_what_is_no_verdict_is_not_begun(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        settle.main(arguments)

    assert ended.value.code == 2
    assert capsys.readouterr().err.startswith("usage: settle [-h] capture {charged,not-charged}")


def test_its_help_says_what_it_is_for(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        settle.main(["--help"])

    said = capsys.readouterr().out
    assert "Settle what stayed unknown" in said
    assert " as the ticket names it\n" in said
