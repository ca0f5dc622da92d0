"""Whether a message would be answered: database, Rasa with its model, action server."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import httpx
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from gateway import tables
from gateway.hub import Hub
from gateway.rasa import RasaChannel
from gateway.storage import Store
from kvitt.settings import Settings

CHECK_SECONDS = 3.0
KEPT_SECONDS = 1.0

type Check = Callable[[], Awaitable[str | None]]


class Health:
    """Asks the parts; answers of the last second are used again."""

    def __init__(self, *, settings: Settings, store: Store, hub: Hub, rasa: RasaChannel) -> None:
        host = f"http://{settings.actions_host}:{settings.actions_port}"
        self._actions = httpx.AsyncClient(base_url=host, timeout=2.0, trust_env=False)
        self._store = store
        self._hub = hub
        self._rasa = rasa
        self._lock = asyncio.Lock()
        self._known: dict[str, str] = {}
        self._known_until = 0.0

    async def reasons(self) -> dict[str, str]:
        """Why a message would not be answered now, by part; empty when it would."""
        async with self._lock:
            now = asyncio.get_running_loop().time()
            if now >= self._known_until:
                self._known = await self._ask()
                self._known_until = asyncio.get_running_loop().time() + KEPT_SECONDS
            return self._known

    async def _ask(self) -> dict[str, str]:
        rasa, actions, own = await asyncio.gather(
            _within(self._rasa.health), _within(self._check_actions), self.own_reasons()
        )
        found = {"rasa": rasa, "actions": actions}
        return own | {part: reason for part, reason in found.items() if reason is not None}

    async def own_reasons(self) -> dict[str, str]:
        """Why messages are not even taken in."""
        if self._hub.is_closed:
            return {"gateway": "stopping"}
        database = await _within(self._check_database)
        return {"database": database} if database is not None else {}

    async def _check_database(self) -> str | None:
        try:
            async with self._store.read() as connection:
                await connection.execute(select(tables.conversations.c.id).limit(1))
        except (SQLAlchemyError, OSError) as error:
            return type(error).__name__
        return None

    async def _check_actions(self) -> str | None:
        try:
            response = await self._actions.get("/health")
        except httpx.HTTPError as error:
            return type(error).__name__
        return None if response.status_code == 200 else f"status {response.status_code}"

    async def close(self) -> None:
        await self._actions.aclose()


async def _within(check: Check) -> str | None:
    try:
        async with asyncio.timeout(CHECK_SECONDS):
            return await check()
    except TimeoutError:
        return f"no answer in {CHECK_SECONDS:g} s"
