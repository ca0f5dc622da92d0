"""Between Sanic and the rest: reading a request's cookie, address and query, writing JSON."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import Any, cast

import msgspec
from sanic import HTTPResponse, Request, Sanic

from gateway.conversations import Conversation
from gateway.errors import BadRequest, WrongContentType
from gateway.events import Json
from gateway.incoming import CURSOR_LIMIT, read_cursor
from gateway.policy import Policy
from gateway.services import Services

type App = Sanic[Any, Any]

COOKIE = "kvitt_session"
COOKIE_DAYS = 30

_TOKEN = re.compile(r"[A-Za-z0-9_-]{20,100}")


def services(request: Request) -> Services:
    return cast(Services, request.app.ctx.services)


def json_answer(
    body: Json, status: int = HTTPStatus.OK, headers: dict[str, str] | None = None
) -> HTTPResponse:
    return HTTPResponse(
        msgspec.json.encode(body), status=status, content_type="application/json", headers=headers
    )


def cookie(request: Request) -> str | None:
    """The visitor's token, if it has the form of one of ours."""
    found = str(request.cookies.get(COOKIE) or "")
    return found if _TOKEN.fullmatch(found) else None


def address(request: Request) -> str:
    """The visitor's network address; behind proxies, as they report it."""
    return request.remote_addr or request.ip


async def visitor(request: Request) -> Conversation:
    """The conversation that this request's cookie opens; raises NoConversation."""
    return await services(request).reception.visitor(cookie(request))


def body(request: Request) -> bytes:
    """The body, which is JSON where there is one."""
    if request.body and not _is_json(request):
        raise WrongContentType("content_type")
    return request.body


def _is_json(request: Request) -> bool:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    return kind == "application/json"


def query_text(request: Request, name: str) -> str | None:
    """A query value given at most once; raises BadRequest."""
    values = request.get_args(keep_blank_values=True).getlist(name) or []
    if len(values) > 1:
        raise BadRequest("cursor")
    return values[0] if values else None


def query_number(request: Request, name: str, *, default: int, most: int = CURSOR_LIMIT) -> int:
    return min(read_cursor(query_text(request, name), default=default), most)


def set_cookie(response: HTTPResponse, token: str, policy: Policy) -> None:
    _put_cookie(response, token, policy, max_age=COOKIE_DAYS * 24 * 3600)


def forget_cookie(response: HTTPResponse, policy: Policy) -> None:
    _put_cookie(response, "", policy, max_age=0)


def _put_cookie(response: HTTPResponse, value: str, policy: Policy, *, max_age: int) -> None:
    response.add_cookie(
        COOKIE,
        value,
        path="/",
        httponly=True,
        secure=policy.is_secure,
        samesite=policy.same_site,
        max_age=max_age,
        partitioned=policy.same_site == "None",
    )
