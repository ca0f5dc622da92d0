"""Reads PHP's `serialize` format, which some parameters of the API are written in.

Texts, whole numbers, decimals, booleans, null and arrays; objects are refused.
"""

from __future__ import annotations

MAX_DEPTH = 20


class PhpError(ValueError):
    """Not a serialised value that this reader takes."""


def unserialize(data: bytes) -> object:
    value, end = _value(data, 0, 0)
    if end != len(data):
        raise PhpError("something follows the value")
    return value


def _value(data: bytes, at: int, depth: int) -> tuple[object, int]:
    if depth > MAX_DEPTH:
        raise PhpError("nested too deeply")
    kind = data[at : at + 2]
    if kind == b"N;":
        return None, at + 2
    if kind == b"s:":
        return _text(data, at + 2)
    if kind == b"a:":
        return _array(data, at + 2, depth)
    if kind in (b"i:", b"b:", b"d:"):
        raw, end = _until(data, at + 2, b";")
        return _scalar(kind, raw), end
    raise PhpError("unknown type")


def _until(data: bytes, at: int, mark: bytes) -> tuple[bytes, int]:
    end = data.find(mark, at)
    if end < 0:
        raise PhpError("cut short")
    return data[at:end], end + 1


def _scalar(kind: bytes, raw: bytes) -> object:
    try:
        if kind == b"d:":
            return float(raw)
        number = int(raw)
    except ValueError:
        raise PhpError("not a number") from None
    return bool(number) if kind == b"b:" else number


def _length(data: bytes, at: int) -> tuple[int, int]:
    raw, end = _until(data, at, b":")
    if not raw.isdigit() or len(raw) > 9:
        raise PhpError("not a length")
    return int(raw), end


def _text(data: bytes, at: int) -> tuple[str, int]:
    size, start = _length(data, at)
    end = start + 1 + size
    if data[start : start + 1] != b'"' or data[end : end + 2] != b'";':
        raise PhpError("a text without its quotes")
    try:
        return data[start + 1 : end].decode(), end + 2
    except UnicodeDecodeError:
        raise PhpError("not UTF-8") from None


def _array(data: bytes, at: int, depth: int) -> tuple[dict[str | int, object], int]:
    count, at = _length(data, at)
    if data[at : at + 1] != b"{" or count > len(data):
        raise PhpError("an array without its brace")
    at += 1
    values: dict[str | int, object] = {}
    for _ in range(count):
        key, at = _value(data, at, depth + 1)
        if not isinstance(key, str | int):
            raise PhpError("not a key")
        values[key], at = _value(data, at, depth + 1)
    if data[at : at + 1] != b"}":
        raise PhpError("an array without its end")
    return values, at + 1
