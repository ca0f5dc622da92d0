"""`python -m sandbox` as a process of its own."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

ROOT = Path(__file__).resolve().parents[3]


@contextmanager
def process(database: Path, port: int) -> Iterator[subprocess.Popen[str]]:
    environment = os.environ | {
        "KVITT_SANDBOX_PORT": str(port),
        "KVITT_SANDBOX_DATABASE": str(database),
    }
    started = subprocess.Popen(
        [sys.executable, "-m", "sandbox"],
        cwd=ROOT,
        env=environment,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield started
    finally:
        started.kill()
        started.communicate()


@pytest.fixture
def port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def wait_until_up(url: str) -> None:
    deadline = time.monotonic() + 30
    while True:
        try:
            httpx.get(f"{url}/_sandbox/clock")
            return
        except httpx.ConnectError:
            assert time.monotonic() < deadline, "the sandbox never came up"
            time.sleep(0.05)


def test_a_killed_sandbox_comes_back_with_its_books(tmp_path: Path, port: int) -> None:
    database, url = tmp_path / "books.sqlite", f"http://127.0.0.1:{port}"
    data = {"identifier": "sandbox", "secret": "sandbox", "action": "CapturePayment"}
    with process(database, port):
        wait_until_up(url)
        answer = httpx.post(f"{url}/includes/api.php", data=data | {"invoiceid": "1042"})
        assert answer.json() == {"result": "success"}
        before = httpx.get(f"{url}/_sandbox/state").json()

    with process(database, port) as second:
        wait_until_up(url)
        assert httpx.get(f"{url}/_sandbox/state").json() == before
        second.send_signal(signal.SIGTERM)
        assert second.wait(20) == 0


def test_a_port_in_use_is_told_in_one_sentence(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with process(tmp_path / "books.sqlite", port) as second:
            _, said = second.communicate(timeout=60)

    assert second.returncode == 1
    assert f"cannot listen on 127.0.0.1:{port}" in said
    assert "Traceback" not in said
