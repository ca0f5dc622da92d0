"""A served gateway for browsers, in a thread of its own: a scripted bot, billing in memory."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from gateway import queue
from gateway.services import utc_now
from kvitt import migrate
from kvitt.database import create_engine
from tests.browser.script import ScriptedRasa
from tests.fakes.billing import FakeBilling
from tests.unit.gateway.running import Gateway, running_gateway

START_SECONDS = 30
IDENTITY_KEY = "demo=0123456789abcdef0123456789abcdef"


class Stage(threading.Thread):
    """The loop that the gateway runs in, and what a test does to it from outside."""

    def __init__(self, folder: Path, overrides: dict[str, Any]) -> None:
        super().__init__(daemon=True)
        self._url = f"sqlite+aiosqlite:///{folder / 'kvitt.sqlite'}"
        self._overrides = overrides
        self._loop = asyncio.new_event_loop()
        self._stopping = asyncio.Event()
        self._ready = threading.Event()
        self.rasa = ScriptedRasa()
        self.billing = FakeBilling()
        self._gateway: Gateway | None = None
        self._gate: asyncio.Event | None = None
        self._still: datetime | None = None

    @property
    def gateway(self) -> Gateway:
        assert self._gateway is not None, "the gateway did not start"
        return self._gateway

    @property
    def url(self) -> str:
        return self.gateway.url

    def run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_until_complete(self._serve())
        finally:
            asyncio.set_event_loop(None)
            self._loop.close()
            self._ready.set()

    async def _serve(self) -> None:
        engine = create_engine(self._url)
        await migrate.upgrade(engine)
        await engine.dispose()
        async with running_gateway(
            self._url,
            rasa=self.rasa,
            billing=self.billing,
            wiring={"clock": self.clock},
            **self._overrides,
        ) as served:
            self._gateway = served
            self._ready.set()
            await self._stopping.wait()

    def wait_until_ready(self) -> None:
        assert self._ready.wait(START_SECONDS)
        assert self._gateway is not None, "the gateway did not start"

    def stop(self) -> None:
        if self.is_alive():
            self.soon(self._stopping.set)
        self.join(START_SECONDS)

    def call[T](self, work: Coroutine[Any, Any, T]) -> T:
        """Run something in the gateway's loop."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(START_SECONDS)

    def soon(self, work: Callable[[], None]) -> None:
        """Do something in the gateway's loop, without waiting for it."""
        self._loop.call_soon_threadsafe(work)

    def clock(self) -> datetime:
        return self._still or utc_now()

    @contextmanager
    def time_stands_still(self) -> Iterator[datetime]:
        """Nothing is forgotten, for as long as one looks at what is shown for seconds only."""
        self._still = utc_now()
        try:
            yield self._still
        finally:
            self._still = None

    def hold(self) -> None:
        """Customers' turns wait until `release`."""
        self._gate = self.rasa.hold()

    def release(self) -> None:
        if self._gate is not None:
            self.soon(self._gate.set)

    def tell(self, conversation_id: str, key: str, **entities: Any) -> None:
        """An internal turn, as when a payment makes progress."""
        self.call(self._tell(conversation_id, key, entities))

    async def _tell(self, conversation_id: str, key: str, entities: dict[str, Any]) -> None:
        wired = self.gateway.services
        async with wired.store.write() as connection:
            await queue.put_internal(
                connection, conversation_id, key, entities=entities, now=wired.clock()
            )
        wired.runner.wake(conversation_id)


@contextmanager
def stage(**overrides: Any) -> Iterator[Stage]:
    settings = {"demo_zone": True, "identity_keys": IDENTITY_KEY} | overrides
    with TemporaryDirectory() as folder:
        served = Stage(Path(folder), settings)
        served.billing.add_customer(email="maja.lundqvist@exempel.se")
        served.billing.add_customer(email="elias.nordgren@exempel.se")
        served.start()
        try:
            served.wait_until_ready()
            yield served
        finally:
            served.stop()
