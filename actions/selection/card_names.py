"""How customers call their cards: by brand, by whose it is, by the words of its description."""

# ruff: noqa: E501 -- word lists, one meaning a line

from __future__ import annotations

import re
from functools import lru_cache

from actions.selection.model import ShownCard
from actions.selection.nouns import fold, stems
from actions.selection.spelling import is_near

_OWNERS: dict[str, str] = {
    "company": "company companys foretag foretags firma firman firm firmans bolag bolags bolaget bolagets jobb jobbet jobbkort business arbete arbets foretaget foretagets verksamhet verksamheten foretagskort firmakort bolagskort corporate tjanste tjanst rorelsen ftg fgt ftgs",
    "private": "privat privata privatkort egen eget egna personlig personliga hemma privatkortet personligt private priv pers",
    "spare": "resv reserv reserven reservkort backup extra extrakort reserv",
    "shared": "gemensam gemensamma familj familjen familjekort hushall hushallet familje hushalls",
    "travel": "resa resor rese resekort semester",
    "salary": "lon lone lonekort lonekonto",
    "savings": "spar sparkort sparkonto",
    "association": "forening foreningen forenings klubb klubben klubbens foreningens",
}  # fmt: skip
_KIN: dict[str, str] = {
    "mother": "mamma mammas mor mors morsa morsan mamsen mamman",
    "father": "pappa pappas far fars farsa farsan papsen pappan",
    "wife": "fru frus frun fruns frugan hustru hustruns kvinnan",
    "husband": "man mans mannen make maken gubbe gubben makens",
    "partner": "sambo sambon sambos partner partners partnern",
    "daughter": "dotter dotters dottern tos tosen",
    "son": "son sons sonen grabben",
}  # fmt: skip
_WORD = re.compile(r"[a-z0-9]+")
_CARD_WORD = re.compile(r"s?(?:kort|konto|pengar)(?:et|en|ets|t|ts|na)?$")


def brand_of(card: ShownCard) -> str:
    name = fold(card.brand).replace(" ", "")
    aliases = {"americanexpress": "amex", "mc": "mastercard", "dinersclub": "diners"}
    return aliases.get(name, name)


@lru_cache(maxsize=4096)
def owners_of(word: str) -> frozenset[str]:
    """Whose or what for: "firmakortet" and "företagets" are one idea."""
    forms = stems(word)
    known = {**_OWNERS, **_KIN}
    return frozenset(name for name, words in known.items() if forms & set(words.split()))


def is_kin(word: str) -> bool:
    """ "min frus kort, alltså Lenas": a card may be named after her, or not."""
    return bool(owners_of(word) & _KIN.keys())


@lru_cache(maxsize=4096)
def is_described(word: str, description: str) -> bool:
    tokens = _WORD.findall(fold(description))
    forms = {form for form in stems(word) if len(form) >= 3}
    for token in tokens:
        bare = _CARD_WORD.sub("", token)
        bases = {token, bare, *stems(token), *stems(bare)} - {"", "kort"}
        bases = {base for base in bases if len(base) >= 3}
        if any(
            len(form) >= 5 and (token.startswith(form) or token.endswith(form)) for form in forms
        ):
            return True  # "teaterns", "föreningens", of "Teaterföreningen"
        if forms & bases or any(is_near(form, base) for form in forms for base in bases):
            return True
        if owners_of(word) & frozenset().union(*(owners_of(base) for base in bases)):
            return True
    return False
