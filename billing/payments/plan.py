"""Decide what a "ja" would pay: a plan for each invoice, or the problem that keeps it out. Pure.

Which card WHMCS charges cannot be said in the call: it is the invoice's own card or, without one,
the client's default. So a chosen card is charged here only where that certainly is the one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from billing.model import Card, Invoice, InvoiceStatus, LinkPurpose, Money
from billing.payments.model import (
    OPEN,
    Hosted,
    Line,
    Method,
    Plan,
    Prepared,
    Problem,
    ProblemKind,
    State,
)

Asked = tuple[int, Invoice | None]
"""An invoice that was asked for by id, and what the billing system holds under it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """All that the decision rests on, read just before."""

    client_id: int
    method: Method
    asked: tuple[Asked, ...]
    live: Mapping[int, State]
    """Invoices that the journal holds as under way or paid by us."""
    card_id: int | None
    cards: Sequence[Card]
    credit: Money
    today: date


def prepare(facts: Facts) -> Prepared:
    """The summary without its confirmation id."""
    payable, problems = _sort_out(facts)
    currency = payable[0].balance.currency if payable else facts.credit.currency
    card, card_problem = _card(facts)
    lines, kept_out = _lines(facts, payable, None if card_problem else card)
    left = Money.sum((invoice.balance for invoice in payable), currency)
    total = Money.sum((line.amount for line in lines), currency)
    everything = page([invoice.id for invoice in payable])
    return Prepared(
        confirmation_id=None,
        client_id=facts.client_id,
        method=facts.method,
        lines=lines,
        problems=(*([card_problem] if card_problem else []), *problems, *kept_out),
        card=card,
        total=total,
        charges=0 if facts.method is Method.CREDIT else len(lines),
        changes_default=any(line.plan is Plan.MAKE_DEFAULT for line in lines),
        expires_at=None,
        hosted=None if lines else everything,
        mass_payment=everything if len(lines) > 1 else None,
        credit=facts.credit,
        remaining=left - total,
    )


def page(invoice_ids: Sequence[int]) -> Hosted | None:
    """The billing system's own page for these: an invoice's, or the mass payment's for several."""
    if not invoice_ids:
        return None
    one = len(invoice_ids) == 1
    purpose = LinkPurpose.PAY_INVOICE if one else LinkPurpose.MASS_PAYMENT
    return Hosted(purpose=purpose, ids=tuple(invoice_ids))


def charges_chosen_card(card: Card, invoice: Invoice) -> Plan | None:
    """How this card can be charged for this invoice so that no other card is; None: it cannot."""
    fits = invoice.is_card_gateway and card.gateway in ("", invoice.payment_method)
    if not fits:
        return None
    if invoice.card_id is None:
        return Plan.MAKE_DEFAULT
    return Plan.CAPTURE if invoice.card_id == card.id else None


def _sort_out(facts: Facts) -> tuple[tuple[Invoice, ...], tuple[Problem, ...]]:
    """What can be paid at all, in one currency, and what stands in the way of the rest."""
    payable: list[Invoice] = []
    problems: list[Problem] = []
    for invoice_id, invoice in dict(facts.asked).items():
        currency = payable[0].balance.currency if payable else ""
        found = _obstacle(invoice, facts.live.get(invoice_id), currency)
        if isinstance(found, Invoice):
            payable.append(found)
        else:
            problems.append(_problem(found, invoice_id, invoice))
    return tuple(payable), tuple(problems)


def _obstacle(invoice: Invoice | None, live: State | None, currency: str) -> ProblemKind | Invoice:
    """What stands in the way; the invoice itself where nothing does."""
    if invoice is None:
        return ProblemKind.NOT_FOUND
    if live in OPEN:
        return ProblemKind.BEING_PAID
    if invoice.status is InvoiceStatus.PAID:
        return ProblemKind.ALREADY_PAID
    if invoice.status is InvoiceStatus.PAYMENT_PENDING:
        return ProblemKind.PENDING_ELSEWHERE
    if not invoice.is_payable():
        return ProblemKind.NOT_PAYABLE
    if live is State.SUCCEEDED:
        return ProblemKind.HOSTED_PAGE  # paid here once and opened again: a person's matter
    if currency and invoice.balance.currency != currency:
        return ProblemKind.OTHER_CURRENCY
    return invoice


def _problem(kind: ProblemKind, invoice_id: int, invoice: Invoice | None) -> Problem:
    hosted = page([invoice_id]) if kind is ProblemKind.HOSTED_PAGE else None
    number = invoice.number if invoice else str(invoice_id)
    return Problem(kind=kind, invoice_id=invoice_id, number=number, hosted=hosted)


def _card(facts: Facts) -> tuple[Card | None, Problem | None]:
    if facts.method is not Method.CARD:
        return None, None
    if facts.card_id is None:
        return None, Problem(kind=ProblemKind.NO_CARD)
    card = next((one for one in facts.cards if one.id == facts.card_id), None)
    if card is None:
        return None, Problem(kind=ProblemKind.CARD_GONE)
    if card.is_expired(facts.today):
        return card, Problem(kind=ProblemKind.CARD_EXPIRED)
    return card, None


def _lines(
    facts: Facts, payable: Sequence[Invoice], card: Card | None
) -> tuple[tuple[Line, ...], tuple[Problem, ...]]:
    if facts.method is Method.CREDIT:
        return _credit_lines(payable, facts.credit)
    if facts.method is Method.CARD and card is not None:
        return _card_lines(payable, card)
    return (), ()


def _card_lines(
    payable: Sequence[Invoice], card: Card
) -> tuple[tuple[Line, ...], tuple[Problem, ...]]:
    plans = [(invoice, charges_chosen_card(card, invoice)) for invoice in payable]
    lines = tuple(_line(invoice, plan, invoice.balance) for invoice, plan in plans if plan)
    hosted = (invoice for invoice, plan in plans if not plan)
    return lines, tuple(_problem(ProblemKind.HOSTED_PAGE, one.id, one) for one in hosted)


def _credit_lines(
    payable: Sequence[Invoice], credit: Money
) -> tuple[tuple[Line, ...], tuple[Problem, ...]]:
    """Credit goes to the oldest debts first; the last one may be paid in part."""
    if payable and (not credit.amount > 0 or credit.currency != payable[0].balance.currency):
        return (), (Problem(kind=ProblemKind.NO_CREDIT),)
    lines: list[Line] = []
    left = credit
    for invoice in sorted(payable, key=lambda one: (one.due_date, one.id)):
        part = min(invoice.balance, left)
        if part:
            lines.append(_line(invoice, Plan.CREDIT, part))
            left = left - part
    return tuple(lines), ()


def _line(invoice: Invoice, plan: Plan, amount: Money) -> Line:
    return Line(
        invoice_id=invoice.id,
        number=invoice.number,
        description=invoice.description,
        balance_minor=invoice.balance.minor,
        amount_minor=amount.minor,
        credit_before_minor=invoice.credit_applied.minor,
        plan=plan,
        currency=amount.currency,
    )
