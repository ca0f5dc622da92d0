"""The way to the company's login and back. Bound to the browser by a cookie of its own."""

from __future__ import annotations

import re
import secrets
from http import HTTPStatus

from sanic import Blueprint, HTTPResponse, Request

from gateway import http, page_answers
from gateway.console.openid import CALLBACK_PATH, LOGIN_PATH, AgentOpenId
from gateway.console.session_routes import check_own_page, set_cookie
from gateway.errors import Forbidden, Unknown
from gateway.http import json_answer, services
from kvitt.identity.code_flow import STATE_LIFE

blueprint = Blueprint("console_openid")

FINISH_PATH = f"{LOGIN_PATH}/finish"
CONSOLE = "/console"
COOKIE = "kvitt_agent_login"

_TOKEN = re.compile(r"[A-Za-z0-9_-]{20,100}")


def _openid(request: Request) -> AgentOpenId:
    found = services(request).agent_openid
    if found is None:
        raise Unknown("not_found")
    return found


@blueprint.post("/api/console/openid")
async def begin(request: Request) -> HTTPResponse:
    """The page leads on by itself, so that what fails is said beside the password form."""
    check_own_page(request)
    openid = _openid(request)
    await services(request).rates.login_page(http.address(request))
    browser = secrets.token_urlsafe(32)
    response = json_answer({"address": await openid.begin(browser)}, HTTPStatus.CREATED)
    _bind(request, response, browser)
    return response


@blueprint.get(CALLBACK_PATH)
async def come_back(request: Request) -> HTTPResponse:
    _openid(request)
    answer = page_answers.come_back(request, FINISH_PATH)
    if answer is None:  # declined there, or made up
        raise Forbidden("agent_openid_failed")
    return answer


@blueprint.post(FINISH_PATH)
async def finish(request: Request) -> HTTPResponse:
    """Leads to the console and nowhere else."""
    openid = _openid(request)
    check_own_page(request)
    browser = str(request.cookies.get(COOKIE) or "")
    if not _TOKEN.fullmatch(browser):
        raise Forbidden("agent_openid_failed")
    state, code = page_answers.brought(request)
    token = await openid.finish(state, code, browser)
    headers = {"Location": CONSOLE, "Cache-Control": "no-store"}
    response = HTTPResponse(status=HTTPStatus.SEE_OTHER, headers=headers)
    set_cookie(request, response, token)
    _bind(request, response, "")
    return response


def _bind(request: Request, response: HTTPResponse, browser: str) -> None:
    """Strict is enough: the way back posts itself from our own page."""
    response.add_cookie(
        COOKIE,
        browser,
        path=LOGIN_PATH,
        httponly=True,
        secure=services(request).policy.is_secure,
        samesite="Strict",
        max_age=int(STATE_LIFE.total_seconds()) if browser else 0,
    )
