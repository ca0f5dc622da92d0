"""Reads a control request's JSON into its type, and tells what was not understood."""

from __future__ import annotations

from typing import Any

import msgspec
from sanic.exceptions import BadRequest

LARGEST_EXACT = 2**53
"""Below this, a float that is whole is exactly that number."""


def decode[T](body: bytes, kind: type[T]) -> tuple[T, list[str]]:
    """The body as that type, and the paths of fields that the type does not know."""
    try:
        data = integral(msgspec.json.decode(body))
        value = msgspec.convert(data, kind, strict=True)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise BadRequest(str(error)) from None
    return value, unknown(data, msgspec.to_builtins(value), "$")


def integral(data: Any) -> Any:
    """15.0 is a whole number in JSON Schema, and so it is here."""
    if isinstance(data, float) and data.is_integer() and abs(data) < LARGEST_EXACT:
        return int(data)
    if isinstance(data, list):
        return [integral(item) for item in data]
    if isinstance(data, dict):
        return {key: integral(item) for key, item in data.items()}
    return data


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
