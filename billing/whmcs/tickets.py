"""Support tickets. Staff's private notes on them are never read.

A ticket has two numbers: `id`, by which the API knows it, and `tid`, which the customer sees.
"""

from __future__ import annotations

from dataclasses import dataclass

from billing.errors import BadAnswer, NotAllowed, NotFound, OutcomeUnknown
from billing.model import Department, Ticket
from billing.whmcs.accounts import Accounts
from billing.whmcs.cards import unread_before_write
from billing.whmcs.listing import readable
from billing.whmcs.shapes import Payload, identifier, integer, rows, text
from billing.whmcs.wire import Wire


@dataclass(frozen=True, slots=True, kw_only=True)
class Opener:
    """Whoever opened a ticket: a client, or somebody with a name and an address."""

    ticket_id: int
    client_id: int | None
    name: str
    email: str

    def fields(self) -> dict[str, object]:
        if self.client_id is not None:
            return {"clientid": self.client_id}
        return {"name": self.name, "email": self.email}


class Tickets:
    def __init__(self, wire: Wire, accounts: Accounts) -> None:
        self._wire = wire
        self._accounts = accounts

    async def departments(self) -> tuple[Department, ...]:
        """All of them, not only those that the API's administrator works in."""
        asked = {"ignore_dept_assignments": True}
        return await self._wire.read("GetSupportDepartments", asked, to_departments)

    async def open(
        self,
        opener: dict[str, object],
        department_id: int,
        subject: str,
        message: str,
    ) -> Ticket:
        asked = {**opener, "deptid": department_id, "subject": subject, "message": message}
        payload = await self._wire.write("OpenTicket", asked)
        try:
            return readable("OpenTicket", [payload], to_ticket)[0]
        except BadAnswer as error:
            raise OutcomeUnknown(error.operation, error.detail) from None

    async def opener(
        self, client_id: int | None, user_id: int | None, name: str, email: str
    ) -> dict[str, object]:
        """Who asks, in the fields of OpenTicket."""
        if client_id is None:
            if not (name and email):
                raise NotAllowed("OpenTicket", "name and address are needed")
            return {"name": name, "email": email}
        if user_id is None:
            user_id = await self._owner(client_id)
        return {"clientid": client_id, "userid": user_id}

    async def _owner(self, client_id: int) -> int | None:
        try:
            return (await self._accounts.account(client_id)).customer.user_id
        except BadAnswer as error:
            raise unread_before_write(error) from None

    async def reply(self, ticket_id: int, message: str, client_id: int | None) -> None:
        try:
            opener = await self._wire.read(
                "GetTicket", {"ticketid": ticket_id}, to_opener, id=ticket_id
            )
        except BadAnswer as error:
            raise unread_before_write(error) from None
        if (opener.ticket_id, opener.client_id) != (ticket_id, client_id):
            raise NotFound("GetTicket", "not this client's", id=ticket_id)
        asked = {"ticketid": ticket_id, "message": message, **opener.fields()}
        await self._wire.write("AddTicketReply", asked, id=ticket_id)


def to_departments(payload: Payload) -> tuple[Department, ...]:
    listed = rows(payload, "departments", "department")
    return tuple(Department(id=integer(one, "id"), name=text(one, "name")) for one in listed)


def to_ticket(payload: Payload) -> Ticket:
    ticket_id = integer(payload, "id")
    return Ticket(id=ticket_id, number=text(payload, "tid") or str(ticket_id))


def to_opener(payload: Payload) -> Opener:
    return Opener(
        ticket_id=integer(payload, "ticketid", "id"),
        client_id=identifier(payload, "userid", "clientid"),
        name=text(payload, "name"),
        email=text(payload, "email"),
    )
