"""No customer is ever left without a reply: every action that is served, in every kind of trouble.

Each is run through the SDK's own tracker and dispatcher, as Rasa calls it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions import services
from actions.base import FormTask
from billing import errors
from billing.port import BillingPort
from tests.fakes.billing import FakeBilling
from tests.unit.actions.desk import CHAT, Desk, domain, read, registered
from tests.unit.test_names import form_of, intents_of, rules

TROUBLES: tuple[Exception, ...] = (
    errors.NotReached("GetInvoices"),
    errors.NotConfigured("GetInvoices"),
    errors.CircuitOpen("GetInvoices"),
    errors.OutcomeUnknown("AcceptQuote"),
    errors.Refused("GetInvoices"),
    errors.NotFound("GetInvoice", id=1),
    errors.NotPayable("CapturePayment", id=1),
    errors.Declined("CapturePayment", id=1),
    errors.AuthenticationRequired("CapturePayment", id=1),
    errors.NotAllowed("GetQuotes"),
    errors.BadAnswer("GetInvoices"),
    ZeroDivisionError("unexpected"),
)
QUIET = {
    "action_payment_news": "news of an order that is not this customer's are nobody's business",
    "action_after_login": "without a login nothing goes on, and the form has said why",
}
"""Actions that may say nothing when nothing is known of the order or nobody is logged in."""
ONLY_AT_THE_START = frozenset({"session_started"})
"""Made by the gateway for a new conversation, where no form can be open."""
FORMS = {f"validate_{form}": form for form in domain()["forms"]}
SLOTS = {
    "pay_invoices": [1042],
    "pay_card": "11",
    "quote_id": 17,
    "remove_card_id": 11,
    "page_purpose": "pay_invoice",
    "page_ids": [1042],
    "login_email": "anna@example.se",
}


class Failing(FakeBilling):
    """Every call of the port ends in the same trouble."""

    def __init__(self, trouble: Exception) -> None:
        super().__init__()
        self.trouble = trouble

    def __getattribute__(self, name: str) -> Any:
        if name in vars(BillingPort) and not name.startswith("_"):
            return self._fail
        return super().__getattribute__(name)

    async def _fail(self, *_: Any, **__: Any) -> None:
        raise self.trouble


def _tracker(name: str, intent: str, text: str, requested: str | None) -> Tracker:
    form = FORMS.get(name)
    found = [{"entity": key, "value": value} for key, value in read(text).items()]
    message = {"text": text, "intent": {"name": intent, "confidence": 1.0}, "entities": found}
    events = [{"event": "user", **message}]
    return Tracker(
        sender_id=f"{CHAT}.1",
        slots={**dict.fromkeys(domain()["slots"]), **SLOTS, "requested_slot": requested},
        latest_message=message,
        events=events,
        paused=False,
        followup_action=None,
        active_loop={"name": form} if form else {},
        latest_action_name="action_listen",
    )


Run = Callable[..., Awaitable[tuple[list[dict[str, Any]], list[dict[str, Any]]]]]


@pytest.fixture
def run(desk: Desk) -> Run:
    async def run(
        name: str, intent: str, text: str, requested: str | None = None, **given: Any
    ) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        services.provide(replace(desk.services, **given))
        dispatcher = CollectingDispatcher()
        tracker = _tracker(name, intent, text, requested)
        events = await registered()[name].run(dispatcher, tracker, {})
        return dispatcher.messages, [dict(event) for event in events]

    return run


def _failing(desk: Desk, trouble: Exception) -> dict[str, Any]:
    broken = Failing(trouble)
    payments = type(desk.services.payments)
    return {
        "billing": broken,
        "payments": payments(
            desk.store, broken, timezone=desk.services.payments._timezone, name="test"
        ),
    }


def _has_answered(messages: list[dict[str, Any]], events: list[dict[str, Any]]) -> bool:
    """Something was said or done, or another action goes on, or a question is to follow."""
    goes_on = any(event["event"] == "followup" for event in events)
    asks = any(e["event"] == "slot" and e["name"] == "turn_seen" for e in events) and not any(
        e["event"] == "slot" and e["name"] == "requested_slot" and e["value"] is None
        for e in events
    )
    return bool(messages) or goes_on or asks


@pytest.mark.parametrize("trouble", TROUBLES, ids=lambda error: type(error).__name__)
async def test_every_action_says_something_whatever_the_billing_system_does(
    trouble: Exception, desk: Desk, run: Run
) -> None:
    broken = _failing(desk, trouble)
    silent = []
    for name in sorted(set(registered()) - set(FORMS) - set(QUIET)):
        messages, events = await run(name, "pay_invoices", "betala ettan", **broken)
        if not _has_answered(messages, events):
            silent.append(name)

    assert silent == []


@pytest.mark.parametrize("trouble", TROUBLES, ids=lambda error: type(error).__name__)
async def test_every_form_says_something_goes_on_or_leaves_it_to_the_rules(
    trouble: Exception, desk: Desk, run: Run
) -> None:
    broken = _failing(desk, trouble)
    silent = []
    for form, slot in [*((form, None) for form in FORMS.values()), *_questions()]:
        for intent in ("affirm", "pay_invoices"):
            messages, events = await run(f"validate_{form}", intent, "ja", slot, **broken)
            is_left_to_rules = events == [] and messages == []
            if not (_has_answered(messages, events) or is_left_to_rules):
                silent.append((form, slot, intent))

    assert silent == []


class BrokenSessions:
    """The database is gone: not even who this is can be asked."""

    async def current(self, *_: Any, **__: Any) -> None:
        raise OSError("no database")

    end = begin = current


async def test_a_lost_database_is_an_apology_with_a_person_or_was_not_needed(run: Run) -> None:
    silent = []
    for name in sorted(registered()):
        messages, events = await run(
            name, "pay_invoices", "betala ettan", None, sessions=BrokenSessions()
        )
        if not _has_answered(messages, events):
            silent.append(name)

    assert silent == []


def _rules_in_forms() -> dict[str, set[str]]:
    found: dict[str, set[str]] = {form: set() for form in domain()["forms"]}
    for rule in rules():
        form = form_of(rule)
        if form:
            found[form] |= set(intents_of(rule))
    return found


def _questions() -> list[tuple[str, str]]:
    asked = [(f, slot) for f, one in domain()["forms"].items() for slot in one["required_slots"]]
    return [*asked, ("login_form", "login_account")]


@pytest.mark.parametrize(("form", "slot"), _questions())
async def test_every_intent_in_a_form_is_taken_by_the_form_or_by_a_rule(
    form: str, slot: str, desk: Desk
) -> None:
    desk.form_open = form
    by_rules = _rules_in_forms()[form]
    silent = []
    for intent in sorted(
        {next(iter(one)) for one in domain()["intents"]} - by_rules - ONLY_AT_THE_START
    ):
        desk.slots = {**SLOTS, "requested_slot": slot}
        validation = registered()[f"validate_{form}"]
        assert isinstance(validation, FormTask)
        reply = await validation._decide(desk.turn(intent), desk.services)
        if reply.not_mine:
            silent.append(intent)

    assert silent == []
