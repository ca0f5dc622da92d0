"""`CapturePayment`: charge the card that WHMCS picks. No card, no amount, no idempotency key."""

from __future__ import annotations

from sandbox.api.call import Answer, ApiError, Call, ReplyLost, action
from sandbox.charging import Outcome, card_for, charge
from sandbox.ledger import balance
from sandbox.records import Invoice
from sandbox.world import World

FAILED = "Payment Attempt Failed"


@action("CapturePayment")
async def capture_payment(world: World, call: Call) -> Answer:
    invoice = world.store.get(Invoice, call.number("invoiceid"))
    if invoice is None or invoice.status != "Unpaid" or balance(world, invoice) <= 0:
        raise ApiError("Invoice Not Found or Not Unpaid")
    card = card_for(world, invoice)
    if card is None:
        raise ApiError(FAILED)
    result = await charge(world, invoice, card, initiator="api")
    if result.is_reply_lost:
        raise ReplyLost
    if not _is_success(world, result.outcome):
        raise ApiError(FAILED)
    return {"result": "success"}


def _is_success(world: World, outcome: Outcome) -> bool:
    if outcome is Outcome.PENDING:
        return world.switches.pending_answer == "success"
    return outcome is Outcome.SUCCESS
