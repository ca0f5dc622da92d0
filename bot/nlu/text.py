"""Two views of a customer's message: `clean` for the encoder, `fold` for the sparse features.

Both are bounded, so that nothing after them can be made slow by a long or odd message. In both, any
e-mail address, written or dictated, is the same one: whose it is says nothing of what is meant.
"""

from __future__ import annotations

import re
import unicodedata

MAX_CHARACTERS = 2000
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe00-\ufe0f\ufeff]")
_SPACES = re.compile(r"\s+")
_RUNS = re.compile(r"(\D)\1{2,}", re.DOTALL)
_DIGIT = re.compile(r"\d")
_ADDRESS = re.compile(
    r"[^\s@]{1,64}@[^\s@]{1,200}[^\s@.,;:!?)>]"
    r"|\S{1,64}(?: (?:punkt|understreck|bindestreck) \S{1,64}){0,4}"
    r" (?:snabel[- ]?a|at) \S{1,64}(?: punkt \S{1,64}){1,4}",
    re.IGNORECASE,
)
_ANY_ADDRESS = "namn@exempel.se"
_TYPOGRAPHY = str.maketrans({"’": "'", "´": "'", "`": "'", "”": '"', "“": '"', "–": "-", "—": "-"})


def clean(text: str) -> str:
    """`text` composed (NFC), without invisible characters and addresses, single-spaced, bounded."""
    encodable = text[:MAX_CHARACTERS].encode("utf-8", "ignore").decode()  # no lone surrogates
    visible = _INVISIBLE.sub("", encodable.replace("\0", " "))
    composed = unicodedata.normalize("NFC", visible).translate(_TYPOGRAPHY)
    spaced = _SPACES.sub(" ", composed).strip()
    return _ADDRESS.sub(_ANY_ADDRESS, spaced)[:MAX_CHARACTERS].strip()


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
