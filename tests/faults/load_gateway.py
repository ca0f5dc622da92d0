"""Many open event streams and a steady stream of turns against one real gateway process.

    python -m tests.faults.load_gateway [--streams 2000] [--rate 25] [--seconds 60]

Prints one JSON line: turns, errors, the time from a message in to the end of its answer out
(milliseconds), the gateway's memory. Rasa is a stand-in that answers at once, so what is measured
is the gateway alone. Exits with 1 when anything was refused, lost or doubled.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import resource
import statistics
import sys
import tempfile
import time
import uuid
from collections import Counter
from dataclasses import dataclass, field
from http.cookiejar import CookieJar, DefaultCookiePolicy
from pathlib import Path
from typing import Any

import httpx
import psutil

from tests.faults.gateway_processes import gateway_process, rasa_stand_in

SPARE_FILES = 200
LAST_ANSWERS_SECONDS = 10.0


@dataclass(slots=True)
class Listener:
    """One browser: a cookie, and its stream read from a bare socket."""

    cookie: str
    url: httpx.URL
    seen: list[int] = field(default_factory=list)
    finished: dict[int, float] = field(default_factory=dict)
    answers: Counter[str] = field(default_factory=Counter)
    task: asyncio.Task[None] | None = None
    is_broken: bool = False

    async def listen(self) -> None:
        reader, writer = await asyncio.open_connection(self.url.host, self.url.port, limit=2**18)
        request = (
            f"GET /api/chat/events?after=0 HTTP/1.1\r\nHost: {self.url.host}:{self.url.port}\r\n"
            f"Cookie: kvitt_session={self.cookie}\r\nAccept: text/event-stream\r\n\r\n"
        )
        writer.write(request.encode())
        try:
            while line := await reader.readline():
                if line.startswith(b"data: "):
                    self._take(json.loads(line[6:]))
            self.is_broken = True
        finally:
            writer.close()

    def _take(self, event: dict[str, Any]) -> None:
        self.seen.append(event["id"])
        if event["type"] == "turn" and event["state"] == "finished" and event["message"]:
            self.finished[event["message"]] = time.perf_counter()
        if event["author"] == "bot" and event["type"] == "text":
            self.answers[event["text"]] += 1


@dataclass(slots=True)
class Load:
    client: httpx.AsyncClient
    listeners: list[Listener] = field(default_factory=list)
    sent: dict[tuple[int, int], float] = field(default_factory=dict)
    texts: list[str] = field(default_factory=list)
    errors: Counter[str] = field(default_factory=Counter)

    async def open(self, how_many: int) -> None:
        gate = asyncio.Semaphore(20)

        async def one() -> None:
            async with gate:
                self.listeners.append(await self._opened())

        await asyncio.gather(*(one() for _ in range(how_many)))

    async def _opened(self) -> Listener:
        response = await self.client.post("/api/chat/conversations")
        response.raise_for_status()
        cookie = response.cookies["kvitt_session"]
        listener = Listener(cookie=cookie, url=self.client.base_url)
        listener.task = asyncio.create_task(listener.listen())
        return listener

    async def greeted(self) -> None:
        """Until every stream has brought the greeting."""
        while not all(listener.answers for listener in self.listeners):  # noqa: ASYNC110
            await asyncio.sleep(0.1)

    async def talk(self, rate: float, seconds: float) -> None:
        """Send messages at a steady pace, round robin."""
        start, tasks = time.perf_counter(), []
        for number in range(int(rate * seconds)):
            await asyncio.sleep(max(0.0, start + number / rate - time.perf_counter()))
            tasks.append(asyncio.create_task(self._say(number)))
        await asyncio.gather(*tasks)

    async def _say(self, number: int) -> None:
        index = number % len(self.listeners)
        text = f"meddelande {number}"
        started = time.perf_counter()
        try:
            response = await self.client.post(
                "/api/chat/messages",
                json={"client_message_id": str(uuid.uuid4()), "text": text},
                headers={"Cookie": f"kvitt_session={self.listeners[index].cookie}"},
            )
        except httpx.HTTPError as error:
            self.errors[type(error).__name__] += 1
            return
        if response.status_code != 202:
            self.errors[str(response.status_code)] += 1
            return
        self.sent[index, response.json()["cursor"]] = started
        self.texts.append(text)

    async def last_answers(self) -> None:
        deadline = time.perf_counter() + LAST_ANSWERS_SECONDS
        while time.perf_counter() < deadline and any(  # noqa: ASYNC110
            cursor not in self.listeners[index].finished for index, cursor in self.sent
        ):
            await asyncio.sleep(0.05)

    def report(self) -> dict[str, Any]:
        times = sorted(
            (self.listeners[index].finished[cursor] - started) * 1000
            for (index, cursor), started in self.sent.items()
            if cursor in self.listeners[index].finished
        )
        answers: Counter[str] = Counter()
        for listener in self.listeners:
            answers += listener.answers
        gaps = sum(
            listener.seen != list(range(1, len(listener.seen) + 1)) for listener in self.listeners
        )
        return {
            "streams": len(self.listeners),
            "broken_streams": sum(listener.is_broken for listener in self.listeners),
            "streams_with_gaps": gaps,
            "turns": len(self.sent),
            "unanswered": len(self.sent) - len(times),
            "doubled": sum(answers[f"svar: {text}"] != 1 for text in self.texts),
            "errors": dict(self.errors),
            "p50_ms": round(statistics.median(times), 1) if times else None,
            "p95_ms": round(times[int(len(times) * 0.95)], 1) if times else None,
            "max_ms": round(times[-1], 1) if times else None,
        }


def forgetful() -> CookieJar:
    """One client speaks for many visitors: it must not remember a cookie of one for the next."""
    return CookieJar(DefaultCookiePolicy(allowed_domains=[]))


def allow_files(wanted: int) -> None:
    """Each stream is an open file on both sides."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(wanted, hard), hard))


async def run(
    *, streams: int, rate: float, seconds: float, folder: Path, database_url: str | None = None
) -> dict[str, Any]:
    allow_files(streams * 2 + SPARE_FILES)
    url = database_url or f"sqlite+aiosqlite:///{folder / 'kvitt.sqlite'}"
    limits = httpx.Limits(max_connections=64, max_keepalive_connections=64)
    async with (
        rasa_stand_in() as rasa,
        gateway_process(url, rasa, folder / "gateway.log") as gateway,
        httpx.AsyncClient(
            base_url=gateway.url, limits=limits, timeout=30, trust_env=False, cookies=forgetful()
        ) as client,
    ):
        assert gateway.process is not None
        watched = psutil.Process(gateway.process.pid)
        load = Load(client=client)
        idle = watched.memory_info().rss
        await load.open(streams)
        async with asyncio.timeout(120):
            await load.greeted()
        used = watched.cpu_times()
        await load.talk(rate, seconds)
        await load.last_answers()
        spent = watched.cpu_times()
        cpu_ms = (spent.user + spent.system - used.user - used.system) * 1000
        report = load.report() | {
            "seconds": seconds,
            "cpu_ms_per_turn": round(cpu_ms / max(1, len(load.sent)), 1),
            "idle_mb": round(idle / 2**20),
            "loaded_mb": round(watched.memory_info().rss / 2**20),
        }
        for listener in load.listeners:
            if listener.task is not None:
                listener.task.cancel()
    return report


def is_clean(report: dict[str, Any]) -> bool:
    counts = ("broken_streams", "streams_with_gaps", "unanswered", "doubled")
    return not report["errors"] and not any(report[name] for name in counts)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--streams", type=int, default=2000)
    parser.add_argument("--rate", type=float, default=25.0)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--database-url", default=None)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        report = asyncio.run(
            run(
                streams=given.streams,
                rate=given.rate,
                seconds=given.seconds,
                folder=Path(folder),
                database_url=given.database_url,
            )
        )
    print(json.dumps(report))
    sys.exit(0 if is_clean(report) else 1)


if __name__ == "__main__":
    main()
