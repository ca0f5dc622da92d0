"""Actions on support tickets and departments."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sandbox.api.call import Answer, ApiError, Call, action, client_or_error, page
from sandbox.api.shapes import Listing
from sandbox.records import Department, Ticket, TicketMessage, User
from sandbox.world import World

PRIORITIES = ("Low", "Medium", "High")
STATUSES = ("Open", "Answered", "Customer-Reply", "In Progress", "On Hold", "Closed")
FIRST_NUMBER = 516_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Author:
    client_id: int = 0
    name: str = ""
    email: str = ""
    admin: str = ""


@action("OpenTicket")
def open_ticket(world: World, call: Call) -> Answer:
    author = _author(world, call)
    department = world.store.get(Department, call.number("deptid"))
    if department is None:
        raise ApiError("Department ID not found")
    _require(call, "subject", "Subject is required")
    _require(call, "message", "Message is required")
    at = _created(world, call, "Ticket creation date cannot be in the future")
    with world.store.transaction():
        ticket = _add_ticket(world, call, author, department, at)
        _add_message(world, ticket, author, call.params["message"], at)
    return {
        "result": "success",
        "id": str(ticket.id),
        "tid": ticket.tid,
        "c": ticket.access_code,
    }


def _require(call: Call, name: str, message: str) -> None:
    if not call.has(name):
        raise ApiError(message)


def _author(world: World, call: Call) -> Author:
    if call.has("clientid"):
        client = client_or_error(world, call.number("clientid"))
        if call.has("userid") and world.store.get(User, call.number("userid")) is None:
            raise ApiError("The system cannot find the provided user ID.")
        return Author(client_id=client.id, name=client.name, email=client.email)
    if call.has("contactid"):
        raise ApiError("Contact ID Not Found")
    if not call.has("name") or not call.has("email"):
        raise ApiError("Name and email address are required if not a client")
    if not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", call.text("email")):
        raise ApiError("Email Address Invalid")
    return Author(name=call.text("name"), email=call.text("email"))


def _created(world: World, call: Call, future_message: str) -> str:
    if not call.has("created"):
        return world.stamp
    try:
        at = datetime.fromisoformat(call.text("created")).replace(tzinfo=None)
    except ValueError:
        raise ApiError("Invalid Date Format") from None
    if at > world.now.replace(tzinfo=None):
        raise ApiError(future_message)
    return at.strftime("%Y-%m-%d %H:%M:%S")


def _add_ticket(
    world: World, call: Call, author: Author, department: Department, at: str
) -> Ticket:
    priority = call.text("priority").capitalize()
    tickets = world.store.all(Ticket)
    return world.store.add(
        Ticket(
            tid=str(FIRST_NUMBER + (tickets[-1].id if tickets else 0) * 7 + 757),
            access_code=world.token()[:8],
            department_id=department.id,
            client_id=author.client_id,
            name=author.name,
            email=author.email,
            subject=call.text("subject"),
            priority=priority if priority in PRIORITIES else "Medium",
            date=at,
            last_reply=at,
        )
    )


def _add_message(world: World, ticket: Ticket, author: Author, text: str, at: str) -> None:
    world.store.add(
        TicketMessage(
            ticket_id=ticket.id,
            client_id=author.client_id,
            name=author.name,
            email=author.email,
            admin=author.admin,
            message=text,
            date=at,
        )
    )


@action("AddTicketReply")
def add_ticket_reply(world: World, call: Call) -> Answer:
    ticket = world.store.get(Ticket, call.number("ticketid"))
    if ticket is None:
        raise ApiError("Ticket ID not found")
    author = (
        Author(admin=call.text("adminusername"))
        if call.has("adminusername")
        else _author(world, call)
    )
    _require(call, "message", "Message is required")
    status = call.text("status") or ("Answered" if author.admin else "Customer-Reply")
    if status not in STATUSES:
        raise ApiError("Invalid Ticket Status")
    at = _created(world, call, "Reply creation date cannot be in the future")
    with world.store.transaction():
        _add_message(world, ticket, author, call.params["message"], at)
        world.store.change(ticket, status=status, last_reply=at)
    return {"result": "success"}


@action("AddTicketNote")
def add_ticket_note(world: World, call: Call) -> Answer:
    ticket = _find(world, call)
    _require(call, "message", "Message is required")
    world.store.add(
        TicketMessage(
            ticket_id=ticket.id,
            admin="admin",
            message=call.params["message"],
            date=world.stamp,
            is_note=True,
        )
    )
    return {"result": "success"}


def _find(world: World, call: Call) -> Ticket:
    if call.has("ticketnum"):
        ticket = world.store.first(Ticket, tid=call.text("ticketnum"))
    else:
        ticket = world.store.get(Ticket, call.number("ticketid"))
    if ticket is None:
        raise ApiError("Ticket ID not found")
    return ticket


@action("GetTicket")
def get_ticket(world: World, call: Call) -> Answer:
    ticket = _find(world, call)
    messages = world.store.all(TicketMessage, ticket_id=ticket.id)
    replies = [_reply(number, row) for number, row in enumerate(_said(messages))]
    if call.text("repliessort").upper() == "DESC":
        replies.reverse()
    return {
        "result": "success",
        **_row(world, ticket),
        "replies": Listing(key="reply", rows=replies),
        "notes": Listing(
            key="note", rows=[_note(row) for row in messages if row.is_note], empty=""
        ),
    }


def _said(messages: list[TicketMessage]) -> list[TicketMessage]:
    return [row for row in messages if not row.is_note]


def _row(world: World, ticket: Ticket) -> dict[str, str]:
    department = world.store.get(Department, ticket.department_id)
    return {
        "ticketid": str(ticket.id),
        "tid": ticket.tid,
        "c": ticket.access_code,
        "deptid": str(ticket.department_id),
        "deptname": department.name if department else "",
        "userid": str(ticket.client_id),
        "contactid": "0",
        "name": ticket.name,
        "email": ticket.email,
        "cc": "",
        "date": ticket.date,
        "subject": ticket.subject,
        "status": ticket.status,
        "priority": ticket.priority,
        "admin": "",
        "lastreply": ticket.last_reply,
        "flag": "0",
        "service": "",
    }


def _reply(number: int, row: TicketMessage) -> dict[str, Any]:
    return {
        "replyid": str(number),
        "userid": str(row.client_id),
        "contactid": "0",
        "name": row.name,
        "email": row.email,
        "date": row.date,
        "message": row.message,
        "attachment": "",
        "attachments": [[]],
        "attachments_removed": False,
        "admin": row.admin,
    }


def _note(row: TicketMessage) -> dict[str, str]:
    return {"noteid": str(row.id), "date": row.date, "message": row.message, "admin": row.admin}


@action("GetTickets")
def get_tickets(world: World, call: Call) -> Answer:
    where: dict[str, Any] = {}
    if call.has("clientid"):
        where["client_id"] = call.number("clientid")
    if call.has("deptid"):
        where["department_id"] = call.number("deptid")
    status, subject = call.text("status").lower(), call.text("subject").lower()
    tickets = [
        row
        for row in world.store.all(Ticket, **where)
        if (not status or row.status.lower() == status) and subject in row.subject.lower()
    ]
    chosen, counts = page(call, tickets[::-1])
    rows = [{"id": str(row.id), **_row(world, row)} for row in chosen]
    counts["totalresults"] = str(counts["totalresults"])
    return {"result": "success", **counts, "tickets": Listing(key="ticket", rows=rows)}


@action("GetSupportDepartments")
def get_support_departments(world: World, call: Call) -> Answer:
    departments = [
        row
        for row in world.store.all(Department)
        if row.is_admins or call.flag("ignore_dept_assignments")
    ]
    rows = [_department(world, row) for row in departments]
    return {
        "result": "success",
        "totalresults": str(len(rows)),
        "departments": Listing(key="department", rows=rows),
    }


def _department(world: World, department: Department) -> dict[str, str]:
    tickets = world.store.all(Ticket, department_id=department.id)
    waiting = sum(row.status in ("Open", "Customer-Reply") for row in tickets)
    return {
        "id": str(department.id),
        "name": department.name,
        "awaitingreply": str(waiting),
        "opentickets": str(sum(row.status != "Closed" for row in tickets)),
    }
