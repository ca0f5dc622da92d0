"""What an action decides: what to say, what to remember, and where to go on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Say:
    """A named response of `domain.yml` with its values, and structured content for channels."""

    response: str | None = None
    text: str | None = None
    """For what was said before and is said again; new words stand in `domain.yml`."""
    params: Mapping[str, str] = field(default_factory=dict)
    content: Mapping[str, Any] = field(default_factory=dict)
    buttons: tuple[Mapping[str, str], ...] = ()
    """Buttons besides those of the response."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    says: tuple[Say, ...] = ()
    slots: Mapping[str, Any] = field(default_factory=dict)
    follow: str | None = None
    """The action or form that goes on in this turn."""
    leave_form: bool = False
    not_mine: bool = False
    """For a form: the message is no answer to its question; rules decide."""


NOT_MINE = Reply(not_mine=True)


def say(response: str, content: Mapping[str, Any] | None = None, /, **params: object) -> Say:
    return Say(
        response=response,
        params={key: str(value) for key, value in params.items()},
        content=content or {},
    )


def control(do: str, **details: Any) -> Say:
    """An effect that the gateway carries out; nothing that the customer reads."""
    return Say(content={"type": "control", "do": do, **details})
