"""`python -m gateway`: one gateway process. Several may share a database (and Redis)."""

from __future__ import annotations

import sys

import structlog

from billing import whmcs
from gateway.app import create_app
from gateway.http import App
from gateway.rasa import RasaChannel
from gateway.services import wire
from kvitt import logs, migrate
from kvitt.database import create_engine
from kvitt.settings import Settings, SettingsError, settings

log = structlog.get_logger()

FIRST = 100


def build(found: Settings) -> App:
    """The application with its real clients; nothing is connected yet."""
    engine = create_engine(found.database_url)
    app = create_app(wire(found, engine, whmcs.connect(found), RasaChannel(found)))

    async def bring_up_to_date(_app: App) -> None:
        await migrate.upgrade(engine)

    app.register_listener(bring_up_to_date, "before_server_start", priority=FIRST)
    return app


def main() -> None:
    try:
        found = settings()
        logs.configure("gateway", found)
        app = build(found)
    except SettingsError as error:
        sys.exit(f"gateway: {error}")
    log.info("gateway_starts", host=found.gateway_host, port=found.gateway_port)
    app.run(
        host=found.gateway_host,
        port=found.gateway_port,
        single_process=True,
        access_log=False,
        motd=False,
    )


if __name__ == "__main__":
    main()
