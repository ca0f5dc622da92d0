"""`make run`: starts every process under one supervisor, and says when a customer can write.

What the processes print goes to `var/log/kvitt.log`. Ctrl-C, or the end of any process, stops all.
"""

from __future__ import annotations

import os
import shlex
import signal
import socket
import subprocess
import sys
import time
from collections import deque
from pathlib import Path
from typing import TextIO

from honcho.manager import Manager
from honcho.printer import Printer
from rich.console import Console

from kvitt.processes import RASA, Process, environment, processes, uses_sandbox
from kvitt.settings import ROOT, VAR, Settings, SettingsError, load

LOG = VAR / "log" / "kvitt.log"
LINES_ON_FAILURE = 25
STOPPED_BY_USER = frozenset({None, 128 + signal.SIGINT, 128 + signal.SIGTERM})
console = Console(highlight=False)


class CannotStart(Exception):
    """Something outside the program is in the way; the message says what to do about it."""


def main() -> int:
    started = float(os.environ.get("KVITT_RUN_STARTED", time.time()))
    try:
        settings = load()
        listed = processes(settings, sandbox=uses_sandbox(settings))
        _check(listed, settings)
    except (SettingsError, CannotStart) as error:
        console.print(f"[red]Kvitt cannot start:[/red] {error}")
        return 1
    LOG.parent.mkdir(parents=True, exist_ok=True)
    with LOG.open("w") as log:
        return _supervise(listed, settings, log, started)


def _check(listed: tuple[Process, ...], settings: Settings) -> None:
    for process in listed:
        if process.port and _is_taken(process.port):
            raise CannotStart(
                f"port {process.port} (for {process.name}) is in use; stop what uses it, or choose"
                f" another (README, Configuration)."
            )
    if not Path(settings.model).exists() or not RASA.exists():
        raise CannotStart("the model or Rasa's environment is missing; run `make run`.")


def _is_taken(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False


def _supervise(listed: tuple[Process, ...], settings: Settings, log: TextIO, started: float) -> int:
    manager = Manager(Printer(log))
    env = environment(settings)
    for process in listed:
        manager.add_process(process.name, _quoted(process.command), env=env, cwd=str(ROOT))
    waiting = (sys.executable, "-m", "kvitt.ready", str(started))
    announcer = subprocess.Popen(waiting, env=env)  # noqa: S603 (a fixed command)
    # A closed terminal must not leave processes behind any more than Ctrl-C does.
    signal.signal(signal.SIGHUP, lambda *_: manager.terminate())
    manager.loop()
    announcer.terminate()
    announcer.wait()
    log.flush()
    if manager.returncode not in STOPPED_BY_USER:
        console.print("[red]A process has ended, so all were stopped.[/red] The end of the log:")
        console.print(_tail(LOG), markup=False)
        return 1
    console.print("Everything is stopped.")
    return 0


def _quoted(command: tuple[str, ...]) -> str:
    return "exec " + shlex.join(command)


def _tail(path: Path) -> str:
    with path.open() as lines:
        return "".join(deque(lines, LINES_ON_FAILURE))


if __name__ == "__main__":
    sys.exit(main())
