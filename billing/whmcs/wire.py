"""Calls to WHMCS's API over HTTP: when to try again, when to stop trying, and when nobody knows.

A read may be repeated: it is, a few times, within one deadline. A write is sent once. A connection
that was never made is `NotReached`; whatever else goes wrong with a write is `OutcomeUnknown`.
Writes travel on connections of their own that are never reused, so that none is lost in one that
the server had just closed. No credential, parameter or answer is logged or put into an error.
"""

from __future__ import annotations

import asyncio
import random
import ssl
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Protocol
from urllib.parse import urlencode

import httpx
import structlog

from billing.errors import (
    BadAnswer,
    BillingError,
    CircuitOpen,
    NotConfigured,
    NotReached,
    OutcomeUnknown,
)
from billing.whmcs.answers import Garbled, Misdirected, is_certain, understand
from billing.whmcs.breaker import Breaker
from billing.whmcs.shapes import Payload, Unreadable

Parameters = Mapping[str, object]

ATTEMPTS = 4
FIRST_PAUSE_SECONDS = 0.15
LARGEST_ANSWER_BYTES = 32 * 1024 * 1024
NEVER_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.UnsupportedProtocol,
)

log = structlog.get_logger()


class Secret(Protocol):
    def get_secret_value(self) -> str: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """Where the API is and how to be let in."""

    endpoint: str
    identifier: Secret
    secret: Secret
    access_key: Secret | None = None

    def fields(self) -> dict[str, str]:
        fields = {
            "identifier": self.identifier.get_secret_value(),
            "secret": self.secret.get_secret_value(),
            "responsetype": "json",
        }
        if self.access_key and self.access_key.get_secret_value():
            fields["accesskey"] = self.access_key.get_secret_value()
        return fields


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    connect_seconds: float = 5.0
    read_seconds: float = 15.0
    capture_seconds: float = 60.0
    concurrency: int = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """Time and chance, given so that a test holds them."""

    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], Awaitable[object]] = asyncio.sleep
    chance: Callable[[], float] = random.random


class Wire:
    def __init__(
        self,
        access: Access,
        limits: Limits,
        *,
        transport: httpx.AsyncBaseTransport | None = None,
        pace: Pace | None = None,
    ) -> None:
        self._access = access
        self._limits = limits
        self._pace = pace or Pace()
        self._breaker = Breaker(self._pace.clock)
        self._reading = _lane(limits, transport, keep=limits.concurrency)
        self._writing = _lane(limits, transport, keep=0)

    async def close(self) -> None:
        await self._reading.client.aclose()
        await self._writing.client.aclose()

    async def read[T](
        self,
        action: str,
        parameters: Parameters,
        into: Callable[[Payload], T],
        *,
        id: int | str | None = None,
    ) -> T:
        """What `into` makes of the answer; repeated on failures that may pass."""
        payload = await self._repeated(action, parameters, id)
        try:
            return into(payload)
        except Unreadable as error:
            raise BadAnswer(action, f"unreadable: {error}", id=id) from None

    async def _repeated(self, action: str, parameters: Parameters, id: int | str | None) -> Payload:
        ends = self._pace.clock() + self._limits.read_seconds
        for attempt in range(ATTEMPTS):
            left = ends - self._pace.clock()
            try:
                return await self._send(self._reading, action, parameters, left, id)
            except Misdirected as failure:
                raise NotConfigured(action, failure.detail, id=id, cause=failure.cause) from None
            except (Garbled, httpx.HTTPError, TimeoutError) as failure:
                pause = FIRST_PAUSE_SECONDS * 2**attempt * (0.5 + self._pace.chance())
                is_last = attempt + 1 == ATTEMPTS or self._pace.clock() + pause >= ends
                if is_last:
                    raise _unread(action, failure, id) from None
                log.info("billing_read_repeated", action=action, reason=_reason(failure))
            await self._pace.sleep(pause)
        raise AssertionError("the last attempt returns or raises")

    async def write(
        self,
        action: str,
        parameters: Parameters,
        *,
        id: int | str | None = None,
        is_capture: bool = False,
    ) -> Payload:
        """The answer to a write, which is sent once."""
        seconds = self._limits.capture_seconds if is_capture else self._limits.read_seconds
        try:
            return await self._send(self._writing, action, parameters, seconds, id)
        except NEVER_SENT as failure:
            raise NotReached(action, _reason(failure), id=id) from None
        except (Garbled, httpx.HTTPError, TimeoutError) as failure:
            log.warning("billing_outcome_unknown", action=action, id=id, reason=_reason(failure))
            raise OutcomeUnknown(action, _reason(failure), id=id) from None
        except BillingError as refusal:
            if is_capture and not is_certain(refusal):
                raise OutcomeUnknown(action, refusal.detail, id=id) from None
            raise

    async def _send(
        self,
        lane: _Lane,
        action: str,
        parameters: Parameters,
        seconds: float,
        id: int | str | None,
    ) -> Payload:
        """One call, counted by the breaker: any answer that WHMCS itself gave is a sign of life."""
        if not self._breaker.admits():
            raise CircuitOpen(action, "too many failures of late", id=id)
        settle = self._breaker.abandoned
        try:
            async with lane.places:
                status, body = await self._exchange(lane.client, action, parameters, seconds)
            settle = self._breaker.succeeded
            return understand(action, status, body, id=id)
        except (Garbled, httpx.HTTPError, TimeoutError):
            settle = self._breaker.failed
            raise
        finally:
            settle()

    async def _exchange(
        self, client: httpx.AsyncClient, action: str, parameters: Parameters, seconds: float
    ) -> tuple[int, bytes]:
        """Send the form and read all of the answer within `seconds`, however slowly it drips."""
        timeout = httpx.Timeout(seconds, connect=min(seconds, self._limits.connect_seconds))
        request = client.build_request(
            "POST",
            self._access.endpoint,
            content=_form({"action": action, **self._access.fields(), **parameters}),
            headers={"content-type": "application/x-www-form-urlencoded"},
            timeout=timeout,
        )
        async with asyncio.timeout(seconds):
            response = await client.send(request, stream=True)
            try:
                return response.status_code, await _body(response)
            finally:
                await response.aclose()


@cache
def _certificates() -> ssl.SSLContext:
    """Made once, since it takes longer than a call."""
    return httpx.create_ssl_context()


@dataclass(frozen=True, slots=True)
class _Lane:
    client: httpx.AsyncClient
    places: asyncio.Semaphore


def _lane(limits: Limits, transport: httpx.AsyncBaseTransport | None, *, keep: int) -> _Lane:
    pool = httpx.Limits(max_connections=limits.concurrency, max_keepalive_connections=keep)
    client = httpx.AsyncClient(
        headers={"user-agent": "Kvitt", "accept": "application/json"},
        limits=pool,
        transport=transport,
        verify=_certificates(),
        trust_env=False,
    )
    return _Lane(client, asyncio.Semaphore(limits.concurrency))


def _form(fields: Mapping[str, object]) -> bytes:
    """Form-encoded; true as WHMCS reads it, a lone surrogate replaced rather than raised upon."""
    written = [(name, _written(value)) for name, value in fields.items() if value is not None]
    return urlencode(written, errors="replace").encode("ascii")


def _written(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


async def _body(response: httpx.Response) -> bytes:
    body = bytearray()
    async for chunk in response.aiter_bytes():
        body += chunk
        if len(body) > LARGEST_ANSWER_BYTES:
            raise Garbled("the answer is too large")
    return bytes(body)


def _unread(action: str, failure: Exception, id: int | str | None) -> BillingError:
    if type(failure) is Garbled and not failure.detail.startswith("HTTP"):
        return BadAnswer(action, failure.detail, id=id)
    return NotReached(action, _reason(failure), id=id)


def _reason(failure: Exception) -> str:
    """What failed, in our words: an exception of the transport may quote addresses or content."""
    return failure.detail if isinstance(failure, Garbled) else type(failure).__name__
