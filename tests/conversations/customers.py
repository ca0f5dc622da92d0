"""Customers of the sandbox for conversations, and their mail."""

from __future__ import annotations

import re
import time
from typing import Any

import httpx

from tests.chat import Chat
from tests.stack import Stack

ANNA = "anna@exempel.se"
MAIL_SECONDS = 20
POLL_SECONDS = 0.1
TODAY = "2026-11-23"

HOSTING = {
    "id": 1042,
    "date": "2026-08-20",
    "duedate": "2026-09-03",
    "items": [{"description": "Webbhotell Premium - exempel.se", "amount": "499.00"}],
}
DOMAIN = {
    "id": 1051,
    "date": "2026-09-18",
    "duedate": "2026-10-02",
    "items": [{"description": "Domänförnyelse - exempel.se", "amount": "129.00"}],
}
SERVER = {
    "id": 1077,
    "date": "2026-10-21",
    "duedate": "2026-11-04",
    "items": [{"description": "VPS 8 GB - srv1.exempel.se", "amount": "1249.50"}],
}
VISA = {
    "id": 11,
    "card_type": "Visa",
    "card_last_four": "4242",
    "expiry_date": "08/28",
    "description": "Företagskort",
    "default": True,
}
MASTERCARD = {
    "id": 12,
    "card_type": "MasterCard",
    "card_last_four": "4444",
    "expiry_date": "01/29",
    "description": "Privat",
}


def anna(**changes: Any) -> dict[str, Any]:
    """A scenario with one customer: three overdue invoices, two good cards."""
    client = {
        "id": 7,
        "firstname": "Anna",
        "lastname": "Svensson",
        "email": ANNA,
        "credit": "0.00",
        "invoices": [HOSTING, DOMAIN, SERVER],
        "paymethods": [VISA, MASTERCARD],
        "quotes": [],
    }
    return {"today": TODAY, "clients": [{**client, **changes}]}


def mails(stack: Stack, client_id: int = 7) -> list[dict[str, Any]]:
    """The client's mails by the documented API, oldest first."""
    call = {
        "identifier": "sandbox",
        "secret": "sandbox",
        "action": "GetEmails",
        "clientid": client_id,
        "limitnum": 100,
        "responsetype": "json",
    }
    answer = httpx.post(f"{stack.sandbox_url}/includes/api.php", data=call, timeout=20).json()
    listed = answer.get("emails") or {}
    found = listed.get("email", []) if isinstance(listed, dict) else []
    return sorted(found, key=lambda mail: int(mail["id"]))


def newest_code(stack: Stack, client_id: int = 7, *, after: int = 0) -> str:
    """The newest mailed code; waits for a mail beyond the first `after`."""
    deadline = time.monotonic() + MAIL_SECONDS
    while time.monotonic() < deadline:
        for mail in reversed(mails(stack, client_id)[after:]):
            found = re.search(r"\b\d{6}\b", mail["message"])
            if found:
                return found.group()
        time.sleep(POLL_SECONDS)
    raise AssertionError("no code was mailed")


def log_in(chat: Chat, stack: Stack, email: str = ANNA, client_id: int = 7) -> None:
    """Answers the question for an address and the one for a code."""
    before = len(mails(stack, client_id))
    chat.say(email)
    chat.say(newest_code(stack, client_id, after=before))


def paid(stack: Stack) -> set[int]:
    return {int(i["id"]) for i in stack.books()["invoices"] if i["status"] == "Paid"}


def receipts(stack: Stack) -> list[str]:
    return [mail["subject"] for mail in mails(stack) if "Kvitto" in mail["subject"]]
