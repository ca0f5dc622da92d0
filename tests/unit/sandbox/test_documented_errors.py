"""Every documented refusal, word for word, with HTTP 200."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox_server import RunningSandbox
from tests.unit.sandbox.scenarios import card, client, invoice, scenario

CASES: list[tuple[str, dict[str, Any], str]] = [
    ("GetClientsDetails", {}, "Either clientid Or email Is Required"),
    ("GetClientsDetails", {"clientid": 9}, "Client Not Found"),
    ("GetUserPermissions", {"user_id": 99, "client_id": 1}, "Invalid user id"),
    ("GetUserPermissions", {"user_id": 1, "client_id": 99}, "Invalid client id"),
    ("GetUserPermissions", {"user_id": 1, "client_id": 2}, "User is not associated with client"),
    ("ValidateLogin", {"email": "kim@exempel.se", "password2": "no"}, "Email or Password Invalid"),
    ("GetInvoice", {"invoiceid": 9}, "Invoice ID Not Found"),
    ("GetInvoice", {"invoiceid": "1042 or 1=1"}, "Invoice ID Not Found"),
    ("CapturePayment", {"invoiceid": 9}, "Invoice Not Found or Not Unpaid"),
    ("CapturePayment", {"invoiceid": 1043}, "Invoice Not Found or Not Unpaid"),
    ("CapturePayment", {"invoiceid": 1044}, "Payment Attempt Failed"),
    ("GetPayMethods", {}, "Client ID Is Required"),
    ("GetPayMethods", {"clientid": 9}, "Client Not Found"),
    (
        "GetPayMethods",
        {"clientid": 1, "type": "Gold"},
        "Invalid Pay Method Type. Should be 'BankAccount' or 'CreditCard'",
    ),
    ("UpdatePayMethod", {"clientid": 1}, "Pay Method ID is Required"),
    ("UpdatePayMethod", {"paymethodid": 1}, "Client ID is Required"),
    ("UpdatePayMethod", {"clientid": 1, "paymethodid": 99}, "Invalid Pay Method ID"),
    (
        "UpdatePayMethod",
        {"clientid": 2, "paymethodid": 1},
        "Pay Method does not belong to passed Client ID",
    ),
    ("UpdatePayMethod", {"clientid": 1, "paymethodid": 1}, "No Details Provided for Update"),
    (
        "UpdatePayMethod",
        {"clientid": 1, "paymethodid": 1, "card_expiry": "1399"},
        "Expiry Date is invalid",
    ),
    (
        "UpdatePayMethod",
        {"clientid": 1, "paymethodid": 1, "card_number": "4242424242424242"},
        "Unable to Update Card Number for Assisted Gateway",
    ),
    ("DeletePayMethod", {"paymethodid": 1}, "Client ID is Required"),
    ("DeletePayMethod", {"clientid": 1}, "Pay Method ID is Required"),
    ("DeletePayMethod", {"clientid": 1, "paymethodid": 99}, "Invalid Pay Method ID"),
    (
        "DeletePayMethod",
        {"clientid": 2, "paymethodid": 1},
        "Pay Method does not belong to passed Client ID",
    ),
    ("ApplyCredit", {"invoiceid": 9, "amount": 1}, "Invoice ID Not Found"),
    ("ApplyCredit", {"invoiceid": 1043, "amount": 1}, "Invoice Not in Unpaid Status"),
    ("ApplyCredit", {"invoiceid": 1042, "amount": 9999}, "Amount exceeds customer credit balance"),
    ("ApplyCredit", {"invoiceid": 1042, "amount": 400}, "Amount Exceeds Invoice Balance"),
    (
        "ApplyCredit",
        {"invoiceid": 1042, "amount": 0},
        "Credit Amount to apply must be greater than zero",
    ),
    ("GetCredits", {"clientid": 9}, "Client ID Not Found"),
    ("AcceptQuote", {"quoteid": 9}, "Quote ID Not Found"),
    ("SendQuote", {"quoteid": 9}, "Quote ID Not Found"),
    (
        "SendEmail",
        {},
        "You must provide either an existing email template name or a custom message type",
    ),
    (
        "SendEmail",
        {"customtype": "nonsense", "id": 1, "customsubject": "x", "custommessage": "x"},
        "Invalid message type provided",
    ),
    (
        "SendEmail",
        {"customtype": "general", "id": 1, "custommessage": "x"},
        "A subject is required for a custom message",
    ),
    (
        "SendEmail",
        {"customtype": "general", "id": 1, "customsubject": "x"},
        "A message body is required for a custom message",
    ),
    (
        "SendEmail",
        {"customtype": "general", "customsubject": "x", "custommessage": "x"},
        "A related ID is required",
    ),
    (
        "SendEmail",
        {
            "customtype": "general",
            "id": 1,
            "customsubject": "x",
            "custommessage": "x",
            "customvars": "?",
        },
        "The custom variables you provided are invalid.",
    ),
    (
        "SendEmail",
        {"customtype": "general", "id": 9, "customsubject": "x", "custommessage": "x"},
        "Sending Failed. Please see documentation.",
    ),
    ("SendEmail", {"messagename": "Invoice Created"}, "A related ID is required"),
    ("SendEmail", {"messagename": "Hello", "id": 1042}, "Email Template not found"),
    ("GetEmails", {"clientid": 9}, "Client ID Not Found"),
    ("CreateSsoToken", {}, "A valid client_id or user_id is required"),
    ("CreateSsoToken", {"client_id": 9}, "Invalid client_id"),
    ("CreateSsoToken", {"client_id": 1, "user_id": 99}, "Invalid user_id"),
    ("CreateSsoToken", {"client_id": 1, "user_id": 2}, "Invalid user_id for client"),
    ("CreateSsoToken", {"client_id": 1, "destination": "moon"}, "Invalid destination"),
    (
        "CreateSsoToken",
        {
            "client_id": 1,
            "destination": "sso:custom_redirect",
            "sso_redirect_path": "https://example.com/",
        },
        "Invalid destination",
    ),
    ("CreateSsoToken", {"client_id": 2}, "SSO authentication blocked for client 2"),
    ("CreateOAuthCredential", {}, "A valid grant type is required."),
    (
        "CreateOAuthCredential",
        {"grantType": "gift"},
        'The requested grant type "gift" is invalid.',
    ),
    (
        "CreateOAuthCredential",
        {"grantType": "authorization_code"},
        "A name for the Client Credential is required.",
    ),
    (
        "CreateOAuthCredential",
        {"grantType": "single_sign_on"},
        "A service ID is required for the single sign-on grant type.",
    ),
    (
        "CreateOAuthCredential",
        {"grantType": "authorization_code", "name": "x"},
        "At least one valid scope is required.",
    ),
    (
        "CreateOAuthCredential",
        {"grantType": "authorization_code", "name": "x", "scope": "moon"},
        'The requested scope "moon" is invalid.',
    ),
    ("OpenTicket", {"clientid": 9, "deptid": 1}, "Client ID Not Found"),
    (
        "OpenTicket",
        {"clientid": 1, "userid": 99, "deptid": 1},
        "The system cannot find the provided user ID.",
    ),
    ("OpenTicket", {"deptid": 1}, "Name and email address are required if not a client"),
    ("OpenTicket", {"deptid": 1, "name": "x", "email": "x"}, "Email Address Invalid"),
    ("OpenTicket", {"clientid": 1, "deptid": 9}, "Department ID not found"),
    ("OpenTicket", {"clientid": 1, "deptid": 1}, "Subject is required"),
    ("OpenTicket", {"clientid": 1, "deptid": 1, "subject": "x"}, "Message is required"),
    (
        "OpenTicket",
        {"clientid": 1, "deptid": 1, "subject": "x", "message": "x", "created": "soon"},
        "Invalid Date Format",
    ),
    (
        "OpenTicket",
        {"clientid": 1, "deptid": 1, "subject": "x", "message": "x", "created": "2099-01-01"},
        "Ticket creation date cannot be in the future",
    ),
    ("AddTicketReply", {"ticketid": 9}, "Ticket ID not found"),
    (
        "CreateInvoice",
        {"userid": 1, "draft": 1, "sendinvoice": 1},
        "Cannot create and send a draft invoice in a single API request."
        " Please create and send separately.",
    ),
    ("CreateInvoice", {"userid": 9}, "Client ID Not Found"),
    ("UpdateInvoice", {"invoiceid": 9}, "Invoice ID Not Found"),
    (
        "UpdateInvoice",
        {"invoiceid": 1042, "publish": 1},
        "Invoice must be in Draft status to be published",
    ),
    (
        "UpdateInvoice",
        {"invoiceid": 1042, "itemdescription[1]": "x"},
        "Missing Variables: itemdescription, itemamount and itemtaxed are required for each item"
        " being changed",
    ),
    ("UpdateInvoice", {"invoiceid": 1042, "status": "Lovely"}, "Invalid status Lovely"),
    ("AddInvoicePayment", {"invoiceid": 9}, "Invoice ID Not Found"),
    (
        "AddInvoicePayment",
        {"invoiceid": 1045, "transid": "x", "gateway": "stripe"},
        "It is not possible to add a payment to an invoice that is Cancelled",
    ),
    (
        "TriggerNotificationEvent",
        {},
        "API Notification Events require a identifier string to be passed.",
    ),
    (
        "TriggerNotificationEvent",
        {"notification_identifier": "x"},
        "API Notification Events require a title to be provided.",
    ),
    (
        "TriggerNotificationEvent",
        {"notification_identifier": "x", "title": "x"},
        "API Notification Events require a message to be provided.",
    ),
]


@pytest.fixture
def books(sandbox: RunningSandbox) -> RunningSandbox:
    """An unpaid, a paid, a cancelled invoice and one that no card can pay; and a second client."""
    first = client(
        credit="500.00",
        paymethods=[card()],
        invoices=[
            invoice(),
            invoice(1043, status="Paid"),
            invoice(1044, paymentmethod="banktransfer"),
            invoice(1045, status="Cancelled"),
        ],
    )
    second = client(
        id=2, email="robin@exempel.se", allow_single_sign_on=False, paymethods=[], invoices=[]
    )
    sandbox.put("scenario", scenario(first, second))
    return sandbox


@pytest.mark.parametrize(("action", "params", "message"), CASES)
def test_a_refusal_has_the_documented_words(
    books: RunningSandbox, action: str, params: dict[str, Any], message: str
) -> None:
    if message == "No Details Provided for Update":
        books.put("switches", {"default_alone": "refused"})

    assert books.call(action, **params) == {"result": "error", "message": message}
