"""For those who run it: `/health`, `/ready`, `/metrics`, and the API's description."""

from __future__ import annotations

import hmac
from http import HTTPStatus
from pathlib import Path

import yaml
from sanic import Blueprint, HTTPResponse, Request

from gateway import metrics
from gateway.errors import Forbidden
from gateway.http import json_answer, services
from gateway.policy import LOOPBACK

blueprint = Blueprint("operation")

OPENAPI = Path(__file__).with_name("openapi.yml")


@blueprint.get("/health")
async def health(request: Request) -> HTTPResponse:
    """200 once a message can really be answered, 503 with the reasons before."""
    return _report(await services(request).health.reasons())


@blueprint.get("/ready")
async def ready(request: Request) -> HTTPResponse:
    """200 while messages are taken in, whether or not the bot can answer them at once."""
    return _report(await services(request).health.own_reasons())


def _report(reasons: dict[str, str]) -> HTTPResponse:
    status = HTTPStatus.SERVICE_UNAVAILABLE if reasons else HTTPStatus.OK
    body = {"status": "unavailable" if reasons else "ok", "reasons": reasons}
    return json_answer(body, status, headers={"Cache-Control": "no-store"})


@blueprint.get("/metrics")
async def expose_metrics(request: Request) -> HTTPResponse:
    if not _may_measure(request):
        raise Forbidden("not_allowed")
    return HTTPResponse(metrics.expose(), content_type="text/plain; version=0.0.4; charset=utf-8")


def _may_measure(request: Request) -> bool:
    """With the service secret, or from this machine itself and not through a proxy."""
    secret = services(request).settings.service_secret.get_secret_value()
    given = request.headers.get("authorization", "").removeprefix("Bearer ")
    if hmac.compare_digest(given.encode(), secret.encode()):
        return True
    return request.ip in LOOPBACK and "x-forwarded-for" not in request.headers


@blueprint.get("/api/openapi.json")
async def openapi(_request: Request) -> HTTPResponse:
    return json_answer(yaml.safe_load(OPENAPI.read_text(encoding="utf-8")))
