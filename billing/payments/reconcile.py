"""Compare journal and billing system now: `python -m billing.payments.reconcile [--csv FILE]`.

Exit code 0: no difference. 1: differences, printed. 2: could not compare.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from rich.console import Console
from sqlalchemy.exc import SQLAlchemyError

from billing.errors import BillingError
from billing.payments.ledger_report import print_table, write_csv
from billing.payments.reconciliation import Reconciliation, reconcile
from billing.payments.sql_store import SqlStore
from billing.whmcs import connect
from kvitt.database import create_engine
from kvitt.migrate import upgrade
from kvitt.settings import Settings, settings


async def compare_now(settings: Settings, now: datetime) -> Reconciliation:
    """Reconcile the configured database with the configured billing system."""
    engine = create_engine(settings.database_url)
    billing = connect(settings)
    try:
        await upgrade(engine)
        store = SqlStore(engine, billing=settings.billing_url)
        return await reconcile(store, billing, now=now)
    finally:
        await billing.close()
        await engine.dispose()


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="reconcile", description=__doc__)
    parser.add_argument("--csv", type=Path, help="write the report to this file as well")
    options = parser.parse_args(arguments)
    now, zone = datetime.now(UTC), ZoneInfo(settings().timezone)
    try:
        result = asyncio.run(compare_now(settings(), now))
    except (BillingError, SQLAlchemyError, OSError) as error:
        print(f"Avstämningen gick inte att göra: {error}", file=sys.stderr)
        return 2
    print_table(result, zone, Console())
    if options.csv:
        write_csv(result, zone, options.csv, now)
    return 0 if result.is_clean else 1


if __name__ == "__main__":  # pragma: no cover - tests call main
    sys.exit(main())
