"""The ticket by which a person is asked to look at a payment that nobody can settle."""

from __future__ import annotations

from billing.errors import NotFound
from billing.payments.model import Capture
from billing.port import BillingPort

SUBJECT = "Kontrollera betalningen av faktura {number}"
MESSAGE = """\
En kortbetalning av faktura {number} ({amount} {currency}) skickades {sent} (UTC), men betalsystemet
har inte svarat om den gick igenom, och fakturan är inte markerad som betald.

Se efter i kortinlösarens logg om beloppet har dragits. Om det har det: bokför betalningen på
fakturan. Fakturan kan inte betalas i chatten förrän det är utrett. Avsluta med ett av kommandona

    python -m billing.payments.settle {capture} charged
    python -m billing.payments.settle {capture} not-charged
"""


async def ask_person(billing: BillingPort, capture: Capture) -> str:
    """Open the ticket; its number for the customer. Raises what the port raises."""
    departments = await billing.departments()
    if not departments:
        raise NotFound("departments", "there is no department to open a ticket in")
    ticket = await billing.open_ticket(
        client_id=capture.client_id,
        department_id=departments[0].id,
        subject=SUBJECT.format(number=capture.number),
        message=MESSAGE.format(
            number=capture.number,
            amount=capture.amount.amount,
            currency=capture.currency,
            sent=capture.sent_at,
            capture=capture.id,
        ),
    )
    return ticket.number
