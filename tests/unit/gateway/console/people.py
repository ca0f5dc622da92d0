"""Builders: agents at the console's API, beside visitors at the chat's."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any

import httpx
from sqlalchemy import select

from gateway.console import agents, tables
from tests.fakes.rasa import FakeRasa
from tests.unit.gateway.running import DEADLINE_SECONDS, Gateway, Visitor, running_gateway

PASSWORD = "ett-riktigt-langt-losenord"
ASK = "prata med en människa"
HANDOVER = [{"custom": {"type": "control", "do": "handover", "reason": "asked"}}]


@cache
def password_hash() -> str:
    """One for all accounts of a run: making one is slow on purpose."""
    return agents._hasher.hash(PASSWORD)


@dataclass(slots=True)
class Colleague:
    """One agent's browser."""

    http: httpx.AsyncClient
    name: str

    async def sign_in(self, password: str = PASSWORD) -> httpx.Response:
        body = {"name": self.name, "password": password}
        return await self.http.post("/api/console/session", json=body)

    async def act(self, conversation_id: str, act: str, **body: Any) -> httpx.Response:
        path = f"/api/console/conversations/{conversation_id}/{act}"
        return await self.http.post(path, json=body)

    async def say(self, conversation_id: str, text: str) -> httpx.Response:
        key = str(uuid.uuid4())
        return await self.act(conversation_id, "messages", text=text, client_message_id=key)

    async def read(self, conversation_id: str) -> dict[str, Any]:
        answer = await self.http.get(f"/api/console/conversations/{conversation_id}")
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    async def queue(self) -> list[dict[str, Any]]:
        answer = await self.http.get("/api/console/conversations", params={"state": "waiting"})
        return list(answer.json()["conversations"])


@dataclass(slots=True)
class Office:
    gateway: Gateway

    @property
    def rasa(self) -> FakeRasa:
        return self.gateway.rasa

    async def hire(self, name: str, role: str = "agent") -> None:
        store = self.gateway.services.store
        async with store.write() as connection:
            await connection.execute(
                tables.agents.insert().values(
                    name=name,
                    display_name=name.capitalize(),
                    role=role,
                    password_hash=password_hash(),
                    is_active=True,
                    created_at=self.gateway.services.clock(),
                )
            )

    def browser(self, name: str) -> Colleague:
        url = self.gateway.url
        client = httpx.AsyncClient(base_url=url, headers={"Origin": url}, trust_env=False)
        self.gateway.clients.append(client)
        return Colleague(http=client, name=name)

    async def agent(self, name: str, role: str = "agent") -> Colleague:
        """Hired and signed in."""
        await self.hire(name, role)
        colleague = self.browser(name)
        assert (await colleague.sign_in()).status_code == 201
        return colleague

    async def waiting(self) -> tuple[Visitor, str]:
        """A visitor who has asked for a person, and the conversation."""
        visitor = self.gateway.visitor()
        opened = await visitor.open()
        await visitor.until(lambda found: any(event["author"] == "bot" for event in found))
        await visitor.ask(ASK)
        return visitor, str(opened["conversation_id"])

    async def audited(self, conversation_id: str | None = None) -> list[str]:
        query = select(tables.audit.c.act).order_by(tables.audit.c.id)
        if conversation_id:
            query = query.where(tables.audit.c.conversation_id == conversation_id)
        async with self.gateway.services.store.read() as connection:
            return list((await connection.execute(query)).scalars())


@asynccontextmanager
async def running_office(
    url: str, *, rasa: FakeRasa | None = None, **overrides: Any
) -> AsyncIterator[Office]:
    bot = rasa or FakeRasa()
    bot.on_text[ASK] = list(HANDOVER)
    bot.on_intent["handback"] = [{"text": "Då fortsätter vi med faktura 1042."}]
    overrides.setdefault("desk_hours", "always")
    async with running_gateway(url, rasa=bot, **overrides) as gateway:
        yield Office(gateway=gateway)


async def until(condition: Callable[[], Any]) -> Any:
    """What an awaitable condition gives once it is true; fails after a while."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + DEADLINE_SECONDS
    while loop.time() < deadline:
        if found := await condition():
            return found
        await asyncio.sleep(0.02)
    raise AssertionError("not in time")


def kinds(events: list[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    return [event for event in events if event["type"] == kind]


def words(events: list[dict[str, Any]], author: str) -> list[str]:
    return [
        event["text"] for event in events if event["author"] == author and event["type"] == "text"
    ]
