"""Tickets, departments, permissions and what else the product asks for."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sandbox.api.call import NAMES
from tests.sandbox_server import RunningSandbox
from tests.unit.sandbox.scenarios import scenario

TICKET = {"deptid": 1, "subject": "Bestrider", "message": "Det här stämmer inte."}
PARAMS = [
    "invoiceid",
    "userid",
    "clientid",
    "client_id",
    "user_id",
    "quoteid",
    "ticketid",
    "paymethodid",
    "limitstart",
    "limitnum",
    "search",
    "amount",
    "date",
    "status",
    "customtype",
    "id",
    "setting",
    "transid",
    "deptid",
]


def test_a_ticket_has_three_names_and_takes_a_reply(sandbox: RunningSandbox) -> None:
    opened = sandbox.call("OpenTicket", clientid=1, **TICKET)
    sandbox.call("AddTicketReply", ticketid=opened["id"], clientid=1, message="Mer.")
    sandbox.call("AddTicketNote", ticketid=opened["id"], message="Bara för oss.")

    ticket = sandbox.call("GetTicket", ticketnum=opened["tid"])

    assert {type(opened[name]) for name in ("id", "tid", "c")} == {str}
    assert [row["message"] for row in ticket["replies"]["reply"]] == [TICKET["message"], "Mer."]
    assert ticket["replies"]["reply"][0]["attachments"] == [[]]
    assert [row["message"] for row in ticket["notes"]["note"]] == ["Bara för oss."]
    assert ticket["status"] == "Customer-Reply"


def test_somebody_unknown_opens_a_ticket_with_name_and_address(sandbox: RunningSandbox) -> None:
    opened = sandbox.call("OpenTicket", name="Kim", email="kim@exempel.se", **TICKET)

    (row,) = sandbox.call("GetTickets")["tickets"]["ticket"]
    assert (row["id"], row["userid"], row["name"]) == (opened["id"], "0", "Kim")


def test_departments_come_with_their_counts_as_text(sandbox: RunningSandbox) -> None:
    sandbox.call("OpenTicket", clientid=1, **TICKET)

    rows = sandbox.call("GetSupportDepartments")["departments"]["department"]

    assert rows == [
        {"id": "1", "name": "Ekonomi", "awaitingreply": "1", "opentickets": "1"},
        {"id": "2", "name": "Support", "awaitingreply": "0", "opentickets": "0"},
    ]


def test_an_activity_is_logged(sandbox: RunningSandbox) -> None:
    sandbox.call("LogActivity", description="Kvitt: visade fakturor", clientid=1)

    (line,) = sandbox.state()["activity"]
    assert (line["client_id"], line["description"]) == (1, "Kvitt: visade fakturor")


@settings(
    max_examples=250, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)
@given(
    action=st.sampled_from(sorted(NAMES)),
    params=st.dictionaries(
        st.sampled_from(PARAMS),
        st.one_of(
            st.integers(-5, 10**20).map(str),
            st.text(max_size=20),
            st.sampled_from(["1", "1042", "Overdue", "0000-00-00", "1e9", "NaN", "", "\x00"]),
        ),
        max_size=5,
    ),
)
def test_no_parameter_breaks_an_action(
    server: RunningSandbox, action: str, params: dict[str, str]
) -> None:
    server.put("switches", {"capture_seconds": 0})
    server.put("faults", {})
    if not server.state()["clients"]:
        server.put("scenario", scenario())

    answer = server.call(action, **params)

    assert answer.get("result", answer.get("status")) in ("success", "error")
