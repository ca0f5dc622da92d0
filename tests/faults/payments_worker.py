"""What runs in the processes of the payment faults: a worker that may die, a crowd that pays."""

from __future__ import annotations

import asyncio
import os
import signal
from datetime import UTC, datetime
from typing import Any

from billing.payments.service import connect as connect_payments
from billing.payments.worker import work
from billing.whmcs import connect as connect_billing
from kvitt.database import create_engine
from kvitt.logs import configure
from kvitt.settings import load


def run_worker(environment: dict[str, str], die_at: str) -> None:
    """As `python -m billing.payments.worker`, but SIGKILL meets it at that step."""
    os.environ.update(environment)
    settings = load()
    configure("payments", settings)

    def reached(step: str) -> None:
        if step == die_at:
            os.kill(os.getpid(), signal.SIGKILL)

    asyncio.run(work(settings, asyncio.Event(), reached=reached))


def run_crowd(
    environment: dict[str, str],
    yeses: list[tuple[str, str]],
    client_id: int,
    start: Any,
    results: Any,
) -> None:
    """Say yes to (confirmation, conversation), all at once when `start` opens."""
    os.environ.update(environment)
    results.put(asyncio.run(_confirm_all(yeses, client_id, start)))


async def _confirm_all(yeses: list[tuple[str, str]], client_id: int, start: Any) -> list[str]:
    settings = load()
    engine = create_engine(settings.database_url)
    billing = connect_billing(settings)
    payments = connect_payments(engine, billing, settings)
    await asyncio.to_thread(start.wait, 30)
    answers = await asyncio.gather(
        *(
            payments.confirm(
                confirmation, conversation_id=chat, client_id=client_id, now=datetime.now(UTC)
            )
            for confirmation, chat in yeses
        )
    )
    await billing.close()
    await engine.dispose()
    return [type(answer).__name__ for answer in answers]
