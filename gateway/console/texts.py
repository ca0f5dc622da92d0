"""The console's Swedish words, read once from `texts.yml`."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

PATH = Path(__file__).with_name("texts.yml")


@lru_cache
def _texts() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(PATH.read_text(encoding="utf-8"))
    return loaded


def customer_text(name: str, **values: object) -> str:
    return str(_texts()["customer"][name]).format(**values)


def button_text(name: str) -> str:
    return str(_texts()["buttons"][name])


def ticket_text(name: str, **values: object) -> str:
    return str(_texts()["ticket"][name]).format(**values)


def topic_text(reason: str) -> str:
    topics = _texts()["topics"]
    return str(topics.get(reason, topics["other"]))


def speaker_text(author: str) -> str:
    return str(_texts()["speakers"][author])


def weekday_text(number: int) -> str:
    return str(_texts()["weekdays"][number])


def canned() -> list[dict[str, str]]:
    return list(_texts()["canned"])


def is_cancelling(text: str) -> bool:
    """Whether somebody in the queue says that they leave it."""
    return text.strip().strip(".!").casefold() in _texts()["cancel_words"]
