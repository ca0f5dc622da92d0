"""whmcspy, written against a real WHMCS years ago, finds its way around the sandbox."""

from __future__ import annotations

import pytest
from whmcspy import WHMCS, exceptions

from tests.sandbox_server import RunningSandbox


@pytest.fixture
def whmcs(sandbox: RunningSandbox) -> WHMCS:
    return WHMCS(f"{sandbox.url}/includes/api.php", "sandbox", "sandbox")


def test_it_reads_every_page_of_the_invoices(whmcs: WHMCS) -> None:
    pages = list(whmcs.paginated_call("GetInvoices", userid=1))

    ids = [row["id"] for page in pages for row in page["invoices"]["invoice"]]
    assert ids == list(range(999, 1059))


def test_it_reads_one_invoice_and_its_transactions(whmcs: WHMCS) -> None:
    invoice = whmcs.get_invoice(999)
    (transaction,) = whmcs.get_transactions(invoiceid=999)

    assert invoice["status"] == "Paid"
    assert transaction["amountin"] == "10.00"


def test_it_charges_and_is_told_of_a_refusal(whmcs: WHMCS) -> None:
    assert whmcs.call("CapturePayment", invoiceid=1000)["result"] == "success"

    with pytest.raises(exceptions.Error, match="Invoice Not Found or Not Unpaid"):
        whmcs.call("CapturePayment", invoiceid=1000)


def test_it_opens_a_ticket_and_finds_it_again(whmcs: WHMCS) -> None:
    whmcs.open_ticket(deptid=1, subject="Hej", message="Hjälp!", clientid=1)

    (ticket,) = whmcs.get_tickets(clientid=1)
    assert (ticket["subject"], ticket["status"]) == ("Hej", "Open")


def test_it_sends_mail(whmcs: WHMCS, sandbox: RunningSandbox) -> None:
    whmcs.send_email(messagename="Invoice Payment Confirmation", id=999)

    (email,) = sandbox.state()["emails"]
    assert email["template"] == "Invoice Payment Confirmation"


def test_it_records_a_transaction(whmcs: WHMCS) -> None:
    whmcs.add_transaction(
        paymentmethod="banktransfer", invoiceid=1001, amountin="4.00", transid="bank-1"
    )

    assert whmcs.get_invoice(1001)["balance"] == "6.00"
    with pytest.raises(exceptions.Error, match="Transaction ID must be Unique"):
        whmcs.add_transaction(paymentmethod="banktransfer", userid=1, transid="bank-1")


def test_a_wrong_secret_is_a_missing_permission(sandbox: RunningSandbox) -> None:
    stranger = WHMCS(f"{sandbox.url}/includes/api.php", "sandbox", "wrong")

    with pytest.raises(exceptions.MissingPermission, match="Invalid or missing credentials"):
        stranger.call("GetInvoices")


def test_the_access_key_goes_in_as_a_parameter(whmcs: WHMCS, sandbox: RunningSandbox) -> None:
    sandbox.put("switches", {"allowed_addresses": [], "access_key": "key"})

    with pytest.raises(exceptions.MissingPermission, match="Invalid IP"):
        whmcs.call("GetInvoices")
    assert whmcs.call("GetInvoices", accesskey="key")["result"] == "success"
