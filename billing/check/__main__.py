"""`python -m billing.check`: one screen for the operator; changes nothing.

Ends with 0 when all is well, 1 when something that Kvitt needs is missing, and 2 when WHMCS cannot
be used at all: not reached, wrong credentials, address not allowed, wrong settings.
"""

from __future__ import annotations

import asyncio
import logging
import sys

import structlog

from billing.check.probing import probe
from billing.check.report import Report, Verdict, report
from billing.whmcs import endpoint, wire_to
from billing.whmcs.wire import Pace
from kvitt.settings import Settings, SettingsError, load


async def check(settings: Settings) -> Report:
    pace = Pace()
    wire = wire_to(settings, pace=pace)
    try:
        address = endpoint(settings.billing_url).removesuffix("/includes/api.php")
        return report(await probe(wire, address, pace.clock))
    finally:
        await wire.close()


def main() -> int:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    try:
        settings = load()
        result = asyncio.run(check(settings))
    except SettingsError as error:
        print(f" ✗ {error}", file=sys.stderr)
        return Verdict.UNUSABLE
    print(f"Kontroll av WHMCS för {settings.company_name}\n\n{result}")
    return result.verdict


if __name__ == "__main__":
    sys.exit(main())
