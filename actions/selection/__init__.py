"""Which of what was shown a message means: pure functions over the extractor's values."""

from actions.selection.cards import resolve_cards
from actions.selection.invoices import resolve_invoices
from actions.selection.model import (
    Ask,
    Chosen,
    ChosenCard,
    NewCard,
    Reason,
    ShownCard,
    ShownInvoice,
)

__all__ = [
    "Ask",
    "Chosen",
    "ChosenCard",
    "NewCard",
    "Reason",
    "ShownCard",
    "ShownInvoice",
    "resolve_cards",
    "resolve_invoices",
]
