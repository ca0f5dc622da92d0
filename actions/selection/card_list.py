"""The saved cards as they were shown, and which of them a property fits."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from actions.selection.card_names import brand_of, is_described
from actions.selection.model import ShownCard
from actions.selection.shown import Ids


class CardList:
    """Answers in ids; none where nothing fits."""

    def __init__(self, cards: Sequence[ShownCard]) -> None:
        self.cards = cards

    def __len__(self) -> int:
        return len(self.cards)

    def where(self, fits: Callable[[ShownCard], bool]) -> Ids:
        return frozenset(card.id for card in self.cards if fits(card))

    def of_brand(self, brand: str) -> Ids:
        return self.where(lambda card: brand_of(card) == brand)

    def default(self) -> Ids:
        return self.where(lambda card: card.is_default)

    def middle(self) -> Ids:
        """The one in the middle, where there is one."""
        size = len(self)
        return frozenset({self.cards[size // 2].id} if size % 2 else ())

    def described(self, word: str) -> Ids:
        """By the customer's own name for a card."""
        return self.where(lambda card: is_described(word, card.description))

    def numbered(self, digits: str) -> Ids:
        return self.where(lambda card: card.last4 == digits)

    def ending(self, digits: str) -> Ids:
        return self.where(lambda card: card.last4.endswith(digits))

    def beginning(self, digits: str) -> Ids:
        """By the first of the last four."""
        return self.where(lambda card: card.last4.startswith(digits))

    def having(self, digit: str) -> Ids:
        return self.where(lambda card: digit in card.last4)

    def expiring(self, month: int, year: int) -> Ids:
        """In that month of that year; 0 is any."""
        return self.where(
            lambda card: month in (0, card.expiry_month) and year in (0, card.expiry_year)
        )

    def by_expiry(self, among: Ids, place: int) -> Ids:
        """The place-th to expire of some, from the end where negative; more than one in a tie."""
        ranked = sorted(
            (card.expiry_year, card.expiry_month, card.id)
            for card in self.cards
            if card.id in among
        )
        if not 0 < abs(place) <= len(ranked):
            return frozenset()
        wanted = ranked[place - 1 if place > 0 else place][:2]
        return frozenset(card_id for *expiry, card_id in ranked if tuple(expiry) == wanted)
