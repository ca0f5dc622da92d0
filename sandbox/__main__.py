"""`python -m sandbox`: serves the stand-in on KVITT_SANDBOX_HOST and KVITT_SANDBOX_PORT."""

from __future__ import annotations

import sys

from kvitt import logs
from kvitt.settings import SettingsError, load
from sandbox.server import create_app


def main() -> None:
    try:
        settings = load()
    except SettingsError as error:
        sys.exit(f"sandbox: {error}")
    logs.configure("sandbox", settings)
    app = create_app(settings.sandbox_database, company=settings.company_name)
    app.run(
        host=settings.sandbox_host,
        port=settings.sandbox_port,
        single_process=True,
        motd=False,
        access_log=False,
    )


if __name__ == "__main__":
    main()
