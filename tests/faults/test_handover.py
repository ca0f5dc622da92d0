"""Random programs of customer, bot, payment and agents: the bot is silent while a person holds, and
nothing is lost, doubled or out of order.

`KVITT_HANDOVER_PROGRAMS=20000 pytest tests/faults/test_handover.py` runs as many; the default is
what fits into the whole test run.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from gateway import conversations, events, queue
from gateway.console import tables
from gateway.console.desk import Agent
from gateway.errors import ApiError
from gateway.events import Event
from gateway.incoming import Message
from gateway.rasa import RasaChannel
from gateway.services import Services, new_id, wire
from kvitt import migrate
from kvitt.database import create_engine
from tests.fakes.billing import FakeBilling
from tests.fakes.rasa import FakeRasa
from tests.unit.gateway.running import test_settings as settings_for

PROGRAMS = int(os.environ.get("KVITT_HANDOVER_PROGRAMS", "60"))
DEADLINE_SECONDS = 20
ASK = "människa"
AGENTS = tuple(Agent(name=name, display_name=name, role="agent") for name in ("anna", "bertil"))

customer = st.sampled_from(["say", "say", "ask", "ask", "cancel", "rate"])
agent = st.sampled_from(
    ["claim", "claim", "reply", "reply", "note", "transfer", "queue", "back", "close", "reopen"]
)
step = st.one_of(
    customer.map(lambda act: ("customer", act)),
    st.tuples(st.sampled_from(["anna", "bertil"]), agent),
    st.sampled_from([("payment", "news"), ("world", "settle"), ("world", "settle")]),
)


@dataclass(slots=True)
class Program:
    """One conversation, and what must be found in its log."""

    services: Services
    rasa: FakeRasa
    id: str
    said: list[str] = field(default_factory=list)
    replied: list[str] = field(default_factory=list)
    news: int = 0
    tries: int = 0

    async def run(self, steps: list[tuple[str, str]]) -> None:
        for who, act in steps:
            if who == "customer":
                await self.customer(act)
            elif who == "payment":
                await self.tell_news()
            elif who == "world":
                await self.settle()
            else:
                await self.agent(next(one for one in AGENTS if one.name == who), act)
        await self.settle()

    async def customer(self, act: str) -> None:
        number = len(self.said)
        text = {"ask": ASK, "cancel": "avbryt väntan", "rate": "5"}.get(act, f"ord {number}")
        await self.services.acceptance.accept(
            self.id, Message(client_message_id=str(uuid4()), text=text)
        )
        self.said.append(text)

    async def tell_news(self) -> None:
        self.news += 1
        services = self.services
        async with services.store.write() as connection:
            await conversations.lock(connection, self.id)
            await queue.put_internal(
                connection, self.id, f"payment_news:{self.news}", now=services.clock()
            )
        services.runner.wake(self.id)

    async def agent(self, who: Agent, act: str) -> None:
        """What is refused must leave no trace; the log shows whether it did."""
        self.tries += 1
        text = f"svar {self.tries}"
        try:
            await self._try(who, act, text)
        except ApiError:
            return
        if act == "reply":
            self.replied.append(text)

    async def _try(self, who: Agent, act: str, text: str) -> None:
        desk = self.services.desk
        match act:
            case "claim":
                await desk.claim(who, self.id)
            case "reply":
                await desk.reply(who, self.id, text, str(uuid4()))
            case "note":
                await desk.note(who, self.id, "anteckning")
            case "transfer":
                other = next(one for one in AGENTS if one != who)
                await desk.transfer(who, self.id, other.name)
            case "queue":
                await desk.transfer(who, self.id, None)
            case "back":
                await desk.hand_back(who, self.id, "")
            case "close":
                await desk.close(who, self.id)
            case "reopen":
                await desk.reopen(who, self.id)

    async def settle(self) -> None:
        """Until no turn of it is under way."""
        async with asyncio.timeout(DEADLINE_SECONDS):
            while self.id in self.services.runner._tasks:  # noqa: ASYNC110 (it says nothing)
                await asyncio.sleep(0.001)

    async def log(self) -> tuple[Event, ...]:
        async with self.services.store.read() as connection:
            return await events.read_after(connection, self.id, after=0, limit=10_000)

    async def holder(self) -> str:
        async with self.services.store.read() as connection:
            found = await conversations.find(connection, self.id)
        assert found is not None
        return found.holder.value


@dataclass(slots=True)
class World:
    """Services without a server, in a loop of their own."""

    loop: asyncio.Runner
    services: Services
    rasa: FakeRasa

    def play(self, steps: list[tuple[str, str]]) -> tuple[Program, tuple[Event, ...], str]:
        return self.loop.run(self._play(steps))

    async def _play(self, steps: list[tuple[str, str]]) -> tuple[Program, tuple[Event, ...], str]:
        program = Program(services=self.services, rasa=self.rasa, id=new_id())
        async with self.services.store.write() as connection:
            await connection.execute(tables.handovers.delete())
            await conversations.create(connection, program.id, now=self.services.clock())
        self.rasa.turns.clear()
        await program.run(steps)
        return program, await program.log(), await program.holder()


async def _wire(url: str, rasa: FakeRasa) -> Services:
    engine = create_engine(url)
    await migrate.upgrade(engine)
    found = settings_for(url, desk_hours="always")
    services = wire(found, engine, FakeBilling(), RasaChannel(found, transport=rasa.transport()))
    async with services.store.write() as connection:
        for one in AGENTS:
            await connection.execute(
                tables.agents.insert().values(
                    name=one.name,
                    display_name=one.display_name,
                    role=one.role,
                    password_hash="",
                    is_active=True,
                    created_at=datetime.now(UTC),
                )
            )
    return services


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    rasa = FakeRasa()
    rasa.on_text[ASK] = [{"custom": {"type": "control", "do": "handover", "reason": "asked"}}]
    rasa.on_intent |= {"payment_news": [{"text": "Betalt."}], "handback": [{"text": "Åter."}]}
    url = f"sqlite+aiosqlite:///{tmp_path_factory.mktemp('handover') / 'kvitt.sqlite'}"
    with asyncio.Runner() as loop:
        services = loop.run(_wire(url, rasa))
        yield World(loop=loop, services=services, rasa=rasa)
        loop.run(_close(services))


async def _close(services: Services) -> None:
    await services.runner.drain(5)
    for part in (services.health, services.identities, services.rasa):
        await part.close()
    await services.store.engine.dispose()


def holders(log: tuple[Event, ...]) -> Iterator[tuple[Event, str]]:
    """Each event with who held the conversation when it was written."""
    holder, can_rate = "bot", False
    for event in log:
        if event.type == "handover":
            holder = event.data["state"]
            can_rate = holder == "closed"
        elif event.author == "customer" and holder == "closed":
            holder = "closed" if can_rate and event.text == "5" else "bot"
            can_rate = False
        yield event, holder


def texts(log: tuple[Event, ...], author: str) -> list[str]:
    return [event.text for event in log if event.author == author and event.type == "text"]


NEWS_AMONG_WORDS = [("customer", "say"), ("payment", "news"), *[("customer", "say")] * 2]


@settings(
    max_examples=PROGRAMS,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=st.lists(step, max_size=30))
@example(steps=[("anna", "claim"), ("payment", "news"), ("anna", "queue")])
@example(steps=[*NEWS_AMONG_WORDS, ("anna", "claim"), ("anna", "queue")])
@pytest.mark.timeout(0)
def test_no_program_breaks_the_log(world: World, steps: list[tuple[str, str]]) -> None:
    program, log, holder = world.play(steps)

    assert [event.id for event in log] == list(range(1, len(log) + 1))
    assert texts(log, "customer") == program.said
    assert texts(log, "agent") == program.replied
    for event, held_by in holders(log):
        if event.author == "bot" and event.type != "turn":
            assert held_by in ("bot", "waiting")
        if event.author == "agent":
            assert held_by == "agent"
    told = texts(log, "bot").count("Betalt.")
    assert told <= program.news
    if holder in ("bot", "waiting"):
        assert told == program.news
    asked: list[Any] = [turn["message_id"] for turn in world.rasa.turns if turn["text"]]
    assert len(asked) == len(set(asked))
