"""Who may call the API, and how it says no."""

from __future__ import annotations

from hashlib import md5
from typing import Any

import httpx
import pytest

from tests.sandbox_server import RunningSandbox

LEGACY = md5(b"sandbox", usedforsecurity=False).hexdigest()


def post(sandbox: RunningSandbox, query: str = "", **data: Any) -> httpx.Response:
    return sandbox.client.post(f"/includes/api.php{query}", data=data)


@pytest.mark.parametrize(
    "credentials",
    [
        {"identifier": "sandbox", "secret": "sandbox"},
        {"username": "sandbox", "password": "sandbox"},
        {"username": "admin", "password": LEGACY},
    ],
)
def test_all_three_spellings_of_the_credentials_are_taken(
    sandbox: RunningSandbox, credentials: dict[str, str]
) -> None:
    response = post(sandbox, action="GetUsers", **credentials)

    assert response.status_code == 200
    assert response.json()["result"] == "success"


@pytest.mark.parametrize(
    ("credentials", "message"),
    [
        ({"identifier": "sandbox", "secret": "wrong"}, "Invalid or missing credentials"),
        ({}, "Invalid or missing credentials"),
        ({"username": "admin", "password": "sandbox"}, "Authentication Failed"),
    ],
)
def test_wrong_credentials_are_a_403_with_json(
    sandbox: RunningSandbox, credentials: dict[str, str], message: str
) -> None:
    response = post(sandbox, action="GetUsers", **credentials)

    assert response.status_code == 403
    assert response.json() == {"result": "error", "message": message}


@pytest.mark.parametrize("action", ["getusers", "GETUSERS", "GetUsers"])
def test_the_case_of_an_action_does_not_matter(sandbox: RunningSandbox, action: str) -> None:
    assert sandbox.call(action)["result"] == "success"


def test_the_action_may_stand_in_the_query(sandbox: RunningSandbox) -> None:
    answer = post(sandbox, "?action=GetUsers", username="sandbox", password="sandbox").json()

    assert answer["result"] == "success"


def test_an_unknown_action_is_named_as_such(sandbox: RunningSandbox) -> None:
    assert sandbox.call("FlyToTheMoon") == {
        "result": "error",
        "message": "The requested API Action could not be found.",
    }


def test_an_address_that_is_not_on_the_list_is_refused_unless_it_has_the_key(
    sandbox: RunningSandbox,
) -> None:
    sandbox.put("switches", {"allowed_addresses": ["192.0.2.1"], "access_key": "open-sesame"})
    good = {"identifier": "sandbox", "secret": "sandbox", "action": "GetUsers"}

    refused = post(sandbox, **good)
    let_in = post(sandbox, **good, accesskey="open-sesame")

    assert (refused.status_code, refused.json()["message"]) == (403, "Invalid IP 127.0.0.1")
    assert let_in.json()["result"] == "success"


def test_an_empty_list_of_addresses_allows_nobody(sandbox: RunningSandbox) -> None:
    sandbox.put("switches", {"allowed_addresses": []})

    assert sandbox.call("GetUsers")["message"] == "Invalid IP 127.0.0.1"


def test_an_action_outside_the_role_is_refused_by_its_lower_cased_name(
    sandbox: RunningSandbox,
) -> None:
    sandbox.put("switches", {"allowed_actions": ["GetInvoices"]})

    assert sandbox.call("getinvoices")["result"] == "success"
    assert sandbox.call("CapturePayment", invoiceid=1042) == {
        "result": "error",
        "message": 'Invalid Permissions: API action "capturepayment" is not allowed',
    }


def test_xml_is_answered_where_it_is_asked_for(sandbox: RunningSandbox) -> None:
    response = post(
        sandbox, identifier="sandbox", secret="sandbox", action="GetUsers", responsetype="xml"
    )

    assert "<action>GetUsers</action><result>success</result>" in response.text
