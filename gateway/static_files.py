"""Built files of the widget, the console and the demo page: found, typed, compressed, cached.

A file whose name carries a hash of its content never changes and may be kept for a year; any other
is asked for again, and answered with 304 while it is the same.
"""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).with_name("static")

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,150}")
_HASHED = re.compile(r"[.-][0-9a-zA-Z_]{8,}\.[a-z0-9]+$")
_COMPRESSED = ("text/", "application/javascript", "application/json", "image/svg+xml")
_TYPES = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".webmanifest": "application/manifest+json",
    ".woff2": "font/woff2",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class StaticFile:
    body: bytes
    compressed: bytes | None
    content_type: str
    etag: str
    is_immutable: bool

    @property
    def cache_control(self) -> str:
        return "public, max-age=31536000, immutable" if self.is_immutable else "no-cache"

    @property
    def is_page(self) -> bool:
        return self.content_type.startswith("text/html")


class StaticFiles:
    """Files below one folder, read again when they change on disk."""

    def __init__(self, root: Path = ROOT) -> None:
        self._root = root.resolve()
        self._read: dict[Path, tuple[int, StaticFile]] = {}

    def find(self, name: str) -> StaticFile | None:
        """The file of that name; None for a missing one, a folder, or a way out of the root."""
        if not _NAME.fullmatch(name):
            return None
        path = (self._root / name).resolve()
        if not path.is_relative_to(self._root) or not path.is_file():
            return None
        changed = path.stat().st_mtime_ns
        known = self._read.get(path)
        if known is None or known[0] != changed:
            known = (changed, load(path))
            self._read[path] = known
        return known[1]


def load(path: Path) -> StaticFile:
    body = path.read_bytes()
    content_type = _TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or ""
    small = gzip.compress(body, mtime=0) if content_type.startswith(_COMPRESSED) else None
    return StaticFile(
        body=body,
        compressed=small if small is not None and len(small) < len(body) else None,
        content_type=content_type or "application/octet-stream",
        etag=f'"{hashlib.sha256(body).hexdigest()[:32]}"',
        is_immutable=bool(_HASHED.search(path.name)) and path.suffix != ".html",
    )
