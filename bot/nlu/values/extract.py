"""From a Swedish message to `Values`: tidy, tokenise, read, combine."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from bot.nlu.values.combining import combine
from bot.nlu.values.contacts import codes_in, emails_in
from bot.nlu.values.model import Term, Values
from bot.nlu.values.reading import read
from bot.nlu.values.text import tidy
from bot.nlu.values.tokens import tokenise

_DENIALS = frozenset({"nej", "nä", "näe", "nepp", "nope", "näpp", "na", "nae"})


def extract(text: str, *, today: date, nlp: Any) -> Values:
    """All values of one message; `nlp` is `spacy.blank("sv")`. Never raises on any text."""
    tidied = tidy(text)
    tokens = tokenise(tidied, nlp)
    raw = read(tokens, today)
    first_word = next((token.word for token in tokens if token.word), "")
    return Values(
        terms=tuple(combine(raw)),
        emails=emails_in(tidied),
        codes=codes_in(raw),
        affirmed=_affirmed(raw, first_word),
    )


def _affirmed(terms: Sequence[Term], first_word: str) -> bool | None:
    if first_word in _DENIALS:
        return False
    return True if terms and terms[0].kind == "yes" else None
