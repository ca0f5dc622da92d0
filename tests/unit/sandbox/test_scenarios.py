"""Scenarios replace the books, and the books outlive the process."""

from __future__ import annotations

import sqlite3
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from sandbox.demo import demo
from sandbox.records import Client
from sandbox.store import Store
from sandbox.world import World
from tests.sandbox_server import RunningSandbox, running_sandbox
from tests.unit.sandbox.scenarios import EMAIL, client, invoice, scenario

OTHER = "robin@exempel.se"


def test_ids_that_are_not_given_never_take_one_that_is(sandbox: RunningSandbox) -> None:
    nameless = client(id=None, invoices=[invoice(id=None)], paymethods=[])
    numbered = client(id=1, email=OTHER, invoices=[invoice(1)], paymethods=[])

    sandbox.put("scenario", scenario(nameless, numbered))

    state = sandbox.state()
    assert [row["id"] for row in state["clients"]] == [1, 2]
    assert {row["id"]: row["client_id"] for row in state["invoices"]} == {1: 1, 2: 2}


def test_a_user_of_two_clients_is_one_user(sandbox: RunningSandbox) -> None:
    shared = {"email": OTHER, "firstname": "Robin", "lastname": "Prov", "permissions": ["invoices"]}
    sandbox.put(
        "scenario",
        scenario(
            client(users=[shared]),
            client(id=2, email=OTHER, invoices=[], paymethods=[]),
        ),
    )

    (user,) = sandbox.call("GetUsers", search=OTHER)["users"]
    permissions = sandbox.call("GetUserPermissions", user_id=user["id"], client_id=1)

    assert user["clients"] == [{"id": 1, "isOwner": False}, {"id": 2, "isOwner": True}]
    assert permissions["permissions"] == ["invoices"]


def test_the_search_for_users_is_by_prefix(sandbox: RunningSandbox) -> None:
    longer = client(id=2, email=f"{EMAIL}.example.com", invoices=[], paymethods=[])
    sandbox.put("scenario", scenario(client(), longer))

    found = sandbox.call("GetUsers", search=EMAIL)["users"]

    assert [user["email"] for user in found] == [EMAIL, f"{EMAIL}.example.com"]


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        (b"{", 400, "truncated"),
        (b"[]", 400, "Expected `object`"),
        (b'{"clients": [{}]}', 400, "missing required field `firstname`"),
        (b'{"clients": [], "today": "2026-02-30"}', 400, "`$.today`"),
        (b'{"clients": [], "today": 5}', 400, "`$.today`"),
        (b"\xff", 400, "malformed"),
        (b"[" * 100_000, 400, "depth"),
    ],
)
def test_a_scenario_that_cannot_be_read_is_refused_with_a_sentence(
    sandbox: RunningSandbox, body: bytes, status: int, words: str
) -> None:
    response = sandbox.client.put("/_sandbox/scenario", content=body)

    assert response.status_code == status
    assert words in response.json()["message"]
    assert len(sandbox.state()["clients"]) == 1


def test_a_scenario_that_contradicts_itself_is_a_conflict(sandbox: RunningSandbox) -> None:
    twice = scenario(client(), client(email=OTHER, paymethods=[], invoices=[]))

    response = sandbox.client.put("/_sandbox/scenario", json=twice)

    assert response.status_code == 409
    assert response.json()["message"] == "two of kind client have the id 1"


def test_fields_that_are_not_known_are_told(sandbox: RunningSandbox) -> None:
    answer = sandbox.put("scenario", scenario(client(shoe_size=44)))

    assert answer["ignored"] == ["$.clients[0].shoe_size"]


def test_everything_survives_a_restart(tmp_path: Path) -> None:
    database = tmp_path / "sandbox.sqlite"
    with running_sandbox(database) as first:
        first.put("scenario", scenario())
        first.put("switches", {"version": "9.0.3", "capture_seconds": 0})
        first.put("faults", {"GetUsers": {"failure": "error_500"}})
        first.call("CapturePayment", invoiceid=1042)
        before = first.state()

    with running_sandbox(database) as second:
        assert second.state() == before
        assert second.client.get("/_sandbox/switches").json()["version"] == "9.0.3"
        assert second.client.get("/_sandbox/faults").json()["getusers"]["failure"] == "error_500"


def test_a_file_of_another_version_is_begun_anew(tmp_path: Path) -> None:
    path = tmp_path / "old.sqlite"
    old = sqlite3.connect(path)
    old.execute('CREATE TABLE "Client" (shape TEXT)')
    old.close()

    store = Store(str(path))

    assert store.all(Client) == []
    store.close()


def test_a_transaction_that_fails_leaves_nothing() -> None:
    store = Store(":memory:")

    def fail() -> None:
        with store.transaction():
            store.add(Client(uuid="x", firstname="x", lastname="x", email="x"))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()

    assert store.all(Client) == []
    store.close()


@pytest.mark.parametrize("day", [date(2026, 1, 1), date(2028, 2, 29), date(2026, 12, 31)])
def test_the_demo_is_current_on_any_day(day: date) -> None:
    studio = demo(day).clients[0]
    unpaid = [row for row in studio.invoices if row.status == "Unpaid"]

    assert sum(row.duedate < day for row in unpaid) == 3
    assert sum(row.duedate >= day for row in unpaid) == 1
    assert len(studio.paymethods) == 3
    assert len(studio.quotes) == 1


def test_an_empty_sandbox_shows_the_demo_and_can_be_reset_to_it(sandbox: RunningSandbox) -> None:
    sandbox.post("demo")

    state = sandbox.state()
    assert len(state["clients"]) == 5
    overdue = sandbox.call("GetInvoices", userid=1, status="Overdue")
    assert overdue["numreturned"] == 3


def test_the_day_is_the_scenarios_and_the_time_of_day_the_real_one() -> None:
    store = Store(":memory:")
    world = World(store=store, system_now=lambda: datetime(2026, 6, 1, 22, 30, 5, 7, tzinfo=UTC))

    assert world.today == date(2026, 6, 2), "half past midnight in Stockholm"
    assert world.stamp == "2026-06-02 00:30:05"
    store.close()


@pytest.mark.parametrize("today", ["0001-01-01", "9999-12-31"])
def test_the_ends_of_the_calendar_break_nothing(sandbox: RunningSandbox, today: str) -> None:
    sandbox.put("scenario", scenario(client(), today=today))

    results: list[Any] = [
        sandbox.post("cron", {"days": 366}),
        sandbox.call("CreateInvoice", userid=1),
        sandbox.call("GetInvoices", status="Overdue"),
    ]

    assert {answer["result"] for answer in results} == {"success"}
