"""The action server: answers Rasa's calls, and nobody else's.

Its own small Sanic application around the SDK's executor: a call without the shared secret is
refused, and an error never echoes the conversation back.
"""

from __future__ import annotations

import hmac
import json
import zlib
from http import HTTPStatus
from typing import Any

import structlog
from rasa_sdk.executor import ActionExecutor
from rasa_sdk.interfaces import ActionNotFoundException
from sanic import HTTPResponse, Request, Sanic
from sanic import json as json_response
from sqlalchemy.ext.asyncio import AsyncEngine

from actions import services
from actions.services import Services, utc_now
from actions.wording import Wording
from billing import whmcs
from billing.payments import service as payments
from billing.payments.accounts import Accounts
from kvitt import logs
from kvitt.database import create_engine
from kvitt.identity import (
    AccountChoices,
    CodeLimits,
    KeyedHash,
    LoginCodes,
    SessionLimits,
    Sessions,
)
from kvitt.settings import Settings, SettingsError, load

log = structlog.get_logger()
MAX_BODY_BYTES = 20_000_000


def wire(settings: Settings, engine: AsyncEngine) -> Services:
    """Everything that actions use, from this process's settings."""
    billing = whmcs.connect(settings)
    keyed = KeyedHash.from_settings(settings)
    return Services(
        settings=settings,
        billing=billing,
        payments=payments.connect(engine, billing, settings),
        sessions=Sessions(
            engine,
            SessionLimits.from_settings(settings),
            recognise=Accounts(engine, billing=settings.billing_url).recognise,
        ),
        codes=LoginCodes(engine, billing, keyed, CodeLimits.from_settings(settings)),
        accounts=AccountChoices(engine, billing),
        words=Wording(),
        clock=utc_now,
    )


def create_app(settings: Settings) -> Sanic[Any, Any]:
    app: Sanic[Any, Any] = Sanic("kvitt-actions", configure_logging=False)
    app.config.REQUEST_MAX_SIZE = MAX_BODY_BYTES
    app.config.MOTD = False
    executor = ActionExecutor()
    executor.register_package("actions")
    secret = settings.service_secret.get_secret_value().encode()

    @app.before_server_start
    async def start(app: Sanic[Any, Any]) -> None:
        app.ctx.engine = create_engine(settings.database_url)
        services.provide(wire(settings, app.ctx.engine))

    @app.after_server_stop
    async def stop(app: Sanic[Any, Any]) -> None:
        await services.current().billing.close()
        await app.ctx.engine.dispose()

    @app.get("/health")
    async def health(_request: Request) -> HTTPResponse:
        return json_response({"status": "ok"})

    @app.post("/webhook")
    async def webhook(request: Request) -> HTTPResponse:
        given = request.headers.get("authorization", "").encode()
        if not hmac.compare_digest(given, b"Bearer " + secret):
            return _refuse(HTTPStatus.UNAUTHORIZED, "not authorised")
        try:
            call = _read_call(request)
        except (ValueError, RecursionError, zlib.error):
            return _refuse(HTTPStatus.BAD_REQUEST, "the body is not an action call")
        return await _run(executor, call)

    @app.exception(Exception)
    async def failed(_request: Request, error: Exception) -> HTTPResponse:
        status = getattr(error, "status_code", HTTPStatus.INTERNAL_SERVER_ERROR)
        log.error("request failed", kind=type(error).__name__, status=int(status))
        return _refuse(HTTPStatus(status), "failed")

    return app


def _read_call(request: Request) -> dict[str, Any]:
    body = request.body
    if request.headers.get("content-encoding") == "deflate":
        body = zlib.decompress(body)
    call = json.loads(body)
    if not isinstance(call, dict):
        raise ValueError("not an object")
    # Rasa leaves the domain out (endpoints.yml), and actions read what they need of it themselves.
    return {"domain": {}, **call}


async def _run(executor: ActionExecutor, call: dict[str, Any]) -> HTTPResponse:
    try:
        result = await executor.run(call)
    except ActionNotFoundException as error:
        log.error("no such action", action=error.action_name)
        return _refuse(HTTPStatus.NOT_FOUND, "no such action")
    return json_response(result.model_dump() if result else None)


def _refuse(status: HTTPStatus, reason: str) -> HTTPResponse:
    return json_response({"error": reason}, status=status)


def main() -> None:
    try:
        settings = load()
    except SettingsError as error:
        raise SystemExit(f"actions: {error}") from None
    logs.configure("actions", settings)
    if not settings.service_secret.get_secret_value():
        raise SystemExit("actions: KVITT_SERVICE_SECRET is not set")
    app = create_app(settings)
    app.run(
        host=settings.actions_host,
        port=settings.actions_port,
        single_process=True,
        access_log=False,
    )


if __name__ == "__main__":
    main()
