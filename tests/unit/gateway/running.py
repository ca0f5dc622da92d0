"""Builders: a served gateway, and a visitor who talks to it over HTTP."""

from __future__ import annotations

import asyncio
import json
import socket
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx

from gateway.app import create_app
from gateway.http import App
from gateway.rasa import RasaChannel
from gateway.services import Services, wire
from kvitt.database import create_engine
from kvitt.settings import Settings, load
from tests.fakes.billing import FakeBilling
from tests.fakes.rasa import FakeRasa

SECRET = "a-secret-that-only-tests-know-0123456789"
DEADLINE_SECONDS = 8.0


@dataclass(slots=True)
class Visitor:
    """One browser: its cookies, and the chat API."""

    http: httpx.AsyncClient

    async def open(self, **body: Any) -> dict[str, Any]:
        response = await self.http.post("/api/chat/conversations", json=body)
        assert response.status_code == 201, response.text
        return dict(response.json())

    async def post(self, **body: Any) -> httpx.Response:
        body.setdefault("client_message_id", str(uuid.uuid4()))
        return await self.http.post("/api/chat/messages", json=body)

    async def say(self, text: str) -> int:
        response = await self.post(text=text)
        assert response.status_code == 202, response.text
        return int(response.json()["cursor"])

    async def choose(self, token: str, *values: Any) -> int:
        response = await self.post(choice=token, values=list(values))
        assert response.status_code == 202, response.text
        return int(response.json()["cursor"])

    async def history(self, after: int = 0) -> list[dict[str, Any]]:
        response = await self.http.get("/api/chat/history", params={"after": after})
        assert response.status_code == 200, response.text
        return list(response.json()["events"])

    async def until(
        self, condition: Callable[[list[dict[str, Any]]], object], after: int = 0
    ) -> list[dict[str, Any]]:
        """The history once a condition holds; fails after a while."""
        found: list[dict[str, Any]] = []
        loop = asyncio.get_running_loop()
        deadline = loop.time() + DEADLINE_SECONDS
        while loop.time() < deadline:
            found = await self.history(after)
            if condition(found):
                return found
            await asyncio.sleep(0.01)
        raise AssertionError(f"not in time: {found}")

    async def ask(self, text: str) -> list[dict[str, Any]]:
        """Say something; the events of the answer, without their frame."""
        return await self.answered(await self.say(text))

    async def answered(self, cursor: int) -> list[dict[str, Any]]:
        events = await self.until(lambda found: has_finished(found, cursor), after=cursor)
        return [event for event in events if event["type"] != "turn"]

    @asynccontextmanager
    async def stream(self, after: int = 0, **headers: str) -> AsyncIterator[Stream]:
        path = f"/api/chat/events?after={after}"
        async with self.http.stream("GET", path, headers=headers, timeout=30) as response:
            yield Stream(response=response)


@dataclass(slots=True)
class Stream:
    response: httpx.Response
    comments: int = 0
    _lines: Any = None

    async def next(self) -> dict[str, Any]:
        """The next event; comments and other fields are passed over."""
        if self._lines is None:
            self._lines = self.response.aiter_lines()
        async with asyncio.timeout(DEADLINE_SECONDS):
            async for line in self._lines:
                self.comments += line.startswith(":")
                if line.startswith("data: "):
                    return dict(json.loads(line.removeprefix("data: ")))
        raise EOFError

    async def until(self, condition: Callable[[dict[str, Any]], object]) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        while not found or not condition(found[-1]):
            found.append(await self.next())
        return found


async def eventually(condition: Callable[[], object]) -> None:
    """Wait for something to become true; fails after a while."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + DEADLINE_SECONDS
    while not condition():
        if loop.time() > deadline:
            raise AssertionError("not in time")
        await asyncio.sleep(0.01)


def has_finished(events: list[dict[str, Any]], cursor: int) -> bool:
    return any(
        event["type"] == "turn" and event["state"] == "finished" and event["message"] == cursor
        for event in events
    )


@dataclass(slots=True)
class Gateway:
    """A served gateway and what stands behind it."""

    app: App
    services: Services
    rasa: FakeRasa
    billing: FakeBilling
    url: str
    clients: list[httpx.AsyncClient] = field(default_factory=list)

    def visitor(self, **headers: str) -> Visitor:
        client = httpx.AsyncClient(base_url=self.url, headers=headers, trust_env=False)
        self.clients.append(client)
        return Visitor(http=client)

    async def opened(self) -> Visitor:
        """A visitor with an open conversation who has been greeted."""
        visitor = self.visitor()
        await visitor.open()
        await visitor.until(lambda found: any(event["author"] == "bot" for event in found))
        return visitor


def test_settings(url: str, **overrides: Any) -> Settings:
    overrides.setdefault("redis_url", None)
    return load(database_url=url, service_secret=SECRET, **overrides)


test_settings.__test__ = False  # type: ignore[attr-defined]


@asynccontextmanager
async def running_gateway(
    url: str,
    *,
    rasa: FakeRasa | None = None,
    billing: FakeBilling | None = None,
    wiring: dict[str, Any] | None = None,
    **overrides: Any,
) -> AsyncIterator[Gateway]:
    """Serve a gateway in this loop on a free port."""
    rasa, billing = rasa or FakeRasa(), billing or FakeBilling()
    listener = socket.create_server(("127.0.0.1", 0))
    settings = test_settings(url, gateway_port=listener.getsockname()[1], **overrides)
    engine = create_engine(url)
    channel = RasaChannel(settings, transport=rasa.transport())
    services = wire(settings, engine, billing, channel, **(wiring or {}))
    app = create_app(services)
    app.config.TOUCHUP = False  # rewrites Sanic's own methods, once per process
    server = await app.create_server(sock=listener, return_asyncio_server=True)
    assert server is not None
    await server.startup()  # type: ignore[no-untyped-call]
    await server.before_start()  # type: ignore[no-untyped-call]
    await server.start_serving()  # type: ignore[no-untyped-call]
    gateway = Gateway(
        app=app,
        services=services,
        rasa=rasa,
        billing=billing,
        url=f"http://127.0.0.1:{settings.gateway_port}",
    )
    try:
        yield gateway
    finally:
        for client in gateway.clients:
            await client.aclose()
        await server.before_stop()  # type: ignore[no-untyped-call]
        await server.close()  # type: ignore[no-untyped-call]
        await server.after_stop()  # type: ignore[no-untyped-call]
        listener.close()
