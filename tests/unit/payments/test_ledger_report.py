"""A reconciliation as an accountant reads it: table, file, words."""

from __future__ import annotations

import csv
from io import StringIO
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from rich.console import Console

from billing.payments.ledger_report import COLUMNS, MEANING, STATE, print_table, summary, write_csv
from billing.payments.model import State
from billing.payments.reconciliation import Kind, Reconciliation
from tests.unit.payments.shop import Shop
from tests.unit.payments.test_reconciliation import check, paid

ZONE = ZoneInfo("Europe/Stockholm")


@pytest.fixture
async def result(shop: Shop) -> Reconciliation:
    await paid(shop, "1249.50")
    shop.billing._transactions.clear()
    return await check(shop)


def test_the_table_shows_each_difference_in_swedish(result: Reconciliation) -> None:
    console = Console(record=True, width=300, file=StringIO())
    print_table(result, ZONE, console)

    text = console.export_text()
    assert "Betald, men utan transaktion i betalsystemet" in text
    assert "1\u00a0249,50" in text
    assert "2026-11-24 10:00:00" in text
    assert "1 avvikelser" in text


async def test_a_clean_table_is_one_sentence(shop: Shop) -> None:
    console = Console(record=True, width=300, file=StringIO())
    print_table(await check(shop), ZONE, console)

    assert console.export_text() == (
        "Kontrollerade 0 fakturor i 0 beställningar, betalt genom chatten: inget, "
        "under utredning: 0. Inga avvikelser.\n"
    )


def test_the_file_opens_in_a_swedish_spreadsheet(
    result: Reconciliation, shop: Shop, tmp_path: Path
) -> None:
    path = tmp_path / "avstamning.csv"
    write_csv(result, ZONE, path, shop.clock.now)

    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    with path.open(encoding="utf-8-sig", newline="") as file:
        heading, columns, row = csv.reader(file, delimiter=";")
    assert heading == ["Avstämning 2026-11-24 10:00", summary(result)]
    assert tuple(columns) == COLUMNS
    assert row[4:7] == ["1\u00a0249,50", "SEK", MEANING[Kind.MISSING_TRANSACTION]]


def test_every_difference_and_every_state_has_its_words() -> None:
    assert set(MEANING) == set(Kind)
    assert set(STATE) == {state.value for state in State}
