"""Customers who write while their gateway is killed again and again.

    python -m tests.faults.kill_gateway [--seconds 300] [--customers 20]

Each customer posts, and posts again under the same id until it is accepted. Whatever was accepted
must be answered, once. Prints one JSON line; exits with 1 when a promise was broken.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import sys
import tempfile
import uuid
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from tests.faults.gateway_processes import GatewayProcess, RasaStandIn, rasa_stand_in

REQUEST_SECONDS = 10.0
LAST_ANSWERS_SECONDS = 60.0


@dataclass(slots=True)
class Customer:
    http: httpx.AsyncClient
    name: str
    accepted: dict[int, str] = field(default_factory=dict)
    refused: Counter[int] = field(default_factory=Counter)
    retried: int = 0

    async def open(self) -> None:
        (await self._sure("POST", "/api/chat/conversations")).raise_for_status()

    async def write(self, pause: random.Random, until: asyncio.Event) -> None:
        number = 0
        while not until.is_set():
            number += 1
            text = f"{self.name} {number}"
            body = {"client_message_id": str(uuid.uuid4()), "text": text}
            response = await self._sure("POST", "/api/chat/messages", json=body)
            if response.status_code == 202:
                self.accepted[response.json()["cursor"]] = text
            else:
                self.refused[response.status_code] += 1
            await asyncio.sleep(pause.uniform(0.05, 0.4))

    async def history(self) -> list[dict[str, Any]]:
        return list((await self._sure("GET", "/api/chat/history")).json()["events"])

    async def _sure(self, method: str, path: str, **parts: Any) -> httpx.Response:
        """Until somebody answers: the same request again does no harm."""
        while True:
            try:
                response = await self.http.request(method, path, **parts)
            except httpx.HTTPError:
                self.retried += 1
            else:
                if response.status_code < 500:
                    return response
            await asyncio.sleep(0.1)


async def kill_at_random(
    gateway: GatewayProcess, chance: random.Random, seconds: float, lives: tuple[float, float]
) -> int:
    loop = asyncio.get_running_loop()
    end, kills = loop.time() + seconds, 0
    while loop.time() < end:
        await asyncio.sleep(chance.uniform(*lives))
        gateway.kill()
        kills += 1
        gateway.start()
        await gateway.ready()
    return kills


def judge(customer: Customer, events: list[dict[str, Any]]) -> Counter[str]:
    """What of the promises was broken for one customer."""
    found: Counter[str] = Counter()
    ids = [event["id"] for event in events]
    found["gaps"] += ids != list(range(1, len(ids) + 1))
    finished = Counter(
        event["message"]
        for event in events
        if event["type"] == "turn" and event["state"] == "finished" and event["message"]
    )
    answers = Counter(event["text"] for event in events if event["author"] == "bot")
    for cursor, text in customer.accepted.items():
        found["unanswered"] += finished[cursor] == 0 or answers[f"svar: {text}"] == 0
        found["doubled"] += finished[cursor] > 1 or answers[f"svar: {text}"] > 1
    said = Counter(event["text"] for event in events if event["author"] == "customer")
    found["stored_twice"] += sum(many > 1 for many in said.values())
    asked = [event["text"] for event in events if event["author"] == "customer"]
    replied = [
        event["text"].removeprefix("svar: ")
        for event in events
        if event["author"] == "bot" and event["text"].startswith("svar: ")
    ]
    found["out_of_order"] += asked[: len(replied)] != replied
    return found


async def settled(customers: list[Customer]) -> Counter[str]:
    """Judge once everything is answered, or when that takes too long."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + LAST_ANSWERS_SECONDS
    while True:
        broken: Counter[str] = Counter()
        for customer in customers:
            broken += judge(customer, await customer.history())
        if not broken["unanswered"] or loop.time() > deadline:
            return broken
        await asyncio.sleep(0.5)


async def run(
    *,
    seconds: float,
    customers: int,
    seed: int,
    folder: Path,
    lives: tuple[float, float] = (1.0, 6.0),
    database_url: str | None = None,
) -> dict[str, Any]:
    chance = random.Random(seed)
    url = database_url or f"sqlite+aiosqlite:///{folder / 'kvitt.sqlite'}"
    async with rasa_stand_in(think_seconds=0.05) as rasa:
        gateway = GatewayProcess(
            database_url=url,
            rasa_port=rasa.port,
            log=folder / "gateway.log",
            settings={"KVITT_TURN_LEASE_SECONDS": "2"},
        )
        gateway.start()
        try:
            await gateway.ready()
            return await _report(gateway, rasa, chance, seconds, customers, lives)
        finally:
            gateway.stop()


async def _report(
    gateway: GatewayProcess,
    rasa: RasaStandIn,
    chance: random.Random,
    seconds: float,
    how_many: int,
    lives: tuple[float, float],
) -> dict[str, Any]:
    everyone = [
        Customer(
            http=httpx.AsyncClient(base_url=gateway.url, timeout=REQUEST_SECONDS, trust_env=False),
            name=f"kund {number}",
        )
        for number in range(how_many)
    ]
    await asyncio.gather(*(customer.open() for customer in everyone))
    is_over = asyncio.Event()
    writing = [asyncio.create_task(one.write(chance, is_over)) for one in everyone]
    kills = await kill_at_random(gateway, chance, seconds, lives)
    is_over.set()
    await asyncio.gather(*writing)
    broken = await settled(everyone)
    for customer in everyone:
        await customer.http.aclose()
    return {
        "kills": kills,
        "accepted": sum(len(customer.accepted) for customer in everyone),
        "refused": dict(sum((customer.refused for customer in everyone), Counter())),
        "retried_requests": sum(customer.retried for customer in everyone),
        "turns_run_twice_by_rasa": sum(runs > 1 for runs in rasa.runs.values()),
        "broken": {name: many for name, many in broken.items() if many},
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=300.0)
    parser.add_argument("--customers", type=int, default=20)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    parser.add_argument("--database-url", default=None)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        report = asyncio.run(
            run(
                seconds=given.seconds,
                customers=given.customers,
                seed=given.seed,
                folder=Path(folder),
                database_url=given.database_url,
            )
        )
    print(json.dumps({"seed": given.seed, **report}))
    sys.exit(1 if report["broken"] or report["refused"] else 0)


if __name__ == "__main__":
    main()
