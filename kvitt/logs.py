"""Structured logs: one line an event, JSON or for the eye, never a customer's text or a secret.

Log facts by name (`conversation=…`, `order=…`, `operation=…`); message texts, codes, tokens, card
or identity numbers and response bodies have no place in a log, and a test looks for them.
"""

from __future__ import annotations

import logging
import sys
import traceback
from pathlib import Path

import structlog
from structlog.typing import EventDict, WrappedLogger

from kvitt.identity.redaction import RedactingFilter, redact
from kvitt.settings import Settings


def without_values(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """An exception as its type and the places it passed: messages and local variables may hold what
    a customer wrote."""
    error = event.pop("exc_info", None)
    if error is True:
        error = sys.exc_info()[1]
    elif isinstance(error, tuple):
        error = error[1]
    if isinstance(error, BaseException):
        event["error"] = type(error).__name__
        frames = traceback.extract_tb(error.__traceback__)
        event["places"] = [f"{Path(it.filename).name}:{it.lineno} {it.name}" for it in frames]
    return event


def configure(process: str, settings: Settings) -> None:
    """Set up logging for this process; `process` is bound to every line."""
    level = logging.getLevelNamesMapping()[settings.log_level.upper()]
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer()
        if settings.log_format == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stdout.isatty())
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            without_values,
            redact,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(level=max(level, logging.WARNING), format="%(name)s: %(message)s")
    for handler in logging.getLogger().handlers:
        handler.addFilter(RedactingFilter())
    structlog.contextvars.bind_contextvars(process=process)
