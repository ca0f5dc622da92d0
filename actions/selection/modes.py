"""A mention with the ways in which it may count."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from actions.selection.mentions import Event, Mention
from actions.selection.terms import Term


class Mode(StrEnum):
    INCLUDE = "include"
    EXCLUDE = "exclude"
    IGNORE = "ignore"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One mention with the ways in which it may count."""

    mention: Mention
    modes: tuple[Mode, ...]
    clause: int
    opener: str
    is_exception: bool = False
    is_joined: bool = False
    has_budget: bool = False
    is_loose: bool = False
    is_alternative: bool = False
    is_told: bool = False
    is_none: bool = False
    is_pointed_at: bool = False
    is_explaining: bool = False
    is_adjunct: bool = False
    heard: Mention | None = None

    @property
    def event(self) -> Mention:
        """The mention as it stands in its clause."""
        return self.heard or self.mention

    @property
    def is_rest(self) -> bool:
        return self.mention.has("rest")


Modes = tuple[Mode, ...]
INCLUDED: Modes = (Mode.INCLUDE,)
EXCLUDED: Modes = (Mode.EXCLUDE,)
TIMES = frozenset({"month", "date", "fraction", "period", "age", "year"})
QUIET = frozenset({"filler", "thanks", "yes", "prep", "to", "source", "article"})


def is_kind(event: Event, kind: str) -> bool:
    return isinstance(event, Term) and event.kind == kind


def is_quiet(event: Event) -> bool:
    return isinstance(event, Term) and event.kind in QUIET
