"""Pages: hosted pages and logins by way of a page that posts itself, and the built files."""

from __future__ import annotations

import re
from http import HTTPStatus

import structlog
from sanic import Blueprint, HTTPResponse, Request

from billing.errors import BillingError
from billing.model import LinkPurpose
from gateway import http, links, page_answers, pages
from gateway.errors import ApiError, Forbidden, Unavailable, Unknown
from gateway.http import services
from gateway.identities import CALLBACK_PATH
from gateway.links import HostedLink
from gateway.page_answers import onward, page
from gateway.replies import OPENID
from gateway.static_files import StaticFile, StaticFiles
from gateway.texts import page_text

log = structlog.get_logger()

blueprint = Blueprint("pages")

FINISH_PATH = "/login/openid/finish"
CONSOLE_LOGIN = "/login/console/"

_TOKEN = re.compile(r"[A-Za-z0-9_-]{20,100}")
_ASSETS = StaticFiles(pages.HERE / "assets")
_STATIC = StaticFiles()


@blueprint.get("/go/<token:str>")
async def show_link(request: Request, token: str) -> HTTPResponse:
    """Makes and burns nothing: previews fetch it too."""
    await _link(request, token)
    return onward(request, f"/go/{token}", {}, may_leave_by_form=True)


@blueprint.post("/go/<token:str>")
async def follow_link(request: Request, token: str) -> HTTPResponse:
    """The tap: makes the single-use address now and leads there."""
    link = await _link(request, token)
    address = await (_login_address if link.purpose == OPENID else _hosted_address)(request, link)
    headers = {"Location": address, "Cache-Control": "no-store"}
    return HTTPResponse(status=HTTPStatus.SEE_OTHER, headers=headers)


async def _link(request: Request, token: str) -> HostedLink:
    found = services(request)
    if not _TOKEN.fullmatch(token):
        raise Unknown("link_unknown")
    conversation = await http.visitor(request)
    async with found.store.read() as connection:
        return await links.find(connection, conversation.id, token, now=found.clock())


async def _hosted_address(request: Request, link: HostedLink) -> str:
    found = services(request)
    session = await found.sessions.current(link.conversation_id, now=found.clock())
    if session is None:
        raise Forbidden("link_login")
    try:
        return await found.billing.link(
            session.client_id, LinkPurpose(link.purpose), link.ids, user_id=session.user_id
        )
    except (BillingError, ValueError) as error:
        log.warning("link_failed", purpose=link.purpose, error=type(error).__name__)
        raise Unavailable("link_failed") from None


async def _login_address(request: Request, link: HostedLink) -> str:
    cookie = http.cookie(request) or ""
    address = await services(request).identities.login_address(link.conversation_id, cookie)
    if address is None:
        raise Unavailable("link_failed")
    return address


@blueprint.get(CALLBACK_PATH)
async def come_back(request: Request) -> HTTPResponse:
    """The billing system's login sends the visitor here."""
    return page_answers.come_back(request, FINISH_PATH) or _login_failed(request)


@blueprint.post(FINISH_PATH)
async def finish_login(request: Request) -> HTTPResponse:
    found = services(request)
    conversation = await http.visitor(request)
    state, code = page_answers.brought(request)
    linked = await found.identities.finish_login(state, code, http.cookie(request) or "")
    if linked is None or linked[0] != conversation.id:
        return _login_failed(request)
    opened = await found.reception.log_in(conversation, linked[1])
    title, text = page_text("login_done_title"), page_text("login_done_text")
    response = page(request, pages.message(title, text))
    if opened.cookie is not None:
        http.set_cookie(response, opened.cookie, found.policy)
    return response


def _login_failed(request: Request) -> HTTPResponse:
    title, text = page_text("login_failed_title"), page_text("login_failed_text")
    return page(request, pages.message(title, text), HTTPStatus.BAD_REQUEST)


def error_page(request: Request, error: ApiError) -> HTTPResponse:
    """The same words as the API's, for eyes."""
    back = "/console" if request.path.startswith(CONSOLE_LOGIN) else ""
    html = pages.message(page_text("error_title"), error.message, back=back)
    return page(request, html, error.status)


def is_page_path(path: str) -> bool:
    return path.startswith(("/go/", "/login/"))


# Built files


@blueprint.get("/")
async def demo(request: Request) -> HTTPResponse:
    return _file(request, _STATIC.find("demo/index.html"))


@blueprint.get("/widget.js")
async def launcher(request: Request) -> HTTPResponse:
    """The one script that a site embeds."""
    return _file(request, _STATIC.find("widget/widget.js"), may_be_framed=True)


@blueprint.get("/console")
async def console(request: Request) -> HTTPResponse:
    return _file(request, _STATIC.find("console/index.html"))


@blueprint.get("/<part:(widget|console|demo)>/<name:path>")
async def built_file(request: Request, part: str, name: str) -> HTTPResponse:
    """Pages of the widget may be framed where the settings allow it, others nowhere."""
    return _file(request, _STATIC.find(f"{part}/{name}"), may_be_framed=part == "widget")


@blueprint.get("/assets/<name:str>")
async def asset(request: Request, name: str) -> HTTPResponse:
    return _file(request, _ASSETS.find(name))


def _file(
    request: Request, found: StaticFile | None, *, may_be_framed: bool = False
) -> HTTPResponse:
    if found is None:
        raise Unknown("not_found")
    headers = {"Cache-Control": found.cache_control, "ETag": found.etag, "Vary": "Accept-Encoding"}
    if may_be_framed and not found.is_page:
        headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    if found.is_page:
        headers["Content-Security-Policy"] = services(request).policy.page_csp(
            may_be_framed=may_be_framed
        )
    if request.headers.get("if-none-match") == found.etag:
        return HTTPResponse(status=HTTPStatus.NOT_MODIFIED, headers=headers)
    body = found.body
    if found.compressed is not None and "gzip" in request.headers.get("accept-encoding", ""):
        body, headers["Content-Encoding"] = found.compressed, "gzip"
    return HTTPResponse(body, HTTPStatus.OK, headers, found.content_type)
