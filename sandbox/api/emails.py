"""Actions that send mail and list what was sent."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from typing import Any

from sandbox import mail
from sandbox.api.call import Answer, ApiError, Call, action, client_or_error, page
from sandbox.api.php import PhpError, unserialize
from sandbox.api.shapes import Listing
from sandbox.records import Client, Email, Invoice, Ticket, User
from sandbox.world import World

CUSTOM_TYPES = ("general", "product", "domain", "invoice", "support", "affiliate", "user")
NOT_SENDABLE = frozenset(
    (
        "Order Confirmation",
        "Password Reset Confirmation",
        "Password Reset Validation",
        "Quote Accepted",
        "Quote Accepted Notification",
        "Quote Delivery with PDF",
        "Clients Only Bounce Message",
        "Replies Only Bounce Message",
        "Affiliate Monthly Referrals Report",
    )
)
SENDING_FAILED = "Sending Failed. Please see documentation."


@action("SendEmail")
def send_email(world: World, call: Call) -> Answer:
    if call.has("messagename"):
        _send_template(world, call)
    elif call.has("customtype"):
        _send_custom(world, call)
    else:
        raise ApiError(
            "You must provide either an existing email template name or a custom message type"
        )
    return {"result": "success"}


def _send_template(world: World, call: Call) -> None:
    name = call.text("messagename")
    if not call.has("id"):
        raise ApiError("A related ID is required")
    if mail.template(name) is None or name in NOT_SENDABLE:
        raise ApiError("Email Template not found")
    invoice = world.store.get(Invoice, call.number("id"))
    if invoice is None:
        raise ApiError(SENDING_FAILED)
    mail.send_invoice_mail(world, name, invoice)


def _send_custom(world: World, call: Call) -> None:
    kind = call.text("customtype").lower()
    _check_custom(call, kind)
    client = RELATED.get(kind, _client)(world, call.number("id"))
    if client is None:
        raise ApiError(SENDING_FAILED)
    variables = _variables(call.text("customvars")) | {
        "client_name": client.name,
        "client_first_name": client.firstname,
        "company_name": world.company,
    }
    mail.post(
        world,
        client,
        template_name=mail.CUSTOM,
        subject=_merged(call.text("customsubject"), variables),
        html=_merged(call.text("custommessage"), variables),
    )


def _check_custom(call: Call, kind: str) -> None:
    if kind not in CUSTOM_TYPES:
        raise ApiError("Invalid message type provided")
    if not call.has("customsubject"):
        raise ApiError("A subject is required for a custom message")
    if not call.has("custommessage"):
        raise ApiError("A message body is required for a custom message")
    if not call.has("id"):
        raise ApiError("A related ID is required")


def _client(world: World, id: int) -> Client | None:
    return world.store.get(Client, id)


def _client_of_invoice(world: World, id: int) -> Client | None:
    invoice = world.store.get(Invoice, id)
    return _client(world, invoice.client_id) if invoice else None


def _client_of_ticket(world: World, id: int) -> Client | None:
    ticket = world.store.get(Ticket, id)
    return _client(world, ticket.client_id) if ticket else None


def _client_of_user(world: World, id: int) -> Client | None:
    user = world.store.get(User, id)
    return world.store.first(Client, email=user.email) if user else None


RELATED: dict[str, Callable[[World, int], Client | None]] = {
    "invoice": _client_of_invoice,
    "support": _client_of_ticket,
    "user": _client_of_user,
}


def _variables(text: str) -> dict[str, str]:
    """base64 of a PHP-serialised array of texts."""
    if not text:
        return {}
    try:
        values = unserialize(base64.b64decode(text, validate=True))
    except (binascii.Error, PhpError):
        raise ApiError("The custom variables you provided are invalid.") from None
    if not isinstance(values, dict):
        raise ApiError("The custom variables you provided are invalid.")
    return {str(key): str(value) for key, value in values.items()}


def _merged(text: str, variables: dict[str, str]) -> str:
    for name, value in variables.items():
        text = text.replace(f"{{${name}}}", value)
    return text


@action("GetEmails")
def get_emails(world: World, call: Call) -> Answer:
    client = client_or_error(world, call.number("clientid"))
    subject, day = call.text("subject").lower(), call.text("date")
    emails = [
        email
        for email in world.store.all(Email, client_id=client.id)
        if subject in email.subject.lower() and email.date.startswith(day)
    ]
    chosen, counts = page(call, emails[::-1])
    rows = [_row(email) for email in chosen]
    return {"result": "success", **counts, "emails": Listing(key="email", rows=rows)}


def _row(email: Email) -> dict[str, Any]:
    return {
        "id": email.id,
        "userid": email.client_id,
        "subject": email.subject,
        "message": email.message,
        "date": email.date,
        "to": email.to,
        "cc": None,
        "bcc": None,
        "attachments": None,
        "pending": 0,
        "message_data": None,
        "failed": int(email.is_failed),
        "failure_reason": "",
        "retry_count": 0,
    }


@action("GetEmailTemplates")
def get_email_templates(_world: World, call: Call) -> Answer:
    kind = call.text("type").lower()
    rows = [
        {
            "id": str(item.id),
            "name": item.name,
            "subject": item.subject.format("{$invoice_num}"),
            "type": item.type,
            "custom": "0",
        }
        for item in mail.TEMPLATES
        if not kind or item.type == kind
    ]
    return {
        "result": "success",
        "totalresults": str(len(rows)),
        "emailtemplates": Listing(key="emailtemplate", rows=rows, can_flatten=True),
    }
