"""A Rasa channel in memory: answers by what a test scripts, remembers turns, can be slow or down.

rasa = FakeRasa()
rasa.on_intent["affirm"] = [{"text": "Klart."}]
rasa.turns                       # what was asked, in order
gate = rasa.hold()               # turns wait until gate.set()
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

import httpx

type Messages = list[dict[str, Any]]
type Reply = Messages | Exception | int | Callable[[dict[str, Any]], Messages]


def echo(turn: dict[str, Any]) -> Messages:
    return [{"text": f"Du skrev: {turn['text']}"}]


class FakeRasa:
    def __init__(self) -> None:
        self.turns: list[dict[str, Any]] = []
        self.on_text: dict[str, Reply] = {}
        self.on_intent: dict[str, Reply] = {"session_started": [{"text": "Hej!"}]}
        self.default: Reply = echo
        self.running: dict[str, int] = {}
        self.overlaps = 0
        self.is_ready = True
        self._gate: asyncio.Event | None = None

    def hold(self) -> asyncio.Event:
        self._gate = asyncio.Event()
        return self._gate

    def texts(self) -> list[str]:
        """What customers' turns said, without the gateway's own turns."""
        return [turn["text"] for turn in self.turns if turn["text"]]

    def transport(self) -> httpx.MockTransport:
        return httpx.MockTransport(self._handle)

    async def _handle(self, request: httpx.Request) -> httpx.Response:
        if request.method == "GET":
            return httpx.Response(200 if self.is_ready else 503, json={"model": self.is_ready})
        turn = json.loads(request.content)
        self.turns.append(turn)
        sender = turn["sender"]
        self.running[sender] = self.running.get(sender, 0) + 1
        self.overlaps += self.running[sender] > 1
        try:
            if self._gate is not None and turn["text"]:
                await self._gate.wait()
            return self._answer(turn)
        finally:
            self.running[sender] -= 1

    def _answer(self, turn: dict[str, Any]) -> httpx.Response:
        name = turn.get("intent", {}).get("name")
        reply = (
            self.on_intent.get(name, self.default)
            if name
            else self.on_text.get(turn["text"], self.default)
        )
        if isinstance(reply, Exception):
            raise reply
        if isinstance(reply, int):
            return httpx.Response(reply)
        messages = reply(turn) if callable(reply) else reply
        understood: dict[str, Any] = {
            "intent": name or "greet",
            "confidence": 0.9,
            "alternatives": [],
        }
        return httpx.Response(200, json={"messages": messages, "understood": understood})
