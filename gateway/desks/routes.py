"""Where a desk elsewhere sends its webhooks: `POST /api/desks/<name>`."""

from __future__ import annotations

import structlog
from sanic import Blueprint, HTTPResponse, Request

from gateway.desks.errors import NotProven
from gateway.errors import BadRequest, Forbidden, Unknown
from gateway.http import json_answer, services

blueprint = Blueprint("desks", url_prefix="/api/desks")

log = structlog.get_logger()


@blueprint.post("/<name:str>")
async def hear(request: Request, name: str) -> HTTPResponse:
    """The body is read as it came, and only once its signature is right."""
    elsewhere = services(request).elsewhere
    if elsewhere is None or elsewhere.desk.name != name:
        raise Unknown("not_found")
    now = services(request).clock()
    try:
        delivery = elsewhere.desk.hear(request.headers, request.body, now=now)
    except NotProven as reason:
        log.warning("webhook_refused", desk=name, reason=str(reason))
        raise Forbidden("not_allowed") from None
    except ValueError:
        raise BadRequest("bad_json") from None
    await elsewhere.arrivals.take_in(delivery)
    return json_answer({"status": "ok"})
