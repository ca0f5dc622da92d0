"""What the bot says in browser tests: the whole payment path in the shapes of the actions.

A Rasa that follows a script by sender, so that a browser can walk the path without a trained model.
"""

from __future__ import annotations

from typing import Any

from tests.fakes.rasa import FakeRasa, Messages

INVOICES: list[dict[str, Any]] = [
    {
        "id": 1042,
        "number": "1042",
        "description": "Webbhotell Plus – lundqvist-form.example.com",
        "date": "2026-08-20",
        "due_date": "2026-09-03",
        "balance": "249.00",
        "currency": "SEK",
        "amount_text": "249,00 kr",
        "due_text": "förföll 3 september",
        "days_overdue": 81,
        "status": "Unpaid",
    },
    {
        "id": 1057,
        "number": "1057",
        "description": "Domän lundqvist-form.example.com, 1 år",
        "date": "2026-09-23",
        "due_date": "2026-10-07",
        "balance": "499.00",
        "currency": "SEK",
        "amount_text": "499,00 kr",
        "due_text": "förföll 7 oktober",
        "days_overdue": 47,
        "status": "Unpaid",
    },
    {
        "id": 1063,
        "number": "1063",
        "description": "Virtuell server S, 2 vCPU och 4 GB",
        "date": "2026-10-28",
        "due_date": "2026-11-11",
        "balance": "1249.50",
        "currency": "SEK",
        "amount_text": "1 249,50 kr",
        "due_text": "förföll 11 november",
        "days_overdue": 12,
        "status": "Unpaid",
    },
]
CARDS: list[dict[str, Any]] = [
    {
        "id": 1,
        "brand": "Visa",
        "last4": "4242",
        "expiry": "08/29",
        "description": "Företagskortet",
        "expired": False,
    },
    {
        "id": 2,
        "brand": "Mastercard",
        "last4": "4444",
        "expiry": "11/28",
        "description": "Privat kort",
        "expired": False,
    },
    {
        "id": 3,
        "brand": "Visa",
        "last4": "0002",
        "expiry": "03/25",
        "description": "",
        "expired": True,
    },
]
QUOTES = [
    {
        "id": 31,
        "subject": "Ny webbutik",
        "total_text": "10 711,50 kr",
        "valid_text": "gäller till 14 december",
        "open": True,
        "lines": [
            {"description": "Uppsättning av webbutik", "amount_text": "6 000,00 kr"},
            {"description": "Webbhotell Butik, per månad", "amount_text": "349,00 kr"},
        ],
    }
]
BY_ID = {invoice["id"]: invoice for invoice in INVOICES}


def buttons(*pairs: tuple[str, str]) -> list[dict[str, str]]:
    return [{"title": title, "payload": payload} for title, payload in pairs]


START = buttons(
    ("Betala fakturor", "/pay_invoices"),
    ("Se mina fakturor", "/list_invoices"),
    ("Prata med en människa", "/request_human"),
)
CODE_BUTTONS = buttons(("Skicka en ny kod", "/new_code"), ("Byt e-postadress", "/other_email"))


def listed(rows: list[dict[str, Any]]) -> str:
    return "\n".join(
        f"{n}. Faktura {row['number']}, {row['description']}: {row['amount_text']}"
        for n, row in enumerate(rows, start=1)
    )


def kronor(amount: float) -> str:
    return f"{amount:,.2f} kr".replace(",", "\u00a0").replace(".", ",")


def greeting() -> Messages:
    text = (
        "Hej! Jag är Kvitt, en robot som hjälper dig med fakturor och betalningar hos Nordhost.\n"
        "Vad vill du göra? Du kan skriva med egna ord."
    )
    return [{"text": text, "buttons": START}]


def ask_email() -> Messages:
    text = (
        "För att jag ska kunna visa dina uppgifter behöver jag veta vem du är."
        " Vilken e-postadress har du hos oss? Jag skickar en kod dit."
    )
    return [{"text": text, "custom": {"type": "login", "step": "email", "methods": ["code"]}}]


def ask_code() -> Messages:
    text = (
        "Tack! Om m•••@exempel.se finns hos oss har jag skickat en kod med sex siffror dit."
        " Skriv koden här. Den gäller i tio minuter."
    )
    step = {"type": "login", "step": "code", "email_masked": "m•••@exempel.se"}
    return [{"text": text, "custom": step, "buttons": CODE_BUTTONS}]


def logged_in() -> Messages:
    done = {"type": "login", "step": "done"}
    return [{"text": "Tack, nu är du inloggad som Lundqvist Form.", "custom": done}]


def invoices(rows: list[dict[str, Any]] | None = None) -> Messages:
    rows = rows or INVOICES
    content = {
        "type": "invoices",
        "invoices": rows,
        "total_text": kronor(sum(float(row["balance"]) for row in rows)),
        "selectable": True,
        "selected": [],
        "select": {
            "intent": "select_invoices",
            "entity": "invoice_ids",
            "values": [row["id"] for row in rows],
            "titles": {str(row["id"]): f"Faktura {row['number']}" for row in rows},
            "multiple": True,
        },
    }
    text = (
        f"Vilka fakturor vill du betala? Tillsammans är de på {content['total_text']}.\n"
        f'{listed(rows)}\nSkriv till exempel "alla", "ettan och trean" eller ett fakturanummer.'
    )
    return [{"text": text, "custom": content}]


def cards() -> Messages:
    content = {
        "type": "cards",
        "cards": CARDS,
        "selectable": True,
        "select": {
            "intent": "select_card",
            "entity": "card_id",
            "values": [card["id"] for card in CARDS if not card["expired"]],
            "titles": {
                str(card["id"]): f"{card['brand']} som slutar på {card['last4']}" for card in CARDS
            },
            "multiple": False,
        },
    }
    lines = "\n".join(
        f"{n}. {card['brand']} som slutar på {card['last4']}, giltigt till {card['expiry']}"
        for n, card in enumerate(CARDS, start=1)
    )
    text = f"Vilket kort vill du betala med?\n{lines}"
    return [{"text": text, "custom": content, "buttons": buttons(("Ett annat kort", "/add_card"))}]


def summary(ids: list[int], card_id: int) -> Messages:
    rows, card = [BY_ID[one] for one in ids], CARDS[card_id - 1]
    total = kronor(sum(float(row["balance"]) for row in rows))
    charges = f"Det blir {len(rows)} separata dragningar, en för varje faktura."
    content = {
        "type": "summary",
        "confirmation": "c1",
        "rows": rows,
        "total_text": total,
        "card": card,
        "charges": len(rows),
        "charges_text": charges,
        "notice_text": "",
        "expires_at": "2099-01-01T00:00:00+00:00",
        "bind": {"confirmation": "c1", "invoice_ids": ids},
    }
    lines = "\n".join(
        f"– Faktura {row['number']}, {row['description']}: {row['amount_text']}" for row in rows
    )
    text = (
        f"Så här blir det:\n{lines}\nTotalt {total} från {card['brand']} som slutar på"
        f" {card['last4']}. {charges}\nSka jag betala?"
    )
    ways = buttons(
        ("Ja, betala", "/affirm"),
        ("Ändra fakturor", "/change_invoices"),
        ("Byt kort", "/change_card"),
        ("Hellre en enda dragning", "/pay_on_page"),
        ("Avbryt", "/cancel"),
    )
    return [{"text": text, "custom": content, "buttons": ways}]


def started(total: int) -> Messages:
    content = {"type": "progress", "order": "o1", "done": 0, "total": total}
    text = "Tack! Nu genomför jag betalningen. Det tar oftast bara några sekunder."
    return [{"text": text, "custom": content}]


def progress(done: int, total: int) -> Messages:
    content = {"type": "progress", "order": "o1", "done": done, "total": total}
    return [{"text": f"{done} av {total} är klara.", "custom": content}]


def receipt(ids: list[int], declined: tuple[int, ...] = ()) -> Messages:
    rows = [
        {
            "id": one,
            "number": BY_ID[one]["number"],
            "description": BY_ID[one]["description"],
            "amount_text": BY_ID[one]["amount_text"],
            "status": "declined" if one in declined else "paid",
            "status_text": "nekad, inget har dragits" if one in declined else "betald",
            "advice_text": "Prova ett annat kort eller betala på betalsidan."
            if one in declined
            else "",
        }
        for one in ids
    ]
    paid = kronor(sum(float(BY_ID[one]["balance"]) for one in ids if one not in declined))
    content = {"type": "receipt", "order": "o1", "rows": rows, "paid_text": paid, "is_final": True}
    lines = "\n".join(
        f"– Faktura {row['number']}, {row['amount_text']}: {row['status_text']}" for row in rows
    )
    if not declined:
        text = f"Klart! Alla fakturor är betalda, {paid}:\n{lines}\nKvittona kommer med e-post."
        return [{"text": text, "custom": content}]
    ways = buttons(
        ("Prova ett annat kort", "/pay_invoices"), ("Prata med en människa", "/request_human")
    )
    text = f"En del gick igenom, {paid} är betalt:\n{lines}"
    return [{"text": text, "custom": content, "buttons": ways}, *link()]


def link() -> Messages:
    content = {
        "type": "link",
        "title": "Betala på betalsidan",
        "purpose": "pay_invoice",
        "ids": [1057],
    }
    text = "Du kan också betala på den säkra betalsidan. Där kan banken be dig godkänna köpet."
    return [{"text": text, "custom": content}]


def quotes() -> Messages:
    text = "Du har en öppen offert:\n1. Offert 31, Ny webbutik: 10 711,50 kr"
    content = {"type": "quotes", "quotes": QUOTES, "selectable": False}
    ways = buttons(("Godkänn offerten", "/accept_quote"))
    return [{"text": text, "custom": content, "buttons": ways}]


def log_out() -> Messages:
    return [
        {"text": "Nu är du utloggad. Ha det så bra!"},
        {"custom": {"type": "control", "do": "logout"}},
    ]


class ScriptedRasa(FakeRasa):
    """Answers along the payment path; what one wants beside it is asked for by its words."""

    def __init__(self) -> None:
        super().__init__()
        self.chosen: list[int] = [invoice["id"] for invoice in INVOICES]
        self.card = 1
        self.on_intent |= {
            "session_started": lambda turn: greeting(),
            "identity_changed": lambda turn: logged_in(),
            "pay_invoices": lambda turn: ask_email(),
            "list_invoices": lambda turn: invoices(),
            "select_invoices": self._select_invoices,
            "change_invoices": lambda turn: invoices(),
            "change_card": lambda turn: cards(),
            "select_card": self._select_card,
            "affirm": lambda turn: started(len(self.chosen)),
            "cancel": [{"text": "Okej, då betalar vi inget nu. Säg till när du vill."}],
            "payment_news": self._news,
            "hosted_page_closed": [{"text": "Tack! Nu ser det ut så här hos oss: betald."}],
            "request_human": [{"text": "Jag kopplar dig till en människa."}],
        }
        self.on_text |= {
            "maja@exempel.se": lambda turn: ask_code(),
            "123456": lambda turn: [*logged_in(), *invoices()],
            "betala": lambda turn: ask_email(),
            "fakturor": lambda turn: invoices(),
            "kort": lambda turn: cards(),
            "sammanfatta": lambda turn: summary(self.chosen, self.card),
            "offerter": lambda turn: quotes(),
            "länk": lambda turn: link(),
            "delvis": lambda turn: receipt([1042, 1057], (1057,)),
            "logga ut": lambda turn: log_out(),
        }

    def _select_invoices(self, turn: dict[str, Any]) -> Messages:
        self.chosen = list(turn["intent"]["entities"]["invoice_ids"])
        return cards()

    def _select_card(self, turn: dict[str, Any]) -> Messages:
        found = turn["intent"]["entities"]["card_id"]
        self.card = found[0] if isinstance(found, list) else found
        return summary(self.chosen, self.card)

    def _news(self, turn: dict[str, Any]) -> Messages:
        done = int(turn["intent"]["entities"].get("done", len(self.chosen)))
        total = len(self.chosen)
        return progress(done, total) if done < total else receipt(self.chosen)
