"""`python -m tests.bench [CUSTOMERS] [SECONDS]`: turns, throughput, understanding, memory.

Starts a whole Kvitt on the sandbox with the trained model. The table goes to the screen and, as one
JSON object, to the last line. Each time stands beside its ratio to a calibration loop that was
measured within the same run.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle
from pathlib import Path
from typing import Any

import httpx

from kvitt.processes import RASA
from tests.bench.measuring import calibration_ms, memory_mb, quantile
from tests.chat import Chat
from tests.conversations.customers import anna, log_in
from tests.stack import Stack, running_stack, stack_settings

CUSTOMERS = 16
SECONDS = 20.0
ROUNDS = 6
POLL_SECONDS = 0.005
SCRIPT = (
    "hej",
    "vilka fakturor har jag?",
    "vad kostar en påminnelse?",
    "jag vill betala mina fakturor",
    "ettan och tvåan",
    "visakortet",
    "vilka kort har jag sparade?",
    "ta mastercardet i stället",
    "avbryt",
    "tack så mycket",
)
"""What one customer writes: tasks, a choice, a change, a question in the middle, small talk."""
TALK = ("hej", "vad kan du hjälpa till med?", "är du en robot?", "var hittar jag kvitton?", "tack")
"""For many customers at once, who are not logged in."""


class QuickChat(Chat):
    """Looks for events often enough that the looking does not show in the times."""

    def until(self, is_done: Any, seconds: float = 40) -> list[Any]:
        deadline = time.monotonic() + seconds
        new: list[Any] = []
        while time.monotonic() < deadline:
            new += self.fetch()
            if is_done(new):
                return new
            time.sleep(POLL_SECONDS)
        raise AssertionError(f"no answer in {seconds} s: {self.said()!r}")


def _timed(chat: Chat, text: str) -> float:
    """Milliseconds from the text going in to the last reply being there."""
    began = time.perf_counter()
    chat.say(text)
    return (time.perf_counter() - began) * 1000


def one_customer(stack: Stack) -> list[float]:
    chat = QuickChat(stack.url)
    chat.say("logga in")
    log_in(chat, stack)
    _script(chat)  # warm
    times = [milliseconds for _ in range(ROUNDS) for milliseconds in _script(chat)]
    chat.close()
    return times


def _script(chat: Chat) -> list[float]:
    return [_timed(chat, text) for text in SCRIPT]


def many_customers(stack: Stack, customers: int, seconds: float) -> tuple[float, list[float]]:
    """Turns a second, and how long each took."""
    chats = [QuickChat(stack.url) for _ in range(customers)]
    began = time.monotonic()
    with ThreadPoolExecutor(customers) as pool:
        runs = list(pool.map(lambda chat: list(_talk(chat, began + seconds)), chats))
    elapsed = time.monotonic() - began
    for chat in chats:
        chat.close()
    times = [milliseconds for run in runs for milliseconds in run]
    return len(times) / elapsed, times


def _talk(chat: Chat, until: float) -> Iterator[float]:
    for text in cycle(TALK):
        if time.monotonic() >= until:
            return
        yield _timed(chat, text)


def understanding(stack: Stack) -> float:
    """Median milliseconds that reading a text adds: a turn by text less the same by a choice."""
    secret = stack.settings.service_secret.get_secret_value()
    headers = {"Authorization": f"Bearer {secret}"}
    with httpx.Client(base_url=stack.settings.rasa_url, headers=headers, timeout=30) as rasa:
        pairs = [
            (_rasa_turn(rasa, n, None), _rasa_turn(rasa, n, "bot_challenge")) for n in range(40)
        ]
    by_text, by_choice = zip(*pairs, strict=True)
    return max(0.0, quantile(by_text, 50) - quantile(by_choice, 50))


def _rasa_turn(rasa: httpx.Client, number: int, intent: str | None) -> float:
    kind = "choice" if intent else "text"
    turn: dict[str, Any] = {
        "sender": f"bench-{kind}.1",
        "message_id": f"{kind}-{number}",
        "text": "är du en robot?",
    }
    if intent:
        turn["intent"] = {"name": intent, "entities": {}}
    began = time.perf_counter()
    rasa.post("/webhooks/kvitt/turn", json=turn).raise_for_status()
    return (time.perf_counter() - began) * 1000


def measure(stack: Stack, customers: int, seconds: float) -> dict[str, float]:
    stack.scenario(anna())
    before = calibration_ms()
    alone = one_customer(stack)
    rate, crowd = many_customers(stack, customers, seconds)
    found = {
        "turn_p50_ms": quantile(alone, 50),
        "turn_p95_ms": quantile(alone, 95),
        "understanding_p50_ms": understanding(stack),
        "crowd_p50_ms": quantile(crowd, 50),
        "crowd_p95_ms": quantile(crowd, 95),
        "crowd_turns_per_second": rate,
    }
    found |= {f"{name}_mb": memory_mb(one.pid) for name, one in stack.running.items()}
    return {"calibration_ms": (before + calibration_ms()) / 2, **found}


def table(found: dict[str, float]) -> str:
    """Each measure, and each time as a multiple of the calibration loop."""
    unit = found["calibration_ms"]
    return "\n".join(
        f"{name:<26}{value:>10.1f}" + (f"{value / unit:>9.2f} x" if name.endswith("_ms") else "")
        for name, value in found.items()
    )


def main(customers: int = CUSTOMERS, seconds: float = SECONDS) -> None:
    needed = (RASA, Path(stack_settings(Path()).model))
    missing = [str(path) for path in needed if not path.exists()]
    if missing:
        raise SystemExit(f"bench: missing {', '.join(missing)}: run `make train` first")
    with running_stack() as stack:
        found = measure(stack, customers, seconds)
    unit = found["calibration_ms"]
    ratios = {f"{k}_ratio": round(v / unit, 3) for k, v in found.items() if k.endswith("_ms")}
    print(table(found))
    print(json.dumps({**{k: round(v, 1) for k, v in found.items()}, **ratios}))


if __name__ == "__main__":
    main(*(kind(text) for kind, text in zip((int, float), sys.argv[1:], strict=False)))
