"""The adapter when the billing system fails in the middle, on a running sandbox that does so."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from billing.errors import Declined, NotAllowed, NotReached, OutcomeUnknown
from billing.model import InvoiceStatus
from billing.port import BillingPort
from billing.whmcs import connect
from kvitt.settings import load
from tests.contract.billing_scenario import ANNA, BROKE, GOOD, OLDEST, PENDING_CARD, SCENARIO
from tests.contract.billing_worlds import SandboxWorld
from tests.sandbox_server import RunningSandbox, running_sandbox

AFTER = ["error_500_after", "garbage_after", "drop_after"]
BEFORE = ["error_500", "garbage", "drop_before"]


@pytest.fixture(scope="module")
def sandbox() -> Iterator[RunningSandbox]:
    with running_sandbox(load_demo=False) as running:
        yield running


@pytest.fixture
def world(sandbox: RunningSandbox) -> Iterator[SandboxWorld]:
    world = SandboxWorld(sandbox, {})
    world.load(SCENARIO)
    yield world
    sandbox.put("faults", {})


@pytest.fixture
async def billing(world: SandboxWorld, sandbox: RunningSandbox) -> AsyncIterator[BillingPort]:
    port = connect(load(billing_url=sandbox.url, billing_capture_timeout_seconds=1.0))
    yield port
    await port.close()


@pytest.mark.parametrize("failure", BEFORE)
async def test_a_list_is_read_through_passing_failures(
    sandbox: RunningSandbox, billing: BillingPort, failure: str
) -> None:
    sandbox.put("faults", {"GetInvoice": {"failure": failure, "times": 2}})

    assert len(await billing.invoices(ANNA, InvoiceStatus.UNPAID)) == 7


async def test_a_billing_system_that_stays_down_is_told_in_time(
    sandbox: RunningSandbox, billing: BillingPort
) -> None:
    sandbox.put("faults", {"*": {"failure": "drop_before"}})

    with pytest.raises(NotReached):
        await billing.invoices(ANNA)

    sandbox.put("faults", {})


@pytest.mark.parametrize(
    ("failure", "charged"), [*((one, 1) for one in AFTER), *((one, 0) for one in BEFORE)]
)
async def test_a_charge_whose_answer_is_lost_is_unknown_and_never_repeated(
    world: SandboxWorld, sandbox: RunningSandbox, billing: BillingPort, failure: str, charged: int
) -> None:
    sandbox.put("faults", {"CapturePayment": {"failure": failure}})

    with pytest.raises(OutcomeUnknown):
        await billing.capture(ANNA, OLDEST)

    assert world.charges() == [(OLDEST, GOOD, "249.00")] * charged


@pytest.mark.parametrize(
    ("behaviour", "switches"), [("lost_reply", {}), ("slow", {"slow_seconds": 1.5})]
)
async def test_a_card_that_charges_without_telling_is_unknown(
    world: SandboxWorld,
    sandbox: RunningSandbox,
    billing: BillingPort,
    behaviour: str,
    switches: dict[str, Any],
) -> None:
    client = SCENARIO["clients"][0]
    cards = [
        one | ({"behaviour": behaviour} if one["id"] == GOOD else {})
        for one in client["paymethods"]
    ]
    sandbox.put("switches", {"capture_seconds": 0.0, **switches})
    world_clients = [client | {"paymethods": cards}, *SCENARIO["clients"][1:]]
    sandbox.put("scenario", {"clients": world_clients})

    with pytest.raises(OutcomeUnknown):
        await billing.capture(ANNA, OLDEST)


async def test_a_default_that_whmcs_will_not_change_is_not_allowed(
    sandbox: RunningSandbox, billing: BillingPort
) -> None:
    sandbox.put("switches", {"default_alone": "refused"})

    with pytest.raises(NotAllowed):
        await billing.make_default(ANNA, BROKE)


async def test_a_pending_payment_that_answers_as_failed_still_shows_as_pending(
    sandbox: RunningSandbox, billing: BillingPort
) -> None:
    """So nobody may say "declined" before reading the invoice back."""
    sandbox.put("switches", {"capture_seconds": 0.0, "pending_answer": "error"})

    with pytest.raises(Declined):
        await billing.capture(ANNA, PENDING_CARD)

    invoice = await billing.invoice(ANNA, PENDING_CARD)
    assert invoice.status is InvoiceStatus.PAYMENT_PENDING
