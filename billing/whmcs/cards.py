"""Saved cards and charges.

A card's `remote_token` is never read: nothing past this module could leak it. A charge names an
invoice only; WHMCS picks the card and the amount.
"""

from __future__ import annotations

import re

from billing.errors import BadAnswer, NotFound, NotPayable, NotReached
from billing.model import NO_EXPIRY, Card, Money
from billing.whmcs.invoices import Invoices, InvoiceSheet, to_invoice
from billing.whmcs.listing import readable
from billing.whmcs.shapes import Payload, Unreadable, integer, rows, text
from billing.whmcs.wire import Wire

_EXPIRY = re.compile(r"(0[1-9]|1[0-2])\s*/?\s*(?:20)?([0-9]{2})")
_CARD_TYPES = {"CreditCard", "RemoteCreditCard"}


class Cards:
    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    async def several(self, client_id: int) -> tuple[Card, ...]:
        asked = {"clientid": client_id}
        return await self._wire.read("GetPayMethods", asked, to_cards, id=client_id)

    async def make_default(self, client_id: int, card_id: int) -> None:
        await self._check(client_id, card_id)
        asked = {"clientid": client_id, "paymethodid": card_id, "set_as_default": True}
        await self._wire.write("UpdatePayMethod", asked, id=card_id)

    async def remove(self, client_id: int, card_id: int) -> None:
        """Stays saved here when the gateway cannot forget it, so that it can be tried again."""
        await self._check(client_id, card_id)
        asked = {"clientid": client_id, "paymethodid": card_id, "failonremotefailure": True}
        await self._wire.write("DeletePayMethod", asked, id=card_id)

    async def _check(self, client_id: int, card_id: int) -> None:
        try:
            cards = await self.several(client_id)
        except BadAnswer as error:
            raise unread_before_write(error) from None
        if card_id not in {card.id for card in cards}:
            raise NotFound("GetPayMethods", "not this client's", id=card_id)


class Charges:
    def __init__(self, wire: Wire, invoices: Invoices) -> None:
        self._wire = wire
        self._invoices = invoices

    async def capture(self, client_id: int, invoice_id: int) -> None:
        await self._payable(client_id, invoice_id)
        asked = {"invoiceid": invoice_id}
        await self._wire.write("CapturePayment", asked, id=invoice_id, is_capture=True)

    async def apply_credit(self, client_id: int, invoice_id: int, amount: Money) -> None:
        await self._payable(client_id, invoice_id)
        asked = {"invoiceid": invoice_id, "amount": f"{amount.amount:.2f}"}
        await self._wire.write("ApplyCredit", asked, id=invoice_id)

    async def _payable(self, client_id: int, invoice_id: int) -> None:
        try:
            sheet = await self._invoices.sheet(client_id, invoice_id)
            is_payable = self._is_payable(sheet)
        except BadAnswer as error:
            raise unread_before_write(error) from None
        if not is_payable:
            raise NotPayable("GetInvoice", "not an unpaid debt", id=invoice_id)

    def _is_payable(self, sheet: InvoiceSheet) -> bool:
        def judge(payload: Payload) -> bool:
            return to_invoice(payload, None, "", self._invoices.zone).is_payable()

        return readable("GetInvoice", [sheet.payload], judge)[0]


def unread_before_write(error: BadAnswer) -> NotReached:
    """The look before a write failed, so the write was certainly not sent."""
    return NotReached(error.operation, error.detail, id=error.id)


def to_cards(payload: Payload) -> tuple[Card, ...]:
    methods = rows(payload, "paymethods", "paymethod")
    return tuple(to_card(one) for one in methods if text(one, "type") in _CARD_TYPES)


def to_card(payload: Payload) -> Card:
    return Card(
        id=integer(payload, "id"),
        brand=text(payload, "card_type"),
        last_four=_last_four(text(payload, "card_last_four")),
        expires=to_expiry(text(payload, "expiry_date")),
        description=text(payload, "description"),
        gateway=text(payload, "gateway_name"),
    )


def _last_four(written: str) -> str:
    """The last four digits and no more, with the zeros that a number would have lost."""
    digits = re.sub(r"[^0-9]", "", written)[-4:]
    return digits.zfill(4) if digits else ""


def to_expiry(written: str) -> tuple[int, int]:
    if not written:
        return NO_EXPIRY
    match = _EXPIRY.fullmatch(written)
    if match is None:
        raise Unreadable("expiry_date")
    return 2000 + int(match[2]), int(match[1])
