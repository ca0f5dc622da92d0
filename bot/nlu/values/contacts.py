"""E-mail addresses and login codes, as signs or spoken out word by word."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.nlu.values.literals import TOP_LEVELS
from bot.nlu.values.model import Term
from bot.nlu.values.numbers import number_of
from bot.nlu.values.text import fold

_EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}")
_AT = (
    r"(?:\(?\s?(?:snabel[ -]?a|alfakrull|kanelbulle|kringla|miuku[ -]?mauku|kissanhanta|at)\s?\)?)"
)
_SPOKEN_SIGNS = (
    (re.compile(r"\s*\b(?:punkt|dot)\b\s*"), "."),
    (re.compile(r"\s*\b(?:bindestreck|minustecken|streck)\b\s*"), "-"),
    (re.compile(r"\s*\b(?:understreck|underscore)\b\s*"), "_"),
    (re.compile(r"\s*\bplus(?:tecken)?\b\s*"), "+"),
)
_SPOKEN_AT = re.compile(
    rf"(?<=[\w)])\s+{_AT}\s+(?=\w)|\s*\((?:at|a)\)\s*|(?<=\w)\s+@\s+(?=\w)|@\s+(?=\w)|(?<=\w)\s+@"
)
_ENDINGS = frozenset(TOP_LEVELS.split("|"))
CODE_LENGTH = 6
_GAPS = frozenset({"comma", "dash", "and", "to", "stop"})


def emails_in(text: str) -> tuple[str, ...]:
    """Addresses in a tidied message, those that are written first; folded as addresses are."""
    written = [_bare(match.group()) for match in _EMAIL.finditer(text)]
    found = [address for address in written if _is_address(address)]
    return tuple(dict.fromkeys(found or _spoken(fold(text))))


def _spoken(folded: str) -> list[str]:
    if not _SPOKEN_AT.search(folded):
        return []
    signed = _SPOKEN_AT.sub("@", folded)
    for pattern, sign in _SPOKEN_SIGNS:
        signed = pattern.sub(sign, signed)
    addresses = [_bare(match.group()) for match in _EMAIL.finditer(signed)]
    return [address for address in addresses if address.rsplit(".", 1)[-1] in _ENDINGS]


def _bare(address: str) -> str:
    return fold(address).strip(".-_+")


def _is_address(address: str) -> bool:
    local, _, domain = address.partition("@")
    return bool(local) and "." in domain and ".." not in address


def codes_in(terms: Sequence[Term]) -> tuple[str, ...]:
    """Runs of numbers that write exactly six digits, leading zeros kept."""
    codes: list[str] = []
    run = ""
    for term in terms:
        digits = "1" if run and term.text == "ett" else _digits(term)
        if digits:
            run += digits
        elif term.kind not in _GAPS:
            codes += [run] if len(run) == CODE_LENGTH else []
            run = ""
    codes += [run] if len(run) == CODE_LENGTH else []
    return tuple(dict.fromkeys(codes))


def _digits(term: Term) -> str:
    if term.kind == "number":
        return term.text.replace(" ", "")
    if term.kind == "money" and not term.n % 100 and term.text == "":
        return ""
    spelled = number_of(term.text) if term.kind == "word" else None
    return "" if spelled is None else str(spelled)
