"""What an answer says of the cards, before one is decided on."""

from __future__ import annotations

from dataclasses import dataclass, field

from actions.selection.model import Ask
from actions.selection.shown import Ids
from actions.selection.terms import Term


@dataclass(slots=True, kw_only=True)
class CardFacts:
    """What narrows the cards, in the order in which it was said."""

    kept: list[Ids] = field(default_factory=list)
    dropped: list[Ids] = field(default_factory=list)
    problem: Ask | None = None
    is_new: bool = False
    is_contrary: bool = False
    is_question: bool = False
    is_numbered: bool = False
    is_alternative: bool = False
    places: list[tuple[Term, bool]] = field(default_factory=list)
    by_clause: list[tuple[int, bool, Ids]] = field(default_factory=list)
    frames: list[Ids] = field(default_factory=list)
    is_explained: bool = False
    is_theirs: bool = False
    is_other: bool = False
    is_split: bool = False
    problem_clause: int = 0
    is_other_brand: bool = False
