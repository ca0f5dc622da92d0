"""WHMCS's API as a transport for httpx: answers that a test writes down, and what was asked.

    whmcs = FakeWhmcs()
    whmcs.answers("GetInvoice", success(invoiceid=1, …))     # from now on
    whmcs.answers("GetInvoice", httpx.ReadTimeout(""), {…})  # one each, then the last one stays
    billing = connect(Settings(), transport=whmcs.transport, pace=whmcs.pace)

The clock stands still but for the pauses that the adapter makes, which are in `pauses`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

import httpx

from billing.whmcs.wire import Pace

Fields = dict[str, str]
Answer = Mapping[str, Any] | httpx.Response | Exception | Callable[[Fields], Any]


def error(message: str) -> httpx.Response:
    """A documented no: HTTP 200."""
    return httpx.Response(200, json={"result": "error", "message": message})


def refusal(message: str) -> httpx.Response:
    """Access refused: HTTP 403."""
    return httpx.Response(403, json={"result": "error", "message": message})


def success(**fields: object) -> dict[str, object]:
    return {"result": "success", **fields}


@dataclass(slots=True)
class FakeWhmcs:
    calls: list[tuple[str, Fields]] = field(default_factory=list)
    pauses: list[float] = field(default_factory=list)
    now: float = 1000.0
    _answers: dict[str, list[Answer]] = field(default_factory=dict)

    def answers(self, action: str, *answers: Answer) -> None:
        self._answers[action] = list(answers)

    def asked(self, action: str) -> list[Fields]:
        return [fields for name, fields in self.calls if name == action]

    @property
    def transport(self) -> httpx.MockTransport:
        return httpx.MockTransport(self._handle)

    @property
    def pace(self) -> Pace:
        return Pace(clock=lambda: self.now, sleep=self._sleep, chance=lambda: 0.5)

    async def _sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.now += seconds

    def _handle(self, request: httpx.Request) -> httpx.Response:
        fields = dict(parse_qsl(request.content.decode(), keep_blank_values=True))
        action = fields.pop("action")
        self.calls.append((action, fields))
        answer = self._next(action)
        if callable(answer):
            answer = answer(fields)
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, httpx.Response):
            return httpx.Response(answer.status_code, content=answer.content)
        return httpx.Response(200, json=answer)

    def _next(self, action: str) -> Any:
        waiting = self._answers.get(action)
        if not waiting:
            return refusal(f'Invalid Permissions: API action "{action.lower()}" is not allowed')
        return waiting.pop(0) if len(waiting) > 1 else waiting[0]
