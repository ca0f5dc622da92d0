"""One process configures its logs once; tests do it one after the other in the same process."""

from __future__ import annotations

import io

import structlog

from kvitt import logs
from kvitt.settings import load


def test_a_logger_that_was_used_before_can_still_be_read() -> None:
    log, written = structlog.get_logger("used"), io.StringIO()
    logs.configure("gateway", load())
    log.info("before")

    structlog.configure(logger_factory=structlog.PrintLoggerFactory(written))
    log.info("after")

    assert "after" in written.getvalue()
