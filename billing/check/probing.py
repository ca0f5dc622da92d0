"""Gathers findings from a WHMCS, without changing anything there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from billing.check.actions import ACTIONS, Action
from billing.check.findings import Fault, Findings, State
from billing.errors import (
    BadAnswer,
    BillingError,
    Cause,
    NotConfigured,
    NotReached,
    OutcomeUnknown,
    Refused,
)
from billing.model import InvoiceStatus
from billing.whmcs.accounts import Accounts, to_user
from billing.whmcs.invoices import to_row, to_sheet
from billing.whmcs.listing import readable, together
from billing.whmcs.shapes import Payload, flag, mapping, rows, text
from billing.whmcs.wire import Wire

SAMPLE = 10
_FAULTS = {
    Cause.CREDENTIALS: Fault.CREDENTIALS,
    Cause.ADDRESS: Fault.ADDRESS,
    Cause.ENDPOINT: Fault.NOT_WHMCS,
    Cause.OTHER: Fault.REFUSED,
}


async def probe(wire: Wire, address: str, clock: Callable[[], float]) -> Findings:
    """First whether WHMCS lets us in, then every action, then the settings that limit the bot."""
    try:
        version = await _version(wire)
    except BillingError as error:
        return Findings(address=address, fault=_fault(error), detail=_detail(error))
    states = await together(*(_state(wire, action) for action in ACTIONS))
    findings = Findings(
        address=address,
        version=version,
        states={action.name: state for action, state in zip(ACTIONS, states, strict=True)},
        mass_payment=await _mass_payment(wire),
    )
    findings = await _with_accounts(wire, Accounts(wire, clock), findings)
    return await _with_invoices(wire, findings)


async def _version(wire: Wire) -> str:
    """Empty where the role does not allow to ask; raises where WHMCS does not let us in at all."""
    try:
        return await wire.read("WhmcsDetails", {}, to_version)
    except Refused:
        return ""
    except NotConfigured as error:
        if error.cause in _FAULTS:
            raise
        return ""


def to_version(payload: Payload) -> str:
    whmcs = mapping(payload, "whmcs")
    return (text(whmcs, "version") or text(whmcs, "canonicalversion")).partition("-")[0]


def _fault(error: BillingError) -> Fault:
    if isinstance(error, NotConfigured):
        return _FAULTS[error.cause]
    return Fault.NOT_REACHED if isinstance(error, NotReached) else Fault.NOT_WHMCS


def _detail(error: BillingError) -> str:
    return error.seen_address if isinstance(error, NotConfigured) else error.detail


async def _state(wire: Wire, action: Action) -> State:
    """A documented refusal shows that the role let the call through to the action itself."""
    try:
        await wire.write(action.name, action.parameters)
    except NotConfigured as error:
        return State.NOT_IN_VERSION if error.cause is Cause.ACTION else State.NOT_IN_ROLE
    except Refused:
        return State.ALLOWED
    except (OutcomeUnknown, NotReached):
        return State.NO_ANSWER
    return State.ALLOWED


async def _mass_payment(wire: Wire) -> bool | None:
    try:
        return await wire.read(
            "GetConfigurationValue",
            {"setting": "EnableMassPay"},
            lambda payload: flag(payload, "value"),
        )
    except BillingError:
        return None


async def _with_accounts(wire: Wire, accounts: Accounts, findings: Findings) -> Findings:
    """A few accounts: can they be read, and have their owners switched single sign-on off?"""
    try:
        users = await wire.read(
            "GetUsers", {"limitnum": SAMPLE}, lambda payload: rows(payload, "users")
        )
        owned = {
            one.client_id
            for user in readable("GetUsers", users, to_user)
            for one in user.memberships
            if one.is_owner
        }
        sample = sorted(owned)[:SAMPLE]
        read = await together(*(accounts.account(client_id) for client_id in sample))
    except BadAnswer as error:
        return replace(findings, unreadable=(*findings.unreadable, error.operation))
    except BillingError:
        return findings
    without = sum(not one.customer.sso_allowed for one in read)
    return replace(findings, accounts_seen=len(read), accounts_without_sso=without)


async def _with_invoices(wire: Wire, findings: Findings) -> Findings:
    """A few unpaid invoices: can they be read, and can a saved card pay them?"""
    asked = {"status": InvoiceStatus.UNPAID.value, "limitnum": SAMPLE}
    try:
        listed = await wire.read(
            "GetInvoices", asked, lambda payload: rows(payload, "invoices", "invoice")
        )
        found = readable("GetInvoices", listed, to_row)[:SAMPLE]
        by_card = await together(*(_is_by_card(wire, row.id) for row in found))
    except BadAnswer as error:
        return replace(findings, unreadable=(*findings.unreadable, error.operation))
    except BillingError:
        return findings
    return replace(findings, unpaid_seen=len(found), unpaid_by_card=sum(by_card))


async def _is_by_card(wire: Wire, invoice_id: int) -> bool:
    def judge(payload: Payload) -> bool:
        to_sheet(payload)
        return flag(payload, "ccgateway")

    return await wire.read("GetInvoice", {"invoiceid": invoice_id}, judge, id=invoice_id)
