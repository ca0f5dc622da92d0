"""The hosted pages in a real browser, with nothing but a keyboard."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from sandbox.credentials import one_time_code
from tests.sandbox_server import RunningSandbox
from tests.unit.sandbox.scenarios import EMAIL, card, client, invoice, scenario

pytestmark = pytest.mark.chromium

SECRET = "JBSWY3DPEHPK3PXP"


@pytest.fixture
def page(chromium: Browser, sandbox: RunningSandbox) -> Iterator[Page]:
    context = chromium.new_context(base_url=sandbox.url, locale="sv-SE")
    opened = context.new_page()
    complaints: list[str] = []
    opened.on("console", lambda message: complaints.append(message.text))
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    yield opened
    context.close()
    assert [text for text in complaints if "status of 4" not in text] == []


def tab_to(page: Page, role_and_name: str) -> None:
    """Press Tab until the element with that text or label has the focus."""
    for _ in range(40):
        page.keyboard.press("Tab")
        focused = page.evaluate(
            "() => { const e = document.activeElement;"
            " return (e.labels?.[0]?.innerText || e.innerText || '').trim() }"
        )
        if focused.startswith(role_and_name):
            return
    raise AssertionError(f"no way by keyboard to {role_and_name!r}")


def press(page: Page, name: str) -> None:
    """Press a link or a button that leads to another page."""
    tab_to(page, name)
    enter(page)


def enter(page: Page) -> None:
    with page.expect_navigation():
        page.keyboard.press("Enter")


def tick(page: Page, name: str) -> None:
    tab_to(page, name)
    page.keyboard.press("Space")


def test_logging_in_and_paying_past_the_bank_works_by_keyboard(
    page: Page, sandbox: RunningSandbox
) -> None:
    owner = {"email": EMAIL, "owner": True, "second_factor": SECRET}
    bank_asks = card(behaviour="authentication_required")
    sandbox.put("scenario", scenario(client(users=[owner], paymethods=[bank_asks])))
    page.goto("/viewinvoice.php?id=1042")

    tab_to(page, "E-post")
    page.keyboard.type(EMAIL)
    tab_to(page, "Lösenord")
    page.keyboard.type("sandbox")
    enter(page)
    tab_to(page, "Koden i din")
    page.keyboard.type(one_time_code(SECRET, sandbox.world.timestamp))
    enter(page)
    press(page, "Betala 249,00")
    press(page, "Godkänn")

    expect(page.get_by_role("status")).to_contain_text("Betalningen är klar")
    assert sandbox.call("GetInvoice", invoiceid=1042)["status"] == "Paid"


def test_a_mass_payment_and_a_new_card_work_by_keyboard(
    page: Page, sandbox: RunningSandbox
) -> None:
    invoices = [invoice(1, "100.00"), invoice(2, "200.00")]
    sandbox.put("scenario", scenario(client(invoices=invoices, paymethods=[])))
    link = sandbox.call(
        "CreateSsoToken",
        client_id=1,
        destination="sso:custom_redirect",
        sso_redirect_path="index.php?rp=/account/paymentmethods/add",
    )
    page.goto(link["redirect_url"])

    tab_to(page, "Kortnummer")
    page.keyboard.type("4242424242424242")
    tab_to(page, "Gäller till")
    page.keyboard.type("08/29")
    press(page, "Spara kortet")
    expect(page.get_by_role("heading", name="Sparade kort")).to_be_visible()
    press(page, "Betala flera")
    tick(page, "Faktura 1,")
    tick(page, "Faktura 2,")
    press(page, "Gå vidare")
    press(page, "Betala 300,00")

    expect(page.get_by_role("status")).to_contain_text("Betalningen är klar")
    assert len(sandbox.state()["transactions"]) == 1


@pytest.mark.parametrize("width", [320, 1280])
def test_no_page_scrolls_sideways(page: Page, sandbox: RunningSandbox, width: int) -> None:
    sandbox.post("demo")
    page.set_viewport_size({"width": width, "height": 700})
    page.goto(sandbox.call("CreateSsoToken", client_id=1)["redirect_url"])
    paths = (
        "/",
        "/mail",
        "/clientarea.php",
        "/clientarea.php?action=masspay&all=true",
        "/clientarea.php?action=creditcard",
        "/index.php?rp=/account/paymentmethods/add",
        "/viewinvoice.php?id=1057",
        "/viewquote.php?id=31",
    )

    wide = []
    for path in paths:
        page.goto(path)
        if page.evaluate("document.documentElement.scrollWidth") > width:
            wide.append(path)

    assert wide == []
