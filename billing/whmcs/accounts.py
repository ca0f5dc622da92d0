"""Who the customer is: the user with exactly this address, and the accounts they may act for."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace

from billing.errors import BadAnswer, NotFound
from billing.model import ALL_PERMISSIONS, Customer, Money, same_address
from billing.whmcs.listing import every, readable, together
from billing.whmcs.shapes import (
    Payload,
    Unreadable,
    amount,
    flag,
    identifier,
    integer,
    mapping,
    rows,
    text,
)
from billing.whmcs.wire import Wire

CURRENCY_SECONDS = 600.0
MOST_CURRENCIES = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A client as GetClientsDetails tells it, seen as its owner."""

    customer: Customer
    currency_id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership:
    client_id: int
    is_owner: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    id: int
    email: str
    memberships: tuple[Membership, ...]


class Accounts:
    def __init__(self, wire: Wire, clock: Callable[[], float]) -> None:
        self._wire = wire
        self._clock = clock
        self._currencies: dict[int, tuple[float, str]] = {}

    async def find(self, email: str) -> tuple[Customer, ...]:
        """GetUsers searches by prefix, in names too: only the whole address counts."""
        if "@" not in email:
            return ()
        asked = {"search": email.strip()}
        found = readable("GetUsers", await every(self._wire, "GetUsers", asked, "users"), to_user)
        users = [user for user in found if same_address(user.email, email)]
        accounts = await together(
            *(self._as_member(user, one) for user in users for one in user.memberships)
        )
        return tuple(customer for customer in accounts if customer is not None)

    async def _as_member(self, user: User, membership: Membership) -> Customer | None:
        """None for an account that is gone, or that the user has just left."""
        try:
            account, permissions = await asyncio.gather(
                self.account(membership.client_id), self._permissions(user, membership)
            )
        except NotFound:
            return None
        return replace(account.customer, user_id=user.id, email=user.email, permissions=permissions)

    async def _permissions(self, user: User, membership: Membership) -> frozenset[str]:
        if membership.is_owner:
            return ALL_PERMISSIONS
        return await self._wire.read(
            "GetUserPermissions",
            {"user_id": user.id, "client_id": membership.client_id},
            to_permissions,
            id=membership.client_id,
        )

    async def account(self, client_id: int) -> Account:
        account = await self._wire.read(
            "GetClientsDetails",
            {"clientid": client_id, "stats": False},
            to_account,
            id=client_id,
        )
        if account.customer.client_id != client_id:
            raise BadAnswer("GetClientsDetails", "another client came", id=client_id)
        return await self._with_currency(account)

    async def _with_currency(self, account: Account) -> Account:
        if account.customer.currency:
            return account
        code = await self.currency_code(account.currency_id)
        credit = Money(account.customer.credit.amount, code)
        return replace(account, customer=replace(account.customer, currency=code, credit=credit))

    async def currency(self, client_id: int) -> str:
        """The one currency that all of a client's invoices are in; remembered for a while."""
        known = self._currencies.get(client_id)
        if known and self._clock() < known[0]:
            return known[1]
        code = (await self.account(client_id)).customer.currency
        if len(self._currencies) >= MOST_CURRENCIES:
            self._currencies.clear()
        self._currencies[client_id] = (self._clock() + CURRENCY_SECONDS, code)
        return code

    async def currency_code(self, currency_id: int | None) -> str:
        codes = await self._wire.read("GetCurrencies", {}, to_currencies)
        if currency_id not in codes:
            raise BadAnswer("GetCurrencies", "a currency is missing", id=currency_id)
        return codes[currency_id]


def to_user(payload: Payload) -> User:
    return User(
        id=integer(payload, "id"),
        email=text(payload, "email"),
        memberships=tuple(to_membership(one) for one in rows(payload, "clients")),
    )


def to_membership(payload: Payload) -> Membership:
    return Membership(client_id=integer(payload, "id"), is_owner=flag(payload, "isOwner"))


def to_account(payload: Payload) -> Account:
    """WHMCS repeats the client's fields at the top, where older versions have them alone."""
    client = mapping(payload, "client") if payload.get("client") else payload
    code = text(client, "currency_code")
    name = f"{text(client, 'firstname')} {text(client, 'lastname')}".strip()
    customer = Customer(
        client_id=integer(client, "client_id", "id", "userid"),
        user_id=identifier(client, "owner_user_id"),
        name=name or text(client, "fullname"),
        company=text(client, "companyname"),
        email=text(client, "email"),
        billing_email=text(client, "email"),
        currency=code,
        credit=Money(amount(client, "credit"), code),
        permissions=ALL_PERMISSIONS,
        sso_allowed=flag(client, "allowSingleSignOn", default=True),
        uuid=text(client, "uuid"),
    )
    return Account(customer=customer, currency_id=identifier(client, "currency"))


def to_permissions(payload: Payload) -> frozenset[str]:
    """Names in a list, wrapped or bare, or as keys of switches; an unknown form grants nothing."""
    value = payload.get("permissions")
    if isinstance(value, dict) and "permission" in value:
        value = value["permission"]
    if isinstance(value, str):
        value = [name.strip() for name in value.split(",")]
    if isinstance(value, dict):
        value = [_granted(name, setting) for name, setting in value.items()]
    if not isinstance(value, list):
        return frozenset()
    return ALL_PERMISSIONS & {name for name in value if isinstance(name, str)}


def _granted(name: str, setting: object) -> object:
    """A name as a key with a switch, or a numbered entry whose value is the name."""
    if name.isdigit():
        return setting
    return name if setting in (True, 1, "1", "true", "on") else None


def to_currencies(payload: Payload) -> dict[int | None, str]:
    found: dict[int | None, str] = {}
    for record in rows(payload, "currencies", "currency"):
        if not (code := text(record, "code")):
            raise Unreadable("code")
        found[integer(record, "id")] = code
    return found
