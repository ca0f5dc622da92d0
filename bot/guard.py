"""Keeps free text from being read as a command.

Rasa reads a message that begins with a slash (after its own `.strip()`) as an intent with entities,
at confidence 1.0. A zero-width space before the slash ends that, and changes nothing that a person
would see.
"""

from __future__ import annotations

ZERO_WIDTH_SPACE = "\u200b"
COMMAND_PREFIX = "/"
MAX_CHARACTERS = 2000


def neutralise(text: str) -> str:
    """`text` as Rasa may see it: no command, no control characters, bounded in length."""
    printable = "".join(c if c.isprintable() or c in "\n\t" else " " for c in text)
    stripped = printable.strip()[:MAX_CHARACTERS].strip()
    if stripped.startswith(COMMAND_PREFIX):
        return ZERO_WIDTH_SPACE + stripped
    return stripped
