"""The summary of a payment: what, how much, which card, how many charges; and what stays out."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from actions.base import QUIET
from actions.following import step
from actions.names import (
    CONFIRMATION,
    PAGE_IDS,
    PAGE_PURPOSE,
    PAY_CARD,
    PAY_CONFIRMATION,
    PAY_INVOICES,
    PAY_SUMMARY,
    PROBLEM,
    REQUESTED_SLOT,
    SELECT_NEXT,
)
from actions.reply import Reply, Say, say
from actions.services import Services
from actions.shown import card_row
from actions.turn import Turn
from actions.wording import Wording
from billing.model import LinkPurpose
from billing.payments.model import Hosted, Line, Method, Prepared, Problem, ProblemKind

CARD_PROBLEMS = frozenset({ProblemKind.NO_CARD, ProblemKind.CARD_GONE, ProblemKind.CARD_EXPIRED})


def summary(
    prepared: Prepared, turn: Turn, services: Services, *, before: str | None = None
) -> Reply:
    """The summary with its question; or what is in the way, where nothing can be confirmed."""
    first = (say(before),) if before else ()
    problems = tuple(_problem(one, services.words) for one in prepared.problems)
    if prepared.confirmation_id is None:
        return _cannot(prepared, (*first, *problems))
    asked = _summary_say(prepared, turn, services.words)
    slots: dict[str, Any] = {
        PAY_SUMMARY: prepared.confirmation_id,
        PAY_CONFIRMATION: None,
        PAY_INVOICES: [line.invoice_id for line in prepared.lines],
        REQUESTED_SLOT: PAY_CONFIRMATION,
        PROBLEM: {"reason": QUIET} if before else None,
    }
    return Reply(says=(*first, *problems, asked), slots=slots)


def _summary_say(prepared: Prepared, turn: Turn, words: Wording) -> Say:
    content: dict[str, Any] = {
        "type": "summary",
        "confirmation": prepared.confirmation_id,
        "rows": [_row(line, words) for line in prepared.lines],
        "total_text": words.money(prepared.total),
        "card": card_row(prepared.card, turn.today) if prepared.card else None,
        "charges": prepared.charges,
        "charges_text": _charges(prepared, words),
        "notice_text": _notice(prepared, words),
        "expires_at": prepared.expires_at.isoformat() if prepared.expires_at else None,
        "bind": {CONFIRMATION: prepared.confirmation_id},
    }
    details = " ".join(filter(None, (content["charges_text"], content["notice_text"])))
    return say(
        f"utter_pay_summary_{prepared.method.value}" + ("_many" if prepared.charges > 1 else ""),
        content,
        invoices="\n".join(_line(line, words) for line in prepared.lines),
        total=words.money(prepared.total),
        card=words.card(prepared.card) if prepared.card else "",
        details=details,
        credit=words.money(prepared.credit),
        remaining=words.money(prepared.remaining),
    )


def _row(line: Line, words: Wording) -> dict[str, Any]:
    return {
        "id": line.invoice_id,
        "number": line.number,
        "description": line.description,
        "amount_text": words.money(line.amount),
    }


def _line(line: Line, words: Wording) -> str:
    amount = words.money(line.amount)
    return words.part(
        "summary_line", number=line.number, description=line.description, amount=amount
    )


def _charges(prepared: Prepared, words: Wording) -> str:
    if prepared.method is not Method.CARD:
        return ""
    if prepared.charges > 1:
        return words.part("charges_many", count=prepared.charges)
    return words.part("charges_one")


def _notice(prepared: Prepared, words: Wording) -> str:
    """That the card becomes the default for renewals, said before the yes."""
    if prepared.changes_default and prepared.card:
        return words.part("becomes_default", card=words.card(prepared.card))
    return ""


def _problem(problem: Problem, words: Wording) -> Say:
    content: dict[str, Any] = {}
    if problem.hosted:
        content = link(problem.hosted, words)
    return say(f"utter_pay_problem_{problem.kind.value}", content, number=problem.number)


def link(hosted: Hosted, words: Wording) -> dict[str, Any]:
    """A `link` event to a page of the billing system."""
    return {
        "type": "link",
        "title": words.part(f"link_{hosted.purpose.value}"),
        "purpose": hosted.purpose.value,
        "ids": list(hosted.ids),
    }


def _cannot(prepared: Prepared, said: tuple[Say, ...]) -> Reply:
    kinds = {problem.kind for problem in prepared.problems}
    if kinds & CARD_PROBLEMS:
        slots = {PAY_CARD: None, REQUESTED_SLOT: PAY_CARD}
        return Reply(says=said, slots=slots)
    return Reply(says=said or (say("utter_invoices_none"),), leave_form=True)


def page_for(invoice_ids: Iterable[int]) -> Hosted:
    """The hosted page where these are paid: one invoice's own, or the mass payment."""
    ids = tuple(invoice_ids)
    purpose = LinkPurpose.PAY_INVOICE if len(ids) == 1 else LinkPurpose.MASS_PAYMENT
    return Hosted(purpose=purpose, ids=ids)


def page_slots(page: Hosted) -> dict[str, Any]:
    """Remembers the page, for when the customer says that they are done there."""
    return {
        PAGE_PURPOSE: page.purpose.value,
        PAGE_IDS: list(page.ids),
        SELECT_NEXT: step("action_page_done"),
    }
