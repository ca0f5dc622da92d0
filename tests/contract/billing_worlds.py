"""Billing systems that the port's contract is tried on: the fake, and the adapter on the sandbox.

Each loads the same scenario, as `PUT /_sandbox/scenario` takes it, and lets a test look at the
books behind the port.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Protocol

import httpx

from billing.model import InvoiceLine, InvoiceStatus, QuoteStage
from billing.port import BillingPort
from billing.whmcs import connect
from kvitt.settings import load
from tests.fakes.billing import FakeBilling
from tests.sandbox_server import RunningSandbox

Scenario = dict[str, Any]


class World(Protocol):
    @property
    def billing(self) -> BillingPort: ...

    def connect(self) -> None:
        """Make the port anew, for the event loop of one test."""

    def load(self, scenario: Scenario) -> None: ...

    def charges(self) -> list[tuple[int, int, str]]:
        """(invoice, card, amount) of each time money was taken from a card."""

    def mails_to(self, client_id: int) -> list[str]:
        """Subjects and texts of what was mailed."""


SWITCHES: dict[str, dict[str, Any]] = {
    "8.13 as documented": {},
    "9.0 with numbers": {"version": "9.0.3", "types": "numeric", "empty_lists": "list"},
    "absent lists, lone rows": {"types": "numeric", "empty_lists": "absent"}
    | {"single_lists": "lone"},
    "empty strings, numbered rows": {"empty_lists": "string", "single_lists": "indexed"},
    "empty objects, flattened keys": {"empty_lists": "object", "flattened_keys": True},
    "bare lists, quotes answer": {"empty_lists": "bare_list", "version": "9.0.1"}
    | {"accept_quote_answers_invoice": True},
}


class SandboxWorld:
    """The adapter on a sandbox with these switches."""

    def __init__(self, sandbox: RunningSandbox, switches: dict[str, Any]) -> None:
        self._sandbox = sandbox
        self._switches = switches

    @property
    def billing(self) -> BillingPort:
        return self._billing

    def connect(self) -> None:
        self._billing = connect(load(billing_url=self._sandbox.url))

    def load(self, scenario: Scenario) -> None:
        self._put("switches", {"capture_seconds": 0.0, **self._switches})
        self._put("scenario", scenario)

    def _put(self, what: str, body: Scenario) -> None:
        self._control("PUT", what, json=body)

    def _state(self) -> Scenario:
        return self._control("GET", "state")

    def _control(self, method: str, what: str, **more: Any) -> Scenario:
        """Without loading certificates, which takes longer than all else in a test."""
        url = f"{self._sandbox.url}/_sandbox/{what}"
        response = httpx.request(method, url, timeout=60, verify=False, **more)
        assert response.status_code == 200, response.text
        answer: Scenario = response.json()
        return answer

    def charges(self) -> list[tuple[int, int, str]]:
        return [
            (one["invoice_id"], one["paymethod_id"], one["amount"])
            for one in self._state()["capture_attempts"]
            if one["outcome"] in ("success", "pending")
        ]

    def mails_to(self, client_id: int) -> list[str]:
        return [
            f"{one['subject']} {one['message']}"
            for one in self._state()["emails"]
            if one["client_id"] == client_id
        ]


@dataclass(slots=True)
class FakeWorld:
    billing: FakeBilling = field(default_factory=FakeBilling)

    def connect(self) -> None:
        """There is nothing between the fake and its books."""

    def charges(self) -> list[tuple[int, int, str]]:
        taken = self.billing.charges
        return [(one.invoice_id, one.card_id, str(one.amount.amount)) for one in taken]

    def mails_to(self, client_id: int) -> list[str]:
        return [
            f"{one.subject} {one.message}"
            for one in self.billing.mails
            if one.client_id == client_id
        ]

    def load(self, scenario: Scenario) -> None:
        for client in scenario["clients"]:
            self._add_client(client)

    def _add_client(self, data: Scenario) -> None:
        client_id = self.billing.add_customer(
            id=data["id"],
            email=data["email"],
            name=f"{data['firstname']} {data['lastname']}",
            company=data.get("companyname", ""),
            credit=data.get("credit", "0.00"),
            sso_allowed=data.get("allow_single_sign_on", True),
        ).client_id
        for user in data.get("users", []):
            self.billing.add_user(client_id, user["email"], user["permissions"])
        for card in data.get("paymethods", []):
            self._add_card(client_id, card)
        for invoice in data.get("invoices", []):
            self._add_invoice(client_id, invoice)
        for quote in data.get("quotes", []):
            self._add_quote(client_id, quote)

    def _add_card(self, client_id: int, data: Scenario) -> None:
        if "BankAccount" in data.get("type", ""):
            return
        month, year = data["expiry_date"].split("/")
        self.billing.add_card(
            client_id,
            id=data["id"],
            brand=data["card_type"],
            last_four=data["card_last_four"],
            expires=(2000 + int(year), int(month)),
            description=data.get("description", ""),
            gateway="stripe",
            behaviour=data.get("behaviour", "approve"),
            default=data.get("default", False),
        )

    def _add_invoice(self, client_id: int, data: Scenario) -> None:
        lines = tuple(
            InvoiceLine(
                description=one["description"],
                amount=self.billing.money(one["amount"]),
                type=one.get("type", ""),
                related_id=one.get("relid", 0),
            )
            for one in data["items"]
        )
        invoice = self.billing.add_invoice(
            client_id,
            str(sum(line.amount.amount for line in lines)),
            id=data["id"],
            number=data.get("invoicenum", ""),
            date_=date.fromisoformat(data["date"]),
            due=date.fromisoformat(data["duedate"]),
            status=InvoiceStatus(data.get("status", "Unpaid")),
            card_id=data.get("paymethodid"),
            gateway="stripe",
        )
        credit = self.billing.money(data.get("credit", "0.00"))
        self.billing.change_invoice(
            replace(
                invoice,
                lines=lines,
                total=invoice.total - credit,
                balance=invoice.balance - credit if invoice.balance else invoice.balance,
                credit_applied=credit,
            )
        )
        for payment in data.get("payments", []):
            self.billing.settle(invoice.id, self.billing.money(payment["amount"]))

    def _add_quote(self, client_id: int, data: Scenario) -> None:
        if data["stage"] == "Draft":
            return
        self.billing.add_quote(
            client_id,
            data["items"][0]["unitprice"],
            id=data["id"],
            subject=data["subject"],
            stage=QuoteStage(data["stage"]),
            valid_until=date.fromisoformat(data["validuntil"]),
        )


def loaded_world(name: str, sandbox: RunningSandbox, scenario: Scenario) -> World:
    is_fake = name == "fake"
    world: World = FakeWorld() if is_fake else SandboxWorld(sandbox, SWITCHES[name])
    world.load(scenario)
    return world
