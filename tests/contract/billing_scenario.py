"""The customers, invoices, cards and quotes that the port's contract is tried with."""

from __future__ import annotations

from typing import Any

from billing.model import Money

ANNA, BERTIL, CECILIA = 11, 12, 13
GOOD, BROKE, WATCHED, PENDING, BERTILS_CARD = 501, 502, 503, 504, 505
OLDEST, CREDITED, PART_PAID, LATER, PAID, CONTAINER, DEPOSIT, DRAFT = range(2001, 2009)
OWN_CARD, PENDING_CARD, WATCHED_CARD, BERTILS = 2009, 2010, 2011, 2101
OPEN_QUOTE, HELD_QUOTE, EXPIRED_QUOTE, ACCEPTED_QUOTE, DRAFT_QUOTE, BERTILS_QUOTE = range(301, 307)
UNKNOWN = 999_999


def sek(amount: str) -> Money:
    return Money.parse(amount, "SEK")


def invoice(id: int, due: str, amount: str, **more: Any) -> dict[str, Any]:
    item = {
        "description": f"Webbhotell {id}",
        "amount": amount,
        "type": more.pop("type", "Hosting"),
        "relid": more.pop("relid", 0),
    }
    return {"id": id, "date": "2026-01-15", "duedate": due, "items": [item], **more}


def card(id: int, behaviour: str = "approve", **more: Any) -> dict[str, Any]:
    shape = {"card_type": "Visa", "card_last_four": "4242", "expiry_date": "08/99"}
    return {"id": id, "behaviour": behaviour, **shape, **more}


def quote(id: int, stage: str, valid_until: str = "2099-12-31") -> dict[str, Any]:
    return {
        "id": id,
        "subject": f"Offert {id}",
        "stage": stage,
        "validuntil": valid_until,
        "adminnotes": "hemligt om kunden",
        "items": [{"description": "Webbplats", "unitprice": "1200.00"}],
    }


SCENARIO: dict[str, Any] = {
    "clients": [
        {
            "id": ANNA,
            "firstname": "Anna",
            "lastname": "Berg",
            "companyname": "Bergs Bageri",
            "email": "anna@example.se",
            "credit": "300.00",
            "users": [{"email": "ekonom@example.se", "permissions": ["invoices", "tickets"]}],
            "paymethods": [
                card(GOOD, default=True, description="Företagskortet", expiry_date="08/28"),
                card(BROKE, "decline", card_type="MasterCard", card_last_four="0002"),
                card(WATCHED, "authentication_required", card_last_four="3184"),
                card(PENDING, "pending", card_last_four="0007"),
                {"id": 599, "type": "BankAccount", "bank_name": "Banken"},
            ],
            "invoices": [
                invoice(LATER, "2098-05-01", "99.90", date="2026-03-01"),
                invoice(OLDEST, "2026-02-01", "249.00", invoicenum="F-7"),
                invoice(CREDITED, "2026-03-01", "500.00", credit="120.50"),
                invoice(PART_PAID, "2026-04-01", "400.00", payments=[{"amount": "150.00"}]),
                invoice(PAID, "2026-01-20", "80.00", status="Paid"),
                invoice(CONTAINER, "2026-02-02", "749.00", type="Invoice", relid=OLDEST),
                invoice(DEPOSIT, "2026-02-03", "1000.00", type="AddFunds"),
                invoice(DRAFT, "2026-02-04", "10.00", status="Draft"),
                invoice(OWN_CARD, "2026-05-01", "60.00", paymethodid=BROKE),
                invoice(PENDING_CARD, "2026-05-02", "70.00", paymethodid=PENDING),
                invoice(WATCHED_CARD, "2026-05-03", "75.00", paymethodid=WATCHED),
            ],
            "quotes": [
                quote(OPEN_QUOTE, "Delivered"),
                quote(HELD_QUOTE, "On Hold"),
                quote(EXPIRED_QUOTE, "Delivered", "2020-01-01"),
                quote(ACCEPTED_QUOTE, "Accepted"),
                quote(DRAFT_QUOTE, "Draft"),
            ],
        },
        {
            "id": BERTIL,
            "firstname": "Bertil",
            "lastname": "Ek",
            "email": "bertil@example.se",
            "credit": "50.00",
            "users": [{"email": "anna@example.se", "permissions": ["quotes"]}],
            "paymethods": [card(BERTILS_CARD)],
            "invoices": [invoice(BERTILS, "2026-02-01", "249.00")],
            "quotes": [quote(BERTILS_QUOTE, "Delivered")],
        },
        {
            "id": CECILIA,
            "firstname": "Cecilia",
            "lastname": "Ås & Co",
            "email": "anna@example.se.evil.example",
            "allow_single_sign_on": False,
        },
    ]
}
