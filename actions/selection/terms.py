"""The terms of a message as the resolution reads them, from the JSON that the extractor made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

ONE = "one"
MANY = "many"
_MOST_TERMS = 600


@dataclass(frozen=True, slots=True)
class Term:
    """`n` and `text` mean what `kind` says; `form` is grammatical number where it was heard."""

    kind: str
    n: int = 0
    text: str = ""
    form: str = ""


def terms_of(values: Mapping[str, Any]) -> tuple[Term, ...]:
    """Entities are untrusted: what has another shape than a term is left out."""
    raw = values.get("terms")
    if not isinstance(raw, Sequence) or isinstance(raw, str):
        return ()
    return tuple(_term(item) for item in raw[:_MOST_TERMS] if isinstance(item, Mapping))


def _term(item: Mapping[str, Any]) -> Term:
    n = item.get("n", 0)
    return Term(
        kind=str(item.get("kind", "")),
        n=n if isinstance(n, int) else 0,
        text=str(item.get("text", "")),
        form=str(item.get("form", "")),
    )
