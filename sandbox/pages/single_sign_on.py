"""`oauth/singlesignon.php`: a token lets its user in once, within 60 seconds."""

from __future__ import annotations

from sanic import Blueprint, HTTPResponse, Request

from sandbox.pages.visitor import NotShown, start_session, to, with_cookie, world_of
from sandbox.records import SsoToken

LIFETIME_SECONDS = 60

blueprint = Blueprint("single_sign_on")


@blueprint.get("/oauth/singlesignon.php")
async def single_sign_on(request: Request) -> HTTPResponse:
    world = world_of(request)
    token = world.store.first(SsoToken, token=str(request.args.get("access_token") or ""))
    is_fresh = token is not None and world.timestamp - token.issued_at <= LIFETIME_SECONDS
    if token is None or token.is_used or not is_fresh:
        raise NotShown("Länken har redan använts eller är för gammal. Be om en ny.", status=403)
    world.store.change(token, is_used=True)
    session = start_session(world, user_id=token.user_id, client_id=token.client_id)
    return with_cookie(to(token.path), session)
