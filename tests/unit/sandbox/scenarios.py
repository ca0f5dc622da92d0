"""Builders of the scenarios that these tests need."""

from __future__ import annotations

from typing import Any

TODAY = "2026-05-20"
EMAIL = "kim@exempel.se"

Json = dict[str, Any]


def card(id: int = 1, **changes: Any) -> Json:
    return {
        "id": id,
        "card_type": "Visa",
        "card_last_four": "4242",
        "expiry_date": "08/29",
    } | changes


def invoice(id: int | None = 1042, amount: str = "249.00", **changes: Any) -> Json:
    return {
        "id": id,
        "date": "2026-04-01",
        "duedate": "2026-05-01",
        "items": [{"description": "Webbhotell", "amount": amount}],
    } | changes


def client(**changes: Any) -> Json:
    return {
        "id": 1,
        "firstname": "Kim",
        "lastname": "Prov",
        "email": EMAIL,
        "paymethods": [card()],
        "invoices": [invoice()],
    } | changes


def scenario(*clients: Json, today: str = TODAY) -> Json:
    return {"today": today, "clients": list(clients) or [client()]}
