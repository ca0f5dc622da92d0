"""The served API against its own description, with inputs made from it and against it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path
from shutil import copyfile
from typing import Any

import httpx
import pytest
import schemathesis
import yaml
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from gateway.operation_routes import OPENAPI
from tests.unit.gateway.running import running_gateway

DOCUMENT = yaml.safe_load(OPENAPI.read_text(encoding="utf-8"))
ANSWERED = {name: path for name, path in DOCUMENT["paths"].items() if not name.endswith("/events")}
SCHEMA = schemathesis.openapi.from_dict(DOCUMENT | {"paths": ANSWERED})
"""A stream has no end that a generic client could wait for; its own tests cover it."""

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]


@pytest.fixture(scope="module")
def served(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A gateway in a loop of its own, since schemathesis calls from outside of any."""
    path = copyfile(sqlite_template, tmp_path_factory.mktemp("contract") / "kvitt.sqlite")
    found: list[str] = []
    ready, done = threading.Event(), asyncio.Event()
    loop = asyncio.new_event_loop()

    async def serve() -> None:
        async with running_gateway(f"sqlite+aiosqlite:///{path}") as gateway:
            found.append(gateway.url)
            ready.set()
            await done.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),))
    thread.start()
    assert ready.wait(30)
    yield found[0]
    loop.call_soon_threadsafe(done.set)
    thread.join(30)
    loop.close()


def _cookie(url: str) -> str:
    response = httpx.post(f"{url}/api/chat/conversations", trust_env=False)
    return str(response.cookies["kvitt_session"])


@pytest.mark.parametrize("mode", list(GenerationMode))
@pytest.mark.parametrize("has_cookie", [False, True])
@pytest.mark.parametrize(
    ("path", "method"), [(path, method) for path in ANSWERED for method in ANSWERED[path]]
)
def test_answers_are_as_described(
    served: str, path: str, method: str, has_cookie: bool, mode: GenerationMode
) -> None:
    jar = {"kvitt_session": _cookie(served)} if has_cookie else {}

    @given(case=SCHEMA[path][method.upper()].as_strategy(mode))
    @settings(
        max_examples=15,
        derandomize=True,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    def check(case: schemathesis.Case[Any]) -> None:
        case.call_and_validate(base_url=served, cookies=jar, checks=CHECKS)

    check()
