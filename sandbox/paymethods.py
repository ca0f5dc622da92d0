"""What may be done with saved cards: order, default, adding, removing."""

from __future__ import annotations

import re
from dataclasses import dataclass

from sandbox.records import Client, Invoice, PayMethod
from sandbox.world import World

BRANDS = {"4": "Visa", "5": "MasterCard", "2": "MasterCard", "3": "American Express"}

TEST_NUMBERS = {
    "4242424242424242": "approve",
    "5555555555554444": "approve",
    "378282246310005": "approve",
    "4000000000000002": "decline",
    "4000000000009995": "insufficient_funds",
    "4000000000000069": "expired",
    "4000002760003184": "authentication_required",
}
"""The card networks' published test numbers, which belong to nobody; others are not taken."""


class CardRefused(Exception):
    """The form's card cannot be saved; the message is for the customer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCard:
    number: str
    expiry: str
    """MM/YY as typed."""
    description: str = ""
    is_default: bool = False


def ordered(world: World, client: Client) -> list[PayMethod]:
    """The default first, then by age (the order of WHMCS's admin list)."""
    methods = world.store.all(PayMethod, client_id=client.id)
    return sorted(methods, key=lambda method: method.id != client.default_paymethod_id)


def make_default(world: World, method: PayMethod) -> None:
    """For future attempts; invoices that have a card of their own keep it."""
    client = world.store.get(Client, method.client_id)
    if client is not None:
        world.store.change(client, default_paymethod_id=method.id)


def remove(world: World, method: PayMethod) -> None:
    """Delete it; invoices that were to use it fall back to the default."""
    with world.store.transaction():
        for invoice in world.store.all(Invoice, client_id=method.client_id, paymethod_id=method.id):
            world.store.change(invoice, paymethod_id=0)
        client = world.store.get(Client, method.client_id)
        world.store.remove(method)
        if client is not None and client.default_paymethod_id == method.id:
            rest = world.store.all(PayMethod, client_id=client.id)
            world.store.change(client, default_paymethod_id=rest[0].id if rest else 0)


def add_card(world: World, client: Client, card: NewCard, *, gateway: str) -> PayMethod:
    """Save a test card as a token of the gateway; the number itself is not kept."""
    digits = re.sub(r"[\s-]", "", card.number)
    if digits not in TEST_NUMBERS:
        raise CardRefused("Bara testkort går att spara här. Välj ett av numren i listan.")
    expiry = _future_expiry(world, card.expiry)
    with world.store.transaction():
        method = world.store.add(
            PayMethod(
                client_id=client.id,
                description=card.description,
                gateway_name=gateway,
                card_type=BRANDS[digits[0]],
                last_four=digits[-4:],
                expiry=expiry,
                behaviour=TEST_NUMBERS[digits],
                remote_token=f"pm_{world.token()}",
                updated_at=world.stamp,
            )
        )
        if card.is_default or not client.default_paymethod_id:
            make_default(world, method)
    return method


def _future_expiry(world: World, text: str) -> str:
    match = re.fullmatch(r"\s*(0[1-9]|1[0-2])\s*/?\s*(\d{2})\s*", text, re.ASCII)
    if match is None:
        raise CardRefused("Skriv hur länge kortet gäller som MM/ÅÅ, till exempel 08/29.")
    if (2000 + int(match[2]), int(match[1])) < (world.today.year, world.today.month):
        raise CardRefused("Kortet har gått ut. Använd ett annat kort.")
    return f"{match[1]}/{match[2]}"
