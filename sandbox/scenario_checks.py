"""Whether a scenario makes sense, and ids for what came without."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import count, islice

from msgspec.structs import replace

from sandbox.scenario import (
    ClientData,
    InvoiceData,
    PayMethodData,
    QuoteData,
    Scenario,
    UserData,
)


class ScenarioError(ValueError):
    """A scenario that contradicts itself; the message says where."""


def numbered(scenario: Scenario) -> Scenario:
    """The scenario with an id on everything; where there was none, on from the highest."""
    clients = _with_ids(scenario.clients)
    invoices = [row for client in clients for row in client.invoices]
    methods = [row for client in clients for row in client.paymethods]
    quotes = [row for client in clients for row in client.quotes]
    new_invoices, new_methods, new_quotes = (
        iter(_with_ids(invoices)),
        iter(_with_ids(methods)),
        iter(_with_ids(quotes)),
    )
    return replace(
        scenario,
        clients=[
            replace(
                client,
                invoices=list(islice(new_invoices, len(client.invoices))),
                paymethods=list(islice(new_methods, len(client.paymethods))),
                quotes=list(islice(new_quotes, len(client.quotes))),
            )
            for client in clients
        ],
    )


def _with_ids[D: ClientData | InvoiceData | PayMethodData | QuoteData](items: list[D]) -> list[D]:
    fresh = count(max((item.id or 0 for item in items), default=0) + 1)
    return [replace(item, id=item.id or next(fresh)) for item in items]


def check(scenario: Scenario) -> None:
    clients = scenario.clients
    _check_unique("client", (row.id for row in clients))
    _check_unique("invoice", (row.id for client in clients for row in client.invoices))
    _check_unique("pay method", (row.id for client in clients for row in client.paymethods))
    _check_unique("quote", (row.id for client in clients for row in client.quotes))
    _check_users(row for client in clients for row in client.users)


def _check_unique(kind: str, ids: Iterable[int | None]) -> None:
    seen: set[int] = set()
    for id in ids:
        if id is None:
            continue
        if id in seen:
            raise ScenarioError(f"two of kind {kind} have the id {id}")
        seen.add(id)


def _check_users(users: Iterable[UserData]) -> None:
    """The same person may be a user of several clients; two people cannot share an id."""
    emails: dict[int, str] = {}
    for user in users:
        email = user.email.strip().lower()
        if user.id and emails.setdefault(user.id, email) != email:
            raise ScenarioError(f"two users have the id {user.id}")
    ids: dict[str, int] = {}
    for id, email in emails.items():
        if ids.setdefault(email, id) != id:
            raise ScenarioError(f"the user {email} has two ids")
