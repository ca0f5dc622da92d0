"""A real gateway on a free port, with Rasa and the billing system faked behind it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.unit.gateway.running import Gateway, running_gateway


@pytest.fixture
async def gateway(tmp_path: Path) -> AsyncIterator[Gateway]:
    async with running_gateway(f"sqlite+aiosqlite:///{tmp_path / 'kvitt.sqlite'}") as running:
        yield running
