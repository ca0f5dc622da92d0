"""`python -m sandbox`: serves the stand-in on KVITT_SANDBOX_HOST and KVITT_SANDBOX_PORT."""

from __future__ import annotations

import socket
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
    try:
        listener = socket.create_server((settings.sandbox_host, settings.sandbox_port))
    except OSError as error:
        address = f"{settings.sandbox_host}:{settings.sandbox_port}"
        sys.exit(
            f"sandbox: cannot listen on {address} ({error.strerror}). Stop what uses it, or set"
            " KVITT_SANDBOX_PORT to another port."
        )
    app = create_app(settings.sandbox_database, company=settings.company_name)
    app.run(sock=listener, single_process=True, motd=False, access_log=False)


if __name__ == "__main__":
    main()
