"""Mail that is sent can be read, by the API and on the page."""

from __future__ import annotations

import base64
import re

import pytest

from sandbox.api.php import PhpError, unserialize
from sandbox.pages.mail_tray import as_text
from tests.sandbox_server import RunningSandbox
from tests.unit.sandbox.scenarios import EMAIL


def send(sandbox: RunningSandbox, subject: str, message: str, **more: str) -> None:
    answer = sandbox.call(
        "SendEmail",
        customtype="general",
        id=1,
        customsubject=subject,
        custommessage=message,
        **more,
    )
    assert answer == {"result": "success"}


def test_a_message_of_ones_own_reaches_the_client(sandbox: RunningSandbox) -> None:
    send(sandbox, "Din kod", "Koden är 123456, {$client_first_name}.")

    (email,) = sandbox.call("GetEmails", clientid=1)["emails"]["email"]
    assert (email["subject"], email["to"], email["userid"]) == ("Din kod", EMAIL, 1)
    assert email["message"] == "Koden är 123456, Kim."


def test_mail_is_listed_newest_first_and_can_be_searched(sandbox: RunningSandbox) -> None:
    send(sandbox, "Första", "x")
    send(sandbox, "Andra", "x")

    emails = sandbox.call("GetEmails", clientid=1)["emails"]["email"]
    found = sandbox.call("GetEmails", clientid=1, subject="först")

    assert [email["subject"] for email in emails] == ["Andra", "Första"]
    assert found["totalresults"] == 1


def test_variables_come_as_php_serialises_them(sandbox: RunningSandbox) -> None:
    packed = base64.b64encode(b'a:1:{s:4:"name";s:5:"Kim\xc3\xa9";}').decode()

    send(sandbox, "x", "Hej {$name}!", customvars=packed)

    assert sandbox.state()["emails"][0]["message"] == "Hej Kimé!"


@pytest.mark.parametrize(
    "data",
    [b"", b"a:1:{", b's:3:"ab";', b"i:x;", b'O:3:"abc":0:{}', b"N;N;", b"a:1:{N;N;}", b"i:5"],
)
def test_what_php_would_not_write_is_refused(data: bytes) -> None:
    with pytest.raises(PhpError):
        unserialize(data)


def test_every_kind_of_value_is_read() -> None:
    data = b'a:4:{i:0;i:-5;i:1;d:0.5;i:2;b:1;i:3;a:1:{s:1:"k";N;}}'

    assert unserialize(data) == {0: -5, 1: 0.5, 2: True, 3: {"k": None}}


def test_the_page_shows_the_newest_first_with_its_code(sandbox: RunningSandbox) -> None:
    send(sandbox, "Din kod", "<p>Koden är 123456.</p>")
    sandbox.call("CapturePayment", invoiceid=1042)
    send(sandbox, "Din nya kod", "Koden är <b>654321</b>.")

    page = sandbox.client.get("/mail").text

    assert re.findall(r'data-code="(\d+)"', page) == ["654321", "123456"]
    assert re.findall(r"<h2>(.*)</h2>", page) == [
        "Din nya kod",
        "Kvitto för faktura 1042",
        "Din kod",
    ]
    assert "249,00\N{NO-BREAK SPACE}kr" in page


def test_the_page_can_be_narrowed_to_one_address(sandbox: RunningSandbox) -> None:
    send(sandbox, "Din kod", "x")

    assert "Din kod" in sandbox.client.get("/mail", params={"to": EMAIL}).text
    assert "Din kod" not in sandbox.client.get("/mail", params={"to": "a@exempel.se"}).text


def test_markup_in_a_message_does_nothing_on_the_page(sandbox: RunningSandbox) -> None:
    send(sandbox, "<script>x</script>", "<script>alert(1)</script>&lt;script&gt;<p>text</p>")

    page = sandbox.client.get("/mail").text

    assert "<script>" not in page
    assert "&lt;script&gt;" in page


def test_a_message_is_shown_as_lines() -> None:
    assert as_text("<p>En</p><p>Två<br>Tre &amp; fyra</p>") == "En\nTvå\nTre & fyra"
