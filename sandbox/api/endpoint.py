"""`includes/api.php`: reads the call, checks who calls, lets a fault strike, answers.

An action runs to its end even when the caller has hung up, as PHP does behind a web server.
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Mapping
from typing import Any

from sanic import Blueprint, HTTPResponse, Request
from sanic.response import json as json_response
from sanic.response import raw, text

from sandbox.api import access, shapes
from sandbox.api.call import ACTIONS, NAMES, Answer, ApiError, Call, ReplyLost
from sandbox.switches import Fault, take_fault
from sandbox.world import World

GARBAGE = (
    b'<br />\n<b>Fatal error</b>:  Allowed memory size exhausted in <b>api.php</b>\n{"result":"succ'
)
NOT_FOUND = "The requested API Action could not be found."

blueprint = Blueprint("whmcs_api")


@blueprint.get("/includes/api.php", name="api_get")
@blueprint.post("/includes/api.php", name="api_post")
async def api(request: Request) -> HTTPResponse:
    world: World = request.app.ctx.world
    call = read_call(request)
    name = call.text("action").lower()
    refused = access.refusal(call, name, world.switches)
    if refused:
        return _respond(call, _error(refused), status=403)
    if name not in ACTIONS:
        return _respond(call, _error(NOT_FOUND))
    return await _with_fault(request, world, call, name)


def read_call(request: Request) -> Call:
    """Query and body together; the body wins."""
    params = {key: values[-1] for key, values in request.args.items() if values}
    params |= {key: values[-1] for key, values in (request.form or {}).items() if values}
    return Call(
        params=params, base_url=f"{request.scheme}://{request.host}", address=request.client_ip
    )


async def _with_fault(request: Request, world: World, call: Call, name: str) -> HTTPResponse:
    fault = take_fault(world.store, name)
    if fault.latency_seconds:
        await asyncio.sleep(fault.latency_seconds)
    if fault.failure in ("error_500", "garbage", "drop_before"):
        return _fail(request, fault)
    try:
        answer = await asyncio.shield(_start(request, world, call, name))
    except ReplyLost:
        return _drop(request)
    if fault.failure:
        return _fail(request, fault)
    return _respond(call, shapes.render(answer, world.switches))


def _start(request: Request, world: World, call: Call, name: str) -> asyncio.Task[Answer]:
    """The action as a task of its own, which a closed connection does not cancel."""
    task = asyncio.create_task(_run(world, call, name))
    running: set[asyncio.Task[Answer]] = request.app.ctx.running
    running.add(task)
    task.add_done_callback(running.discard)
    task.add_done_callback(_look)
    return task


def _look(task: asyncio.Task[Answer]) -> None:
    """Nobody may be left to see how it ended; look, so that asyncio does not complain."""
    if not task.cancelled():
        task.exception()


async def _run(world: World, call: Call, name: str) -> Answer:
    try:
        result = ACTIONS[name](world, call)
        return await result if inspect.isawaitable(result) else result
    except ApiError as error:
        return _error(str(error))


def _error(message: str) -> Answer:
    return {"result": "error", "message": message}


def _fail(request: Request, fault: Fault) -> HTTPResponse:
    kind = (fault.failure or "").removesuffix("_after")
    if kind == "error_500":
        return text("Internal Server Error", status=500)
    if kind == "garbage":
        return raw(GARBAGE, content_type="application/json")
    return _drop(request)


def _drop(request: Request) -> HTTPResponse:
    """Close the connection without an answer."""
    transport = request.transport
    if transport is not None:
        transport.abort()  # type: ignore[attr-defined]
    return text("")


def _respond(call: Call, answer: Mapping[str, Any], *, status: int = 200) -> HTTPResponse:
    if call.text("responsetype").lower() == "xml":
        name = NAMES.get(call.text("action").lower(), call.text("action"))
        return raw(shapes.as_xml(name, answer), status=status, content_type="text/xml")
    return json_response(answer, status=status)
