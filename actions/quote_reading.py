"""Quotes as they are shown, and which of them a message means.

The order is the same wherever they are listed, those that can be accepted first, so that a place
means the same one in each list.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from actions.names import QUOTE
from actions.reading import numbers, single_position
from actions.selection import Chosen, ShownInvoice, resolve_invoices
from actions.services import Services
from actions.turn import Turn
from actions.wording import Wording
from billing.model import Money, Quote, QuoteLine
from kvitt.identity import Session

CHOOSE_QUOTE = "choose_quote"
ORE = Decimal("0.01")


async def quotes_of(session: Session, turn: Turn, services: Services) -> tuple[Quote, ...]:
    """All that the customer may see, those that can be accepted first."""
    found = await services.billing.quotes(session.client_id)
    return tuple(sorted(found, key=lambda quote: not quote.is_open(turn.today)))


def named_quotes(turn: Turn, quotes: Sequence[Quote]) -> tuple[int, ...]:
    """The ids that the message names: by a tap, by number, by place, by price or by subject."""
    known = {quote.id for quote in quotes}
    can_be_accepted = [quote for quote in quotes if quote.is_open(turn.today)]
    said = [wanted for wanted in (*turn.ids(QUOTE), *numbers(turn.values)) if wanted in known]
    if said or not turn.values:
        return tuple(said)
    wanted = single_position(turn.values, len(quotes))
    if wanted is not None:
        return (quotes[wanted].id,)
    rows = [_as_row(quote) for quote in can_be_accepted]
    read = resolve_invoices(turn.values, rows, today=turn.today)
    return read.ids if isinstance(read, Chosen) else ()


def _as_row(quote: Quote) -> ShownInvoice:
    """A list of quotes is read as one of invoices is."""
    return ShownInvoice(
        id=quote.id,
        number=str(quote.id),
        date=quote.created,
        due_date=quote.valid_until or quote.created,
        balance=quote.total.minor,
        description="\n".join((quote.subject, *(line.description for line in quote.lines))),
    )


def quotes_content(
    quotes: Sequence[Quote], turn: Turn, words: Wording, *, select: bool = False
) -> dict[str, Any]:
    content: dict[str, Any] = {
        "type": "quotes",
        "quotes": [_row(quote, turn, words) for quote in quotes],
        "selectable": select,
    }
    if select:
        content["select"] = {
            "intent": CHOOSE_QUOTE,
            "entity": QUOTE,
            "values": [quote.id for quote in quotes],
            "titles": {str(q.id): words.part("quote", id=q.id) for q in quotes},
            "multiple": False,
        }
    return content


def _row(quote: Quote, turn: Turn, words: Wording) -> dict[str, Any]:
    return {
        "id": quote.id,
        "subject": quote.subject,
        "total_text": words.money(quote.total),
        "valid_text": status_text(quote, turn, words),
        "open": quote.is_open(turn.today),
        "lines": [
            {"description": line.description, "amount_text": words.money(_amount(line))}
            for line in quote.lines
        ],
    }


def _amount(line: QuoteLine) -> Money:
    """What the line comes to: as many as there are, less the discount."""
    share = (100 - line.discount_percent) / 100
    amount = (line.unit_price.amount * line.quantity * share).quantize(ORE, ROUND_HALF_UP)
    return Money.from_minor(int(amount * 100), line.unit_price.currency)


def status_text(quote: Quote, turn: Turn, words: Wording) -> str:
    if not quote.is_open(turn.today):
        accepted = quote.stage.name == "ACCEPTED"
        return words.part("quote_accepted" if accepted else "quote_expired")
    if quote.valid_until is None:
        return words.part("quote_open")
    return words.part("quote_valid", day=words.day(quote.valid_until, turn.today))


def quote_lines(quotes: Sequence[Quote], turn: Turn, words: Wording) -> str:
    return "\n".join(
        words.part(
            "quote_line",
            position=position,
            id=quote.id,
            subject=quote.subject,
            total=words.money(quote.total),
            status=status_text(quote, turn, words),
        )
        for position, quote in enumerate(quotes, start=1)
    )


def item_lines(quote: Quote, words: Wording) -> str:
    """What the quote is for, line by line; what is added to the lines comes last."""
    lines = [_item(line, words) for line in quote.lines]
    if quote.subtotal != quote.total and quote.lines:
        lines.append(words.part("quote_tax", amount=words.money(quote.total - quote.subtotal)))
    return "\n".join(lines)


def _item(line: QuoteLine, words: Wording) -> str:
    amount = words.money(_amount(line))
    if line.quantity == 1:
        return words.part("bill_line", description=line.description, amount=amount)
    count = f"{line.quantity.normalize():f}".replace(".", ",")
    return words.part("quote_item", description=line.description, count=count, amount=amount)
