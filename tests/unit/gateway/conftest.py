"""A real gateway on a free port, with Rasa and the billing system faked behind it."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from shutil import copyfile
from uuid import uuid4

import asyncpg
import pytest

from kvitt import migrate
from kvitt.database import create_engine
from tests.unit.gateway.running import Gateway, running_gateway

SERVER = "postgres@127.0.0.1:5432"


async def migrated(url: str) -> None:
    engine = create_engine(url)
    await migrate.upgrade(engine)
    await engine.dispose()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("gateway") / "template.sqlite"
    asyncio.run(migrated(f"sqlite+aiosqlite:///{path}"))
    return path


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    return f"sqlite+aiosqlite:///{copyfile(sqlite_template, tmp_path / 'kvitt.sqlite')}"


async def _server(statement: str) -> None:
    connection = await asyncpg.connect(f"postgresql://{SERVER}/test", timeout=3)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


@pytest.fixture
def postgresql_url() -> Iterator[str]:
    name = f"gateway_{uuid4().hex[:12]}"
    try:
        asyncio.run(_server(f'CREATE DATABASE "{name}"'))
    except OSError as error:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(f"no PostgreSQL on 127.0.0.1:5432 ({type(error).__name__})")
    url = f"postgresql+asyncpg://{SERVER}/{name}"
    asyncio.run(migrated(url))
    yield url
    asyncio.run(_server(f'DROP DATABASE "{name}" WITH (FORCE)'))


@pytest.fixture
async def gateway(sqlite_url: str) -> AsyncIterator[Gateway]:
    async with running_gateway(sqlite_url) as running:
        yield running
