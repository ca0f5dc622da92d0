"""An agent's session: who asks, and signing in and out, for pages of this origin only."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import Annotated

import msgspec
from sanic import Blueprint, HTTPResponse, Request

from gateway import http
from gateway.console import texts
from gateway.console.desk import Agent, list_agents
from gateway.errors import Forbidden
from gateway.http import json_answer, services
from gateway.incoming import decode

blueprint = Blueprint("console_session", url_prefix="/api/console")

COOKIE = "kvitt_agent"
COOKIE_PATH = "/api/console"

_TOKEN = re.compile(r"[A-Za-z0-9_-]{20,100}")

type Short = Annotated[str, msgspec.Meta(max_length=256)]


class SignIn(msgspec.Struct, frozen=True, kw_only=True):
    name: Short
    password: Short


async def agent(request: Request, *, touch: bool = True) -> Agent:
    """The agent of this request's session, on our own pages; raises NotSignedIn or Forbidden."""
    check_own_page(request)
    return await services(request).agent_sessions.current(_token(request), touch=touch)


def check_own_page(request: Request) -> None:
    """Sites that may embed the chat may not speak for an agent."""
    origin = request.headers.get("origin")
    if origin is not None and origin not in services(request).policy.own_origins:
        raise Forbidden("origin")


async def supervisor(request: Request) -> Agent:
    found = await agent(request)
    if not found.is_supervisor:
        raise Forbidden("agent_role")
    return found


def _token(request: Request) -> str | None:
    found = str(request.cookies.get(COOKIE) or "")
    return found if _TOKEN.fullmatch(found) else None


def set_cookie(request: Request, response: HTTPResponse, token: str) -> None:
    found = services(request)
    response.add_cookie(
        COOKIE,
        token,
        path=COOKIE_PATH,
        httponly=True,
        secure=found.policy.is_secure,
        samesite="Strict",
        max_age=int(found.settings.console_hours * 3600) if token else 0,
    )


@blueprint.get("/ways")
async def ways(request: Request) -> HTTPResponse:
    """How one may sign in here, for those who have not yet."""
    found = services(request)
    has_openid = found.agent_openid is not None
    return json_answer(
        {
            "passwords": found.settings.console_passwords,
            "openid": found.settings.console_openid_name if has_openid else None,
        }
    )


@blueprint.post("/session")
async def sign_in(request: Request) -> HTTPResponse:
    found = services(request)
    check_own_page(request)
    if not found.settings.console_passwords:
        raise Forbidden("agent_passwords_off")
    given = decode(http.body(request), SignIn)
    await found.rates.sign_in(http.address(request), given.name)
    token = await found.agent_sessions.sign_in(given.name.strip().lower(), given.password)
    response = json_answer({}, HTTPStatus.CREATED)
    set_cookie(request, response, token)
    return response


@blueprint.delete("/session")
async def sign_out(request: Request) -> HTTPResponse:
    found, who = services(request), await agent(request)
    found.board.presence.note(who.name, None, is_typing=False, now=found.clock())
    await found.agent_sessions.sign_out(_token(request) or "", who)
    response = HTTPResponse(status=HTTPStatus.NO_CONTENT)
    set_cookie(request, response, "")
    return response


@blueprint.get("/session")
async def who_am_i(request: Request) -> HTTPResponse:
    who = await agent(request)
    async with services(request).store.read() as connection:
        colleagues = await list_agents(connection)
    return json_answer(
        {
            "name": who.name,
            "display_name": who.display_name,
            "role": who.role,
            "company": services(request).settings.company_name,
            "canned": texts.canned(),
            "agents": [{"name": one.name, "display_name": one.display_name} for one in colleagues],
        }
    )
