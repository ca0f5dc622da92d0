"""Wires the sandbox together: one Sanic app on one SQLite file."""

from __future__ import annotations

import secrets
from types import SimpleNamespace

from sanic import Sanic
from sanic.config import Config

import sandbox.api  # noqa: F401 registers the actions
from sandbox.api import endpoint
from sandbox.control import endpoints as control
from sandbox.demo import demo
from sandbox.loading import load
from sandbox.pages import (
    client_area,
    home,
    invoices,
    login,
    mail_tray,
    openid,
    quotes,
    single_sign_on,
)
from sandbox.pages.visitor import NotLoggedIn, NotShown, ask_to_log_in, say_not_shown
from sandbox.records import Client, OAuthClient
from sandbox.store import Store
from sandbox.world import World

App = Sanic[Config, SimpleNamespace]

ONE_HOUR_SECONDS = 3600
LARGEST_BODY_BYTES = 8_000_000
OPENID_CLIENT = "kvitt"
OPENID_SECRET = "sandbox"  # noqa: S105 the documented default of a stand-in
PARTS = (
    endpoint,
    control,
    home,
    mail_tray,
    login,
    single_sign_on,
    openid,
    client_area,
    invoices,
    quotes,
)


def create_app(database: str, *, company: str = "Nordhost", load_demo: bool = True) -> App:
    """The app on that SQLite file; an empty one gets the demo scenario."""
    app: App = Sanic(f"sandbox_{secrets.token_hex(6)}", config=_config(), configure_logging=False)
    world = World(store=Store(database), company=company)
    if load_demo and world.store.first(Client) is None:
        load(world, demo(world.today))
    _add_openid_client(world)
    app.ctx.world = world
    app.ctx.running = set()
    for part in PARTS:
        app.blueprint(part.blueprint)
    app.error_handler.add(NotLoggedIn, ask_to_log_in)
    app.error_handler.add(NotShown, say_not_shown)
    app.after_server_stop(_close)
    return app


def _add_openid_client(world: World) -> None:
    """The client that Kvitt is by default; any address on this machine may be returned to."""
    if world.store.first(OAuthClient, identifier=OPENID_CLIENT) is None:
        client = OAuthClient(identifier=OPENID_CLIENT, secret=OPENID_SECRET, name="Kvitt")
        world.store.add(client)


def _config() -> Config:
    config: Config = Config()
    config.ACCESS_LOG = False
    config.TOUCHUP = False  # it rewrites methods of Sanic for one app, which a second one trips on
    config.RESPONSE_TIMEOUT = ONE_HOUR_SECONDS  # a slow card must outlast its caller
    config.REQUEST_MAX_SIZE = LARGEST_BODY_BYTES
    config.FALLBACK_ERROR_FORMAT = "json"
    config.GRACEFUL_SHUTDOWN_TIMEOUT = 1.0
    return config


async def _close(app: App) -> None:
    for task in app.ctx.running:
        task.cancel()
    app.ctx.world.store.close()
