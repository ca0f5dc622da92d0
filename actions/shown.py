"""Lists as they are shown: what channels draw, and what the next answer is read against.

A shown list is kept in a slot as plain data, to resolve words ("den andra") to ids. It is never
trusted for more than that: what may be paid is read again when it matters.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import Any

from actions.selection import ShownCard, ShownInvoice
from actions.wording import Wording
from billing.model import Card, Invoice, Money


def shown_invoices(invoices: Iterable[Invoice]) -> list[dict[str, Any]]:
    """The slot's form of a list of invoices."""
    return [
        {
            "id": invoice.id,
            "number": invoice.number,
            "date": invoice.date.isoformat(),
            "due_date": invoice.due_date.isoformat(),
            "balance": invoice.balance.minor,
            "description": _all_descriptions(invoice),
        }
        for invoice in invoices
    ]


def _all_descriptions(invoice: Invoice) -> str:
    return "\n".join(line.description for line in invoice.lines)


def read_invoices(slot: Any) -> tuple[ShownInvoice, ...]:
    """The list as it was shown, in that order."""
    return tuple(
        ShownInvoice(
            id=int(row["id"]),
            number=str(row["number"]),
            date=date.fromisoformat(row["date"]),
            due_date=date.fromisoformat(row["due_date"]),
            balance=int(row["balance"]),
            description=str(row["description"]),
        )
        for row in slot or ()
    )


def shown_cards(cards: Iterable[Card]) -> list[dict[str, Any]]:
    """The slot's form of a list of cards."""
    return [
        {
            "id": card.id,
            "brand": card.brand,
            "last_four": card.last_four,
            "expires": list(card.expires),
            "description": card.description,
        }
        for card in cards
    ]


def read_cards(slot: Any) -> tuple[ShownCard, ...]:
    return tuple(
        ShownCard(
            id=int(row["id"]),
            brand=str(row["brand"]),
            last4=str(row["last_four"]),
            expiry_year=int(row["expires"][0]),
            expiry_month=int(row["expires"][1]),
            description=str(row["description"]),
        )
        for row in slot or ()
    )


def invoice_row(invoice: Invoice, today: date, words: Wording) -> dict[str, Any]:
    """An invoice as a channel draws it."""
    return {
        "id": invoice.id,
        "number": invoice.number,
        "description": invoice.description,
        "date": invoice.date.isoformat(),
        "due_date": invoice.due_date.isoformat(),
        "balance": str(invoice.balance.amount),
        "currency": invoice.balance.currency,
        "amount_text": words.money(_amount(invoice)),
        "due_text": words.due(invoice, today),
        "days_overdue": invoice.days_overdue(today) if invoice.is_payable() else 0,
        "status": invoice.status.value,
    }


def _amount(invoice: Invoice) -> Money:
    """What is left to pay; for one that is settled, what it was about."""
    return invoice.balance if invoice.is_payable() else invoice.total + invoice.credit_applied


def invoice_lines(
    invoices: Sequence[Invoice], today: date, words: Wording, *, only: Collection[int] = ()
) -> str:
    """The list as text that stands alone; `only` leaves others out, each keeps its place."""
    return "\n".join(
        words.part(
            "invoice_line",
            position=position,
            number=invoice.number,
            description=invoice.description,
            amount=words.money(_amount(invoice)),
            due=words.due(invoice, today),
        )
        for position, invoice in enumerate(invoices, start=1)
        if not only or invoice.id in only
    )


def totals(invoices: Iterable[Invoice], words: Wording) -> str:
    """The sum of what is left to pay, one for each currency."""
    by_currency: dict[str, list[Money]] = {}
    for invoice in invoices:
        by_currency.setdefault(invoice.balance.currency, []).append(invoice.balance)
    return words.all_of(
        words.money(Money.sum(amounts, currency)) for currency, amounts in by_currency.items()
    )


def invoices_content(
    invoices: Sequence[Invoice],
    today: date,
    words: Wording,
    *,
    select: str | None = None,
    selected: Iterable[int] = (),
) -> dict[str, Any]:
    """An `invoices` event; `select` names the intent that a choice of them becomes."""
    content: dict[str, Any] = {
        "type": "invoices",
        "invoices": [invoice_row(invoice, today, words) for invoice in invoices],
        "total_text": totals((i for i in invoices if i.is_payable()), words),
        "selectable": select is not None,
        "selected": sorted(selected),
    }
    if select:
        content["select"] = _select(select, "invoice_ids", invoices, words)
    return content


def _select(
    intent: str, entity: str, invoices: Sequence[Invoice], words: Wording
) -> dict[str, Any]:
    return {
        "intent": intent,
        "entity": entity,
        "values": [invoice.id for invoice in invoices],
        "titles": {
            str(invoice.id): words.part("invoice", number=invoice.number) for invoice in invoices
        },
        "multiple": intent == "select_invoices",
    }


def card_row(card: Card, today: date) -> dict[str, Any]:
    return {
        "id": card.id,
        "brand": card.brand,
        "last4": card.last_four,
        "expiry": card.expiry_text,
        "description": card.description,
        "expired": card.is_expired(today),
    }


def card_lines(
    cards: Sequence[Card], today: date, words: Wording, *, only: Collection[int] = ()
) -> str:
    return "\n".join(
        _card_line(position, card, today, words)
        for position, card in enumerate(cards, start=1)
        if not only or card.id in only
    )


def _card_line(position: int, card: Card, today: date, words: Wording) -> str:
    part = "card_line_expired" if card.is_expired(today) else "card_line"
    named = words.part("card_named", name=card.description) if card.description else ""
    return words.part(
        part, position=position, card=words.card(card), expiry=card.expiry_text, named=named
    )


def cards_content(
    cards: Sequence[Card], today: date, words: Wording, *, select: str | None = None
) -> dict[str, Any]:
    """A `cards` event; `select` names the intent that a choice of one becomes."""
    content: dict[str, Any] = {
        "type": "cards",
        "cards": [card_row(card, today) for card in cards],
        "selectable": select is not None,
    }
    if select:
        content["select"] = {
            "intent": select,
            "entity": "card_id",
            "values": [card.id for card in cards if not card.is_expired(today)],
            "titles": {str(card.id): words.card(card) for card in cards},
            "multiple": False,
        }
    return content
