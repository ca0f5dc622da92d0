"""What tests of several folders share: one whole Kvitt, started once and only when it is needed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from kvitt.processes import RASA
from tests.stack import Stack, running_stack, stack_settings


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    """Sandbox, action server, Rasa with the trained model, payment worker and gateway."""
    missing = [
        str(path) for path in (RASA, Path(stack_settings(Path()).model)) if not path.exists()
    ]
    if missing and not os.environ.get("CI"):
        pytest.skip(f"missing: {', '.join(missing)} (make train)")
    with running_stack() as started:
        yield started
