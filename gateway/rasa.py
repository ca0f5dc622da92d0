"""The private channel to Rasa: one turn out, the bot's messages back.

RasaError
├── RasaUnreachable   certainly not taken on: no connection
├── RasaSlow          no answer in time; the turn may have run
└── RasaFailed        a status or a body that is no answer
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import httpx
import msgspec

from gateway.events import Json
from kvitt.settings import Settings


class RasaError(Exception):
    """A turn without an answer; carries no text of it."""


class RasaUnreachable(RasaError):
    """The turn was not taken on."""


class RasaSlow(RasaError):
    """No answer in time; nobody knows whether it ran."""


class RasaFailed(RasaError):
    """An answer that is none."""


class RasaMessage(msgspec.Struct, frozen=True, kw_only=True):
    text: str | None = None
    custom: dict[str, Any] | None = None
    buttons: tuple[dict[str, Any], ...] | None = None


class Understood(msgspec.Struct, frozen=True, kw_only=True):
    intent: str | None = None
    confidence: float | None = None


class RasaAnswer(msgspec.Struct, frozen=True, kw_only=True):
    messages: tuple[RasaMessage, ...] = ()
    understood: Understood | None = None


class RasaChannel:
    """Client of `bot/channel.py`."""

    def __init__(self, settings: Settings, *, transport: httpx.AsyncBaseTransport | None = None):
        self._timeout_seconds = settings.rasa_timeout_seconds
        token = settings.service_secret.get_secret_value()
        self._http = httpx.AsyncClient(
            base_url=settings.rasa_url,
            headers={"Authorization": f"Bearer {token}"},
            timeout=httpx.Timeout(self._timeout_seconds, connect=3.0),
            limits=httpx.Limits(max_connections=64, max_keepalive_connections=32),
            transport=transport,
            trust_env=False,
        )

    async def turn(
        self,
        *,
        sender: str,
        message_id: str,
        text: str,
        intent: str | None = None,
        entities: Mapping[str, Json] | None = None,
    ) -> RasaAnswer:
        """Run one turn. The same message id again gets the same answer, as far as Rasa recalls."""
        body: dict[str, Json] = {"sender": sender, "message_id": message_id, "text": text}
        if intent is not None:
            body["intent"] = {"name": intent, "entities": dict(entities or {})}
        response = await self._post("/webhooks/kvitt/turn", body)
        if response.status_code != 200:
            raise RasaFailed(f"status {response.status_code}")
        try:
            return msgspec.json.decode(response.content, type=RasaAnswer)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            raise RasaFailed("unreadable answer") from None

    async def _post(self, path: str, body: dict[str, Json]) -> httpx.Response:
        try:
            async with asyncio.timeout(self._timeout_seconds):
                return await self._http.post(
                    path,
                    content=msgspec.json.encode(body),
                    headers={"Content-Type": "application/json"},
                )
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout):
            raise RasaUnreachable("no connection") from None
        except (TimeoutError, httpx.TimeoutException):
            raise RasaSlow(f"no answer in {self._timeout_seconds} s") from None
        except httpx.HTTPError as error:
            raise RasaFailed(type(error).__name__) from None

    async def health(self) -> str | None:
        """None when a turn would be answered, else the reason why not."""
        try:
            response = await self._http.get("/webhooks/kvitt/", timeout=2.0)
        except httpx.HTTPError as error:
            return type(error).__name__
        return _health_problem(response)

    async def close(self) -> None:
        await self._http.aclose()


class _Health(msgspec.Struct, frozen=True, kw_only=True):
    model: bool = True


def _health_problem(response: httpx.Response) -> str | None:
    if response.status_code != 200:
        return f"status {response.status_code}"
    try:
        health = msgspec.json.decode(response.content, type=_Health)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return "unreadable health answer"
    return None if health.model else "no model loaded"
