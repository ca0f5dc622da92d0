"""Lists: every page of them, and several calls at a time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import dataclass
from typing import Any

import structlog

from billing.errors import BadAnswer
from billing.whmcs.shapes import Payload, Unreadable, integer, optional_integer, rows
from billing.whmcs.wire import Parameters, Wire

PAGE_ROWS = 100
MOST_PAGES = 1000

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Page:
    rows: list[Payload]
    total: int | None


async def pages(
    wire: Wire, action: str, parameters: Parameters, outer: str, inner: str | None = None
) -> AsyncIterator[list[Payload]]:
    """Page after page until all that the answer counts have come, each record once.

    Goes on by what did come, since the server may cut a page shorter than it was asked for. An
    answer that counts records but holds none is `BadAnswer`: "no invoices" must never be a mistake.
    """
    seen: set[int] = set()
    start = 0
    for _ in range(MOST_PAGES):
        asked = {**parameters, "limitstart": start, "limitnum": PAGE_ROWS}
        page = await wire.read(action, asked, lambda payload: _page(payload, outer, inner))
        fresh = [row for row in page.rows if integer(row, "id") not in seen]
        seen.update(integer(row, "id") for row in fresh)
        start += len(page.rows)
        if not fresh:
            _check_end(action, page.total, len(seen))
            return
        yield fresh
        if page.total is not None and start >= page.total:
            return
    raise BadAnswer(action, "the list does not end")


def _page(payload: Payload, outer: str, inner: str | None) -> _Page:
    records = rows(payload, outer, inner)
    for record in records:
        integer(record, "id")
    return _Page(rows=records, total=_total(payload))


def _total(payload: Payload) -> int | None:
    total = optional_integer(payload, "totalresults")
    if total is not None and total < 0:
        raise Unreadable("totalresults")
    return total


def _check_end(action: str, total: int | None, found: int) -> None:
    if total is None or found >= total:
        return
    if not found:
        raise BadAnswer(action, "counts records but holds none")
    log.warning("billing_list_short", action=action, total=total, found=found)


async def every(
    wire: Wire, action: str, parameters: Parameters, outer: str, inner: str | None = None
) -> list[Payload]:
    found: list[Payload] = []
    async for page in pages(wire, action, parameters, outer, inner):
        found += page
    return found


def readable[T](action: str, records: list[Payload], into: Callable[[Payload], T]) -> list[T]:
    """What `into` makes of each record of a list that has come already."""
    try:
        return [into(record) for record in records]
    except Unreadable as error:
        raise BadAnswer(action, f"unreadable: {error}") from None


async def together[T](*calls: Coroutine[Any, Any, T]) -> list[T]:
    """All results in order, or the first error with the rest called off."""
    tasks = [asyncio.ensure_future(call) for call in calls]
    try:
        return await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
