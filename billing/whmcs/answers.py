"""What an HTTP answer of WHMCS means: a payload, a documented no, a wrong set-up, or nothing.

WHMCS answers a business error with 200 and `result: error`, and refuses access with 403; a proxy or
a failing PHP in front of it answers with anything. Only `result: success` is success. The texts of
its messages are matched here and end here: what goes on is one of our own sentences.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from decimal import Decimal
from ipaddress import ip_address
from typing import Any, NoReturn

from billing.errors import (
    BillingError,
    Cause,
    Declined,
    NotAllowed,
    NotConfigured,
    NotFound,
    NotPayable,
    Refused,
)
from billing.whmcs.shapes import Payload, unflatten

MESSAGES: dict[str, type[Refused]] = {
    "client not found": NotFound,
    "client id not found": NotFound,
    "invalid client id": NotFound,
    "invalid client_id": NotFound,
    "invalid user id": NotFound,
    "invalid user_id": NotFound,
    "invalid user_id for client": NotAllowed,
    "user is not associated with client": NotFound,
    "invoice id not found": NotFound,
    "quote id not found": NotFound,
    "ticket id not found": NotFound,
    "department id not found": NotFound,
    "invalid pay method id": NotFound,
    "pay method does not belong to passed client id": NotFound,
    "invoice not found or not unpaid": NotPayable,
    "invoice not in unpaid status": NotPayable,
    "payment attempt failed": Declined,
    "amount exceeds customer credit balance": NotAllowed,
    "amount exceeds invoice balance": NotAllowed,
    "credit amount to apply must be greater than zero": NotAllowed,
    "no details provided for update": NotAllowed,
    "unsupported gateway type for update": NotAllowed,
    "email template not found": NotAllowed,
    "email template is disabled": NotAllowed,
}
_SSO_BLOCKED = "sso authentication blocked"
_SENTENCES = {
    Cause.CREDENTIALS: "WHMCS does not know these API credentials",
    Cause.ADDRESS: "WHMCS does not allow API calls from this machine's address",
    Cause.ROLE: "the API role lacks this action",
    Cause.ACTION: "this WHMCS does not know the action",
    Cause.ENDPOINT: "there is no WHMCS API at this address",
    Cause.OTHER: "WHMCS refused access",
}


class Garbled(Exception):
    """No answer that tells anything: the server failed, or what came is not WHMCS's JSON."""

    def __init__(self, detail: str) -> None:
        self.detail = detail
        super().__init__(detail)


class Unfamiliar(Refused):
    """WHMCS said no in words that are not documented, so what it means for a payment is open."""


def understand(action: str, status: int, body: bytes, *, id: int | str | None = None) -> Payload:
    """The payload of a success; raises `Garbled`, `NotConfigured` or a `Refused`."""
    if status >= 500 or status == 429:
        raise Garbled(f"HTTP {status}")
    payload = _decode(status, body)
    if payload.get("result") == "success" and status < 300:
        return unflatten(payload)
    if "error" not in (payload.get("result"), payload.get("status")):
        raise Garbled("neither success nor error")
    message = payload.get("message")
    raise _refusal(action, status, message if isinstance(message, str) else "", id)


def _decode(status: int, body: bytes) -> dict[str, Any]:
    try:
        payload = json.loads(body, parse_float=Decimal, parse_constant=_no_constant)
    except (ValueError, RecursionError, ArithmeticError):
        raise _not_json(status) from None
    if not isinstance(payload, Mapping):
        raise _not_json(status)
    return dict(payload)


def _no_constant(_name: str) -> NoReturn:
    raise ValueError("not a number")


def _not_json(status: int) -> Exception:
    if status in (401, 403):
        return Misdirected(Cause.OTHER, f"HTTP {status} from something in front of WHMCS")
    if 300 <= status < 500:
        return Misdirected(Cause.ENDPOINT, f"HTTP {status}")
    return Garbled("not the JSON of WHMCS")


class Misdirected(Garbled):
    """Something other than WHMCS's API answered, in a way that tells of a wrong set-up."""

    def __init__(self, cause: Cause, detail: str) -> None:
        self.cause = cause
        super().__init__(f"{_SENTENCES[cause]} ({detail})")


def _refusal(action: str, status: int, message: str, id: int | str | None) -> BillingError:
    said = message.strip().lower()
    if (cause := _cause(status, said)) is not None:
        seen = _address_in(message) if cause is Cause.ADDRESS else ""
        detail = f"{_SENTENCES[cause]} {seen}".strip()
        return NotConfigured(action, detail, id=id, cause=cause, seen_address=seen)
    if said.startswith(_SSO_BLOCKED):
        return NotAllowed(action, "single sign-on is switched off", id=id)
    kind = MESSAGES.get(said.rstrip("."))
    if kind is None:
        return Unfamiliar(action, "refused for a reason that is not documented", id=id)
    return kind(action, said, id=id)


def _cause(status: int, said: str) -> Cause | None:
    if said.startswith("invalid ip"):
        return Cause.ADDRESS
    if said.startswith(("invalid or missing credentials", "authentication failed")):
        return Cause.CREDENTIALS
    if said.startswith(("invalid permissions", "access denied")):
        return Cause.ROLE
    if said.startswith("the requested api action could not be found"):
        return Cause.ACTION
    return Cause.OTHER if status in (401, 403) else None


def _address_in(message: str) -> str:
    """The address that WHMCS saw, for the operator to allow; nothing else of the message."""
    for word in re.findall(r"[0-9A-Fa-f:.]{3,45}", message):
        try:
            return str(ip_address(word))
        except ValueError:
            continue
    return ""


def is_certain(error: BillingError) -> bool:
    """Whether nothing happened for sure after WHMCS answered a write with this."""
    return not isinstance(error, Unfamiliar)
