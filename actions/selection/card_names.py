"""How customers call their cards: by brand, by whose it is, by the words of its description."""

# ruff: noqa: E501 -- word lists, one meaning a line

from __future__ import annotations

import re

from actions.selection.model import ShownCard
from actions.selection.nouns import fold, stems
from actions.selection.spelling import is_near

_OWNERS: dict[str, str] = {
    "company": "company companys foretag foretags firma firman firm firmans bolag bolags bolaget bolagets jobb jobbet jobbkort business arbete arbets foretaget foretagets verksamhet verksamheten foretagskort firmakort bolagskort corporate tjanste tjanst rorelsen",
    "private": "privat privata privatkort egen eget egna personlig personliga hemma privatkortet personligt private",
    "spare": "reserv reserven reservkort backup extra extrakort reserv",
    "shared": "gemensam gemensamma familj familjen familjekort hushall hushallet familje hushalls",
    "travel": "resa resor rese resekort semester",
    "salary": "lon lone lonekort lonekonto",
    "savings": "spar sparkort sparkonto",
    "association": "forening foreningen forenings klubb klubben klubbens foreningens",
}  # fmt: skip
_CARD_WORD = re.compile(r"s?(?:kort|konto|pengar)(?:et|en|ets|t|ts|na)?$")


def brand_of(card: ShownCard) -> str:
    name = fold(card.brand).replace(" ", "")
    aliases = {"americanexpress": "amex", "mc": "mastercard", "dinersclub": "diners"}
    return aliases.get(name, name)


def owners_of(word: str) -> frozenset[str]:
    """Whose or what for: "firmakortet" and "företagets" are one idea."""
    forms = stems(word)
    return frozenset(name for name, words in _OWNERS.items() if forms & set(words.split()))


def is_described(word: str, description: str) -> bool:
    tokens = fold(description).replace("-", " ").split()
    forms = {form for form in stems(word) if len(form) >= 3}
    for token in tokens:
        bare = _CARD_WORD.sub("", token)
        bases = {token, bare, *stems(token), *stems(bare)} - {"", "kort"}
        bases = {base for base in bases if len(base) >= 3}
        if forms & bases or any(is_near(form, base) for form in forms for base in bases):
            return True
        if owners_of(word) & frozenset().union(*(owners_of(base) for base in bases)):
            return True
    return False
