"""Settle what stayed unknown: `python -m billing.payments.settle CAPTURE charged|not-charged`."""

from __future__ import annotations

import argparse
import asyncio
import sys
from datetime import UTC, datetime

from billing.errors import BillingError
from billing.payments.sql_store import SqlStore
from billing.payments.verdict import CannotSettle, give_verdict
from billing.whmcs import connect
from kvitt.database import create_engine
from kvitt.migrate import upgrade
from kvitt.settings import Settings, settings


async def settle(settings: Settings, capture_id: str, *, was_charged: bool) -> None:
    engine = create_engine(settings.database_url)
    billing = connect(settings)
    try:
        await upgrade(engine)
        store = SqlStore(engine, billing=settings.billing_url)
        now = datetime.now(UTC)
        await give_verdict(store, billing, capture_id, was_charged=was_charged, now=now)
    finally:
        await billing.close()
        await engine.dispose()


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="settle", description=__doc__)
    parser.add_argument("capture", help="as the ticket names it")
    parser.add_argument("verdict", choices=["charged", "not-charged"])
    options = parser.parse_args(arguments)
    was_charged = options.verdict == "charged"
    try:
        asyncio.run(settle(settings(), options.capture, was_charged=was_charged))
    except (CannotSettle, BillingError) as error:
        print(f"Nothing was changed: {error}.", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":  # pragma: no cover - tests call main
    sys.exit(main())
