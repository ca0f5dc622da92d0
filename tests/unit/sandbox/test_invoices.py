"""Lists, sums and states of invoices."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.sandbox_server import RunningSandbox
from tests.unit.sandbox.scenarios import card, client, invoice, scenario


def listed(sandbox: RunningSandbox, **params: Any) -> list[int]:
    answer = sandbox.call("GetInvoices", userid=1, **params)
    return [row["id"] for row in answer["invoices"]["invoice"]]


def test_every_page_is_given_and_the_counts_are_right(sandbox: RunningSandbox) -> None:
    many = [invoice(1000 + number) for number in range(60)]
    sandbox.put("scenario", scenario(client(invoices=many)))

    first = sandbox.call("GetInvoices", userid=1)
    last = sandbox.call("GetInvoices", userid=1, limitstart=50)

    assert (first["totalresults"], first["startnumber"], first["numreturned"]) == (60, 0, 25)
    assert (last["startnumber"], last["numreturned"]) == (50, 10)
    assert listed(sandbox, limitstart=58, limitnum=25) == [1058, 1059]


@pytest.mark.parametrize(("boundary", "expected"), [("day_after", [1]), ("due_date", [1, 2])])
def test_overdue_is_a_question_about_unpaid_invoices_and_never_a_status(
    sandbox: RunningSandbox, boundary: str, expected: list[int]
) -> None:
    sandbox.put("switches", {"overdue_from": boundary})
    invoices = [
        invoice(1, duedate="2026-05-19"),
        invoice(2, duedate="2026-05-20"),
        invoice(3, duedate="2026-05-21"),
        invoice(4, duedate="2026-05-01", status="Paid"),
    ]
    sandbox.put("scenario", scenario(client(invoices=invoices)))

    assert listed(sandbox, status="Overdue") == expected
    rows = sandbox.call("GetInvoices", userid=1, status="Overdue")["invoices"]["invoice"]
    assert {row["status"] for row in rows} == {"Unpaid"}


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ({"orderby": "duedate"}, [2, 3, 1]),
        ({"orderby": "duedate", "order": "desc"}, [1, 3, 2]),
        ({"orderby": "total"}, [3, 1, 2]),
        ({}, [1, 2, 3]),
    ],
)
def test_a_list_comes_in_the_order_asked_for(
    sandbox: RunningSandbox, order: dict[str, str], expected: list[int]
) -> None:
    invoices = [
        invoice(1, "20.00", duedate="2026-05-03"),
        invoice(2, "30.00", duedate="2026-05-01"),
        invoice(3, "10.00", duedate="2026-05-02"),
    ]
    sandbox.put("scenario", scenario(client(invoices=invoices)))

    assert listed(sandbox, **order) == expected


def test_the_total_is_net_of_credit_and_the_balance_net_of_payments(
    sandbox: RunningSandbox,
) -> None:
    bill = invoice(
        taxrate=25,
        items=[{"description": "x", "amount": "200.00", "taxed": True}],
        credit="50.00",
        payments=[{"amount": "80.00"}],
    )
    sandbox.put("scenario", scenario(client(invoices=[bill])))

    read = sandbox.call("GetInvoice", invoiceid=1042)

    assert (read["subtotal"], read["tax"], read["credit"]) == ("200.00", "50.00", "50.00")
    assert (read["total"], read["balance"]) == ("200.00", "120.00")


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    lines=st.lists(st.tuples(st.integers(1, 10**6), st.booleans()), min_size=1, max_size=6),
    credit=st.integers(0, 10**5),
)
def test_the_sums_always_agree(
    server: RunningSandbox, lines: list[tuple[int, bool]], credit: int
) -> None:
    items = [
        {"description": "x", "amount": f"{ore // 100}.{ore % 100:02d}", "taxed": taxed}
        for ore, taxed in lines
    ]
    bill = invoice(items=items, taxrate=25, credit=f"{credit / 100:.2f}")
    server.put("scenario", scenario(client(invoices=[bill])))

    read = server.call("GetInvoice", invoiceid=1042)

    ore = {name: round(float(read[name]) * 100) for name in ("subtotal", "tax", "total", "credit")}
    assert ore["subtotal"] + ore["tax"] == ore["total"] + ore["credit"]


def test_a_partial_payment_leaves_the_rest_to_pay(sandbox: RunningSandbox) -> None:
    sandbox.call(
        "AddInvoicePayment", invoiceid=1042, transid="t1", gateway="stripe", amount="100.00"
    )

    read = sandbox.call("GetInvoice", invoiceid=1042)
    assert (read["status"], read["balance"]) == ("Unpaid", "149.00")


def test_too_much_becomes_credit(sandbox: RunningSandbox) -> None:
    sandbox.call(
        "AddInvoicePayment", invoiceid=1042, transid="t1", gateway="stripe", amount="300.00"
    )

    client_now = sandbox.call("GetClientsDetails", clientid=1)["client"]
    (credit,) = sandbox.call("GetCredits", clientid=1)["credits"]["credit"]
    assert client_now["credit"] == "51.00"
    assert (credit["amount"], credit["relid"]) == ("51.00", "1042")


def test_credit_pays_an_invoice_and_mails_a_receipt(sandbox: RunningSandbox) -> None:
    sandbox.put("scenario", scenario(client(credit="300.00")))

    part = sandbox.call("ApplyCredit", invoiceid=1042, amount="49.00")
    rest = sandbox.call("ApplyCredit", invoiceid=1042, amount="200.00")

    assert (part["invoicepaid"], rest["invoicepaid"]) == ("false", "true")
    read = sandbox.call("GetInvoice", invoiceid=1042)
    assert (read["status"], read["total"], read["credit"]) == ("Paid", "0.00", "249.00")
    assert sandbox.call("GetClientsDetails", clientid=1)["client"]["credit"] == "51.00"
    assert [row["template"] for row in sandbox.state()["emails"]] == [
        "Invoice Payment Confirmation"
    ]


EDIT = {
    "invoiceid": 1042,
    "newitemdescription[0]": "Avgift",
    "newitemamount[0]": "10.00",
    "newitemtaxed[0]": "0",
}


def test_version_8_lets_lines_of_an_unpaid_invoice_be_changed(sandbox: RunningSandbox) -> None:
    answer = sandbox.call("UpdateInvoice", **EDIT)

    assert answer == {"result": "success", "invoiceid": "1042"}
    assert sandbox.call("GetInvoice", invoiceid=1042)["balance"] == "259.00"


def test_version_9_refuses_to_change_lines_but_not_the_gateway(sandbox: RunningSandbox) -> None:
    sandbox.put("switches", {"version": "9.0.3"})

    refused = sandbox.call("UpdateInvoice", **EDIT)
    gateway = sandbox.call("UpdateInvoice", invoiceid=1042, paymentmethod="banktransfer")

    assert refused["result"] == "error"
    assert gateway["result"] == "success"
    read = sandbox.call("GetInvoice", invoiceid=1042)
    assert (read["balance"], read["ccgateway"]) == ("249.00", False)
    assert sandbox.call("WhmcsDetails")["whmcs"]["canonicalversion"] == "9.0.3"


def test_version_9_lets_a_draft_be_changed_and_published(sandbox: RunningSandbox) -> None:
    sandbox.put("switches", {"version": "9.0.3"})
    draft = sandbox.call(
        "CreateInvoice", userid=1, draft=1, itemdescription1="x", itemamount1="5.00"
    )

    changed = sandbox.call("UpdateInvoice", **EDIT | {"invoiceid": draft["invoiceid"]})
    published = sandbox.call("UpdateInvoice", invoiceid=draft["invoiceid"], publish=1)

    assert (changed["result"], published["result"]) == ("success", "success")
    read = sandbox.call("GetInvoice", invoiceid=draft["invoiceid"])
    assert (read["status"], read["balance"]) == ("Unpaid", "15.00")


def test_the_daily_run_adds_a_late_fee_once(sandbox: RunningSandbox) -> None:
    first = sandbox.post("cron", {"days": 1, "capture": False})
    second = sandbox.post("cron", {"days": 1, "capture": False})

    assert (first["late_fees"], second["late_fees"]) == ([1042], [])
    assert first["today"] == "2026-05-21"
    read = sandbox.call("GetInvoice", invoiceid=1042)
    assert read["balance"] == "309.00"
    assert read["items"]["item"][-1]["type"] == "LateFee"


def test_the_daily_run_charges_saved_cards_unless_the_client_has_said_no(
    sandbox: RunningSandbox,
) -> None:
    willing = client(id=1)
    unwilling = client(
        id=2,
        email="robin@exempel.se",
        disableautocc=True,
        paymethods=[card(2)],
        invoices=[invoice(1043)],
    )
    sandbox.put("scenario", scenario(willing, unwilling))

    report = sandbox.post("cron", {"late_fees": False})

    assert report["captured"] == [1042]
    assert sandbox.call("GetInvoice", invoiceid=1043)["status"] == "Unpaid"


def test_a_percentage_late_fee_has_a_minimum(sandbox: RunningSandbox) -> None:
    fee = {"type": "percent", "amount": "10.00", "minimum": "50.00", "days": 0}
    sandbox.put("switches", {"late_fee": fee})

    sandbox.post("cron", {"capture": False})

    assert sandbox.call("GetInvoice", invoiceid=1042)["balance"] == "299.00"
