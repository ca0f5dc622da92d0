"""Shows what a start is waiting for, and the addresses when a customer can write."""

from __future__ import annotations

import os
import signal
import sys
import time

import httpx
from rich.console import Console

from kvitt.processes import uses_sandbox
from kvitt.settings import Settings, load

POLL_SECONDS = 0.3
PATIENCE_SECONDS = 180


def main(started: float) -> int:
    settings = load()
    console = Console(highlight=False)
    if not wait_until_ready(console, settings, started):
        console.print(
            f"[red]Not ready after {PATIENCE_SECONDS} s;[/red] var/log/kvitt.log says why."
        )
        os.kill(os.getppid(), signal.SIGTERM)
        return 1
    _print_addresses(console, settings, time.time() - started)
    return 0


def wait_until_ready(console: Console, settings: Settings, started: float) -> bool:
    """Polls the gateway's health; False when patience is at an end."""
    health = f"http://{settings.gateway_host}:{settings.gateway_port}/health"
    deadline = time.monotonic() + PATIENCE_SECONDS
    with console.status("Starting …") as status, httpx.Client(timeout=2) as client:
        while time.monotonic() < deadline:
            waiting = _waiting_for(client, health)
            if waiting is None:
                return True
            status.update(f"Starting: waiting for {waiting} ({time.time() - started:.0f} s)")
            time.sleep(POLL_SECONDS)
    return False


def _waiting_for(client: httpx.Client, health: str) -> str | None:
    """What is not ready yet, in words; None when all is."""
    try:
        answer = client.get(health)
        if answer.status_code == httpx.codes.OK:
            return None
        reasons = answer.json().get("reasons") or {}
    except (httpx.HTTPError, ValueError):
        return "the gateway"
    return ", ".join(str(reason) for reason in reasons) or "the parts"


def _print_addresses(console: Console, settings: Settings, seconds: float) -> None:
    console.print(f"[green]Kvitt is ready[/green] after {seconds:.0f} s.\n")
    console.print(f"  Demo customer zone   {settings.public_url}/")
    if uses_sandbox(settings):
        sandbox = f"http://{settings.sandbox_host}:{settings.sandbox_port}"
        console.print(f"  Mailed codes         {sandbox}/mail")
    console.print(f"  Agents' console      {settings.public_url}/console")
    console.print("  Log                  var/log/kvitt.log\n")
    console.print("Ctrl-C stops everything.")


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1])))
