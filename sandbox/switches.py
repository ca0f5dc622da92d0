"""The ways in which one WHMCS install differs from another, and faults, as settings of the sandbox.

Both are set through the control API, kept in the store, and survive a restart.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from sandbox.records import Setting
from sandbox.store import Store

Seconds = Annotated[float, Meta(ge=0, le=600)]
ShortText = Annotated[str, Meta(max_length=200)]
Amount = Annotated[str, Meta(pattern=r"^\d{1,9}(\.\d{1,2})?$")]


class LateFee(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the daily run adds to an overdue invoice."""

    type: Literal["fixed", "percent"] = "fixed"
    amount: Amount = "60.00"
    minimum: Amount = "0.00"
    days: Annotated[int, Meta(ge=0, le=365)] = 7


class Switches(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How this install behaves. Where WHMCS's own way is not documented, the default is a guess."""

    version: Annotated[str, Meta(pattern=r"^[89]\.\d{1,2}\.\d{1,2}$")] = "8.13.1"
    """From 9.0 on, invoices that are not drafts are immutable."""
    types: Literal["documented", "numeric"] = "documented"
    empty_lists: Literal["documented", "list", "bare_list", "object", "string", "absent"] = (
        "documented"
    )
    single_lists: Literal["list", "lone", "indexed"] = "list"
    """How a list of one is written: [row], row, or {"0": row}."""
    flattened_keys: bool = False
    """Whether GetCredits, GetCurrencies and GetEmailTemplates print `credits[credit][0][id]`."""
    identifier: ShortText = "sandbox"
    secret: ShortText = "sandbox"  # noqa: S105 the documented default of a stand-in
    admin_username: ShortText = "admin"
    admin_password: ShortText = "sandbox"  # noqa: S105 the documented default of a stand-in
    access_key: ShortText | None = None
    allowed_addresses: list[ShortText] | None = None
    """Addresses that may call the API, matched exactly; null allows all, [] none."""
    allowed_actions: list[ShortText] | None = None
    """The actions of the credential's role; null allows all."""
    mass_payment: bool = True
    capture_seconds: Seconds = 0.05
    """How long the card network takes: the window in which two captures can overlap."""
    slow_seconds: Seconds = 90.0
    """How long the behaviour `slow` takes before it charges."""
    pending_answer: Literal["success", "error"] = "success"
    default_alone: Literal["accepted", "refused"] = "accepted"
    """Whether UpdatePayMethod takes `set_as_default` with nothing else."""
    accept_quote_answers_invoice: bool = False
    overdue_from: Literal["day_after", "due_date"] = "day_after"
    late_fee: LateFee = LateFee()

    @property
    def has_immutable_invoices(self) -> bool:
        return int(self.version.split(".")[0]) >= 9


FAILURES = Literal[
    "error_500", "error_500_after", "garbage", "garbage_after", "drop_before", "drop_after"
]


class Fault(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What goes wrong with one API action; `…_after` strikes when the effect has taken place."""

    latency_seconds: Seconds = 0.0
    failure: FAILURES | None = None
    skip: Annotated[int, Meta(ge=0, le=1_000_000)] = 0
    """So many calls go well first."""
    times: Annotated[int, Meta(ge=1, le=1_000_000)] | None = None
    """So many calls are struck; null: every one."""


class ClockSetting(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    today: date | None = None
    """The sandbox's calendar day; null: the real one."""
    advance_seconds: Annotated[float, Meta(ge=0, le=10_000_000)] = 0.0
    """How far ahead of the real time tokens and codes are judged."""


def read[T](store: Store, name: str, kind: type[T], default: T) -> T:
    """The setting of that name, or `default` where it was never written."""
    setting = store.first(Setting, name=name)
    return msgspec.json.decode(setting.value, type=kind) if setting else default


def write(store: Store, name: str, value: object) -> None:
    text = msgspec.json.encode(value).decode()
    setting = store.first(Setting, name=name)
    if setting:
        store.change(setting, value=text)
    else:
        store.add(Setting(name=name, value=text))


def switches(store: Store) -> Switches:
    return read(store, "switches", Switches, Switches())


def faults(store: Store) -> dict[str, Fault]:
    """By lower-cased action, or "*" for every action."""
    return read(store, "faults", dict[str, Fault], {})


def take_fault(store: Store, action: str) -> Fault:
    """The fault that strikes this call, counted off; a `Fault()` that does nothing otherwise."""
    plan = faults(store)
    key = action if action in plan else "*"
    fault = plan.get(key)
    if fault is None:
        return Fault()
    write(store, "faults", _counted(plan, key, fault))
    return Fault() if fault.skip else fault


def _counted(plan: dict[str, Fault], key: str, fault: Fault) -> dict[str, Fault]:
    if fault.skip:
        return plan | {key: msgspec.structs.replace(fault, skip=fault.skip - 1)}
    if fault.times is None:
        return plan
    rest = {name: other for name, other in plan.items() if name != key}
    if fault.times == 1:
        return rest
    return rest | {key: msgspec.structs.replace(fault, times=fault.times - 1)}
