"""The WHMCS adapter: the billing port over WHMCS's API (8.1 or newer, 9.x).

adapter.py    the port, one method a line
accounts.py invoices.py cards.py quotes.py links.py mail.py tickets.py     a task each
listing.py    every page of a list; several calls at a time
shapes.py     ids, amounts, dates and lists in all forms that WHMCS writes them
answers.py    what an HTTP answer means
wire.py       one call: deadlines, repetition of reads, outcomes of writes
breaker.py    when to leave the billing system in peace
"""

from __future__ import annotations

from datetime import date, datetime
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import httpx

from billing.port import BillingPort
from billing.whmcs.adapter import WhmcsBilling
from billing.whmcs.wire import Access, Limits, Pace, Wire
from kvitt.settings import Settings, SettingsError


def connect(
    settings: Settings,
    *,
    transport: httpx.AsyncBaseTransport | None = None,
    pace: Pace | None = None,
) -> BillingPort:
    """The billing system that the settings name; nothing is sent yet.

    `transport` and `pace` are for tests: another way to the server, another clock.
    """
    pace = pace or Pace()
    zone = ZoneInfo(settings.timezone)

    def today() -> date:
        return datetime.now(zone).date()

    wire = wire_to(settings, transport=transport, pace=pace)
    return WhmcsBilling(wire, zone=zone, today=today, clock=pace.clock)


def wire_to(
    settings: Settings,
    *,
    transport: httpx.AsyncBaseTransport | None = None,
    pace: Pace | None = None,
) -> Wire:
    access = Access(
        endpoint=endpoint(settings.billing_url),
        identifier=settings.billing_identifier,
        secret=settings.billing_secret,
        access_key=settings.billing_access_key,
    )
    limits = Limits(
        connect_seconds=settings.billing_connect_timeout_seconds,
        read_seconds=settings.billing_read_timeout_seconds,
        capture_seconds=settings.billing_capture_timeout_seconds,
        concurrency=settings.billing_concurrency,
    )
    return Wire(access, limits, transport=transport, pace=pace)


def endpoint(installation: str) -> str:
    """The API's address below the installation's, or `SettingsError`."""
    try:
        url = httpx.URL(urlsplit(installation.strip()).geturl())
    except (httpx.InvalidURL, ValueError):
        raise SettingsError("KVITT_BILLING_URL: not an address") from None
    if url.scheme not in ("http", "https") or not url.host:
        raise SettingsError("KVITT_BILLING_URL: an address beginning with https:// is expected")
    bare = str(url.copy_with(query=None, fragment=None)).rstrip("/")
    return f"{bare.removesuffix('/includes/api.php')}/includes/api.php"
