"""What a customer may send: read, bounded and brought to one form, or refused.

Pure. Nothing here knows about HTTP, Rasa or the database.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Annotated

import msgspec

from gateway.errors import BadRequest, TooLarge

TEXT_LIMIT = 2000
BODY_LIMIT = 32_768
VALUES_LIMIT = 100
CURSOR_LIMIT = 2**31 - 1

_MESSAGE_ID = re.compile(r"[A-Za-z0-9._:-]{8,64}")
_TOKEN = re.compile(r"[A-Za-z0-9_-]{8,64}")
_ALLOWED_CONTROLS = frozenset("\n\t")
_ZERO_WIDTH_SPACE = "\u200b"

type Value = (
    Annotated[int, msgspec.Meta(ge=-(2**53), le=2**53)]
    | Annotated[str, msgspec.Meta(max_length=64)]
)


class Message(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The body of `POST /api/chat/messages`: a text, or a choice with its values."""

    client_message_id: str
    text: str | None = None
    choice: str | None = None
    values: Annotated[tuple[Value, ...], msgspec.Meta(max_length=VALUES_LIMIT)] = ()


class Opening(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The body of `POST /api/chat/conversations`."""

    identity: Annotated[str, msgspec.Meta(max_length=8192)] | None = None


def read_message(body: bytes) -> Message:
    """A message with a clean text or a well-formed choice; raises BadRequest or TooLarge."""
    message = decode(body, Message)
    if not _MESSAGE_ID.fullmatch(message.client_message_id):
        raise BadRequest("message_id")
    if (message.text is None) == (message.choice is None):
        raise BadRequest("text_or_choice")
    if message.text is not None:
        return msgspec.structs.replace(message, text=clean_text(message.text), values=())
    if not _TOKEN.fullmatch(message.choice or ""):
        raise BadRequest("choice_values")
    return message


def read_opening(body: bytes) -> Opening:
    """An opening; no body at all is one without identity."""
    return decode(body, Opening) if body.strip() else Opening()


def decode[T](body: bytes, type: type[T]) -> T:
    if len(body) > BODY_LIMIT:
        raise TooLarge("too_large")
    try:
        return msgspec.json.decode(body, type=type)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise BadRequest("bad_json") from None


def clean_text(text: str) -> str:
    """NFC, one kind of line break, no space around it; raises BadRequest when out of bounds."""
    if len(text) > TEXT_LIMIT:
        raise BadRequest("text_too_long", limit=TEXT_LIMIT)
    clean = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n")).strip()
    if any(_is_forbidden(character) for character in clean):
        raise BadRequest("text_control")
    if not clean or not any(
        character.isprintable() and not character.isspace() for character in clean
    ):
        raise BadRequest("text_empty")
    if len(clean) > TEXT_LIMIT:
        raise BadRequest("text_too_long", limit=TEXT_LIMIT)
    return clean


def _is_forbidden(character: str) -> bool:
    """Controls (also those that turn the reading direction), surrogates and non-characters."""
    if character in _ALLOWED_CONTROLS:
        return False
    if unicodedata.category(character) in ("Cc", "Cs"):
        return True
    return "\u202a" <= character <= "\u202e" or "\u2066" <= character <= "\u2069"


def neutralise(text: str) -> str:
    """The text as Rasa may see it: a leading slash (after Rasa's own strip) would be a command."""
    return _ZERO_WIDTH_SPACE + text if text.strip().startswith("/") else text


def read_cursor(text: str | None, *, default: int = 0) -> int:
    """A cursor from a query or a header; raises BadRequest for anything but a natural number."""
    if text is None or text == "":
        return default
    if not (text.isascii() and text.isdigit()) or len(text) > 10:
        raise BadRequest("cursor")
    return min(int(text), CURSOR_LIMIT)
