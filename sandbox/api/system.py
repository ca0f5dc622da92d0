"""Actions about the install: currencies, gateways, staff, version, settings, the activity log."""

from __future__ import annotations

from sandbox.api.call import Answer, ApiError, Call, action, client_or_error
from sandbox.api.shapes import Listing
from sandbox.world import World

KRONA = {
    "id": "1",
    "code": "SEK",
    "prefix": "",
    "suffix": " kr",
    "format": "3",
    "rate": "1.00000",
}
GATEWAYS = (("stripe", "Kort"), ("banktransfer", "Banköverföring"))


@action("GetCurrencies")
def get_currencies(_world: World, _call: Call) -> Answer:
    listing = Listing(key="currency", rows=[KRONA], can_flatten=True)
    return {"result": "success", "totalresults": "1", "currencies": listing}


@action("GetPaymentMethods")
def get_payment_methods(_world: World, _call: Call) -> Answer:
    rows = [{"module": module, "displayname": name} for module, name in GATEWAYS]
    listing = Listing(key="paymentmethod", rows=rows)
    return {"result": "success", "totalresults": len(rows), "paymentmethods": listing}


@action("GetStaffOnline")
def get_staff_online(world: World, _call: Call) -> Answer:
    rows = [
        {
            "adminusername": "admin",
            "logintime": world.stamp,
            "ipaddress": "192.0.2.10",
            "lastvisit": world.stamp,
        }
    ]
    return {"result": "success", "totalresults": 1, "staffonline": Listing(key="staff", rows=rows)}


@action("WhmcsDetails")
def whmcs_details(world: World, _call: Call) -> Answer:
    version = world.switches.version
    return {
        "result": "success",
        "whmcs": {"version": f"{version}-release.1", "canonicalversion": version},
    }


@action("GetConfigurationValue")
def get_configuration_value(world: World, call: Call) -> Answer:
    settings = {
        "CompanyName": world.company,
        "SystemURL": f"{call.base_url}/",
        "EnableMassPay": "on" if world.switches.mass_payment else "",
        "Version": f"{world.switches.version}-release.1",
    }
    name = call.text("setting")
    if name not in settings:
        raise ApiError("Invalid name for parameter setting")
    return {"result": "success", "setting": name, "value": settings[name]}


@action("LogActivity")
def log_activity(world: World, call: Call) -> Answer:
    client_id = call.number("clientid") or call.number("userid")
    if client_id:
        client_or_error(world, client_id)
    world.log(call.text("description"), client_id)
    return {"result": "success"}


@action("TriggerNotificationEvent")
def trigger_notification_event(world: World, call: Call) -> Answer:
    if not call.has("notification_identifier"):
        raise ApiError("API Notification Events require a identifier string to be passed.")
    if not call.has("title"):
        raise ApiError("API Notification Events require a title to be provided.")
    if not call.has("message"):
        raise ApiError("API Notification Events require a message to be provided.")
    world.log(f"Notification: {call.text('title')}")
    return {"result": "success"}
