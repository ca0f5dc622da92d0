"""What the extractor hands on: a message as terms that carry no Swedish, ready to become JSON.

A `Term` is one step of what was said ("ettan" → position 1, "alla" → all, "499 kr" → money 49900).
Words that the lexicon does not know stay as `word`: they may name a product on the invoice.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

ONE = "one"
MANY = "many"


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """`n` and `text` mean what `kind` says; `form` is grammatical number where it was heard."""

    kind: str
    n: int = 0
    text: str = ""
    form: str = ""

    def to_dict(self) -> dict[str, Any]:
        fields = {"kind": self.kind, "n": self.n, "text": self.text, "form": self.form}
        return {name: value for name, value in fields.items() if value or name == "kind"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Values:
    """All that one message says; `affirmed` is None when it begins with neither yes nor no."""

    terms: tuple[Term, ...] = ()
    emails: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    affirmed: bool | None = None

    def to_dict(self) -> dict[str, Any]:
        return {
            "terms": [term.to_dict() for term in self.terms],
            "emails": list(self.emails),
            "codes": list(self.codes),
            "affirmed": self.affirmed,
        }
