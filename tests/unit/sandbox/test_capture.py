"""What charging a card does to the books."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from tests.sandbox_server import RunningSandbox
from tests.unit.sandbox.scenarios import card, client, invoice, scenario

FAILED = {"result": "error", "message": "Payment Attempt Failed"}


def with_card(sandbox: RunningSandbox, behaviour: str, **changes: Any) -> None:
    owner = client(paymethods=[card(behaviour=behaviour, **changes)])
    sandbox.put("scenario", scenario(owner))


def templates(sandbox: RunningSandbox) -> list[str]:
    return [row["template"] for row in sandbox.state()["emails"]]


def status(sandbox: RunningSandbox, id: int = 1042) -> str:
    return str(sandbox.call("GetInvoice", invoiceid=id)["status"])


def wait_for_status(sandbox: RunningSandbox, wanted: str) -> None:
    deadline = time.monotonic() + 5
    while status(sandbox) != wanted:
        assert time.monotonic() < deadline, f"never became {wanted}"
        threading.Event().wait(0.02)


def test_an_approved_charge_pays_writes_a_transaction_and_mails_one_receipt(
    sandbox: RunningSandbox,
) -> None:
    answer = sandbox.call("CapturePayment", invoiceid=1042)

    assert answer == {"result": "success"}
    paid = sandbox.call("GetInvoice", invoiceid=1042)
    assert (paid["status"], paid["balance"], paid["total"]) == ("Paid", "0.00", "249.00")
    assert paid["datepaid"].startswith("2026-05-20")
    (transaction,) = sandbox.call("GetTransactions", invoiceid=1042)["transactions"]["transaction"]
    assert (transaction["amountin"], transaction["invoiceid"]) == ("249.00", "1042")
    assert templates(sandbox) == ["Credit Card Payment Confirmation"]


def test_a_second_charge_of_a_paid_invoice_is_refused(sandbox: RunningSandbox) -> None:
    sandbox.call("CapturePayment", invoiceid=1042)

    answer = sandbox.call("CapturePayment", invoiceid=1042)

    assert answer["message"] == "Invoice Not Found or Not Unpaid"


@pytest.mark.parametrize(
    "behaviour", ["decline", "insufficient_funds", "expired", "authentication_required"]
)
def test_a_refused_card_leaves_the_invoice_and_mails_so(
    sandbox: RunningSandbox, behaviour: str
) -> None:
    with_card(sandbox, behaviour)

    assert sandbox.call("CapturePayment", invoiceid=1042) == FAILED
    assert status(sandbox) == "Unpaid"
    assert sandbox.state()["transactions"] == []
    assert templates(sandbox) == ["Credit Card Payment Failed"]


def test_a_card_past_its_month_is_refused_whatever_its_behaviour(sandbox: RunningSandbox) -> None:
    with_card(sandbox, "approve", expiry_date="04/26")

    assert sandbox.call("CapturePayment", invoiceid=1042) == FAILED


@pytest.mark.parametrize("answer", ["success", "error"])
def test_a_pending_charge_waits_until_the_bank_has_decided(
    sandbox: RunningSandbox, answer: str
) -> None:
    with_card(sandbox, "pending")
    sandbox.put("switches", {"pending_answer": answer, "capture_seconds": 0})

    assert sandbox.call("CapturePayment", invoiceid=1042)["result"] == answer
    assert status(sandbox) == "Payment Pending"

    sandbox.post("pending", {"invoiceid": 1042, "outcome": "approve"})

    assert status(sandbox) == "Paid"
    assert templates(sandbox) == [
        "Credit Card Payment Pending",
        "Credit Card Payment Confirmation",
    ]


def test_a_pending_charge_may_be_refused_at_last(sandbox: RunningSandbox) -> None:
    with_card(sandbox, "pending")
    sandbox.call("CapturePayment", invoiceid=1042)

    sandbox.post("pending", {"invoiceid": 1042, "outcome": "decline"})

    assert status(sandbox) == "Unpaid"


def test_a_lost_reply_has_charged(sandbox: RunningSandbox) -> None:
    with_card(sandbox, "lost_reply")

    with pytest.raises(httpx.RemoteProtocolError):
        sandbox.call("CapturePayment", invoiceid=1042)

    assert status(sandbox) == "Paid"


def test_a_slow_card_charges_after_its_caller_has_hung_up(sandbox: RunningSandbox) -> None:
    with_card(sandbox, "slow")
    sandbox.put("switches", {"slow_seconds": 0.5})
    data = {"identifier": "sandbox", "secret": "sandbox", "action": "CapturePayment"}

    with pytest.raises(httpx.ReadTimeout):
        sandbox.client.post("/includes/api.php", data=data | {"invoiceid": "1042"}, timeout=0.1)
    assert status(sandbox) == "Unpaid"

    wait_for_status(sandbox, "Paid")


def test_two_charges_that_overlap_both_charge_and_the_surplus_becomes_credit(
    sandbox: RunningSandbox,
) -> None:
    sandbox.put("switches", {"capture_seconds": 0.3})

    with ThreadPoolExecutor(2) as pool:
        answers = list(
            pool.map(lambda id: sandbox.call("CapturePayment", invoiceid=id), [1042] * 2)
        )

    state = sandbox.state()
    assert answers == [{"result": "success"}] * 2
    assert [row["amount_in"] for row in state["transactions"]] == ["249.00", "249.00"]
    assert state["clients"][0]["credit"] == "249.00"
    assert [row["status"] for row in state["invoices"]] == ["Paid"]


def charged_card(sandbox: RunningSandbox, id: int = 1042) -> int:
    assert sandbox.call("CapturePayment", invoiceid=id) == {"result": "success"}
    return int(sandbox.state()["transactions"][-1]["paymethod_id"])


def test_the_card_of_the_invoice_is_charged_before_the_default(sandbox: RunningSandbox) -> None:
    owner = client(paymethods=[card(1, default=True), card(2)], invoices=[invoice(paymethodid=2)])
    sandbox.put("scenario", scenario(owner))

    assert charged_card(sandbox) == 2


def test_an_invoice_without_a_card_is_charged_to_the_default(sandbox: RunningSandbox) -> None:
    owner = client(paymethods=[card(1), card(2, default=True)])
    sandbox.put("scenario", scenario(owner))

    assert charged_card(sandbox) == 2


def test_a_default_of_another_gateway_gives_way_to_the_first_that_fits(
    sandbox: RunningSandbox,
) -> None:
    owner = client(
        paymethods=[card(1, default=True, gateway_name="adyen"), card(2), card(3)],
    )
    sandbox.put("scenario", scenario(owner))

    assert charged_card(sandbox) == 2


def test_a_new_default_does_not_change_the_card_of_an_invoice(sandbox: RunningSandbox) -> None:
    owner = client(
        paymethods=[card(1, default=True), card(2)],
        invoices=[invoice(paymethodid=1), invoice(1043)],
    )
    sandbox.put("scenario", scenario(owner))

    sandbox.call("UpdatePayMethod", clientid=1, paymethodid=2, set_as_default=1)

    assert charged_card(sandbox, 1042) == 1
    assert charged_card(sandbox, 1043) == 2


def test_the_card_of_an_invoice_that_was_removed_gives_way_to_the_default(
    sandbox: RunningSandbox,
) -> None:
    owner = client(paymethods=[card(1), card(2)], invoices=[invoice(paymethodid=2)])
    sandbox.put("scenario", scenario(owner))

    sandbox.call("DeletePayMethod", clientid=1, paymethodid=2)

    assert charged_card(sandbox) == 1


def test_only_what_is_left_is_charged(sandbox: RunningSandbox) -> None:
    owner = client(invoices=[invoice(payments=[{"amount": "49.00"}], credit="100.00")])
    sandbox.put("scenario", scenario(owner))

    sandbox.call("CapturePayment", invoiceid=1042)

    assert sandbox.state()["transactions"][-1]["amount_in"] == "100.00"
