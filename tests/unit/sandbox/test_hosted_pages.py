"""The pages where a customer pays, adds a card, or accepts a quote."""

from __future__ import annotations

import pytest

from tests.sandbox_server import RunningSandbox
from tests.unit.sandbox.browsing import Browser
from tests.unit.sandbox.scenarios import card, client, invoice, scenario

PAY = "/viewinvoice.php"
ADD = "index.php?rp=/account/paymentmethods/add"
OTHER = "robin@exempel.se"


def test_an_invoice_is_paid_with_the_card_that_was_chosen(
    sandbox: RunningSandbox, browser: Browser
) -> None:
    sandbox.put("scenario", scenario(client(paymethods=[card(1), card(2, card_last_four="4444")])))
    page = browser.enter(sandbox, "viewinvoice.php?id=1042")

    done = browser.submit(page.form(PAY), ccinfo=2)

    assert "Tack! Betalningen är klar" in done.text
    assert sandbox.state()["transactions"][0]["paymethod_id"] == 2


def test_a_declined_card_is_told_plainly(sandbox: RunningSandbox, browser: Browser) -> None:
    sandbox.put("scenario", scenario(client(paymethods=[card(behaviour="decline")])))
    page = browser.enter(sandbox, "viewinvoice.php?id=1042")

    declined = browser.submit(page.form(PAY), ccinfo=1)

    assert "Inga pengar har dragits" in declined.text
    assert sandbox.state()["transactions"] == []


@pytest.mark.parametrize(("answer", "paid"), [("approve", True), ("refuse", False)])
def test_a_bank_that_asks_is_answered_on_its_own_page(
    sandbox: RunningSandbox, browser: Browser, answer: str, paid: bool
) -> None:
    owner = client(paymethods=[card(behaviour="authentication_required")])
    sandbox.put("scenario", scenario(owner))
    page = browser.enter(sandbox, "viewinvoice.php?id=1042")
    challenge = browser.submit(page.form(PAY), ccinfo=1)
    assert "godkänn köpet" in challenge.text

    browser.submit(challenge.form("/3dsecure.php"), answer=answer)

    status = sandbox.call("GetInvoice", invoiceid=1042)["status"]
    assert (status == "Paid") is paid


def test_a_card_that_has_expired_cannot_be_chosen(
    sandbox: RunningSandbox, browser: Browser
) -> None:
    sandbox.put("scenario", scenario(client(paymethods=[card(expiry_date="01/26")])))
    page = browser.enter(sandbox, "viewinvoice.php?id=1042")

    refused = browser.submit(page.form(PAY), ccinfo=1)

    assert "går inte att använda här" in page.text
    assert refused.status == 400


def test_somebody_elses_invoice_does_not_exist(sandbox: RunningSandbox, browser: Browser) -> None:
    other = client(id=2, email=OTHER, paymethods=[], invoices=[invoice(1043)])
    sandbox.put("scenario", scenario(client(), other))

    assert browser.enter(sandbox, "viewinvoice.php?id=1043").status == 404


def test_a_form_without_its_token_is_refused(sandbox: RunningSandbox, browser: Browser) -> None:
    page = browser.enter(sandbox, "viewinvoice.php?id=1042")

    refused = browser.submit(page.form(PAY), token="forged", ccinfo=1)

    assert refused.status == 400
    assert sandbox.state()["transactions"] == []


def test_several_invoices_are_paid_with_one_charge_through_a_container(
    sandbox: RunningSandbox, browser: Browser
) -> None:
    invoices = [invoice(1, "100.00"), invoice(2, "200.00"), invoice(3, "400.00")]
    sandbox.put("scenario", scenario(client(invoices=invoices)))
    page = browser.enter(sandbox, "clientarea.php?action=masspay&invoiceids[]=1&invoiceids[]=2")
    form = page.form("/clientarea.php")
    assert form.values["invoiceids[]"] == ["1", "2"]

    container = browser.submit(form)
    browser.submit(container.form(PAY), ccinfo=1)

    state = sandbox.state()
    (charge,) = state["transactions"]
    rows = {row["id"]: row for row in state["invoices"]}
    assert (charge["invoice_id"], charge["amount_in"]) == (4, "300.00")
    assert [item["type"] for item in rows[4]["items"]] == ["Invoice", "Invoice"]
    assert [rows[id]["status"] for id in (1, 2, 3, 4)] == ["Paid", "Paid", "Unpaid", "Paid"]
    assert (rows[1]["credit"], rows[1]["total"]) == ("100.00", "0.00")
    assert state["clients"][0]["credit"] == "0.00"
    assert len(state["emails"]) == 3, "one for the container, one for each"


def test_an_original_that_was_paid_meanwhile_turns_into_credit(
    sandbox: RunningSandbox, browser: Browser
) -> None:
    invoices = [invoice(1, "100.00"), invoice(2, "200.00")]
    sandbox.put("scenario", scenario(client(invoices=invoices)))
    page = browser.enter(sandbox, "clientarea.php?action=masspay&all=true")
    container = browser.submit(page.form("/clientarea.php"))
    sandbox.call("CapturePayment", invoiceid=1)

    browser.submit(container.form(PAY), ccinfo=1)

    assert sandbox.state()["clients"][0]["credit"] == "100.00"


def test_one_ticked_invoice_makes_no_container(sandbox: RunningSandbox, browser: Browser) -> None:
    page = browser.enter(sandbox, "clientarea.php?action=masspay&all=true")

    single = browser.submit(page.form("/clientarea.php"))

    assert single.path == "/viewinvoice.php?id=1042"
    assert len(sandbox.state()["invoices"]) == 1


def test_mass_payment_can_be_switched_off(sandbox: RunningSandbox, browser: Browser) -> None:
    sandbox.put("switches", {"mass_payment": False})

    page = browser.enter(sandbox, "clientarea.php?action=masspay&all=true")

    assert page.status == 404
    assert sandbox.call("GetConfigurationValue", setting="EnableMassPay")["value"] == ""


def test_a_test_card_is_saved_without_its_number(sandbox: RunningSandbox, browser: Browser) -> None:
    page = browser.enter(sandbox, ADD)

    browser.submit(
        page.form("/index.php"), ccnumber="5555 5555 5555 4444", ccexpiry="11/29", default="1"
    )

    methods = sandbox.call("GetPayMethods", clientid=1)["paymethods"]
    assert (methods[0]["card_type"], methods[0]["card_last_four"]) == ("MasterCard", "4444")
    assert "5555555555554444" not in str(sandbox.state())


@pytest.mark.parametrize(
    ("number", "expiry", "words"),
    [
        ("4111111111111111", "11/29", "Bara testkort"),
        ("4242424242424242", "13/29", "MM/ÅÅ"),
        ("4242424242424242", "04/26", "har gått ut"),
    ],
)
def test_other_cards_are_not_taken(
    sandbox: RunningSandbox, browser: Browser, number: str, expiry: str, words: str
) -> None:
    page = browser.enter(sandbox, ADD)

    refused = browser.submit(page.form("/index.php"), ccnumber=number, ccexpiry=expiry)

    assert words in refused.text
    assert number not in refused.html.split("<datalist")[0]
    assert len(sandbox.state()["paymethods"]) == 1


def test_a_card_is_removed(sandbox: RunningSandbox, browser: Browser) -> None:
    page = browser.enter(sandbox, "clientarea.php?action=creditcard")

    browser.submit(page.form("/index.php"), do="delete")

    assert sandbox.call("GetPayMethods", clientid=1)["paymethods"] == []


QUOTE = {"id": 7, "subject": "Webbutik", "items": [{"description": "x", "unitprice": "10.00"}]}


def test_a_quote_is_accepted_only_with_its_terms(sandbox: RunningSandbox, browser: Browser) -> None:
    sandbox.put("scenario", scenario(client(quotes=[QUOTE])))
    page = browser.enter(sandbox, "viewquote.php?id=7")

    refused = browser.submit(page.form("/viewquote.php"))
    accepted = browser.submit(page.form("/viewquote.php"), agreetos="1")

    assert "godkänna villkoren" in refused.text
    assert "Offerten är accepterad" in accepted.text
    (quote,) = sandbox.call("GetQuotes", userid=1)["quotes"]["quote"]
    assert quote["stage"] == "Accepted"
    assert len(sandbox.state()["invoices"]) == 2


@pytest.mark.parametrize("changes", [{"validuntil": "2026-05-19"}, {"stage": "Lost"}])
def test_a_quote_that_is_over_cannot_be_accepted(
    sandbox: RunningSandbox, browser: Browser, changes: dict[str, str]
) -> None:
    sandbox.put("scenario", scenario(client(quotes=[QUOTE | changes])))

    page = browser.enter(sandbox, "viewquote.php?id=7")

    assert all(form.action == "/logout.php" for form in page.forms)


def test_the_api_accepts_a_quote_without_asking_and_once(sandbox: RunningSandbox) -> None:
    sandbox.put("scenario", scenario(client(quotes=[QUOTE])))
    sandbox.put("switches", {"accept_quote_answers_invoice": True})

    first = sandbox.call("AcceptQuote", quoteid=7)
    second = sandbox.call("AcceptQuote", quoteid=7)

    assert first == second == {"result": "success", "invoiceid": 1043}


def test_a_user_without_the_permission_sees_no_invoices(
    sandbox: RunningSandbox, browser: Browser
) -> None:
    users = [{"id": 9, "email": OTHER, "permissions": ["tickets"]}]
    sandbox.put("scenario", scenario(client(users=users)))
    token = sandbox.call("CreateSsoToken", client_id=1, user_id=9)

    assert browser.open(token["redirect_url"]).status == 403
