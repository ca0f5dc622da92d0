"""What the demo zone asks for: who can be tried, and who that is, signed for the chat."""

from __future__ import annotations

from sanic import Blueprint, HTTPResponse, Request

from gateway import demo, http
from gateway.errors import Unknown
from gateway.http import json_answer, services

blueprint = Blueprint("demo", url_prefix="/demo")

NOT_KEPT = {"Cache-Control": "no-store"}


@blueprint.get("/visitors")
async def list_visitors(request: Request) -> HTTPResponse:
    settings = services(request).settings
    found = demo.visitors(settings)
    listed = [{"id": one.id, "name": one.name, "detail": one.detail} for one in found]
    mail = f"{settings.billing_url}/mail" if settings.demo_zone else None
    return json_answer({"visitors": listed, "mail": mail}, headers=NOT_KEPT)


@blueprint.get("/identity")
async def sign_identity(request: Request) -> HTTPResponse:
    wired = services(request)
    wanted = http.query_text(request, "visitor") or ""
    token = demo.identity(wired.settings, wanted, now=wired.clock())
    if token is None:
        raise Unknown("not_found")
    return HTTPResponse(token, headers=NOT_KEPT, content_type="text/plain")
