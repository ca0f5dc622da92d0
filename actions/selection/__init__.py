"""Which of what was shown a message means: pure functions over the extractor's values.

`resolve_invoices` and `resolve_cards` answer with a choice or with `Ask(reason, candidates,
params)`. The words of the question stand in `domain.yml`, one response for each reason:

not_understood    nothing on the list was pointed at
question          something was asked instead of chosen
ambiguous         several of the list fit what was said; `candidates`
alternatives      "ettan eller tvåan"; `candidates`
dates_differ      due date and invoice date (or what the description says) lead to different
                  invoices; `candidates`
no_such_position  the list is shorter; params: position
no_such_number    no invoice number or card ends like that; params: number
no_such_amount    no balance is, or adds up to, that; params: ore
no_match          nothing on the list is called that; params: word (may be absent)
count_differs     "båda" where there are three; `candidates`, params: found, said (may be absent)
count_missing     "de äldsta": how many?; `candidates`
vague             "de små": which ones?; `candidates`
budget            an amount to keep within, but not which invoices; params: ore
unclear           part of the message could narrow the choice and was not understood, or it can
                  be taken two ways; `candidates` may be empty, params: words (may be absent)
nothing_left      everything that was named was also excluded
"""

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
