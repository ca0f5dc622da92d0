"""A running sandbox for tests: a real server on a free port, in a thread of this process.

with running_sandbox() as sandbox:
    httpx.post(f"{sandbox.url}/includes/api.php", data=…)
"""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx
from sanic import Sanic

from sandbox.server import App, create_app
from sandbox.world import World

START_TIMEOUT_SECONDS = 20


@dataclass(frozen=True, slots=True)
class RunningSandbox:
    """Where it listens, and its control API as methods."""

    url: str
    world: World
    client: httpx.Client

    def __str__(self) -> str:
        return self.url

    def put(self, what: str, body: Any) -> dict[str, Any]:
        """PUT /_sandbox/<what>: scenario, faults, switches, clock."""
        return self._json(self.client.put(f"/_sandbox/{what}", json=body))

    def post(self, what: str, body: Any = None) -> dict[str, Any]:
        """POST /_sandbox/<what>: cron, pending, demo."""
        return self._json(self.client.post(f"/_sandbox/{what}", json=body or {}))

    def state(self) -> dict[str, Any]:
        """The books: invoices, transactions, emails, paymethods, clients, tickets …"""
        return self._json(self.client.get("/_sandbox/state"))

    def call(self, action: str, **params: Any) -> dict[str, Any]:
        """One API call with the default credentials."""
        data = {"identifier": "sandbox", "secret": "sandbox", "responsetype": "json"}
        data |= {"action": action} | params
        answer: dict[str, Any] = self.client.post("/includes/api.php", data=data).json()
        return answer

    def _json(self, response: httpx.Response) -> dict[str, Any]:
        assert response.status_code == 200, response.text
        answer: dict[str, Any] = response.json()
        return answer


@contextmanager
def running_sandbox(
    database: str | Path | None = None, *, load_demo: bool = True
) -> Iterator[RunningSandbox]:
    """Starts one (on `database`, or on a new one that is thrown away) and stops it again."""
    with TemporaryDirectory() as folder:
        app = create_app(str(database or Path(folder) / "sandbox.sqlite"), load_demo=load_demo)
        listener = socket.create_server(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        thread = _ServerThread(app, listener)
        thread.start()
        try:
            thread.wait_until_ready()
            with httpx.Client(base_url=url, timeout=60) as client:
                yield RunningSandbox(url, app.ctx.world, client)
        finally:
            thread.stop()


class _ServerThread(threading.Thread):
    def __init__(self, app: App, listener: socket.socket) -> None:
        super().__init__(daemon=True)
        self._app = app
        self._listener = listener
        self._ready = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._stopping = asyncio.Event()
        self._error: Exception | None = None

    def run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_until_complete(self._serve())
        except Exception as error:
            self._error = error
        finally:
            asyncio.set_event_loop(None)
            self._loop.close()
            self._ready.set()

    async def _serve(self) -> None:
        server: Any = await self._app.create_server(
            sock=self._listener, return_asyncio_server=True, access_log=False
        )
        await server.startup()
        await server.before_start()
        await server.start_serving()
        await server.after_start()
        self._ready.set()
        await self._stopping.wait()
        await server.before_stop()
        await server.close()
        for connection in server.connections:
            connection.abort()
        await server.after_stop()

    def wait_until_ready(self) -> None:
        assert self._ready.wait(START_TIMEOUT_SECONDS), "the sandbox did not start"
        if self._error is not None:
            raise self._error

    def stop(self) -> None:
        if self.is_alive():
            self._loop.call_soon_threadsafe(self._stopping.set)
        self.join(START_TIMEOUT_SECONDS)
        Sanic.unregister_app(self._app)
