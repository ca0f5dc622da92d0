"""Whatever comes over the wire, a caller meets a value or a `BillingError` that tells nothing."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest
import structlog
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from billing.errors import BillingError, NotReached, OutcomeUnknown, Refused
from billing.model import InvoiceStatus, LinkPurpose, Money
from billing.port import BillingPort
from billing.whmcs import connect
from kvitt.settings import load
from tests.fakes.whmcs import FakeWhmcs

SECRET = "HEMLIGT"
SEK = Money.parse("1.00", "SEK")

Call = Callable[[BillingPort], Awaitable[object]]
READS: dict[str, Call] = {
    "find_customers": lambda billing: billing.find_customers("anna@example.se"),
    "customer": lambda billing: billing.customer(1),
    "invoices": lambda billing: billing.invoices(1),
    "unpaid": lambda billing: billing.invoices(1, InvoiceStatus.UNPAID, limit=2),
    "invoice": lambda billing: billing.invoice(1, 5),
    "transactions": lambda billing: billing.transactions(1, 5),
    "cards": lambda billing: billing.cards(1),
    "quotes": lambda billing: billing.quotes(1),
    "departments": lambda billing: billing.departments(),
    "link": lambda billing: billing.link(1, LinkPurpose.PAY_INVOICE, [5]),
}
WRITES: dict[str, Call] = {
    "capture": lambda billing: billing.capture(1, 5),
    "make_default": lambda billing: billing.make_default(1, 3),
    "remove_card": lambda billing: billing.remove_card(1, 3),
    "apply_credit": lambda billing: billing.apply_credit(1, 5, SEK),
    "accept_quote": lambda billing: billing.accept_quote(1, 8, terms_accepted=True),
    "send_receipt": lambda billing: billing.send_receipt(1, 5),
    "send_login_code": lambda billing: billing.send_login_code(1, "Kod", "123456"),
    "open_ticket": lambda billing: billing.open_ticket(
        client_id=1, department_id=1, subject="Hej", message="Hej"
    ),
    "reply_ticket": lambda billing: billing.reply_ticket(4, "Hej", client_id=1),
}

SOUND: dict[str, Any] = {
    "result": "success",
    "totalresults": 1,
    "users": [{"id": 2, "email": "anna@example.se", "clients": [{"id": 1, "isOwner": False}]}],
    "permissions": {"permission": ["invoices"]},
    "client": {
        "client_id": 1,
        "owner_user_id": 2,
        "firstname": "Anna",
        "lastname": "Berg",
        "email": "anna@example.se",
        "currency": 1,
        "currency_code": "SEK",
        "credit": "0.00",
        "allowSingleSignOn": 1,
    },
    "currencies": {"currency": [{"id": "1", "code": "SEK"}]},
    "invoices": {
        "invoice": [
            {
                "id": 5,
                "userid": 1,
                "status": "Unpaid",
                "date": "2026-08-01",
                "duedate": "2026-09-01",
                "paymethodid": None,
                "currencycode": "SEK",
            }
        ]
    },
    "invoiceid": 5,
    "invoicenum": "",
    "userid": 1,
    "status": "Unpaid",
    "date": "2026-08-01",
    "duedate": "2026-09-01",
    "datepaid": "0000-00-00 00:00:00",
    "total": "10.00",
    "balance": 10.0,
    "credit": "0.00",
    "paymentmethod": "stripe",
    "ccgateway": True,
    "items": {"item": [{"type": "Hosting", "relid": 1, "description": "Plats", "amount": "10"}]},
    "transactions": {
        "transaction": [
            {
                "id": "1",
                "invoiceid": "5",
                "date": "2026-08-02 10:00:00",
                "gateway": "stripe",
                "transid": "x",
                "amountin": "10.00",
                "amountout": "0.00",
                "fees": "0.00",
                "description": "",
                "refundid": "0",
            }
        ]
    },
    "paymethods": [
        {
            "id": 3,
            "type": "RemoteCreditCard",
            "card_type": "Visa",
            "card_last_four": "4242",
            "expiry_date": "08/28",
            "description": "",
            "gateway_name": "stripe",
            "remote_token": f"{SECRET}-token",
        }
    ],
    "quotes": {
        "quote": [
            {
                "id": 8,
                "userid": 1,
                "stage": "Delivered",
                "subject": "Plats",
                "datecreated": "2026-08-01",
                "validuntil": "2099-01-01",
                "currency": 1,
                "total": "10.00",
                "subtotal": "10.00",
                "proposal": "<p>Hej</p>",
                "customernotes": "",
                "adminnotes": f"{SECRET}-notes",
                "items": {"item": [{"description": "", "quantity": 1, "unitprice": "10.00"}]},
            }
        ]
    },
    "departments": {"department": [{"id": "1", "name": "Ekonomi"}]},
    "redirect_url": "https://billing.example.se/oauth/singlesignon.php?access_token=x",
    "id": "4",
    "tid": "ABC-1",
    "ticketid": "4",
}


def names(value: object) -> set[str]:
    """Every key that a sound answer has, at any depth."""
    if isinstance(value, dict):
        return set(value).union(*(names(one) for one in value.values()))
    return set().union(*(names(one) for one in value)) if isinstance(value, list) else set()


LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(max_size=8).map(lambda text: SECRET + text)
    | st.sampled_from(["", "0", "1e9", "0000-00-00", "9" * 30, "Unpaid", "Paid", "Draft", "\ud800"])
)
KEYS = st.sampled_from([*sorted(names(SOUND)), "0", "1", "message", "a[b][0]"]) | st.text(
    max_size=3
)
TREES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=5),
    max_leaves=12,
)


@st.composite
def bent(draw: st.DrawFn) -> dict[str, Any]:
    """A sound answer in which something, somewhere, is something else or is gone."""
    answer: dict[str, Any] = json.loads(json.dumps(SOUND))
    for _ in range(draw(st.integers(1, 3))):
        place: Any = answer
        while True:
            keys = list(place) if isinstance(place, dict) else list(range(len(place)))
            if not keys:
                break
            key = draw(st.sampled_from(keys))
            below = place[key]
            if isinstance(below, dict | list) and below and draw(st.booleans()):
                place = below
                continue
            place[key] = draw(TREES)
            break
    return answer


STATUSES = st.sampled_from([200] * 6 + [201, 301, 400, 403, 404, 429, 500, 503])
BODIES = (
    bent().map(lambda answer: json.dumps(answer).encode())
    | TREES.map(lambda tree: json.dumps(tree).encode())
    | st.dictionaries(KEYS, TREES, max_size=6).map(
        lambda more: json.dumps({"result": "success", **more}).encode()
    )
    | st.binary(max_size=60).map(lambda raw: raw + SECRET.encode())
)


def outcome(call: Call, status: int, body: bytes) -> object:
    """What the call returns or raises when every action is answered so."""
    whmcs = FakeWhmcs()

    async def run() -> object:
        billing = connect(load(), transport=whmcs.transport, pace=whmcs.pace)
        try:
            return await call(billing)
        finally:
            await billing.close()

    for action in ACTIONS:
        whmcs.answers(action, httpx.Response(status, content=body))
    try:
        return asyncio.run(run())
    except BillingError as error:
        return error


ACTIONS = [
    *("GetUsers", "GetUserPermissions", "GetClientsDetails", "GetCurrencies", "GetInvoices"),
    *("GetInvoice", "GetTransactions", "GetPayMethods", "GetQuotes", "GetSupportDepartments"),
    *("CreateSsoToken", "GetTicket", "CapturePayment", "UpdatePayMethod", "DeletePayMethod"),
    *("ApplyCredit", "AcceptQuote", "SendEmail", "OpenTicket", "AddTicketReply"),
]
EXAMPLES = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@pytest.mark.parametrize("name", [*READS, *WRITES])
@EXAMPLES
@given(status=STATUSES, body=BODIES)
def test_any_answer_leads_to_a_value_or_an_error_that_tells_nothing(
    name: str, status: int, body: bytes
) -> None:
    with structlog.testing.capture_logs() as logs:
        result = outcome((READS | WRITES)[name], status, body)

    if isinstance(result, BillingError):
        assert SECRET not in f"{result} {result!r} {result.__dict__}"
        assert result.__cause__ is None
    assert SECRET not in str(logs)
    assert f"{SECRET}-token" not in repr(result)
    assert f"{SECRET}-notes" not in repr(result)


@pytest.mark.parametrize("name", WRITES)
@EXAMPLES
@given(status=STATUSES, body=BODIES)
def test_a_write_always_tells_whether_it_may_have_happened(
    name: str, status: int, body: bytes
) -> None:
    """`BadAnswer` would leave that open: it belongs to reads."""
    result = outcome(WRITES[name], status, body)

    if isinstance(result, BillingError):
        assert isinstance(result, NotReached | OutcomeUnknown | Refused)


@pytest.mark.parametrize("name", [*READS, *WRITES])
def test_a_sound_answer_is_understood_by_every_operation(name: str) -> None:
    sound = SOUND | ({"status": "Paid"} if name == "send_receipt" else {})

    result = outcome((READS | WRITES)[name], 200, json.dumps(sound).encode())

    assert not isinstance(result, BillingError), result
