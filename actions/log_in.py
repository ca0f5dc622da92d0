"""Logging in: an e-mail address, then the code that was mailed there, then which account.

The same words and the same steps for an address that is known and one that is not.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, ClassVar

from actions.base import OFFERED, QUIET, FormTask, Task
from actions.following import action_of, go_on, same_again, step
from actions.names import (
    ACCOUNT,
    CODE,
    EMAIL,
    LOGIN_ACCOUNT,
    LOGIN_CODE,
    LOGIN_EMAIL,
    LOGIN_FORM,
    LOGIN_NEXT,
    PROBLEM,
    REQUESTED_SLOT,
)
from actions.reading import numbers, single_position, takes, words_said
from actions.reply import NOT_MINE, Reply, Say, control, say
from actions.selection.nouns import fold
from actions.services import Services
from actions.turn import Turn
from billing.model import Customer
from kvitt.identity import (
    Expired,
    Limited,
    NoneRequested,
    NotAnAddress,
    Proof,
    Verified,
    Wrong,
)

NEW_CODE = "new_code"
OTHER_EMAIL = "other_email"
CHOOSE_ACCOUNT = "choose_account"
STEPPING_BACK = frozenset({"go_back", OTHER_EMAIL, "faq_change_details"})
"""At the code: "fel adress" is about the address that was just given."""
MAYBE_CODE = frozenset({"inform_code", "select_invoices", "choose_card", "nlu_fallback"})
"""What digits that are no code may be taken for."""

NEXT_TASK = {
    "pay_invoices": "pay_form",
    "pay_with_credit": "pay_form",
    "list_invoices": "action_list_invoices",
    "show_invoice": "action_show_invoice",
    "list_cards": "action_list_cards",
    "add_card": "action_add_card",
    "remove_card": "remove_card_form",
    "request_receipt": "action_request_receipt",
    "payment_status": "action_payment_status",
    "use_credit": "action_use_credit",
    "list_quotes": "action_list_quotes",
    "accept_quote": "quote_form",
}
"""What goes on after logging in, when the customer asks for it in the middle of it."""


class ValidateLoginForm(FormTask):
    NAME: ClassVar[str] = "validate_login_form"
    FORM: ClassVar[str | None] = LOGIN_FORM

    async def begin(self, turn: Turn, services: Services) -> Reply:
        session = await services.sessions.current(turn.conversation_id, now=turn.now)
        if session is not None:
            return Reply(
                says=(say("utter_login_already", name=session.name),),
                slots={LOGIN_NEXT: None},
                leave_form=True,
            )
        if not turn.is_answer and turn.slot(LOGIN_ACCOUNT):
            return Reply(slots={REQUESTED_SLOT: LOGIN_ACCOUNT})
        wanted = {} if turn.is_answer else turn.slot(LOGIN_NEXT) or {}
        if turn.is_answer and takes(turn.values) and turn.entities.get(EMAIL):
            paying = step("pay_form", "pay_invoices", turn.entities)
            sent = await _send_code(str(turn.entities[EMAIL]), turn, services)
            return replace(sent, slots={**sent.slots, LOGIN_NEXT: paying})
        email = {**(wanted.get("entities") or {}), **turn.entities}.get(EMAIL)
        if email:
            return await _send_code(str(email), turn, services)
        fresh = (LOGIN_EMAIL, LOGIN_CODE, LOGIN_ACCOUNT, PROBLEM)
        return Reply(slots=dict.fromkeys(fresh))

    async def answer(self, turn: Turn, services: Services) -> Reply:
        email = turn.entities.get(EMAIL)
        if turn.intent == "cancel" or (turn.intent == "deny" and turn.requested == LOGIN_EMAIL):
            left = {LOGIN_NEXT: None, LOGIN_EMAIL: None, LOGIN_CODE: None, LOGIN_ACCOUNT: None}
            return Reply(says=(say("utter_cancelled"),), slots=left, leave_form=True)
        if email and turn.requested != LOGIN_ACCOUNT:
            return await _send_code(str(email), turn, services)
        if turn.requested == LOGIN_CODE:
            return await self._read_code(turn, services)
        if turn.requested == LOGIN_ACCOUNT:
            return await self._read_account(turn, services)
        return self._other(turn)

    async def _read_code(self, turn: Turn, services: Services) -> Reply:
        code = turn.entities.get(CODE)
        if code:
            return await _try_code(str(code), turn, services)
        is_offered = (turn.slot(PROBLEM) or {}).get(OFFERED) == NEW_CODE
        if turn.intent in {NEW_CODE, "log_in"} or (is_offered and turn.intent == "affirm"):
            return await _send_code(str(turn.slot(LOGIN_EMAIL)), turn, services)
        if is_offered and turn.intent == "deny":
            return Reply(slots={PROBLEM: None, REQUESTED_SLOT: LOGIN_CODE})
        if turn.intent in MAYBE_CODE and numbers(turn.values):
            return _ask_again(turn, "utter_login_no_code")
        if turn.intent == "faq_login_help":
            return _ask_again(turn, "utter_login_no_code_came", is_offer=True)
        if turn.intent in STEPPING_BACK:
            return Reply(slots={LOGIN_EMAIL: None, REQUESTED_SLOT: LOGIN_EMAIL})
        return self._other(turn)

    async def _read_account(self, turn: Turn, services: Services) -> Reply:
        found = turn.ids(ACCOUNT)
        offered = turn.slot(LOGIN_ACCOUNT) or []
        position = single_position(turn.values, len(offered))
        if position is None:
            position = _named(turn, offered)
        wanted = found[0] if found else (offered[position]["id"] if position is not None else None)
        if wanted is None:
            return self._other(turn)
        chosen = await services.accounts.choose(turn.conversation_id, int(wanted), now=turn.now)
        if chosen is None:
            return Reply(slots={REQUESTED_SLOT: LOGIN_EMAIL, LOGIN_EMAIL: None})
        return await _begin_session(chosen.customer, chosen.proof, turn, services)

    def _other(self, turn: Turn) -> Reply:
        """A task asked for in the middle is remembered; the rest is for the rules."""
        if turn.intent in NEXT_TASK:
            wanted = same_again(NEXT_TASK[turn.intent], turn)
            return Reply(slots={LOGIN_NEXT: wanted, REQUESTED_SLOT: turn.requested})
        if turn.intent == "log_in":
            return Reply(slots={REQUESTED_SLOT: turn.requested})
        if turn.intent in {"inform_email", "inform_code"}:
            return _ask_again(turn, f"utter_login_no_{turn.intent.removeprefix('inform_')}")
        return NOT_MINE


async def _send_code(email: str, turn: Turn, services: Services) -> Reply:
    outcome = await services.codes.request(turn.conversation_id, email, now=turn.now)
    if isinstance(outcome, Limited):
        return _ask_again(turn, "utter_login_limited")
    if isinstance(outcome, NotAnAddress):
        return _ask_again(turn, "utter_login_no_email")
    slots = {
        LOGIN_EMAIL: email,
        PROBLEM: {
            "email_masked": outcome.email_masked,
            "expires_at": outcome.expires_at.isoformat(),
        },
        REQUESTED_SLOT: LOGIN_CODE,
    }
    return Reply(slots=slots)


async def _try_code(code: str, turn: Turn, services: Services) -> Reply:
    outcome = await services.codes.verify(turn.conversation_id, code, now=turn.now)
    match outcome:
        case Verified(customers=(customer,)):
            return await _begin_session(customer, Proof.EMAIL_CODE, turn, services)
        case Verified(customers=customers):
            return Reply(slots={LOGIN_ACCOUNT: _offer(customers), REQUESTED_SLOT: LOGIN_ACCOUNT})
        case Wrong(tries_left=left):
            if not left:
                return _ask_again(turn, "utter_login_no_tries", is_offer=True)
            return _ask_again(turn, "utter_login_wrong_code", tries_left=left)
        case Expired() | NoneRequested():
            return _ask_again(turn, "utter_login_expired_code", is_offer=True)
        case _:
            return _ask_again(turn, "utter_login_limited")


def _offer(customers: tuple[Customer, ...]) -> list[dict[str, Any]]:
    return [{"id": c.client_id, "name": c.display_name} for c in customers]


async def _begin_session(customer: Customer, proof: Proof, turn: Turn, services: Services) -> Reply:
    await services.sessions.begin(turn.conversation_id, customer, proof=proof, now=turn.now)
    step = {"type": "login", "step": "done"}
    return Reply(
        says=(say("utter_login_done", step, name=customer.display_name),),
        slots={LOGIN_EMAIL: None, LOGIN_CODE: None, LOGIN_ACCOUNT: None, PROBLEM: None},
        leave_form=True,
    )


def _named(turn: Turn, offered: list[dict[str, Any]]) -> int | None:
    """The one account whose name has a word of the message that the others' names lack."""
    said = set(words_said(turn.values))
    names = [{fold(word) for word in account["name"].split()} for account in offered]
    fitting = [len(said & name) for name in names]
    best = max(fitting, default=0)
    return fitting.index(best) if best and fitting.count(best) == 1 else None


def _ask_again(turn: Turn, response: str, *, is_offer: bool = False, **params: object) -> Reply:
    """Say what is wrong, and leave the same question open without asking it again."""
    problem = {"reason": QUIET, OFFERED: NEW_CODE if is_offer else None}
    slots = {REQUESTED_SLOT: turn.requested or LOGIN_EMAIL, PROBLEM: problem}
    return Reply(says=(say(response, **params),), slots=slots)


class AfterLogin(Task):
    """Goes on with what the customer wanted when they were asked to log in."""

    NAME: ClassVar[str] = "action_after_login"

    async def reply(self, turn: Turn, services: Services) -> Reply:
        session = await services.sessions.current(turn.conversation_id, now=turn.now)
        wanted = turn.slot(LOGIN_NEXT)
        if session is None:
            return Reply(slots={LOGIN_NEXT: None})
        if action_of(wanted):
            return go_on(wanted, turn, Reply(slots={LOGIN_NEXT: None}))
        return Reply(says=(say("utter_login_what_next"),))


class IdentityChanged(Task):
    """The site or the customer zone has said who this is: greet, and go on with what was wanted."""

    NAME: ClassVar[str] = "action_identity_changed"

    async def reply(self, turn: Turn, services: Services) -> Reply:
        session = await services.sessions.current(turn.conversation_id, now=turn.now)
        if session is None:
            return await self._choose_or_fail(turn, services)
        step = {"type": "login", "step": "done"}
        done = say("utter_login_done", step, name=session.name)
        wanted = turn.slot(LOGIN_NEXT)
        if action_of(wanted):
            return go_on(wanted, turn, Reply(says=(done,), slots={LOGIN_NEXT: None}))
        return Reply(says=(done, say("utter_login_what_next")))

    async def _choose_or_fail(self, turn: Turn, services: Services) -> Reply:
        """Proven, but with several accounts to choose from; or nothing was proven after all."""
        pending = await services.accounts.pending(turn.conversation_id, now=turn.now)
        if not pending:
            return Reply(says=(say("utter_login_failed"),))
        return Reply(slots={LOGIN_ACCOUNT: _offer(pending)}, follow=LOGIN_FORM)


class LogOut(Task):
    NAME: ClassVar[str] = "action_log_out"

    async def reply(self, turn: Turn, services: Services) -> Reply:
        await services.sessions.end(turn.conversation_id, now=turn.now)
        said: tuple[Say, ...] = (say("utter_log_out_done"), control("logout"))
        return Reply(says=said)
