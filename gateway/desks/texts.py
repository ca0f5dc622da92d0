"""The Swedish words around a desk elsewhere, read once from `texts.yml`."""

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


def customer_text(name: str) -> str:
    return str(_texts()["customer"][name])


def agents_text(name: str, /, **values: object) -> str:
    return str(_texts()[name]).format(**values)


def proof_text(proof: str) -> str:
    return str(_texts()["proofs"][proof])


def ending_text(name: str) -> str | None:
    """None where the agents know it themselves."""
    found = _texts()["endings"].get(name)
    return None if found is None else str(found)
