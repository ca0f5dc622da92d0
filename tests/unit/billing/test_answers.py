"""What each answer of WHMCS, or of something that stands before it, is taken to mean."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

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
from billing.whmcs.answers import Garbled, Misdirected, Unfamiliar, understand


def body(**payload: object) -> bytes:
    return json.dumps(payload).encode()


def test_success_gives_the_payload_with_exact_numbers() -> None:
    raw = b'{"result":"success","balance":0.1}'

    assert understand("GetInvoice", 200, raw)["balance"] == Decimal("0.1")


def test_a_byte_order_mark_is_no_obstacle() -> None:
    assert understand("GetInvoice", 200, b"\xef\xbb\xbf" + body(result="success"))


@pytest.mark.parametrize("result", ["Success", "success ", "ok", True, None, ["success"]])
def test_anything_but_exactly_success_is_no_success(result: object) -> None:
    with pytest.raises(Garbled):
        understand("CapturePayment", 200, body(result=result))


def test_a_warning_without_a_result_is_no_success() -> None:
    raw = body(warning="Invalid or Missing Payment Information - Please Reload and Try Again")

    with pytest.raises(Garbled):
        understand("CapturePayment", 200, raw)


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        ("Invoice ID Not Found", NotFound),
        ("Client Not Found", NotFound),
        ("Pay Method does not belong to passed Client ID", NotFound),
        ("Invoice Not Found or Not Unpaid", NotPayable),
        ("Invoice Not in Unpaid Status", NotPayable),
        ("Payment Attempt Failed", Declined),
        ("Amount exceeds customer credit balance", NotAllowed),
        ("SSO authentication blocked for client 12", NotAllowed),
        ("No Details Provided for Update", NotAllowed),
        ("Email Template not found", NotAllowed),
        ("Something new in version 10", Unfamiliar),
        ("", Unfamiliar),
    ],
)
def test_a_documented_no_has_its_own_error(message: str, kind: type[Refused]) -> None:
    with pytest.raises(BillingError) as raised:
        understand("Action", 200, body(result="error", message=message), id=9)

    assert type(raised.value) is kind


def test_an_error_may_stand_under_status() -> None:
    with pytest.raises(NotFound):
        understand("GetEmails", 200, body(status="error", message="Client ID Not Found"))


@pytest.mark.parametrize(
    ("status", "message", "cause"),
    [
        (403, "Invalid IP 192.0.2.7", Cause.ADDRESS),
        (403, "Invalid or missing credentials", Cause.CREDENTIALS),
        (403, "Authentication Failed", Cause.CREDENTIALS),
        (403, 'Invalid Permissions: API action "capturepayment" is not allowed', Cause.ROLE),
        (403, "Something else", Cause.OTHER),
        (200, "The requested API Action could not be found.", Cause.ACTION),
        (200, "Invalid IP 192.0.2.7", Cause.ADDRESS),
    ],
)
def test_refused_access_tells_what_to_put_right(status: int, message: str, cause: Cause) -> None:
    with pytest.raises(NotConfigured) as raised:
        understand("GetUsers", status, body(result="error", message=message))

    assert raised.value.cause is cause
    assert raised.value.detail


def test_a_refused_address_is_named_for_the_operator_and_nothing_else_of_the_message() -> None:
    message = "Invalid IP 2001:db8::7 secret-in-a-message"

    with pytest.raises(NotConfigured) as raised:
        understand("GetUsers", 403, body(result="error", message=message))

    assert "2001:db8::7" in str(raised.value)
    assert "secret" not in str(raised.value)


@pytest.mark.parametrize("status", [500, 502, 503, 504, 429, 520])
def test_a_failing_server_tells_nothing_even_when_it_says_success(status: int) -> None:
    with pytest.raises(Garbled):
        understand("CapturePayment", status, body(result="success"))


@pytest.mark.parametrize("status", [301, 404, 405, 403, 401])
def test_a_page_of_something_else_tells_of_a_wrong_address(status: int) -> None:
    with pytest.raises(Misdirected):
        understand("GetUsers", status, b"<html>")


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"<html>",
        b"[]",
        b'"success"',
        b"null",
        b"\xff\xfe\x00",
        b"[" * 100000,
        b'{"result":"success","x":NaN}',
        b'{"result":"success","x":1e99999999999999999999}',
        b'{"result":"success","x":' + b"9" * 5000 + b"}",
    ],
)
def test_what_is_not_whmcs_json_is_garbled(raw: bytes) -> None:
    with pytest.raises(Garbled):
        understand("GetInvoice", 200, raw)


@pytest.mark.parametrize("status", [200, 403, 500])
def test_no_word_of_an_unknown_message_goes_into_the_error(status: int) -> None:
    raw = body(result="error", message="hemligt 4111111111111111")

    with pytest.raises((BillingError, Garbled)) as raised:
        understand("GetInvoice", status, raw)

    assert "hemligt" not in repr(raised.value) + str(raised.value)
