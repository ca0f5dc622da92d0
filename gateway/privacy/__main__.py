"""The commands: what an operator types, and what is printed."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine

from billing import whmcs
from billing.errors import BillingError
from billing.port import BillingPort
from gateway.privacy.erasing import Erased, erase
from gateway.privacy.exporting import export
from gateway.privacy.finding import Whom
from kvitt.database import create_engine
from kvitt.identity import is_email
from kvitt.settings import Settings, load


class Unclear(Exception):
    """The operator has to say it otherwise; the message tells how."""


async def identify(client: str, billing: BillingPort) -> Whom:
    """The account by its number or by an address; raises Unclear when that is not one account."""
    if client.isascii() and client.isdigit():
        return Whom(client_id=int(client), emails=await _emails(int(client), billing))
    if not is_email(client):
        raise Unclear("CLIENT is the number of an account, or an e-mail address")
    try:
        found = await billing.find_customers(client)
    except BillingError as error:
        raise Unclear(f"the billing system does not answer ({error}): give the number") from None
    if len(found) != 1:
        numbers = ", ".join(str(customer.client_id) for customer in found) or "none"
        raise Unclear(f"accounts of this address: {numbers}. Give the number of one")
    return Whom(client_id=found[0].client_id, emails=frozenset({client}))


async def _emails(client_id: int, billing: BillingPort) -> frozenset[str]:
    """The account's own addresses; none where it is gone or cannot be asked for, since requests
    for codes, the one thing found by address alone, are kept for an hour only."""
    try:
        customer = await billing.customer(client_id)
    except BillingError:
        return frozenset()
    return frozenset(filter(None, (customer.email, customer.billing_email)))


def erased_text(whom: Whom, erased: Erased) -> str:
    gone = [f"  {name}: {count}" for name, count in erased.gone.items()] or ["  nothing was there"]
    kept = [f"  {name}: {count}" for name, count in erased.kept.items()] or ["  no payments"]
    return "\n".join(
        [
            f"Erased of account {whom.client_id} (rows):",
            *gone,
            "Kept, the payment journal, which is accounting material (seven years):",
            *kept,
            "Not touched: what the billing system itself holds, and its e-mail log.",
        ]
    )


def as_json(document: dict[str, Any]) -> str:
    return json.dumps(document, ensure_ascii=False, indent=2, default=_plain)


def _plain(value: object) -> str:
    if not isinstance(value, datetime):
        return str(value)
    return (value if value.tzinfo else value.replace(tzinfo=UTC)).isoformat()


async def run(arguments: argparse.Namespace, settings: Settings, engine: AsyncEngine) -> str:
    billing = whmcs.connect(settings)
    try:
        whom = await identify(arguments.client, billing)
    finally:
        await billing.close()
    if arguments.do == "export":
        return as_json(await export(engine, whom, now=datetime.now(UTC)))
    return erased_text(whom, await erase(engine, settings.tracker_url, whom))


async def main(arguments: argparse.Namespace) -> int:
    settings = load()
    engine = create_engine(settings.database_url)
    try:
        print(await run(arguments, settings, engine))
    except Unclear as unclear:
        print(unclear, file=sys.stderr)
        return 2
    finally:
        await engine.dispose()
    return 0


def read_arguments(words: list[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m gateway.privacy")
    parser.add_argument("do", choices=("erase", "export"))
    parser.add_argument("client", help="the account's number, or an e-mail address")
    return parser.parse_args(words)


if __name__ == "__main__":
    sys.exit(asyncio.run(main(read_arguments())))
