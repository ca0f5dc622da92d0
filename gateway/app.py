"""The Sanic application: routes, headers on every answer, errors without internals."""

from __future__ import annotations

from http import HTTPStatus
from itertools import count

import structlog
from sanic import HTTPResponse, Request, Sanic
from sanic.exceptions import MethodNotAllowed, NotFound, PayloadTooLarge, SanicException
from sqlalchemy.exc import SQLAlchemyError

from gateway import chat_routes, demo_routes, metrics, operation_routes, page_routes
from gateway.console import openid_routes, session_routes
from gateway.console import routes as console_routes
from gateway.desks import routes as desk_routes
from gateway.errors import (
    ApiError,
    BadRequest,
    Forbidden,
    TooLarge,
    TooMany,
    Unavailable,
    Unknown,
    WrongMethod,
)
from gateway.http import App, json_answer, services
from gateway.lifecycle import start, stop
from gateway.policy import API_CSP
from gateway.services import Services
from gateway.texts import error_text

log = structlog.get_logger()

REQUEST_LIMIT_BYTES = 65_536
_numbers = count(1)


def create_app(wired: Services) -> App:
    """An application on top of services; does nothing until it is served."""
    app: App = Sanic(f"gateway-{next(_numbers)}", configure_logging=False)
    _configure(app, wired)
    app.ctx.services = wired
    app.blueprint(chat_routes.blueprint.copy("chat"))
    app.blueprint(operation_routes.blueprint.copy("operation"))
    app.blueprint(demo_routes.blueprint.copy("demo"))
    app.blueprint(session_routes.blueprint.copy("console_session"))
    app.blueprint(openid_routes.blueprint.copy("console_openid"))
    app.blueprint(console_routes.blueprint.copy("console"))
    app.blueprint(desk_routes.blueprint.copy("desks"))
    app.blueprint(page_routes.blueprint.copy("pages"))
    app.register_middleware(_check_origin, "request")
    app.on_response(_add_headers)  # type: ignore[no-untyped-call]
    app.exception(Exception)(_answer_error)
    app.before_server_start(start)
    app.before_server_stop(stop)
    return app


def _configure(app: App, wired: Services) -> None:
    app.config.REQUEST_MAX_SIZE = REQUEST_LIMIT_BYTES
    app.config.REQUEST_TIMEOUT = 20
    app.config.KEEP_ALIVE_TIMEOUT = 75
    app.config.GRACEFUL_SHUTDOWN_TIMEOUT = 2.0
    app.config.FALLBACK_ERROR_FORMAT = "json"
    app.config.AUTO_EXTEND = False
    app.config.OAS = False
    if wired.settings.proxies_count:
        app.config.PROXIES_COUNT = wired.settings.proxies_count


async def _check_origin(request: Request) -> HTTPResponse | None:
    policy = services(request).policy
    if request.method == "OPTIONS":
        granted = policy.preflight(request.headers.get("origin"))
        return HTTPResponse(status=HTTPStatus.NO_CONTENT, headers=granted)
    if not policy.may_change(request.method, request.headers):
        raise Forbidden("origin")
    return None


async def _add_headers(request: Request, response: HTTPResponse) -> None:
    policy = services(request).policy
    for name, value in policy.security_headers().items():
        response.headers.setdefault(name, value)
    response.headers.setdefault("Content-Security-Policy", API_CSP)
    if request.path.startswith("/api/"):
        response.headers.setdefault("Cache-Control", "no-store")
        response.headers.setdefault("Vary", "Origin")
        for name, value in policy.cors(request.headers.get("origin")).items():
            response.headers.setdefault(name, value)
    route = request.route.path if request.route else "none"
    metrics.requests.labels(route=route, status=str(response.status)).inc()


async def _answer_error(request: Request, error: Exception) -> HTTPResponse:
    known = _as_api_error(error)
    if known is None:
        log.error("request_failed", path=request.path[:100], exc_info=error)
        body = {"error": {"code": "internal", "message": error_text("internal")}}
        return json_answer(body, HTTPStatus.INTERNAL_SERVER_ERROR)
    metrics.refused.labels(code=known.code).inc()
    if page_routes.is_page_path(request.path):
        return page_routes.error_page(request, known)
    headers = {}
    if isinstance(known, TooMany):
        headers["Retry-After"] = str(int(known.retry_after_seconds) + 1)
    return json_answer(known.to_wire(), known.status, headers)


def _as_api_error(error: Exception) -> ApiError | None:
    """What a caller may know of an error; None for one that is ours and a surprise."""
    match error:
        case ApiError():
            return error
        case NotFound():
            return Unknown("not_found")
        case MethodNotAllowed():
            return WrongMethod("method")
        case PayloadTooLarge():
            return TooLarge("too_large")
        case SQLAlchemyError() | OSError():
            log.error("storage_failed", error=type(error).__name__)
            return Unavailable("unavailable")
        case SanicException() if error.status_code < HTTPStatus.INTERNAL_SERVER_ERROR:
            return BadRequest("bad_request")
        case SanicException() if error.status_code == HTTPStatus.SERVICE_UNAVAILABLE:
            return Unavailable("unavailable")
    return None
