"""What the adapter asks of WHMCS for each task, and what it makes of odd answers."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from billing.errors import BadAnswer, NotAllowed, NotReached, OutcomeUnknown
from billing.model import ALL_PERMISSIONS, NO_EXPIRY, LinkPurpose
from billing.port import BillingPort
from billing.whmcs import connect
from billing.whmcs.accounts import to_permissions
from billing.whmcs.cards import to_cards
from billing.whmcs.links import to_address, to_destination
from billing.whmcs.mail import as_html
from billing.whmcs.quotes import plain
from billing.whmcs.shapes import Unreadable
from kvitt.settings import load
from tests.fakes.whmcs import FakeWhmcs, error, success

ROW: dict[str, Any] = {
    "id": 5,
    "userid": 1,
    "status": "Unpaid",
    "date": "2026-08-01",
    "duedate": "2026-09-01",
    "paymethodid": None,
    "currencycode": "SEK",
}
SHEET: dict[str, Any] = {
    "invoiceid": 5,
    "userid": 1,
    "status": "Unpaid",
    "date": "2026-08-01",
    "duedate": "2026-09-01",
    "total": "10.00",
    "balance": "10.00",
    "credit": "0.00",
    "ccgateway": True,
    "items": {"item": []},
}
CLIENT: dict[str, Any] = {
    "client_id": 1,
    "owner_user_id": 2,
    "firstname": "Anna",
    "lastname": "Berg",
    "email": "anna@example.se",
    "currency": 3,
    "currency_code": "SEK",
    "credit": "0.00",
}


def whmcs() -> FakeWhmcs:
    fake = FakeWhmcs()
    fake.answers("GetInvoice", success(**SHEET))
    fake.answers("GetInvoices", success(totalresults=1, invoices={"invoice": [ROW]}))
    fake.answers("GetClientsDetails", success(client=CLIENT))
    return fake


def port(fake: FakeWhmcs) -> BillingPort:
    return connect(load(), transport=fake.transport, pace=fake.pace)


# Before and after a charge


@pytest.mark.parametrize(
    "answer",
    [httpx.Response(500), httpx.ReadTimeout(""), httpx.Response(200, content=b"x"), success(id=5)],
    ids=repr,
)
async def test_a_charge_whose_invoice_cannot_be_looked_at_is_never_sent(answer: Any) -> None:
    fake = whmcs()
    fake.answers("GetInvoice", answer)

    with pytest.raises(NotReached):
        await port(fake).capture(1, 5)

    assert fake.asked("CapturePayment") == []


async def test_a_charge_names_the_invoice_and_nothing_else() -> None:
    fake = whmcs()
    fake.answers("CapturePayment", success())

    await port(fake).capture(1, 5)

    (asked,) = fake.asked("CapturePayment")
    assert set(asked) == {"identifier", "secret", "responsetype", "invoiceid"}


async def test_an_accepted_quote_whose_answer_is_lost_is_unknown_and_not_sent_again() -> None:
    fake = whmcs()
    fake.answers("GetQuotes", success(totalresults=1, quotes={"quote": [quote()]}))
    fake.answers("AcceptQuote", httpx.ReadTimeout(""))

    with pytest.raises(OutcomeUnknown):
        await port(fake).accept_quote(1, 8, terms_accepted=True)

    assert len(fake.asked("AcceptQuote")) == 1


async def test_a_quote_stays_accepted_when_its_invoice_cannot_be_found() -> None:
    fake = whmcs()
    fake.answers("GetQuotes", success(totalresults=1, quotes={"quote": [quote()]}))
    fake.answers("AcceptQuote", success())

    assert await port(fake).accept_quote(1, 8, terms_accepted=True) is None


def quote(**more: object) -> dict[str, object]:
    return {
        "id": 8,
        "userid": 1,
        "stage": "Delivered",
        "subject": "Plats",
        "datecreated": "2026-08-01",
        "validuntil": "2099-01-01",
        "currency": 3,
        "total": "10.00",
        "subtotal": "10.00",
        "items": {"item": []},
        **more,
    }


# Currencies


async def test_a_quote_in_another_currency_is_shown_in_that_one() -> None:
    fake = whmcs()
    fake.answers("GetQuotes", success(totalresults=1, quotes={"quote": [quote(currency=4)]}))
    fake.answers(
        "GetCurrencies",
        success(**{"currencies[currency][0][id]": "4", "currencies[currency][0][code]": "EUR"}),
    )

    (found,) = await port(fake).quotes(1)

    assert found.total.currency == "EUR"


async def test_a_client_whose_currency_has_only_an_id_is_looked_up() -> None:
    fake = whmcs()
    fake.answers("GetClientsDetails", success(client=CLIENT | {"currency_code": ""}))
    fake.answers("GetCurrencies", success(currencies={"currency": [{"id": "3", "code": "NOK"}]}))

    assert (await port(fake).customer(1)).credit.currency == "NOK"


async def test_a_currency_that_nobody_knows_is_never_guessed() -> None:
    fake = whmcs()
    fake.answers("GetClientsDetails", success(client=CLIENT | {"currency_code": ""}))
    fake.answers("GetCurrencies", success(currencies={"currency": []}))

    with pytest.raises(BadAnswer):
        await port(fake).customer(1)


async def test_a_currency_is_remembered_for_a_while_where_the_list_does_not_tell_it() -> None:
    fake = whmcs()
    row = {name: value for name, value in ROW.items() if name != "currencycode"}
    fake.answers("GetInvoices", success(totalresults=1, invoices={"invoice": [row]}))
    billing = port(fake)

    await billing.invoice(1, 5)
    await billing.invoice(1, 5)
    assert len(fake.asked("GetClientsDetails")) == 1

    fake.now += 601
    await billing.invoice(1, 5)
    assert len(fake.asked("GetClientsDetails")) == 2


# People


@pytest.mark.parametrize(
    "permissions",
    [
        ["invoices", "quotes", "nonsense"],
        {"permission": ["invoices", "quotes"]},
        {"0": "invoices", "1": "quotes"},
        {"invoices": "1", "quotes": True, "tickets": "0"},
        "invoices, quotes",
    ],
)
def test_permissions_are_read_in_any_form(permissions: object) -> None:
    assert to_permissions({"permissions": permissions}) == {"invoices", "quotes"}


@pytest.mark.parametrize("permissions", [None, "", [], {}, 7, True, [["invoices"]]])
def test_permissions_in_no_known_form_grant_nothing(permissions: object) -> None:
    assert to_permissions({"permissions": permissions}) == set()


async def test_an_owner_is_not_asked_about_permissions() -> None:
    fake = whmcs()
    user = {"id": 2, "email": "Anna@Example.se", "clients": [{"id": 1, "isOwner": "1"}]}
    fake.answers("GetUsers", success(totalresults=1, users=[user]))

    (found,) = await port(fake).find_customers("anna@example.se")

    assert found.permissions == ALL_PERMISSIONS
    assert fake.asked("GetUserPermissions") == []


# Cards


def cards(**method: object) -> Any:
    shape = {"id": 3, "type": "RemoteCreditCard", "remote_token": "hemlig", "expiry_date": "08/28"}
    return to_cards({"paymethods": [shape | method]})


@pytest.mark.parametrize(
    ("written", "expires"),
    [("08/28", (2028, 8)), ("0828", (2028, 8)), ("08/2028", (2028, 8)), ("", NO_EXPIRY)],
)
def test_an_expiry_is_read_in_its_spellings(written: str, expires: tuple[int, int]) -> None:
    assert cards(expiry_date=written)[0].expires == expires


def test_an_expiry_that_is_none_is_unreadable() -> None:
    with pytest.raises(Unreadable):
        cards(expiry_date="13/28")


@pytest.mark.parametrize(
    ("written", "shown"), [("0002", "0002"), (2, "0002"), ("4111111111111111", "1111"), ("", "")]
)
def test_no_more_than_the_last_four_is_kept(written: object, shown: str) -> None:
    assert cards(card_last_four=written)[0].last_four == shown


def test_a_token_is_nowhere_in_a_card() -> None:
    assert "hemlig" not in repr(cards())


# Links


@pytest.mark.parametrize(
    ("purpose", "ids", "path"),
    [
        (LinkPurpose.PAY_INVOICE, [5], "viewinvoice.php?id=5"),
        (LinkPurpose.VIEW_QUOTE, [8], "viewquote.php?id=8"),
        (LinkPurpose.MASS_PAYMENT, [], "clientarea.php?action=masspay&all=true"),
        (LinkPurpose.MASS_PAYMENT, [5], "viewinvoice.php?id=5"),
        (
            LinkPurpose.MASS_PAYMENT,
            [5, 6],
            "clientarea.php?action=masspay&invoiceids%5B%5D=5&invoiceids%5B%5D=6",
        ),
    ],
)
def test_pages_without_a_name_are_reached_by_a_path(
    purpose: LinkPurpose, ids: list[int], path: str
) -> None:
    assert to_destination(purpose, ids).name == "sso:custom_redirect"
    assert to_destination(purpose, ids).path == path


def test_cards_are_added_on_the_named_page() -> None:
    assert to_destination(LinkPurpose.ADD_CARD, []).name == "clientarea:billing_info"


@pytest.mark.parametrize("ids", [[], [1, 2]])
def test_a_link_to_one_invoice_takes_one(ids: list[int]) -> None:
    with pytest.raises(ValueError, match="one id"):
        to_destination(LinkPurpose.PAY_INVOICE, ids)


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "//x", "", None, "https://", "http://[", "https://x/\n", 7]
)
def test_only_a_web_address_is_a_link(address: object) -> None:
    with pytest.raises(Unreadable):
        to_address({"redirect_url": address})


# Mail and texts


async def test_a_receipt_goes_by_the_other_template_where_the_first_is_switched_off() -> None:
    fake = whmcs()
    fake.answers("GetInvoice", success(**SHEET | {"status": "Paid"}))
    fake.answers("SendEmail", error("Email Template is disabled"), success())

    await port(fake).send_receipt(1, 5)

    assert [one["messagename"] for one in fake.asked("SendEmail")] == [
        "Invoice Payment Confirmation",
        "Credit Card Payment Confirmation",
    ]


async def test_a_receipt_without_any_template_is_refused() -> None:
    fake = whmcs()
    fake.answers("GetInvoice", success(**SHEET | {"status": "Paid"}))
    fake.answers("SendEmail", error("Email Template not found"))

    with pytest.raises(NotAllowed):
        await port(fake).send_receipt(1, 5)


def test_a_mailed_text_is_html_without_commands() -> None:
    written = as_html("Koden är <b>123456</b>\n{$client_name}")

    assert written == "Koden är &lt;b&gt;123456&lt;/b&gt;<br>\n($client_name)"


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("<p>Hej</p><p>Två<br>rader</p>", "Hej\n\nTvå\nrader"),
        ("<ul><li>ett</li><li>två</li></ul>", "ett\n\ntvå"),
        ("5 < 6 och <b>fet</b>", "5 < 6 och fet"),
        ("<script>alert(1)</script>", "alert(1)"),
        ("<" * 50_000, "<" * 50_000),
    ],
)
def test_a_proposal_is_shown_as_text(written: str, shown: str) -> None:
    assert plain(written) == shown


async def test_a_ticket_whose_number_cannot_be_read_may_have_been_opened() -> None:
    fake = whmcs()
    fake.answers("OpenTicket", success(tid="ABC"))

    with pytest.raises(OutcomeUnknown):
        await port(fake).open_ticket(client_id=1, department_id=1, subject="Hej", message="Hej")


async def test_a_ticket_is_opened_by_the_person_who_asked_or_by_the_owner() -> None:
    fake = whmcs()
    fake.answers("OpenTicket", success(id="4", tid="ABC"))
    billing = port(fake)

    await billing.open_ticket(client_id=1, department_id=1, subject="a", message="a", user_id=9)
    await billing.open_ticket(client_id=1, department_id=1, subject="a", message="a")

    assert [one["userid"] for one in fake.asked("OpenTicket")] == ["9", "2"]
