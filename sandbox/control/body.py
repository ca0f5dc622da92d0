"""Reads a control request's JSON into its type, and tells what was not understood."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec

LARGEST_INTEGER = 2**63


@dataclass(frozen=True, slots=True)
class BadRequest(Exception):
    """The body is not what the endpoint takes; the message is for whoever sent it."""

    message: str


def decode[T](body: bytes, kind: type[T]) -> tuple[T, list[str]]:
    """The body as that type, and the paths of fields that the type does not know."""
    try:
        data = msgspec.json.decode(body)
        value = msgspec.convert(data, kind, strict=True)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise BadRequest(str(error)) from None
    return value, unknown(data, msgspec.to_builtins(value), "$")


def unknown(sent: Any, kept: Any, path: str) -> list[str]:
    """Where the sent JSON has keys that the kept value lost."""
    if isinstance(sent, list) and isinstance(kept, list):
        pairs = zip(sent, kept, strict=True)
        return [p for i, (a, b) in enumerate(pairs) for p in unknown(a, b, f"{path}[{i}]")]
    if not isinstance(sent, dict) or not isinstance(kept, dict):
        return []
    lost = [f"{path}.{key}" for key in sent if key not in kept]
    inner = (unknown(sent[key], kept[key], f"{path}.{key}") for key in sent if key in kept)
    return lost + [p for paths in inner for p in paths]
