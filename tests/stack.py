"""A whole Kvitt on free ports: sandbox, action server, Rasa, payment worker and gateway, for real.

`running_stack()` starts what `make run` starts, in a folder of its own, and stops it all.
"""

from __future__ import annotations

import os
import secrets
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from kvitt.processes import Process, environment, processes
from kvitt.settings import ROOT, Settings

START_SECONDS = 300
STOP_SECONDS = 15
POLL_SECONDS = 0.2


@dataclass
class Stack:
    """The running processes, and how to reach, end and start them again."""

    settings: Settings
    env: Mapping[str, str]
    folder: Path
    listed: Mapping[str, Process]
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.settings.gateway_port}"

    @property
    def sandbox_url(self) -> str:
        return f"http://127.0.0.1:{self.settings.sandbox_port}"

    def start(self, name: str) -> None:
        with (self.folder / f"{name}.log").open("ab") as log:
            self.running[name] = subprocess.Popen(
                self.listed[name].command,
                cwd=ROOT,
                env=dict(self.env),
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def stop(self, name: str, *, how: int = signal.SIGTERM) -> None:
        process = self.running.pop(name)
        os.killpg(process.pid, how)
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def wait_until_ready(self, seconds: float = START_SECONDS) -> None:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if self._is_ready():
                return
            self._fail_if_ended()
            time.sleep(POLL_SECONDS)
        raise TimeoutError(f"not ready after {seconds} s: {self.logs()}")

    def _is_ready(self) -> bool:
        try:
            return httpx.get(f"{self.url}/health", timeout=3).status_code == httpx.codes.OK
        except httpx.HTTPError:
            return False

    def _fail_if_ended(self) -> None:
        ended = [name for name, process in self.running.items() if process.poll() is not None]
        if ended:
            raise RuntimeError(f"{ended} ended: {self.logs()}")

    def logs(self, characters: int = 1500) -> str:
        found = sorted(self.folder.glob("*.log"))
        return "\n".join(f"--- {path.name}\n{path.read_text()[-characters:]}" for path in found)

    def scenario(self, body: dict[str, Any]) -> None:
        answer = httpx.put(f"{self.sandbox_url}/_sandbox/scenario", json=body, timeout=20)
        answer.raise_for_status()

    def faults(self, body: dict[str, Any]) -> None:
        answer = httpx.put(f"{self.sandbox_url}/_sandbox/faults", json=body, timeout=20)
        answer.raise_for_status()

    def books(self) -> dict[str, Any]:
        answer = httpx.get(f"{self.sandbox_url}/_sandbox/state", timeout=20)
        answer.raise_for_status()
        state: dict[str, Any] = answer.json()
        return state


def free_ports(count: int) -> list[int]:
    with ExitStack() as held:
        sockets = [held.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]


def stack_settings(folder: Path, **overrides: Any) -> Settings:
    gateway, sandbox, rasa, actions = free_ports(4)
    known: dict[str, Any] = {
        "database_url": f"sqlite+aiosqlite:///{folder / 'kvitt.sqlite'}",
        "tracker_url": f"sqlite:///{folder / 'rasa.sqlite'}",
        "sandbox_database": str(folder / "sandbox.sqlite"),
        "gateway_port": gateway,
        "public_url": f"http://127.0.0.1:{gateway}",
        "sandbox_port": sandbox,
        "billing_url": f"http://127.0.0.1:{sandbox}",
        "rasa_url": f"http://127.0.0.1:{rasa}",
        "actions_port": actions,
        "service_secret": secrets.token_urlsafe(32),
    }
    return Settings(**known | overrides)


def _as_environment(settings: Settings, names: list[str]) -> dict[str, str]:
    """The settings that differ from the defaults, as the variables that other processes read."""
    found = {}
    for name in names:
        value = getattr(settings, name)
        plain = value.get_secret_value() if hasattr(value, "get_secret_value") else value
        found[f"KVITT_{name.upper()}"] = str(plain)
    return found


@contextmanager
def running_stack(**overrides: Any) -> Iterator[Stack]:
    """Everything that `make run` starts, ready for a message."""
    with tempfile.TemporaryDirectory(prefix="kvitt-", ignore_cleanup_errors=True) as place:
        folder = Path(place)
        settings = stack_settings(folder, **overrides)
        env = environment(settings) | _as_environment(settings, sorted(settings.model_fields_set))
        listed = {process.name: process for process in processes(settings)}
        stack = Stack(settings=settings, env=env, folder=folder, listed=listed)
        try:
            for name in listed:
                stack.start(name)
            stack.wait_until_ready()
            yield stack
        finally:
            for name in list(stack.running):
                stack.stop(name)
