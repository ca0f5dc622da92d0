"""The training examples with the voice that each was written in, read from `data/nlu/`.

Rasa itself reads the same files; it drops the voices, which only a comparison needs.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Iterator, List

import yaml

EXAMPLES_FOLDER = Path("data/nlu")
NO_VOICE = "unknown"


@dataclass(frozen=True)
class Example:
    """A message, what it means, and who might have written it."""

    text: str
    intent: str
    voice: str


def read_examples(folder: Path = EXAMPLES_FOLDER) -> List[Example]:
    """Every example under `folder`, in the order of files and lines."""
    return [example for path in sorted(folder.rglob("*.yml")) for example in _of_file(path)]


def _of_file(path: Path) -> Iterator[Example]:
    content = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    for block in content.get("nlu") or ():
        if "intent" in block:
            yield from _of_block(block)


def _of_block(block: Any) -> Iterator[Example]:
    voice = str((block.get("metadata") or {}).get("voice", NO_VOICE))
    for line in str(block["examples"]).splitlines():
        text = line.strip()
        if text.startswith("- "):
            yield Example(text=text[2:].strip(), intent=str(block["intent"]), voice=voice)
