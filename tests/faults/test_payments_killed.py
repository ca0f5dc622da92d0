"""SIGKILL meets the worker at every named step; another one goes on. Never two charges."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from tests.faults.payments_processes import (
    Till,
    eventually,
    new_till,
    require_postgres,
    stock,
    wait_for_death,
)
from tests.sandbox_server import RunningSandbox, running_sandbox

pytestmark = pytest.mark.postgresql

EXPECTED = {
    "claimed": ["paid", "paid"],
    "making_default": ["paid", "paid"],
    "ready": ["paid", "paid"],
    "sent": ["checking", "paid"],  # never sent, but that nobody can know
    "answered": ["paid", "paid"],
    "settling": ["paid", "paid"],
    "settled": ["paid", "paid"],
}


@pytest.fixture(scope="module")
def sandbox() -> Iterator[RunningSandbox]:
    with running_sandbox(load_demo=False) as sandbox:
        yield sandbox


async def test_a_worker_killed_at_any_step_is_succeeded_and_nothing_is_charged_twice(
    sandbox: RunningSandbox,
) -> None:
    await require_postgres()
    clients = stock(sandbox, list(EXPECTED))

    async def kill_at(step: str) -> tuple[list[str], list[int], bool]:
        async with new_till(sandbox, clients, step) as till:
            order = await till.order()
            await wait_for_death(till.start_worker(die_at=step))
            till.start_worker()
            await _goes_on(till, order, EXPECTED[step])
            return await till.statuses(order), till.charges(), (await till.reconcile()).is_clean

    found = await asyncio.gather(*(kill_at(step) for step in EXPECTED))

    for (step, expected), (statuses, charges, is_clean) in zip(
        EXPECTED.items(), found, strict=True
    ):
        paid = [one for one, status in zip(clients[step][1], expected, strict=True)
                if status == "paid"]  # fmt: skip
        assert statuses == expected, step
        assert sorted(charges) == paid, step
        assert is_clean, step


async def _goes_on(till: Till, order: str, expected: list[str]) -> None:
    async def is_as_expected() -> bool:
        return await till.statuses(order) == expected

    await eventually(is_as_expected, seconds=60, what=f"{expected}")


async def test_a_worker_killed_while_the_bank_thinks_is_succeeded_by_one_that_finds_out(
    sandbox: RunningSandbox,
) -> None:
    await require_postgres()
    clients = stock(sandbox, ["slow"])
    sandbox.put("switches", {"capture_seconds": 1.0})

    async with new_till(sandbox, clients, "slow") as till:
        order = await till.order()
        worker = till.start_worker()

        async def is_sent() -> bool:
            return (await till.states(order))[0] == "sent"

        await eventually(is_sent, seconds=20, what="the first charge is under way")
        worker.kill()
        till.start_worker()

        async def is_second_paid() -> bool:
            return (await till.statuses(order))[1] == "paid"

        await eventually(is_second_paid, seconds=60, what="the second invoice is paid")
        first, second = till.invoice_ids
        if first in till.charges():  # the request had left before the kill
            await _goes_on(till, order, ["paid", "paid"])

        assert sorted(till.charges()) in ([first, second], [second])
        assert (await till.statuses(order))[0] == (
            "paid" if first in till.charges() else "checking"
        )
        assert (await till.reconcile()).is_clean
    sandbox.put("switches", {"capture_seconds": 0.05})
