"""Charging a saved card: which card, what the card network says, and what the books then hold.

The gap between looking at the invoice and booking the charge is real here, as it is in WHMCS: two
attempts that overlap can both charge, and the surplus becomes the client's credit.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from enum import StrEnum

from sandbox import mail
from sandbox.ledger import balance, client_of, is_card_gateway, record_payment
from sandbox.mass_payment import contained
from sandbox.records import CaptureAttempt, Invoice, PayMethod, Transaction
from sandbox.world import World

BEHAVIOURS = (
    "approve",
    "decline",
    "insufficient_funds",
    "expired",
    "authentication_required",
    "pending",
    "slow",
    "lost_reply",
)


class Outcome(StrEnum):
    SUCCESS = "success"
    DECLINED = "declined"
    PENDING = "pending"


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    outcome: Outcome
    reason: str = ""
    """For the gateway log only."""
    is_reply_lost: bool = False


def fits(card: PayMethod, gateway: str) -> bool:
    """Whether this pay method can be charged through that gateway; a local one ("") fits any."""
    return is_card_gateway(gateway) and card.gateway_name in ("", gateway)


def card_for(world: World, invoice: Invoice) -> PayMethod | None:
    """The invoice's own card, else the client's default, else the first that fits the gateway."""
    methods = world.store.all(PayMethod, client_id=invoice.client_id)
    fitting = [method for method in methods if fits(method, invoice.paymentmethod)]
    default = client_of(world, invoice).default_paymethod_id
    for wanted in (invoice.paymethod_id, default):
        for method in fitting:
            if method.id == wanted:
                return method
    return fitting[0] if fitting else None


def is_expired(world: World, card: PayMethod) -> bool:
    if not card.expiry:
        return False
    month, year = (int(part) for part in card.expiry.split("/"))
    return (2000 + year, month) < (world.today.year, world.today.month)


def answer_of(world: World, card: PayMethod, *, is_customer_present: bool) -> Charge:
    """What the card network says to a charge, by the card's behaviour."""
    if is_expired(world, card) or card.behaviour == "expired":
        return Charge(outcome=Outcome.DECLINED, reason="expired_card")
    match card.behaviour:
        case "decline":
            return Charge(outcome=Outcome.DECLINED, reason="card_declined")
        case "insufficient_funds":
            return Charge(outcome=Outcome.DECLINED, reason="insufficient_funds")
        case "authentication_required" if not is_customer_present:
            return Charge(outcome=Outcome.DECLINED, reason="authentication_required")
        case "pending":
            return Charge(outcome=Outcome.PENDING, reason="pending")
        case "lost_reply":
            return Charge(outcome=Outcome.SUCCESS, is_reply_lost=not is_customer_present)
        case _:
            return Charge(outcome=Outcome.SUCCESS)


async def charge(
    world: World,
    invoice: Invoice,
    card: PayMethod,
    *,
    initiator: str,
    is_customer_present: bool = False,
) -> Charge:
    """Charge the invoice's balance to the card and book what came of it.

    `invoice` is what the caller saw before; it is not looked at again, which is the overlap.
    """
    amount_ore = balance(world, invoice)
    is_slow = card.behaviour == "slow" and not is_customer_present
    switches = world.switches
    await asyncio.sleep(switches.slow_seconds if is_slow else switches.capture_seconds)
    result = answer_of(world, card, is_customer_present=is_customer_present)
    with world.store.transaction():
        _note_attempt(world, invoice, card, amount_ore, result, initiator)
        _book(world, invoice, card, amount_ore, result)
    return result


def _note_attempt(
    world: World, invoice: Invoice, card: PayMethod, amount_ore: int, result: Charge, initiator: str
) -> None:
    world.store.change(invoice, last_capture_attempt=world.stamp)
    world.store.add(
        CaptureAttempt(
            invoice_id=invoice.id,
            paymethod_id=card.id,
            amount_ore=amount_ore,
            outcome=result.outcome,
            reason=result.reason,
            initiator=initiator,
            at=world.stamp,
        )
    )


def _book(world: World, invoice: Invoice, card: PayMethod, amount_ore: int, result: Charge) -> None:
    match result.outcome:
        case Outcome.SUCCESS:
            book_charge(world, invoice, card, amount_ore)
        case Outcome.PENDING:
            world.store.change(invoice, status="Payment Pending", updated_at=world.stamp)
            _tell(world, mail.CARD_PENDING, invoice, card, amount_ore)
        case Outcome.DECLINED:
            _tell(world, mail.CARD_FAILED, invoice, card, amount_ore)


def book_charge(world: World, invoice: Invoice, card: PayMethod, amount_ore: int) -> None:
    """The money is taken: a transaction, the invoice settled, a receipt."""
    paid = record_payment(
        world,
        Transaction(
            client_id=invoice.client_id,
            invoice_id=invoice.id,
            gateway=invoice.paymentmethod,
            date=world.stamp,
            description="Invoice Payment",
            amount_in_ore=amount_ore,
            transid=f"ch_{world.token()}",
            paymethod_id=card.id,
        ),
    )
    _tell(world, mail.CARD_CONFIRMATION, invoice, card, amount_ore)
    if paid.status == "Paid":
        _tell_of_contained(world, paid)


def _tell_of_contained(world: World, container: Invoice) -> None:
    """A mass payment mails once for itself and once for each invoice in it."""
    for original in contained(world, container):
        if original.status == "Paid":
            mail.send_invoice_mail(world, mail.PAYMENT_CONFIRMATION, original)


def _tell(world: World, template: str, invoice: Invoice, card: PayMethod, amount_ore: int) -> None:
    shown = f"{card.card_type} •••• {card.last_four}".strip()
    mail.send_invoice_mail(world, template, invoice, amount_ore=amount_ore, card=shown)


def settle_pending(world: World, invoice: Invoice, *, is_approved: bool) -> None:
    """The bank has made up its mind about a pending charge."""
    attempts = world.store.all(CaptureAttempt, invoice_id=invoice.id, outcome=Outcome.PENDING)
    card = world.store.get(PayMethod, attempts[-1].paymethod_id) if attempts else None
    if invoice.status != "Payment Pending" or card is None:
        raise LookupError(f"invoice {invoice.id} has no pending payment")
    with world.store.transaction():
        waiting = world.store.change(invoice, status="Unpaid", updated_at=world.stamp)
        if is_approved:
            book_charge(world, waiting, card, attempts[-1].amount_ore)
        else:
            _tell(world, mail.CARD_FAILED, waiting, card, attempts[-1].amount_ore)
