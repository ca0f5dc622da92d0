"""The endpoints of the control API. Wrong input is a 400 with a sentence, never a 500."""

from __future__ import annotations

from typing import Any

import msgspec
from sanic import Blueprint, HTTPResponse, Request
from sanic.exceptions import BadRequest, SanicException
from sanic.response import json as json_response

from sandbox.api.call import NAMES
from sandbox.charging import settle_pending
from sandbox.control.body import decode
from sandbox.control.inputs import CronOptions, PendingOutcome
from sandbox.control.openapi import document
from sandbox.control.state import state
from sandbox.cron import tick
from sandbox.demo import demo
from sandbox.loading import load
from sandbox.records import Invoice
from sandbox.scenario import Scenario
from sandbox.scenario_checks import ScenarioError
from sandbox.switches import ClockSetting, Fault, Switches, faults, write
from sandbox.world import World

blueprint = Blueprint("control", url_prefix="/_sandbox")


class Conflict(SanicException):
    """The request is well-formed, and contradicts itself or the books."""

    status_code = 409
    quiet = True


def _world(request: Request) -> World:
    world: World = request.app.ctx.world
    return world


def _done(ignored: list[str] | None = None, **more: Any) -> HTTPResponse:
    return json_response({"result": "success", "ignored": ignored or [], **more})


@blueprint.put("/scenario")
async def put_scenario(request: Request) -> HTTPResponse:
    scenario, ignored = decode(request.body, Scenario)
    _replace(request, scenario)
    return _done(ignored)


@blueprint.post("/demo")
async def post_demo(request: Request) -> HTTPResponse:
    world = _world(request)
    write(world.store, "clock", ClockSetting())
    _replace(request, demo(world.today))
    return _done()


def _replace(request: Request, scenario: Scenario) -> None:
    """Load it, and let go of what still runs: a slow charge of the old books is not for the new."""
    try:
        load(_world(request), scenario)
    except ScenarioError as error:
        raise Conflict(str(error)) from None
    for task in request.app.ctx.running:
        task.cancel()


@blueprint.get("/faults")
async def get_faults(request: Request) -> HTTPResponse:
    return json_response(msgspec.to_builtins(faults(_world(request).store)))


@blueprint.put("/faults")
async def put_faults(request: Request) -> HTTPResponse:
    plan, _ = decode(request.body, dict[str, Fault])
    unknown = [name for name in plan if name != "*" and name.lower() not in NAMES]
    if unknown:
        raise BadRequest(f"no such API action: {', '.join(unknown)[:200]}")
    write(_world(request).store, "faults", {name.lower(): fault for name, fault in plan.items()})
    return _done()


@blueprint.get("/switches")
async def get_switches(request: Request) -> HTTPResponse:
    return json_response(msgspec.to_builtins(_world(request).switches))


@blueprint.put("/switches")
async def put_switches(request: Request) -> HTTPResponse:
    """Those that are not named go back to their defaults."""
    value, _ = decode(request.body, Switches)
    write(_world(request).store, "switches", value)
    return _done()


@blueprint.get("/clock")
async def get_clock(request: Request) -> HTTPResponse:
    world = _world(request)
    return json_response({"today": world.today.isoformat(), "now": world.now.isoformat()})


@blueprint.put("/clock")
async def put_clock(request: Request) -> HTTPResponse:
    value, _ = decode(request.body, ClockSetting)
    write(_world(request).store, "clock", value)
    return _done()


@blueprint.post("/cron")
async def post_cron(request: Request) -> HTTPResponse:
    options, _ = decode(request.body or b"{}", CronOptions)
    report = await tick(
        _world(request),
        days=options.days,
        late_fees=options.late_fees,
        capture=options.capture,
        settle=options.settle_pending,
    )
    return _done(**report)


@blueprint.post("/pending")
async def post_pending(request: Request) -> HTTPResponse:
    value, _ = decode(request.body, PendingOutcome)
    world = _world(request)
    invoice = world.store.get(Invoice, value.invoiceid)
    if invoice is None or invoice.status != "Payment Pending":
        raise Conflict(f"invoice {value.invoiceid} has no pending payment")
    settle_pending(world, invoice, is_approved=value.outcome == "approve")
    return _done()


@blueprint.get("/openapi.json")
async def get_openapi(_request: Request) -> HTTPResponse:
    return json_response(document())


@blueprint.get("/state")
async def get_state(request: Request) -> HTTPResponse:
    return json_response(state(_world(request)))
