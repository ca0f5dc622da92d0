"""Real gateway processes for fault and load tests, with a small Rasa stand-in beside them."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

ROOT = Path(__file__).resolve().parents[2]
SECRET = "a-secret-that-only-tests-know-0123456789"
START_SECONDS = 90.0


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@dataclass(slots=True)
class RasaStandIn:
    """Speaks the private channel's HTTP, and the action server's health; answers `svar: <text>`."""

    think_seconds: float = 0.0
    runs: Counter[str] = field(default_factory=Counter)
    commands: list[str] = field(default_factory=list)
    """Turns that came as more than plain text, the greeting apart."""
    port: int = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = _length(head)
                body = await reader.readexactly(length) if length else b""
                answer = await self._answer(body) if head.startswith(b"POST") else {"model": True}
                payload = json.dumps(answer).encode()
                writer.write(
                    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: "
                    + str(len(payload)).encode()
                    + b"\r\n\r\n"
                    + payload
                )
                await writer.drain()
        except (asyncio.IncompleteReadError, asyncio.CancelledError, ConnectionError):
            pass
        finally:
            writer.close()

    async def _answer(self, body: bytes) -> dict[str, Any]:
        turn = json.loads(body)
        self.runs[f"{turn['sender']} {turn['message_id']}"] += 1
        intent = turn.get("intent", {}).get("name")
        if turn["text"].strip().startswith("/") or intent not in (None, "session_started"):
            self.commands.append(intent or turn["text"][:40])
        await asyncio.sleep(self.think_seconds)
        text = f"svar: {turn['text']}" if turn["text"] else "Hej!"
        return {"messages": [{"text": text}], "understood": {"intent": "greet", "confidence": 1.0}}


def _length(head: bytes) -> int:
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return int(line.partition(b":")[2])
    return 0


@asynccontextmanager
async def rasa_stand_in(*, think_seconds: float = 0.0) -> AsyncIterator[RasaStandIn]:
    stand_in = RasaStandIn(think_seconds=think_seconds)
    server = await asyncio.start_server(stand_in.serve, "127.0.0.1", 0, backlog=1024)
    stand_in.port = server.sockets[0].getsockname()[1]
    try:
        yield stand_in
    finally:
        server.close()


@dataclass(slots=True)
class GatewayProcess:
    """One `python -m gateway`, which can be killed and started again on the same port."""

    database_url: str
    rasa_port: int
    log: Path
    settings: dict[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        environment = {
            **os.environ,
            "KVITT_SERVICE_SECRET": SECRET,
            "KVITT_DATABASE_URL": self.database_url,
            "KVITT_GATEWAY_PORT": str(self.port),
            "KVITT_RASA_URL": f"http://127.0.0.1:{self.rasa_port}",
            "KVITT_ACTIONS_PORT": str(self.rasa_port),
            "KVITT_LOG_FORMAT": "json",
            **self.settings,
        }
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "gateway"],
                cwd=ROOT,
                env=environment,
                stdout=output,
                stderr=output,
            )

    async def ready(self) -> None:
        """Wait until it answers `/health` with 200."""
        async with asyncio.timeout(START_SECONDS), httpx.AsyncClient(trust_env=False) as client:
            while True:
                if self.process is not None and self.process.poll() is not None:
                    raise RuntimeError(f"the gateway ended: {self.log.read_text()[-2000:]}")
                try:
                    if (await client.get(f"{self.url}/health")).status_code == 200:
                        return
                except httpx.HTTPError:
                    pass
                await asyncio.sleep(0.1)

    def kill(self) -> None:
        self._end(signal.SIGKILL)

    def stop(self) -> int:
        """Ask it to stop; its exit status."""
        return self._end(signal.SIGTERM)

    def _end(self, how: signal.Signals) -> int:
        if self.process is None:
            return 0
        self.process.send_signal(how)
        status = self.process.wait(timeout=30)
        self.process = None
        return status


@asynccontextmanager
async def gateway_process(
    database_url: str, rasa: RasaStandIn, log: Path, **settings: str
) -> AsyncIterator[GatewayProcess]:
    gateway = GatewayProcess(
        database_url=database_url, rasa_port=rasa.port, log=log, settings=settings
    )
    gateway.start()
    try:
        await gateway.ready()
        yield gateway
    finally:
        gateway.stop()
