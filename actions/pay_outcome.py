"""What became of a payment, invoice by invoice, as the journal and the billing system have it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from actions.base import CustomerTask, Task, stay_quiet
from actions.following import step
from actions.names import (
    INVOICE_IDS,
    LOGIN_NEXT,
    NEWS_TOLD,
    ORDER,
    PAY_FORM,
    SELECT_NEXT,
    TOPIC,
)
from actions.pay_summary import link, page_for
from actions.reply import Reply, Say, say
from actions.services import Services
from actions.turn import Turn
from actions.wording import Wording
from billing.model import InvoiceStatus
from billing.payments.model import Method
from billing.payments.report import LineReport, OrderReport, Status
from kvitt.identity import Session

LATEST_PAID = 3
TRY_AGAIN = frozenset({Status.DECLINED, Status.NEEDS_AUTHENTICATION, Status.NOT_CHARGED})
SHOWN_AS = {
    Status.PAID: "paid",
    Status.PART_PAID: "part_paid",
    Status.DECLINED: "declined",
    Status.NEEDS_AUTHENTICATION: "needs_authentication",
    Status.NOT_CHARGED: "not_charged",
    Status.CHECKING: "checking",
    Status.WAITING: "waiting",
}


class PaymentNews(Task):
    """The worker has made progress: tell it, from the journal, as it stands now.

    News come without the customer's doing and may come when nobody is logged in any more. Then only
    that there are news is told, and what they are after the next login.
    """

    NAME: ClassVar[str] = "action_payment_news"

    async def reply(self, turn: Turn, services: Services) -> Reply:
        session = await services.sessions.current(turn.conversation_id, now=turn.now, touch=False)
        if session is None:
            slots = {LOGIN_NEXT: step(PaymentStatus.NAME), **stay_quiet(turn)}
            return Reply(says=(say("utter_pay_news_log_in"),), slots=slots)
        order = str(turn.entities.get(ORDER) or "")
        report = await services.payments.report(order, client_id=session.client_id)
        if report is None:
            return Reply()
        standing = _standing(report)
        if standing == turn.slot(NEWS_TOLD):
            return Reply()  # several steps were told at once
        said = (_progress(report),) if report.is_running else outcome(report, services.words)
        return Reply(says=said, slots={NEWS_TOLD: standing, **_after(report), **stay_quiet(turn)})


def _standing(report: OrderReport) -> list[str]:
    """What there is to tell of an order, to know it again."""
    return [report.order_id, *(f"{line.invoice_id} {line.status}" for line in report.lines)]


def _after(report: OrderReport) -> dict[str, Any]:
    """What a bare yes or a card means after an outcome: those that were refused, once more."""
    if report.is_running:
        return {}
    refused = _refused(report)
    again = step(PAY_FORM, "pay_invoices", {INVOICE_IDS: refused}) if refused else None
    told = refused or [line.invoice_id for line in report.lines]
    return {SELECT_NEXT: again, TOPIC: told}


def _refused(report: OrderReport) -> list[int]:
    return [line.invoice_id for line in report.lines if line.status in TRY_AGAIN]


def _progress(report: OrderReport) -> Say:
    content = {
        "type": "progress",
        "order": report.order_id,
        "done": report.done,
        "total": report.total,
    }
    return say("utter_pay_progress", content, done=report.done, total=report.total)


def _running(report: OrderReport) -> Say:
    name = "utter_pay_running" if report.total == 1 else "utter_pay_running_many"
    return say(name, dict(_progress(report).content), done=report.done, total=report.total)


def outcome(report: OrderReport, words: Wording) -> tuple[Say, ...]:
    """The receipt, and the way on for what was not paid."""
    rows = [_row(line, words) for line in report.lines]
    content: dict[str, Any] = {
        "type": "receipt",
        "order": report.order_id,
        "rows": rows,
        "paid_text": words.money(report.paid),
        "is_final": report.is_final,
    }
    refused = _refused(report)
    if refused:
        content["bind"] = {INVOICE_IDS: refused}
    lines, paid = "\n".join(_line(row, words) for row in rows), words.money(report.paid)
    if report.method is Method.CREDIT:
        name = _response_of_credit(report)
        left = [line.invoice_id for line in report.lines if line.status is Status.PART_PAID]
        content["bind"] = {INVOICE_IDS: refused or left}
        return (say(name, content, invoices=lines, paid=paid),)
    card = words.part("card", brand=report.card_brand, last_four=report.card_last_four)
    said = say(_response(report), content, invoices=lines, paid=paid, card=card)
    if not refused:
        return (said,)
    return (said, say("utter_pay_other_way", link(page_for(refused), words)))


def _response(report: OrderReport) -> str:
    """Which response tells the whole; "paid" is used only where every invoice is."""
    statuses = {line.status for line in report.lines}
    if statuses == {Status.PAID}:
        if any(line.is_elsewhere for line in report.lines):
            return "utter_pay_done_elsewhere"
        return "utter_pay_done_one" if report.total == 1 else "utter_pay_done"
    if statuses <= {Status.CHECKING, Status.WAITING}:
        return "utter_pay_checking_all"
    if Status.CHECKING in statuses or Status.WAITING in statuses:
        return "utter_pay_checking"
    if statuses <= TRY_AGAIN:
        return "utter_pay_declined" if Status.DECLINED in statuses else "utter_pay_not_charged"
    return "utter_pay_partly"


def _response_of_credit(report: OrderReport) -> str:
    statuses = {line.status for line in report.lines}
    if statuses & {Status.CHECKING, Status.WAITING}:
        return "utter_pay_checking"
    if statuses == {Status.PAID}:
        return "utter_pay_done_credit"
    return "utter_pay_not_charged" if statuses <= TRY_AGAIN else "utter_pay_partly_credit"


def _row(line: LineReport, words: Wording) -> dict[str, Any]:
    status = SHOWN_AS[line.status]
    advice = words.part(f"advice_{status}") if words.has(f"utter_part_advice_{status}") else ""
    name = "elsewhere" if line.is_elsewhere else status
    return {
        "id": line.invoice_id,
        "number": line.number,
        "description": line.description,
        "amount_text": words.money(line.amount),
        "status": status,
        "status_text": words.part(f"outcome_{name}"),
        "advice_text": advice,
        "ticket": line.ticket,
    }


def _line(row: Mapping[str, Any], words: Wording) -> str:
    return words.part(
        "outcome_line",
        number=row["number"],
        amount=row["amount_text"],
        status=row["status_text"],
    )


class PaymentStatus(CustomerTask):
    """ "Har min betalning gått igenom?": the newest order here, else the latest paid invoices."""

    NAME: ClassVar[str] = "action_payment_status"
    PERMISSION: ClassVar[str | None] = "invoices"

    async def reply_to(self, session: Session, turn: Turn, services: Services) -> Reply:
        report = await services.payments.latest(session.client_id)
        if report is not None:
            if report.is_running:
                return Reply(says=(_running(report),))
            slots = {} if turn.active_form else _after(report)
            return Reply(says=outcome(report, services.words), slots=slots)
        return await self._from_billing(session, turn, services)

    async def _from_billing(self, session: Session, turn: Turn, services: Services) -> Reply:
        paid = await services.billing.invoices(
            session.client_id, InvoiceStatus.PAID, limit=LATEST_PAID
        )
        if not paid:
            return Reply(says=(say("utter_payment_none"),))
        words = services.words
        lines = "\n".join(
            words.part(
                "paid_line",
                number=invoice.number,
                amount=words.money(invoice.total + invoice.credit_applied),
                day=words.day(invoice.date_paid.date(), turn.today) if invoice.date_paid else "",
            )
            for invoice in reversed(paid)
        )
        return Reply(says=(say("utter_payment_latest", invoices=lines),))


class UseCredit(CustomerTask):
    """The credit balance, and the offer to use it; it is never used unasked."""

    NAME: ClassVar[str] = "action_use_credit"
    PERMISSION: ClassVar[str | None] = "invoices"

    async def reply_to(self, session: Session, turn: Turn, services: Services) -> Reply:
        customer = await services.billing.customer(session.client_id)
        words = services.words
        if not customer.credit:
            return Reply(says=(say("utter_credit_none"),))
        unpaid = await services.billing.invoices(session.client_id, InvoiceStatus.UNPAID)
        busy = await services.payments.being_paid(session.client_id)
        payable = [i for i in unpaid if i.is_payable() and i.id not in busy]
        amount = words.money(customer.credit)
        if not payable:
            return Reply(says=(say("utter_credit_nothing_to_pay", credit=amount),))
        name = "utter_credit_offer_one" if len(payable) == 1 else "utter_credit_offer"
        wanted = {SELECT_NEXT: step(PAY_FORM, "pay_with_credit")}
        slots = {} if turn.active_form else wanted
        return Reply(says=(say(name, credit=amount, count=len(payable)),), slots=slots)
