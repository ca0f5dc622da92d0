"""One API call as its action sees it, the registry of actions, and how an action says no."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sandbox import money
from sandbox.records import Client
from sandbox.world import World

Answer = dict[str, Any]
Action = Callable[[World, "Call"], Answer | Awaitable[Answer]]

ACTIONS: dict[str, Action] = {}
"""By lower-cased name: WHMCS takes any spelling of the case."""

NAMES: dict[str, str] = {}
"""The documented spelling, by lower-cased name."""


class ApiError(Exception):
    """A documented refusal, answered with HTTP 200 and `result: error`."""


class ReplyLost(Exception):
    """The effect took place, and the connection breaks before the answer."""


def action(name: str) -> Callable[[Action], Action]:
    """Register a function as the API action of that name."""

    def register(function: Action) -> Action:
        ACTIONS[name.lower()] = function
        NAMES[name.lower()] = name
        return function

    return register


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """The parameters of a call, read as leniently as PHP reads them."""

    params: Mapping[str, str]
    base_url: str = ""
    """Where this install is reached, without a slash at the end."""
    address: str = ""

    def has(self, name: str) -> bool:
        """Whether the parameter was sent with anything in it."""
        return bool(self.params.get(name, "").strip())

    def text(self, name: str, default: str = "") -> str:
        return self.params.get(name, default).strip()

    def number(self, name: str, default: int = 0) -> int:
        """A whole number; anything else counts as 0, or `default` when absent."""
        text = self.text(name)
        if not text:
            return default
        return (
            int(text)
            if text.isascii() and text.removeprefix("-").isdigit() and len(text) < 18
            else 0
        )

    def flag(self, name: str) -> bool:
        return self.text(name).lower() not in ("", "0", "false", "off", "no")

    def amount(self, name: str) -> int:
        """Öre; anything that is no amount counts as 0."""
        try:
            return money.parse(self.text(name) or "0")
        except ValueError:
            return 0

    def array(self, name: str) -> dict[str, str]:
        """The entries of a PHP array parameter, `name[key]=value`."""
        start = f"{name}["
        return {
            key[len(start) : -1]: value
            for key, value in self.params.items()
            if key.startswith(start) and key.endswith("]")
        }


def page[T](call: Call, rows: list[T]) -> tuple[list[T], Answer]:
    """The asked-for slice, and the three counts that go with it."""
    start = max(0, call.number("limitstart", 0))
    size = max(0, call.number("limitnum", 25))
    chosen = rows[start : start + size]
    counts = {"totalresults": len(rows), "startnumber": start, "numreturned": len(chosen)}
    return chosen, counts


def client_or_error(world: World, id: int, message: str = "Client ID Not Found") -> Client:
    client = world.store.get(Client, id)
    if client is None:
        raise ApiError(message)
    return client
