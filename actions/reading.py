"""What the values of a message are about, before they are resolved against a list.

A message may name invoices and a card ("ettan och tvåan med visa 4242"): `split` tells which words
are about which, so that a place or a number counts for one of them only.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

INVOICE_KINDS = frozenset(
    "all both position middle superlative size number money below at_most above at_least between"  # noqa: SIM905
    " older newer before after from until month quarter half year date period age rest ends_with"
    " domain fraction onward backward except without defer sum fit remove add"
    " count half_list same_amount most each".split()
)
"""Kinds of term that may point at invoices (`bot.nlu.values`)."""
QUESTION_KINDS = frozenset({"question", "modal_question", "polite_question", "wh"})
CARD_KINDS = frozenset({"brand", "card", "expires"})
"""Kinds of term that point at a card and at nothing else."""
PAID = ("paid", "done")
"""What the terms of verbs say of something that has been paid."""


SURE_YES = 0.93
"""Below this, something that looks like a yes but does not say so is asked once more."""
LIKELY_YES = 0.6
"""The same for what begins with a yes."""


RESERVED_KINDS = frozenset({"not", "none", "defer", "but", "subordinate"})
"""In a yes they may take it back or put it off: "ja, men i morgon", "visst inte"."""


def terms(values: Mapping[str, Any] | None) -> Iterator[Mapping[str, Any]]:
    return iter((values or {}).get("terms") or ())


def mentions_invoices(values: Mapping[str, Any] | None) -> bool:
    """Whether the message holds anything that could point at invoices."""
    return any(term["kind"] in INVOICE_KINDS for term in terms(values))


def is_certain_yes(values: Mapping[str, Any] | None, confidence: float) -> bool:
    """Nothing lasting on a guess: what is tapped, says yes, or cannot well mean anything else."""
    said = (values or {}).get("affirmed")
    if said is False or any(term["kind"] in RESERVED_KINDS for term in terms(values)):
        return False
    return confidence >= (LIKELY_YES if said else SURE_YES)


def without_question(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values as if it had been no question: "vad gäller 1042?" names 1042 as well."""
    named = [term for term in terms(values) if term["kind"] not in QUESTION_KINDS]
    return {**values, "terms": named}


def mentions_card(values: Mapping[str, Any] | None) -> bool:
    """Whether the message names a card by its brand, its end or its expiry."""
    return any(term["kind"] in CARD_KINDS for term in terms(values))


BEFORE_CARD = frozenset({"prep", "source", "comma", "and", "but", "take"})
"""Where the words about a card begin, at the latest before it: "med det andra kortet"."""
AFTER_CARD = frozenset({"to", "position", "all", "both", "money"})
"""Where they end: "visa till ettan", "visa som slutar på 4242 och tvåan"."""


def split(
    values: Mapping[str, Any] | None, invoice_numbers: Collection[str]
) -> tuple[dict[str, Any] | None, dict[str, Any] | None]:
    """The values about invoices, and those about a card; None where there are none."""
    said = list(terms(values))
    at = next((i for i, term in enumerate(said) if term["kind"] in CARD_KINDS), None)
    if values is None or at is None:
        return (dict(values) if values else None), None
    begin = next((i for i in range(at - 1, -1, -1) if said[i]["kind"] in BEFORE_CARD), 0)
    end = next((i for i in range(at + 1, len(said)) if _ends_card(said, i, invoice_numbers)), None)
    about_card = said[begin:end]
    rest = said[:begin] + (said[end:] if end is not None else [])
    return {**values, "terms": rest}, {**values, "terms": about_card}


def _ends_card(
    said: Sequence[Mapping[str, Any]], at: int, invoice_numbers: Collection[str]
) -> bool:
    kind, before = said[at]["kind"], said[at - 1]["kind"]
    is_invoice = kind == "number" and str(said[at].get("n")) in invoice_numbers
    return kind in AFTER_CARD or (is_invoice and before != "ends_with")


def words_said(values: Mapping[str, Any] | None) -> tuple[str, ...]:
    """Words without a meaning of their own, folded: names, products."""
    return tuple(str(term.get("text", "")) for term in terms(values) if term["kind"] == "word")


CHANGE_KINDS = frozenset({"also", "add", "remove", "except", "without"})


def changes_choice(values: Mapping[str, Any] | None) -> bool:
    """ "den sista också", "utom tvåan": about invoices that were chosen before."""
    return any(term["kind"] in CHANGE_KINDS for term in terms(values)) and not mentions_card(values)


MEANS_KINDS = frozenset({"budget", "in_order", "fit", "most"})
"""Terms of what can be spent, and on how much."""


def tells_means(values: Mapping[str, Any] | None) -> bool:
    """ "jag har 600 kr, äldst först": what can be spent, which is about invoices."""
    kinds = {term["kind"] for term in terms(values)}
    return bool(kinds & MEANS_KINDS) and "money" in kinds and not mentions_card(values)


def asks(values: Mapping[str, Any] | None) -> bool:
    """Whether it is put as a question."""
    return any(term["kind"] in QUESTION_KINDS for term in terms(values))


def numbers(values: Mapping[str, Any] | None) -> tuple[int, ...]:
    """Plain numbers that were said."""
    return tuple(int(term.get("n", 0)) for term in terms(values) if term["kind"] == "number")


def single_position(values: Mapping[str, Any] | None, count: int) -> int | None:
    """The one position that was said ("ettan", "den sista", "2"), from 0; None if not just one."""
    said = [int(t.get("n", 0)) for t in terms(values) if t["kind"] in {"position", "number"}]
    if len(said) != 1 or not -count <= said[0] <= count or said[0] == 0:
        return None
    return said[0] - 1 if said[0] > 0 else count + said[0]


def takes(values: Mapping[str, Any] | None) -> bool:
    """Whether something is to be paid, as in "ta ettan och trean"."""
    return any(term["kind"] == "take" for term in terms(values))


def points_back(values: Mapping[str, Any] | None) -> bool:
    """ "betala den", "kvitto på den": what was talked about last, and nothing on a list."""
    has_pointer = any(term["kind"] == "det" for term in terms(values))
    return has_pointer and not mentions_invoices(values)


def asks_for_paid(values: Mapping[str, Any] | None) -> bool:
    """Whether the message asks for paid invoices: "vilka har jag betalat", not "inte betalda"."""
    said = list(terms(values))
    is_paid = any(
        term["kind"] == "settled" or (term["kind"] == "take" and term.get("text") in PAID)
        for term in said
    )
    return is_paid and not any(term["kind"] in ("not", "none", "overdue") for term in said)
