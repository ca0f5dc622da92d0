"""A database of its own on PostgreSQL, and what tests of the stores put into them."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncEngine

from billing.payments.model import Confirmation, Line, Method, Plan, captures_of, order_of
from billing.payments.store import Claim, Enqueued, Store
from billing.payments.tables import captures, confirmations, news, orders, queue, reconciliations
from tests.unit.payments.shop import LEASE, START

POSTGRES = "postgresql://postgres@127.0.0.1:5432"


@contextmanager
def postgres_database() -> Iterator[str]:
    """Its address; a skip where there is no server."""
    name = f"kvitt_store_{uuid4().hex[:12]}"
    try:
        _elsewhere(_admin(f"CREATE DATABASE {name}"))
    except OSError as error:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(f"no PostgreSQL: {error}")
    yield f"postgresql+asyncpg://postgres@127.0.0.1:5432/{name}"
    _elsewhere(_admin(f"DROP DATABASE {name} WITH (FORCE)"))


def _elsewhere(story: Coroutine[Any, Any, None]) -> None:
    """In a thread and loop of its own: the test's loop may be running."""
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, story).result()


async def emptied(engine: AsyncEngine) -> None:
    async with engine.begin() as db:
        for table in (captures, news, orders, confirmations, queue, reconciliations):
            await db.execute(delete(table))


async def _admin(statement: str) -> None:
    connection = await asyncpg.connect(f"{POSTGRES}/postgres")
    await connection.execute(statement)
    await connection.close()


def confirmation(
    id: str = "c1", *invoices: int, chat: str = "chat", client: int = 7
) -> Confirmation:
    return Confirmation(
        id=id,
        billing="test",
        conversation_id=chat,
        client_id=client,
        method=Method.CARD,
        card_id=3,
        card_brand="Visa",
        card_last_four="4242",
        currency="SEK",
        lines=tuple(
            Line(
                invoice_id=one,
                number=str(one),
                description="Webbhotell",
                balance_minor=49900,
                amount_minor=49900,
                credit_before_minor=0,
                plan=Plan.CAPTURE,
                currency="SEK",
            )
            for one in invoices or (1, 2)
        ),
        created_at=START,
        expires_at=START + timedelta(minutes=5),
    )


async def ordered(store: Store, known: Confirmation, order_id: str = "o1") -> Enqueued:
    await store.save_confirmation(known)
    return await enqueue(store, known, order_id)


async def enqueue(store: Store, known: Confirmation, order_id: str) -> Enqueued:
    order = order_of(known, order_id, START)
    return await store.enqueue(order, captures_of(known, order_id, START))


async def claimed(store: Store, owner: str = "one", **later: float) -> Claim:
    claim = await store.claim(owner, START + timedelta(**later), LEASE)
    assert claim is not None
    return claim
