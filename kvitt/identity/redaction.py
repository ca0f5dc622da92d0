"""The last guard of the logs: what must not be in one is taken out, whoever put it there.

Code logs facts by name and no texts; this is for the line that somebody forgets, and for libraries
that log addresses with tokens in them. `redact` is a processor of structlog, `RedactingFilter` a
filter for handlers of the standard library's logging.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping, Sequence

from structlog.typing import EventDict, WrappedLogger

from kvitt.identity.masking import mask

GONE = "[gone]"
FORBIDDEN = frozenset(
    (
        "text", "message", "messages", "body", "payload", "content", "subject", "query",
        "code", "token", "jwt", "identity", "state", "nonce", "verifier", "secret", "password",
        "key", "cookie", "authorization", "headers",
        "email", "name", "address", "ip", "phone", "card_number", "number", "pan", "cvv",
    )
)  # fmt: skip
"""Names whose values are personal or secret whatever they look like; counts among them stay."""

_SECRETS = (
    re.compile(r"\beyJ[\w-]{5,}\.[\w-]+\.[\w-]*"),  # a JWT
    re.compile(r"(?i)\b(?:bearer|basic)\s+[\w.~+/=-]{8,}"),
    re.compile(
        r"(?i)(?<=[?&;\s'\"])(?:access_token|id_token|token|code|state|secret|password|password2"
        r"|identifier|accesskey|api_key|cvv)=[^&\s'\"]+"
    ),
    re.compile(r"/go/[\w-]{8,}"),  # a link that was given out
    re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+"),  # an e-mail address
    re.compile(r"(?<=://)[^/@\s]+:[^/@\s]+(?=@)"),  # a password in an address
)


def redact(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """The event without forbidden values, and without what looks like one."""
    return {name: redacted(name, value) for name, value in event.items()}


def redacted(name: str, value: object) -> object:
    """A value as it may be logged under this name."""
    if name in FORBIDDEN and not isinstance(value, bool | int | float | None):
        return GONE
    match value:
        case str():
            return without_secrets(value)
        case bytes() | bytearray() | memoryview():
            return GONE
        case Mapping():
            return {str(key): redacted(str(key), one) for key, one in value.items()}
        case Sequence() | set() | frozenset():
            return [redacted("", one) for one in value]
        case bool() | int() | float() | None:
            return value
    return without_secrets(str(value))


def without_secrets(text: str) -> str:
    for pattern in _SECRETS:
        text = pattern.sub(GONE, text)
    return mask(text).text


class RedactingFilter(logging.Filter):
    """For handlers: the finished message, and no traceback (it may quote what a customer wrote)."""

    def filter(self, record: logging.LogRecord) -> bool:
        try:
            message = record.getMessage()
        except (TypeError, ValueError):
            message = "a log line that could not be made"
        record.msg, record.args = without_secrets(message), ()
        if record.exc_info:
            error = record.exc_info[0]
            record.msg += f" ({error.__name__})" if error else ""
            record.exc_info, record.exc_text = None, None
        return True
