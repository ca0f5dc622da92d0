"""The ticket tells a person all that is needed to settle a payment by hand."""

from __future__ import annotations

import pytest

from billing.errors import NotFound
from billing.payments.ticket import ask_person
from tests.fakes.billing import FakeBilling
from tests.unit.payments.test_outcome import capture


async def test_it_names_invoice_amount_time_and_the_commands_that_settle_it() -> None:
    billing = FakeBilling()

    number = await ask_person(billing, capture(id="o1.2", number="F-1042"))

    ((ticket_id, (text,)),) = billing.tickets.items()
    subject, _, message = text.partition("\n\n")
    assert number == f"KVT-{ticket_id}"
    assert ("open_ticket", 7, billing.departments_[0].id) in billing.calls
    assert subject == "Kontrollera betalningen av faktura F-1042"
    assert message.startswith(
        "En kortbetalning av faktura F-1042 (499.00 SEK) skickades 2026-11-24 09:00:00+00:00 (UTC)"
    )
    assert "payments.settle o1.2 charged\n" in message
    assert "payments.settle o1.2 not-charged\n" in message


async def test_without_a_department_there_is_nobody_to_ask() -> None:
    billing = FakeBilling()
    billing.departments_ = ()

    with pytest.raises(NotFound) as refused:
        await ask_person(billing, capture())

    assert str(refused.value) == "departments: there is no department to open a ticket in"
