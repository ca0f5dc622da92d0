"""Bring a message to one spelling: length bound, Unicode form, case, and letters without marks."""

from __future__ import annotations

import re
import unicodedata

MAX_LENGTH = 2000
_PUNCTUATION = str.maketrans(
    {
        "\u00a0": " ", "\u202f": " ", "\u2009": " ", "\t": " ", "\u200b": None, "\ufeff": None,
        "–": "-", "—": "-", "−": "-", "‐": "-", "‑": "-", "’": "'", "´": "'", "`": "'",
        "”": '"', "“": '"', "…": "...", "＠": "@",
    }
)  # fmt: skip
_SHORTENED = (
    "fakt|fakturadat|förf|forf|förfdat|dat|ank|avs|enl|samtl|m|ded|pos|ang|bet|nr|exkl|inkl|ftg"
    "|resp|obet|std|övr|kvarst"
)
_MONTH = r"(?:jan|feb|mar|apr|maj|jun|jul|aug|sep|okt|nov|dec)[a-z]{0,6}"
_SIGNS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r">=\s*(?=\d)|≥"), " minst "),
    (re.compile(r"<=\s*(?=\d)|≤"), " högst "),
    (re.compile(r"(?<![-=])>\s*(?=\d)"), " över "),
    (re.compile(r"(?<![-=])<\s*(?=\d)"), " under "),
    (re.compile(r"(?<=\d)\s?-\s?(?=kr)"), " "),
    (re.compile(r"(?<=\d)\s?d(?:gr)?\b"), " dagar"),
    (re.compile(r"\b(nr|nummer)(?=\d)"), r"\1 "),
    (re.compile(r"(\.(?:se|nu|com|net|org|eu))-(?=[^\W\d])"), r"\1 "),
    (re.compile(rf"\b({_MONTH})\.?\s?[-'](2\d)\b(?![-\d])"), r"\1 20\2"),
    (re.compile(r"\bà\s(?=\d)"), "på "),
    (re.compile(r"\b(\d{1,2})\s?[x×]\s?(?=\d)"), r"\1 gånger "),
    (re.compile(r"(?<=\s)[x×]\s?(\d)\b"), r"\1 gånger"),
    (re.compile(r"(?<=\d)\s?-?\s?lapp[a-z]*"), " kr"),
    (re.compile(r"(?<=\d)-(?=(?:an|orna|arna|or)\b)"), ":"),
    (re.compile(r"(?<=\d)-(?=[^\W\d_]{4})(?!kronor)"), " "),
    (re.compile(r"(?<=[^\W\d])-\s+(?=(?:och|eller|samt|o)\b)"), " "),
    (re.compile(r"\bpunkt-(se|nu|com|net|org|eu)\b"), r".\1"),
    (re.compile(rf"\b({_SHORTENED})\.\s?(?=[\w<>])"), r"\1 "),
)
"""Signs and shortenings that stand for words: "> 900", "30 d", "fakt.datum"."""
_LETTERS = str.maketrans({"å": "a", "ä": "a", "ö": "o", "æ": "a", "ø": "o"})


def tidy(text: str) -> str:
    """Lower case and NFKC, with one kind of dash, quote and space; never over `MAX_LENGTH`."""
    bounded = unicodedata.normalize("NFKC", text[:MAX_LENGTH].translate(_PUNCTUATION)).lower()
    printable = "".join(mark if _is_kept(mark) else " " for mark in bounded)
    for pattern, plain in _SIGNS:
        printable = pattern.sub(plain, printable)
    return re.sub(r"[^\S\n]+", " ", printable)[:MAX_LENGTH].strip()


def fold(word: str) -> str:
    """The spelling without å, ä, ö and accents, which many leave out on a phone."""
    plain = unicodedata.normalize("NFD", word.lower().translate(_LETTERS))
    return "".join(mark for mark in plain if not unicodedata.combining(mark))


def _is_kept(mark: str) -> bool:
    return mark == "\n" or unicodedata.category(mark)[0] != "C"
