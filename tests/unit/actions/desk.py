"""What the tests of actions work with: services of fakes, and a turn in one line.

    told = await desk.form(PAY_FORM, "pay_invoices", "betala ettan")   # as Rasa drives a form
    reply = await desk.ask("action_list_invoices", "list_invoices")    # one action, one reply

Slots are kept from turn to turn, as a tracker keeps them; text is read by the real extractor.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

import spacy
import yaml
from rasa_sdk.executor import ActionExecutor
from sqlalchemy.ext.asyncio import AsyncEngine

from actions.base import Task
from actions.names import REQUESTED_SLOT, SAID
from actions.reply import Reply, Say
from actions.services import Services
from actions.turn import Turn, carry
from actions.wording import DOMAIN, Wording
from billing.model import Card, Customer, Invoice
from billing.payments.charging import Cashier
from billing.payments.memory_store import MemoryStore
from billing.payments.service import Payments
from bot.nlu.values import extract
from kvitt.identity import AccountChoices, KeyedHash, LoginCodes, Proof, Sessions
from kvitt.settings import load
from tests.fakes.billing import FakeBilling

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
TODAY = date(2026, 11, 24)
CHAT = "conversation-1"
LEASE = timedelta(seconds=95)


@cache
def domain() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(DOMAIN.read_text("utf-8"))
    return found


@cache
def registered() -> dict[str, Task]:
    """Every action that the action server would serve, by its name."""
    executor = ActionExecutor()
    executor.register_package("actions")
    return {name: action.__self__ for name, action in executor.actions.items()}


@cache
def _nlp() -> Any:
    return spacy.blank("sv")


def read(text: str, today: date = TODAY) -> dict[str, Any]:
    """The entities that understanding would find in a text."""
    values = extract(text, today=today, nlp=_nlp())
    found: dict[str, Any] = {"values": values.to_dict()} if values.terms else {}
    if values.emails:
        found["email"] = values.emails[-1]
    if values.codes:
        found["code"] = values.codes[-1]
    return found


def make_turn(intent: str = "", text: str = "", /, **more: Any) -> Turn:
    known: dict[str, Any] = {
        "conversation_id": CHAT,
        "intent": intent,
        "confidence": 1.0,
        "entities": read(text),
        "slots": {},
        "active_form": None,
        "is_answer": True,
        "ranking": (),
        "last_said": "",
        "now": NOW,
        "today": TODAY,
    }
    return carry(Turn(**known | more))


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """All that the customer was told in a turn, and where it ended."""

    says: tuple[Say, ...] = ()
    asked: str | None = None
    """The question that is open now."""
    follow: str | None = None
    is_mine: bool = True

    @property
    def responses(self) -> list[str | None]:
        return [one.response for one in self.says]

    @property
    def last(self) -> Say:
        return self.says[-1]


@dataclass(slots=True)
class Desk:
    services: Services
    billing: FakeBilling
    anna: Customer
    invoices: tuple[Invoice, ...]
    cards: tuple[Card, ...]
    store: MemoryStore
    now: datetime = NOW
    slots: dict[str, Any] = field(default_factory=dict)
    form_open: str | None = None

    @classmethod
    def open(cls, engine: AsyncEngine, billing: FakeBilling) -> Desk:
        anna = billing.add_customer(email="anna@example.se", id=7)
        store = MemoryStore()
        desk = cls(
            services=_services(engine, billing, store),
            billing=billing,
            anna=anna,
            invoices=_three_overdue(billing),
            cards=(
                billing.add_card(7, id=11),
                billing.add_card(7, id=12, brand="MasterCard", last_four="4444"),
            ),
            store=store,
        )
        desk.services = replace(desk.services, clock=lambda: desk.now)
        return desk

    async def log_in(self, **changes: Any) -> None:
        customer = replace(self.anna, **changes)
        await self.services.sessions.begin(CHAT, customer, proof=Proof.EMAIL_CODE, now=self.now)

    async def log_out(self) -> None:
        await self.services.sessions.end(CHAT, now=self.now)

    def turn(self, intent: str = "", text: str = "", /, **more: Any) -> Turn:
        entities = {**read(text), **more.pop("entities", {})}
        known = {"slots": self.slots, "active_form": self.form_open, "now": self.now}
        return make_turn(intent, "", **{**known, **more, "entities": entities})

    async def ask(self, action: str, intent: str = "", text: str = "", /, **more: Any) -> Reply:
        """One action's reply; its slots are remembered."""
        reply = await registered()[action]._decide(self.turn(intent, text, **more), self.services)
        self._remember(reply)
        return reply

    def _remember(self, reply: Reply) -> None:
        self.slots[SAID] = None
        self.slots.update(reply.slots)
        if reply.leave_form:
            self.slots[REQUESTED_SLOT] = None

    async def form(self, name: str, intent: str = "", text: str = "", /, **more: Any) -> Told:
        """A message to a form as Rasa drives it: validate, then ask what is still open."""
        self._enter(name)
        reply = await self.ask(f"validate_{name}", intent, text, **more)
        if reply.not_mine:
            return Told(asked=self.slots.get(REQUESTED_SLOT), is_mine=False)
        if reply.leave_form or (REQUESTED_SLOT in reply.slots and not reply.slots[REQUESTED_SLOT]):
            self.form_open = None
            return Told(says=reply.says, follow=reply.follow)
        wanted = reply.slots.get(REQUESTED_SLOT) or self._first_empty(name)
        self.slots[REQUESTED_SLOT] = wanted
        return await self._put(name, wanted, reply, intent, text, more)

    async def _put(
        self, name: str, wanted: str, first: Reply, intent: str, text: str, more: dict[str, Any]
    ) -> Told:
        question = await self.ask(f"action_ask_{wanted}", intent, text, **more)
        if question.leave_form:
            self.form_open = None
        return Told(
            says=(*first.says, *question.says),
            asked=self.slots[REQUESTED_SLOT],
            follow=question.follow,
        )

    def _enter(self, name: str) -> None:
        if self.form_open != name:
            self.slots[REQUESTED_SLOT] = None
        self.form_open = name

    def _first_empty(self, name: str) -> str:
        required: list[str] = domain()["forms"][name]["required_slots"]
        return next(slot for slot in required if not self.slots.get(slot))

    async def work(self) -> None:
        """The payment worker serves all that is due."""
        cashier = Cashier(
            self.store,
            self.billing,
            owner="one",
            now=lambda: self.now,
            monotonic=lambda: self.now.timestamp(),
            pause=self._pause,
            lease=LEASE,
            reached=lambda _step: None,
        )
        while claim := await cashier.claim():
            await cashier.serve(claim)

    async def _pause(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


def _services(engine: AsyncEngine, billing: FakeBilling, store: MemoryStore) -> Services:
    ids = count(1)
    return Services(
        settings=load(),
        billing=billing,
        payments=Payments(
            store,
            billing,
            timezone=ZoneInfo("Europe/Stockholm"),
            name="test",
            new_id=lambda: f"id{next(ids):04d}",
        ),
        sessions=Sessions(engine),
        accounts=AccountChoices(engine, billing),
        codes=LoginCodes(engine, billing, KeyedHash(b"a secret of the tests, 32 bytes ok")),
        words=Wording(),
        clock=lambda: NOW,
    )


def _three_overdue(billing: FakeBilling) -> tuple[Invoice, ...]:
    listed = (
        (1042, "499.00", date(2026, 9, 3), "Webbhotell Premium - exempel.se"),
        (1051, "129.00", date(2026, 10, 2), "Domänförnyelse - exempel.se"),
        (1077, "1249.50", date(2026, 11, 4), "VPS 8 GB - srv1.exempel.se"),
    )
    return tuple(
        billing.add_invoice(7, amount, id=id, due=due, description=description, card_id=None)
        for id, amount, due, description in listed
    )
