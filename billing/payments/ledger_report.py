"""A reconciliation as an accountant reads it, in Swedish: a table, and a file for a spreadsheet."""

from __future__ import annotations

import csv
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.table import Table

from billing.model import Money
from billing.payments.reconciliation import Difference, Kind, Reconciliation

MEANING = {
    Kind.JOURNAL_INCOMPLETE: "Journalen saknar rader som kunden bekräftade",
    Kind.MISSING_INVOICE: "Fakturan finns inte i betalsystemet",
    Kind.NOT_PAID_THERE: "Betald i journalen men inte i betalsystemet",
    Kind.MISSING_TRANSACTION: "Betald, men utan transaktion i betalsystemet",
    Kind.OTHER_AMOUNT: "Transaktionen har ett annat belopp än det bekräftade",
    Kind.PAID_TOO_MUCH: "Mer har betalats in än fakturan gäller",
    Kind.UNRECORDED_CHARGE: "En inbetalning kom under vårt försök, men journalen säger ingen",
    Kind.MISSING_CREDIT: "Tillgodohavandet är inte avräknat på fakturan",
    Kind.STILL_OPEN: "Utfallet är fortfarande okänt",
}
STATE = {
    "planned": "väntar",
    "sent": "skickad",
    "unknown": "okänd",
    "pending": "väntar på banken",
    "succeeded": "betald",
    "part_paid": "delvis betald",
    "paid_elsewhere": "betald på annat sätt",
    "declined": "nekad",
    "needs_authentication": "kräver legitimering",
    "not_charged": "inte debiterad",
}
COLUMNS = ("Tid", "Beställning", "Kund", "Faktura", "Belopp", "Valuta", "Avvikelse", "Journalen",
           "Betalsystemet")  # fmt: skip


def amount_text(amount: Money) -> str:
    """As in Sweden: decimal comma, no-break space between thousands."""
    return f"{amount.amount:,.2f}".replace(",", "\u00a0").replace(".", ",")


def row(difference: Difference, zone: ZoneInfo) -> tuple[str, ...]:
    """One line of the report, in the order of `COLUMNS`."""
    return (
        difference.at.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S"),
        difference.order_id,
        str(difference.client_id),
        difference.number or str(difference.invoice_id or ""),
        amount_text(difference.amount),
        difference.amount.currency,
        MEANING[difference.kind],
        STATE.get(difference.journal, difference.journal),
        difference.billing,
    )


def summary(result: Reconciliation) -> str:
    """The verdict in one paragraph."""
    paid = ", ".join(f"{amount_text(one)} {one.currency}" for one in result.paid) or "inget"
    verdict = f"{len(result.differences)} avvikelser" if result.differences else "Inga avvikelser"
    return (
        f"Kontrollerade {result.invoices} fakturor i {result.orders} beställningar, "
        f"betalt genom chatten: {paid}, under utredning: {result.under_way}. {verdict}."
    )


def print_table(result: Reconciliation, zone: ZoneInfo, console: Console) -> None:
    """The differences as a table, if any, and the verdict."""
    if result.differences:
        table = Table(*COLUMNS)
        for difference in result.differences:
            table.add_row(*row(difference, zone))
        console.print(table)
    console.print(summary(result), soft_wrap=True)


def write_csv(result: Reconciliation, zone: ZoneInfo, path: Path, at: datetime) -> None:
    """For a Swedish spreadsheet: semicolons, and a byte-order mark so that å, ä and ö survive."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        out = csv.writer(file, delimiter=";")
        out.writerow([f"Avstämning {at.astimezone(zone):%Y-%m-%d %H:%M}", summary(result)])
        out.writerow(COLUMNS)
        out.writerows(row(difference, zone) for difference in result.differences)
