"""The gateway under load, under fire and killed: short runs of what the commands do at length."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults import fuzz_gateway, kill_gateway, load_gateway

pytestmark = pytest.mark.timeout(300)


async def test_many_streams_and_steady_turns_lose_and_double_nothing(tmp_path: Path) -> None:
    report = await load_gateway.run(streams=150, rate=20, seconds=4, folder=tmp_path)

    assert load_gateway.is_clean(report), report
    assert report["turns"] == 80


async def test_hostile_input_changes_nothing_and_reaches_nobody(tmp_path: Path) -> None:
    report = await fuzz_gateway.run(messages=1200, seed=20261124, folder=tmp_path)

    assert report["failures"] == []


async def test_a_killed_gateway_answers_what_it_accepted_once(tmp_path: Path) -> None:
    report = await kill_gateway.run(
        seconds=8, customers=6, seed=20261124, folder=tmp_path, lives=(0.5, 2.0)
    )

    assert report["kills"] >= 1
    assert report["accepted"] > 0
    assert (report["broken"], report["refused"]) == ({}, {})
