"""What is sent again, what never is, and what is known afterwards."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

import httpx
import pytest
import structlog
from pydantic import SecretStr

from billing.errors import (
    BadAnswer,
    BillingError,
    Cause,
    CircuitOpen,
    Declined,
    NotConfigured,
    NotFound,
    NotPayable,
    NotReached,
    OutcomeUnknown,
    Refused,
)
from billing.whmcs import endpoint, wire_to
from billing.whmcs.shapes import Payload, integer
from billing.whmcs.wire import Access, Limits, Pace, Wire
from kvitt.settings import SettingsError, load
from tests.fakes.whmcs import FakeWhmcs, error, refusal, success

Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]

FAILURES = [
    httpx.ReadTimeout(""),
    httpx.WriteTimeout(""),
    httpx.ReadError(""),
    httpx.WriteError(""),
    httpx.RemoteProtocolError(""),
    httpx.DecodingError(""),
    httpx.Response(500),
    httpx.Response(502, content=b"<html>bad gateway"),
    httpx.Response(200, content=b"<html>fatal error"),
    httpx.Response(200, content=b""),
    httpx.Response(200, content=b'{"result":"succe'),
]
PASSING = [failure for failure in FAILURES if not isinstance(failure, httpx.DecodingError)]
UNSENT = [httpx.ConnectError(""), httpx.ConnectTimeout(""), httpx.PoolTimeout("")]


def wired(whmcs: FakeWhmcs) -> Wire:
    return wire_to(load(), transport=whmcs.transport, pace=whmcs.pace)


def payload_id(payload: Payload) -> int:
    return integer(payload, "id")


@pytest.mark.parametrize("failure", PASSING + UNSENT, ids=repr)
async def test_a_read_is_repeated_until_it_is_answered(
    failure: httpx.Response | Exception,
) -> None:
    whmcs = FakeWhmcs()
    whmcs.answers("GetInvoice", failure, failure, success(id=7))

    assert await wired(whmcs).read("GetInvoice", {"invoiceid": 7}, payload_id) == 7
    assert len(whmcs.calls) == 3


async def test_pauses_between_repetitions_grow() -> None:
    whmcs = FakeWhmcs()
    whmcs.answers("GetInvoice", httpx.ReadError(""))

    with pytest.raises(NotReached):
        await wired(whmcs).read("GetInvoice", {}, payload_id)

    assert len(whmcs.calls) == 4
    assert whmcs.pauses == [0.15, 0.3, 0.6]


async def test_a_read_is_not_repeated_past_its_deadline() -> None:
    whmcs = FakeWhmcs()

    def late(_: object) -> Exception:
        whmcs.now += 15.0
        return httpx.ReadTimeout("")

    whmcs.answers("GetInvoice", late)

    with pytest.raises(NotReached):
        await wired(whmcs).read("GetInvoice", {}, payload_id)

    assert len(whmcs.calls) == 1


async def test_a_read_that_stays_garbled_is_a_bad_answer() -> None:
    whmcs = FakeWhmcs()
    whmcs.answers("GetInvoice", httpx.Response(200, content=b"Fatal error"))

    with pytest.raises(BadAnswer):
        await wired(whmcs).read("GetInvoice", {}, payload_id)


async def test_a_read_in_another_shape_is_not_repeated() -> None:
    whmcs = FakeWhmcs()
    whmcs.answers("GetInvoice", success(id="x"))

    with pytest.raises(BadAnswer, match="id"):
        await wired(whmcs).read("GetInvoice", {}, payload_id)

    assert len(whmcs.calls) == 1


@pytest.mark.parametrize(
    "answer", [error("Invoice ID Not Found"), refusal("Invalid IP 192.0.2.7")], ids=repr
)
async def test_a_no_is_not_repeated(answer: httpx.Response) -> None:
    whmcs = FakeWhmcs()
    whmcs.answers("GetInvoice", answer)

    with pytest.raises((NotFound, NotConfigured)):
        await wired(whmcs).read("GetInvoice", {}, payload_id)

    assert len(whmcs.calls) == 1


@pytest.mark.parametrize("failure", FAILURES, ids=repr)
async def test_a_write_whose_answer_is_lost_is_sent_once_and_its_outcome_unknown(
    failure: httpx.Response | Exception,
) -> None:
    whmcs = FakeWhmcs()
    whmcs.answers("CapturePayment", failure, success())

    with pytest.raises(OutcomeUnknown) as raised:
        await wired(whmcs).write("CapturePayment", {"invoiceid": 7}, id=7, is_capture=True)

    assert len(whmcs.calls) == 1
    assert raised.value.id == 7


@pytest.mark.parametrize("failure", UNSENT, ids=repr)
async def test_a_write_that_never_left_is_not_reached_and_not_sent_again(
    failure: Exception,
) -> None:
    whmcs = FakeWhmcs()
    whmcs.answers("CapturePayment", failure)

    with pytest.raises(NotReached):
        await wired(whmcs).write("CapturePayment", {}, is_capture=True)

    assert len(whmcs.calls) == 1


@pytest.mark.parametrize("status", [301, 404, 403])
async def test_a_page_in_front_of_whmcs_leaves_a_write_unknown_and_a_read_unconfigured(
    status: int,
) -> None:
    whmcs = FakeWhmcs()
    whmcs.answers("CapturePayment", httpx.Response(status, content=b"<html>"))

    with pytest.raises(OutcomeUnknown):
        await wired(whmcs).write("CapturePayment", {}, is_capture=True)
    with pytest.raises(NotConfigured):
        await wired(whmcs).read("CapturePayment", {}, payload_id)


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        ("Payment Attempt Failed", Declined),
        ("Invoice Not Found or Not Unpaid", NotPayable),
        ("A message from a gateway that nobody documented", OutcomeUnknown),
    ],
)
async def test_only_a_documented_no_settles_a_capture(
    message: str, kind: type[BillingError]
) -> None:
    whmcs = FakeWhmcs()
    whmcs.answers("CapturePayment", error(message))

    with pytest.raises(BillingError) as raised:
        await wired(whmcs).write("CapturePayment", {}, is_capture=True)

    assert type(raised.value) is kind


async def test_an_undocumented_no_to_another_write_is_a_refusal() -> None:
    whmcs = FakeWhmcs()
    whmcs.answers("SendEmail", error("Sending Failed. Please see documentation."))

    with pytest.raises(Refused):
        await wired(whmcs).write("SendEmail", {})


async def test_a_missing_role_is_told_apart_on_a_write_too() -> None:
    with pytest.raises(NotConfigured) as raised:
        await wired(FakeWhmcs()).write("CapturePayment", {}, is_capture=True)

    assert raised.value.cause is Cause.ROLE


async def test_after_failures_in_a_row_nothing_is_sent_for_a_while() -> None:
    whmcs = FakeWhmcs()
    whmcs.answers("GetInvoice", httpx.ConnectError(""))
    wire = wired(whmcs)
    for _ in range(2):
        with pytest.raises(NotReached):
            await wire.read("GetInvoice", {}, payload_id)
    sent = len(whmcs.calls)

    with pytest.raises(CircuitOpen):
        await wire.write("CapturePayment", {}, is_capture=True)
    assert len(whmcs.calls) == sent

    whmcs.now += 5.0
    whmcs.answers("GetInvoice", success(id=7))
    assert await wire.read("GetInvoice", {}, payload_id) == 7


async def test_declined_captures_do_not_open_the_circuit() -> None:
    whmcs = FakeWhmcs()
    whmcs.answers("CapturePayment", error("Payment Attempt Failed"))
    wire = wired(whmcs)

    for _ in range(20):
        with pytest.raises(Declined):
            await wire.write("CapturePayment", {}, is_capture=True)


async def test_every_call_carries_credentials_action_and_the_json_switch() -> None:
    whmcs = FakeWhmcs()
    whmcs.answers("GetInvoice", success(id=7))
    settings = load(
        billing_identifier=SecretStr("id"),
        billing_secret=SecretStr("å&="),
        billing_access_key=SecretStr("key!"),
    )

    wire = wire_to(settings, transport=whmcs.transport, pace=whmcs.pace)
    await wire.read("GetInvoice", {"invoiceid": 7, "flag": True, "absent": None}, payload_id)

    assert whmcs.asked("GetInvoice") == [
        {
            "identifier": "id",
            "secret": "å&=",
            "accesskey": "key!",
            "responsetype": "json",
            "invoiceid": "7",
            "flag": "true",
        }
    ]


async def test_a_parameter_that_no_encoding_knows_is_replaced() -> None:
    whmcs = FakeWhmcs()
    whmcs.answers("OpenTicket", success(id=7))

    await wired(whmcs).write("OpenTicket", {"message": "hej \ud800"})

    assert whmcs.asked("OpenTicket")[0]["message"] == "hej ?"


async def test_neither_log_nor_error_tells_a_secret_a_parameter_or_an_answer() -> None:
    whmcs = FakeWhmcs()
    whmcs.answers("GetInvoice", httpx.ReadError("secret-in-exception"))
    whmcs.answers("CapturePayment", httpx.Response(200, content=b"secret-in-body"))
    settings = load(billing_secret=SecretStr("secret-of-api"))
    wire = wire_to(settings, transport=whmcs.transport, pace=whmcs.pace)

    with structlog.testing.capture_logs() as logs:
        with pytest.raises(NotReached) as read:
            await wire.read("GetInvoice", {"search": "secret-in-parameter"}, payload_id)
        whmcs.now += 60
        with pytest.raises(OutcomeUnknown) as write:
            await wire.write("CapturePayment", {"x": "secret-in-parameter"})

    assert len(logs) == 4
    assert "secret" not in f"{logs} {read.value!r} {write.value!r} {wire._access!r}".replace(
        "secret=", ""
    )
    assert read.value.__cause__ is None
    assert read.value.__suppress_context__


async def test_at_most_so_many_calls_are_under_way_at_once() -> None:
    busy = most = 0

    async def answer(_: httpx.Request) -> httpx.Response:
        nonlocal busy, most
        busy += 1
        most = max(most, busy)
        await asyncio.sleep(0.001)
        busy -= 1
        return httpx.Response(200, json={"result": "success", "id": 1})

    wire = wire_to(load(billing_concurrency=3), transport=httpx.MockTransport(answer))
    await asyncio.gather(*(wire.read("GetInvoice", {}, payload_id) for _ in range(20)))

    assert most == 3


# On real connections


@asynccontextmanager
async def server(handle: Handler) -> AsyncIterator[str]:
    """Serves on a free port; waits at the end until every connection is done with."""
    under_way: set[asyncio.Task[None] | None] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        under_way.add(asyncio.current_task())
        with suppress(ConnectionError):
            await handle(reader, writer)
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()

    listening = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
    finally:
        listening.close()
        await asyncio.gather(*(task for task in under_way if task))


def connected(url: str, **limits: float) -> Wire:
    access = Access(
        endpoint=endpoint(url), identifier=SecretStr("sandbox"), secret=SecretStr("sandbox")
    )
    given = {"connect_seconds": 1.0, "read_seconds": 0.4, "capture_seconds": 0.4, **limits}
    return Wire(access, Limits(**given), pace=Pace())  # type: ignore[arg-type]


async def test_a_port_where_nobody_listens_is_not_reached() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        wire = connected(f"http://127.0.0.1:{unused.getsockname()[1]}")

        with pytest.raises(NotReached):
            await wire.write("CapturePayment", {}, is_capture=True)
    await wire.close()


async def test_a_connection_dropped_after_the_request_leaves_the_outcome_unknown() -> None:
    async def drop(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(100_000)

    async with server(drop) as url:
        wire = connected(url)
        with pytest.raises(OutcomeUnknown):
            await wire.write("CapturePayment", {}, is_capture=True)
        await wire.close()


async def test_an_answer_that_drips_for_ever_ends_at_the_deadline() -> None:
    async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(100_000)
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n")
        while True:
            writer.write(b" ")
            await writer.drain()
            await asyncio.sleep(0.02)

    async with server(drip) as url:
        wire = connected(url)
        began = time.monotonic()
        with pytest.raises(OutcomeUnknown):
            await wire.write("CapturePayment", {}, is_capture=True)
        assert time.monotonic() - began < 3
        await wire.close()


async def test_each_write_travels_on_a_connection_of_its_own() -> None:
    connections = 0

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal connections
        connections += 1
        await reader.read(100_000)
        body = b'{"result":"success"}'
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n%s" % (len(body), body))
        await writer.drain()
        await reader.read()

    async with server(answer) as url:
        wire = connected(url, capture_seconds=5.0)
        for _ in range(3):
            await wire.write("CapturePayment", {}, is_capture=True)
        await wire.close()

    assert connections == 3


# Where the API is


@pytest.mark.parametrize(
    "installation",
    [
        "https://billing.example.se/whmcs",
        "https://billing.example.se/whmcs/",
        " https://billing.example.se/whmcs/includes/api.php",
        "https://billing.example.se/whmcs/?x=1#y",
    ],
)
def test_the_api_is_below_the_installation(installation: str) -> None:
    assert endpoint(installation) == "https://billing.example.se/whmcs/includes/api.php"


@pytest.mark.parametrize(
    "installation", ["", "billing.example.se", "ftp://x", "https://", "http://["]
)
def test_an_address_that_is_none_stops_the_start(installation: str) -> None:
    with pytest.raises(SettingsError, match="KVITT_BILLING_URL"):
        endpoint(installation)
