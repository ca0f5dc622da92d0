"""Swedish words of the gateway itself, read once from `texts.yml`."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import yaml

PATH = Path(__file__).with_name("texts.yml")


@lru_cache
def _texts() -> dict[str, dict[str, str]]:
    loaded: dict[str, dict[str, str]] = yaml.safe_load(PATH.read_text(encoding="utf-8"))
    return loaded


def event_text(name: str) -> str:
    return _texts()["events"][name]


def error_text(code: str, **values: object) -> str:
    return _texts()["errors"][code].format(**values)


def page_text(name: str, **values: object) -> str:
    return _texts()["pages"][name].format(**values)
