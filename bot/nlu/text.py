"""Two views of a customer's message: `clean` for the encoder, `fold` for the sparse features.

Both are bounded, so that nothing after them can be made slow by a long or odd message.
"""

from __future__ import annotations

import re
import unicodedata

MAX_CHARACTERS = 2000
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe00-\ufe0f\ufeff]")
_SPACES = re.compile(r"\s+")
_RUNS = re.compile(r"(\D)\1{2,}", re.DOTALL)
_DIGIT = re.compile(r"\d")
_TYPOGRAPHY = str.maketrans({"’": "'", "´": "'", "`": "'", "”": '"', "“": '"', "–": "-", "—": "-"})


def clean(text: str) -> str:
    """`text` composed (NFC), without invisible characters, with single spaces, and bounded."""
    encodable = text[:MAX_CHARACTERS].encode("utf-8", "ignore").decode()  # no lone surrogates
    visible = _INVISIBLE.sub("", encodable.replace("\0", " "))
    composed = unicodedata.normalize("NFC", visible).translate(_TYPOGRAPHY)
    return _SPACES.sub(" ", composed).strip()[:MAX_CHARACTERS]


def fold(text: str) -> str:
    """`text` as most customers' thumbs would have it: lower case, å ä ö as a a o, digits as 0.

    Runs of one letter are cut to two, so that "snäääälla" and "snälla" share their n-grams.
    """
    bare = "".join(
        c
        for c in unicodedata.normalize("NFKD", clean(text).casefold())
        if not unicodedata.combining(c)
    )
    return _RUNS.sub(r"\1\1", _DIGIT.sub("0", bare))[:MAX_CHARACTERS]
