"""A person's verdict on a capture that nobody else could settle."""

from __future__ import annotations

from datetime import datetime, timedelta

from billing.payments.model import Capture, Reason, State, settled
from billing.payments.store import Store

OWNER = "person"
LEASE = timedelta(seconds=30)


class CannotSettle(Exception):
    """The message says why, for the person who tried."""


async def give_verdict(
    store: Store, capture_id: str, *, was_charged: bool, now: datetime
) -> Capture:
    """Settle an unknown or pending capture by what a person has found out.

    "Charged" makes it `succeeded` although the billing system does not say paid: the person has
    seen to that, and reconciliation goes on telling until it is so.
    """
    before = await _open_capture(store, capture_id)
    claim = await store.claim(OWNER, now, LEASE, before.client_id)
    if claim is None:
        raise CannotSettle("a worker is at this customer's payments just now: try again")
    state = State.SUCCEEDED if was_charged else State.NOT_CHARGED
    after = settled(before, state, now, Reason.BY_PERSON)
    await store.move(claim, before, after, now, LEASE)
    await store.release(claim)
    return after


async def _open_capture(store: Store, capture_id: str) -> Capture:
    booked = await store.booked(capture_id.rpartition(".")[0])
    found = [one for one in booked.captures if one.id == capture_id] if booked else []
    if not found:
        raise CannotSettle("there is no such capture")
    if found[0].state not in (State.UNKNOWN, State.PENDING):
        raise CannotSettle(f"it is {found[0].state.value}, and only an open outcome can be settled")
    return found[0]
