"""Actions on saved cards and bank accounts."""

from __future__ import annotations

import re
from typing import Any

from sandbox.api.call import Answer, ApiError, Call, action, client_or_error
from sandbox.paymethods import make_default, ordered, remove
from sandbox.records import PayMethod
from sandbox.world import World

KINDS = {"creditcard": True, "bankaccount": False}
CARD_DETAILS = ("card_number", "card_expiry", "card_start", "card_issue_number")
BANK_DETAILS = ("bank_name", "bank_account_type", "bank_code", "bank_account")


@action("GetPayMethods")
def get_pay_methods(world: World, call: Call) -> Answer:
    if not call.has("clientid"):
        raise ApiError("Client ID Is Required")
    kind = call.text("type").lower()
    if kind and kind not in KINDS:
        raise ApiError("Invalid Pay Method Type. Should be 'BankAccount' or 'CreditCard'")
    client = client_or_error(world, call.number("clientid"), "Client Not Found")
    rows = [
        _row(method)
        for method in ordered(world, client)
        if (not kind or method.is_card == KINDS[kind])
        and (not call.has("paymethodid") or method.id == call.number("paymethodid"))
    ]
    return {"result": "success", "clientid": str(client.id), "paymethods": rows}


def _row(method: PayMethod) -> dict[str, Any]:
    return {
        "id": method.id,
        "type": method.type,
        "description": method.description,
        "gateway_name": method.gateway_name,
        "contact_type": "Client",
        "contact_id": method.client_id,
        **(_card_fields(method) if method.is_card else {"bank_name": method.bank_name}),
        "remote_token": method.remote_token,
        "last_updated": _localised(method.updated_at),
    }


def _card_fields(method: PayMethod) -> dict[str, Any]:
    return {
        "card_last_four": method.last_four,
        "expiry_date": method.expiry,
        "start_date": "",
        "issue_number": "",
        "card_type": method.card_type,
    }


def _localised(stamp: str) -> str:
    """ "17/05/2019 10:01" of "2019-05-17 10:01:22"."""
    if not stamp:
        return ""
    return f"{stamp[8:10]}/{stamp[5:7]}/{stamp[:4]} {stamp[11:16]}"


@action("UpdatePayMethod")
def update_pay_method(world: World, call: Call) -> Answer:
    method = _own_method(world, call)
    _check_update(world, call, method)
    with world.store.transaction():
        if call.has("card_expiry"):
            expiry = _expiry(call.text("card_expiry"))
            world.store.change(method, expiry=expiry, updated_at=world.stamp)
        if call.flag("set_as_default"):
            make_default(world, method)
    return {
        "result": "success",
        "clientid": str(method.client_id),
        "paymethodid": str(method.id),
    }


def _own_method(world: World, call: Call) -> PayMethod:
    if not call.has("paymethodid"):
        raise ApiError("Pay Method ID is Required")
    if not call.has("clientid"):
        raise ApiError("Client ID is Required")
    method = world.store.get(PayMethod, call.number("paymethodid"))
    if method is None:
        raise ApiError("Invalid Pay Method ID")
    if method.client_id != call.number("clientid"):
        raise ApiError("Pay Method does not belong to passed Client ID")
    return method


def _check_update(world: World, call: Call, method: PayMethod) -> None:
    has_details = any(call.has(name) for name in CARD_DETAILS + BANK_DETAILS)
    is_default_enough = world.switches.default_alone == "accepted" and call.has("set_as_default")
    if not has_details and not is_default_enough:
        raise ApiError("No Details Provided for Update")
    if call.has("card_number") and method.gateway_name:
        raise ApiError("Unable to Update Card Number for Assisted Gateway")


def _expiry(text: str) -> str:
    match = re.fullmatch(r"(0[1-9]|1[0-2])/?(\d{2})", text, re.ASCII)
    if match is None:
        raise ApiError("Expiry Date is invalid")
    return f"{match[1]}/{match[2]}"


@action("DeletePayMethod")
def delete_pay_method(world: World, call: Call) -> Answer:
    if not call.has("clientid"):
        raise ApiError("Client ID is Required")
    method = _own_method(world, call)
    remove(world, method)
    return {"result": "success", "paymethodid": str(method.id)}
