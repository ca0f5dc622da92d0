"""What goes on later, and with which words: after a login, after a failure, or by a bare yes.

A step is plain data in a slot: the action or form, and what was said for it. `go_on` hands both to
that action, which then reads those words as if they had come now.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from actions.names import SAID
from actions.reply import Reply
from actions.turn import Turn

Step = Mapping[str, Any]


def step(action: str, intent: str = "", entities: Mapping[str, Any] | None = None) -> Step:
    """`action`, with words of its own."""
    return {"action": action, "intent": intent, "entities": dict(entities or {})}


def same_again(action: str, turn: Turn, entities: Mapping[str, Any] | None = None) -> Step:
    """`action`, with what this message said, and `entities` besides."""
    said = turn.entities if turn.is_answer else {}
    return step(action, turn.intent, {**said, **(entities or {})})


def action_of(kept: Any) -> str | None:
    return str(kept["action"]) if isinstance(kept, Mapping) and kept.get("action") else None


def go_on(kept: Step, turn: Turn, reply: Reply | None = None) -> Reply:
    """Follows the step, after what `reply` says."""
    before = reply or Reply()
    words = {**kept, "message": turn.message} if kept.get("intent") else None
    return replace(before, slots={**before.slots, SAID: words}, follow=action_of(kept))
