"""Takes card numbers and personal identity numbers out of a text before anything keeps it.

    masked = mask("mitt kort är 4111 1111 1111 1111", exempt={"1042"})
    masked.text   # "mitt kort är •••• •••• •••• 1111"
    masked.found  # {Found.CARD_NUMBER}: tell the customer kindly that it was not needed

The last four digits of a card stay, which is what a receipt shows too; nothing of a personal
number does. A card's security code goes where it stands by its name, or after a card number and its
expiry. The work grows with the length of the text only.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass
from enum import StrEnum

from kvitt.identity.card_numbers import card_places
from kvitt.identity.digit_groups import is_invisible
from kvitt.identity.personal_numbers import personal_number_places

DOT = "•"
LAST_FOUR = 4


class Found(StrEnum):
    """What was taken out."""

    CARD_NUMBER = "card_number"
    PERSONAL_NUMBER = "personal_number"
    SECURITY_CODE = "security_code"


@dataclass(frozen=True, slots=True, kw_only=True)
class Masked:
    text: str
    found: frozenset[Found]


_NAMED_CODE = re.compile(
    r"(?:\b(?:cvc|cvv|cvn|csc|cid)\s?2?|säkerhetskod\w*|sakerhetskod\w*|security code)"
    r"(?:\s+(?:är|e|ar|is|på|pa|kortet))*[\s:=.\-]{0,5}(?P<code>\d{3,4})(?!\d)",
    re.IGNORECASE,
)
_CODE_AFTER_EXPIRY = re.compile(
    r"[\s,;:|]{0,4}(?:exp\w*|giltigt?(?: till| t\.?o\.?m\.?)?|utg\w*)?[\s,;:|.]{0,3}"
    r"(?:0[1-9]|1[0-2])\s?[/.\-]?\s?(?:20)?\d\d[\s,;:|/]{1,4}(?P<code>\d{3,4})(?!\d)",
    re.IGNORECASE,
)


def mask(text: str, exempt: Set[str] = frozenset()) -> Masked:
    """The text without what must not be kept. `exempt`: the customer's own invoice and OCR
    numbers, digits only (see `own_numbers`)."""
    cards = list(card_places(text, exempt))
    hidden = {place for card in cards for place in card[:-LAST_FOUR]}
    without_cards = _dotted(text, {place for card in cards for place in card})
    people = set(_flat(personal_number_places(without_cards, exempt)))
    codes = set(_code_places(without_cards, [card[-1] + 1 for card in cards]))
    kinds = (
        (Found.CARD_NUMBER, cards),
        (Found.PERSONAL_NUMBER, people),
        (Found.SECURITY_CODE, codes),
    )
    return Masked(
        text=_dotted(text, hidden | people | codes),
        found=frozenset(kind for kind, places in kinds if places),
    )


def own_numbers(numbers: Iterable[str]) -> frozenset[str]:
    """Invoice and OCR numbers as `mask` compares them: "F-2026/1042" is written as 20261042 too."""
    digits = ("".join(letter for letter in number if letter.isdecimal()) for number in numbers)
    return frozenset(number for number in digits if number)


def _code_places(text: str, card_ends: Iterable[int]) -> Iterator[int]:
    for named in _NAMED_CODE.finditer(text):
        yield from range(*named.span("code"))
    for end in card_ends:
        following = _CODE_AFTER_EXPIRY.match(text, end)
        if following is not None:
            yield from range(*following.span("code"))


def _flat(groups: Iterable[tuple[int, ...]]) -> Iterator[int]:
    return (place for group in groups for place in group)


def _dotted(text: str, places: Set[int]) -> str:
    """With a dot for each of these letters; marks that hang on to a hidden digit go with it."""
    letters: list[str] = []
    is_hidden = False
    for place, letter in enumerate(text):
        is_hidden = place in places or (is_hidden and is_invisible(letter))
        if place in places:
            letters.append(DOT)
        elif not is_hidden:
            letters.append(letter)
    return "".join(letters)
