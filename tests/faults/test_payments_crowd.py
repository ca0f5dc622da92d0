"""Many at once, over several processes: one yes is one order, and an invoice is charged once."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from tests.faults.payments_processes import (
    CHAT,
    Till,
    eventually,
    forks,
    new_till,
    require_postgres,
    stock,
)
from tests.faults.payments_worker import run_crowd
from tests.sandbox_server import RunningSandbox, running_sandbox

pytestmark = pytest.mark.postgresql
PROCESSES = 4


@pytest.fixture
def sandbox() -> Iterator[RunningSandbox]:
    with running_sandbox(load_demo=False) as sandbox:
        yield sandbox


async def test_200_confirmations_of_one_summary_in_4_processes_are_one_order(
    sandbox: RunningSandbox,
) -> None:
    await require_postgres()
    async with new_till(sandbox, stock(sandbox, ["anna"]), "anna") as till:
        prepared = await till.prepare()
        yes = (str(prepared.confirmation_id), CHAT)

        answers = await _crowd(till, [yes] * 200)
        till.start_worker()
        await _all_settled(till)

        assert answers == {"Confirmed": 1, "AlreadyUsed": 199}
        assert sorted(till.charges()) == list(till.invoice_ids)
        assert (await till.reconcile()).is_clean


async def test_40_conversations_that_confirm_the_same_invoices_are_one_order(
    sandbox: RunningSandbox,
) -> None:
    await require_postgres()
    async with new_till(sandbox, stock(sandbox, ["anna"]), "anna") as till:
        chats = [f"chat-{number}" for number in range(40)]
        offers = [await till.prepare(chat) for chat in chats]
        yeses = [(str(one.confirmation_id), chat) for one, chat in zip(offers, chats, strict=True)]

        answers = await _crowd(till, yeses)
        for _ in range(3):
            till.start_worker()
        await _all_settled(till)

        assert answers == {"Confirmed": 1, "Changed": 39}
        assert sorted(till.charges()) == list(till.invoice_ids)


async def _crowd(till: Till, yeses: list[tuple[str, str]]) -> dict[str, int]:
    """Shared out to the processes, which begin together; how often each answer came."""
    start, results = forks.Event(), forks.Queue()
    processes = [
        forks.Process(
            target=run_crowd,
            args=(till.environment(), yeses[share::PROCESSES], till.client_id, start, results),
            daemon=True,
        )
        for share in range(PROCESSES)
    ]
    for process in processes:
        process.start()
    start.set()
    answers: list[Any] = [await asyncio.to_thread(results.get, True, 60) for _ in processes]
    for process in processes:
        await asyncio.to_thread(process.join, 20)
    return dict(Counter(answer for share in answers for answer in share))


async def _all_settled(till: Till) -> None:
    async def is_settled() -> bool:
        newest = await till.payments.latest(till.client_id)
        return newest is not None and newest.is_final

    await eventually(is_settled, seconds=60, what="the order is settled")
