"""Cut a tidied message into words, marks and signs; spaCy's Swedish rules do the words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from bot.nlu.values.literals import literals
from bot.nlu.values.model import Term
from bot.nlu.values.text import fold

_MARKS = {
    ",": "comma", ";": "stop", ".": "stop", "!": "stop", "\n": "stop", "...": "stop",
    "?": "question",
    ":": "comma", ")": "comma", "-": "dash", "&": "and", "+": "and", "/": "slash",
}  # fmt: skip
_ABBREVIATIONS = re.compile(r"(?:fr\.?o\.?m|t\.?o\.?m|f\.?o\.?m)\.?|[a-z]{2,4}\.$")
_PIECES = re.compile(r"[\w'@]+(?:[:-][\w']+)*\.?|\.\.\.|[^\w\s]|\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A word with its folded spelling, or terms that are already read."""

    word: str = ""
    folded: str = ""
    terms: tuple[Term, ...] = ()


def tokenise(text: str, nlp: Any) -> list[Token]:
    """`nlp` is a spaCy pipeline; only its tokeniser is used."""
    tokens: list[Token] = []
    start = 0
    for begin, end, terms in literals(text):
        tokens += _words(text[start:begin], nlp)
        tokens.append(Token(word=text[begin:end], folded=fold(text[begin:end]), terms=terms))
        start = end
    return tokens + list(_words(text[start:], nlp))


def _words(text: str, nlp: Any) -> Iterator[Token]:
    for chunk in nlp.tokenizer(text):
        yield from _token(chunk.text)


def _token(chunk: str) -> Iterator[Token]:
    if _ABBREVIATIONS.fullmatch(chunk):
        word = chunk if chunk.count(".") > 1 else chunk.rstrip(".")
        yield Token(word=word, folded=fold(word))
        return
    for piece in _PIECES.findall(chunk):
        mark = _MARKS.get(piece)
        if mark:
            yield Token(word=piece, terms=(Term(kind=mark),))
        elif piece == "(":  # "kv. 2 (april till juni)": what it is in other words
            yield Token(word=piece, terms=(Term(kind="comma"),))
            yield Token(word=piece, terms=(Term(kind="filler", text="that_is"),))
        elif piece == "=":  # "1188 + 1466 = 1500": what they come to
            yield Token(word=piece, terms=(Term(kind="comma"),))
            yield Token(word=piece, terms=(Term(kind="sum"),))
        elif any(sign.isalnum() for sign in piece):
            yield from _word(piece)


def _word(piece: str) -> Iterator[Token]:
    bare = piece.rstrip(".")
    yield Token(word=bare, folded=fold(bare))
    if bare != piece:
        yield Token(word=".", terms=(Term(kind="stop"),))
