"""E-mail addresses as identities: when two are the same, what looks like one, how one is shown."""

from __future__ import annotations

import re
import unicodedata

LONGEST = 254
_ATOM = r"[^\s@<>(),;:\"\\\[\]\x00-\x1f\x7f]"
_ADDRESS = re.compile(rf"{_ATOM}{{1,64}}@{_ATOM}+\.(?!.*\.$){_ATOM}{{2,63}}")


def canonical_email(text: str) -> str:
    """The form that is compared and counted: composed, no outer spaces, lower case."""
    return unicodedata.normalize("NFC", text).strip().lower()


def is_email(text: str) -> bool:
    """Whether this could be an address at all; says nothing about whether anybody has it."""
    candidate = canonical_email(text)
    return len(candidate) <= LONGEST and _ADDRESS.fullmatch(candidate) is not None


def masked_email(text: str) -> str:
    """Enough to recognise one's own address: "a•••@exempel.se"."""
    local, _, domain = canonical_email(text).partition("@")
    return f"{local[:1]}•••@{domain}"
