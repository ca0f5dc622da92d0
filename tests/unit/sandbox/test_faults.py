"""Faults strike the action they are set for, before or after its effect, as often as told."""

from __future__ import annotations

import time
from typing import Any

import httpx
import pytest

from tests.sandbox_server import RunningSandbox


def post(sandbox: RunningSandbox, action: str, **params: Any) -> httpx.Response:
    data = {"identifier": "sandbox", "secret": "sandbox", "action": action} | params
    return sandbox.client.post("/includes/api.php", data=data)


def is_paid(sandbox: RunningSandbox) -> bool:
    return bool(sandbox.call("GetInvoice", invoiceid=1042)["status"] == "Paid")


@pytest.mark.parametrize(("failure", "paid"), [("error_500", False), ("error_500_after", True)])
def test_a_500_comes_before_or_after_the_charge(
    sandbox: RunningSandbox, failure: str, paid: bool
) -> None:
    sandbox.put("faults", {"CapturePayment": {"failure": failure}})

    assert post(sandbox, "CapturePayment", invoiceid=1042).status_code == 500
    assert is_paid(sandbox) is paid


@pytest.mark.parametrize(("failure", "paid"), [("drop_before", False), ("drop_after", True)])
def test_a_connection_drops_before_or_after_the_charge(
    sandbox: RunningSandbox, failure: str, paid: bool
) -> None:
    sandbox.put("faults", {"CapturePayment": {"failure": failure}})

    with pytest.raises(httpx.RemoteProtocolError):
        post(sandbox, "CapturePayment", invoiceid=1042)

    assert is_paid(sandbox) is paid


@pytest.mark.parametrize(("failure", "paid"), [("garbage", False), ("garbage_after", True)])
def test_garbage_comes_with_a_200(sandbox: RunningSandbox, failure: str, paid: bool) -> None:
    sandbox.put("faults", {"CapturePayment": {"failure": failure}})

    response = post(sandbox, "CapturePayment", invoiceid=1042)

    assert response.status_code == 200
    with pytest.raises(ValueError, match="Expecting value"):
        response.json()
    assert is_paid(sandbox) is paid


def test_a_fault_strikes_so_many_times_after_so_many_good_calls(sandbox: RunningSandbox) -> None:
    sandbox.put("faults", {"getusers": {"failure": "error_500", "skip": 1, "times": 2}})

    statuses = [post(sandbox, "GetUsers").status_code for _ in range(4)]

    assert statuses == [200, 500, 500, 200]
    assert sandbox.client.get("/_sandbox/faults").json() == {}


def test_a_fault_of_every_action_spares_those_with_one_of_their_own(
    sandbox: RunningSandbox,
) -> None:
    sandbox.put("faults", {"*": {"failure": "error_500"}, "GetUsers": {}})

    assert post(sandbox, "GetUsers").status_code == 200
    assert post(sandbox, "GetInvoices").status_code == 500


def test_latency_is_waited_out(sandbox: RunningSandbox) -> None:
    sandbox.put("faults", {"GetUsers": {"latency_seconds": 0.2}})
    started = time.monotonic()

    post(sandbox, "GetUsers")

    assert time.monotonic() - started >= 0.2


@pytest.mark.parametrize(
    "plan",
    [
        {"FlyToTheMoon": {}},
        {"GetUsers": {"failure": "explode"}},
        {"GetUsers": {"latency_seconds": -1}},
        {"GetUsers": {"often": True}},
        [],
    ],
)
def test_a_plan_that_makes_no_sense_is_refused_with_a_sentence(
    sandbox: RunningSandbox, plan: Any
) -> None:
    response = sandbox.client.put("/_sandbox/faults", json=plan)

    assert response.status_code == 400
    assert response.json()["message"]
