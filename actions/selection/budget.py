"""What a customer says that they can spend, which is how much and not which."""

from __future__ import annotations

from collections.abc import Sequence

from actions.selection.clauses import Clause
from actions.selection.mentions import Mention
from actions.selection.modes import Step


def budget(said: Sequence[Clause]) -> int:
    """The öre that a clause about means names: "jag har bara 500 kronor på kortet"."""
    for clause in said:
        if clause.is_budget:
            for mention in clause.mentions:
                found = money(mention)
                if found:
                    return found
    return 0


def money(mention: Mention) -> int:
    for term in mention.terms:
        if term.kind in ("money", "number"):
            return term.n * (1 if term.kind == "money" else 100)
    return 0


def is_budget(step: Step) -> bool:
    """ "högst 500 kronor" says how much, not which."""
    is_named = step.mention.has(
        "det", "all", "word", "noun", "domain", "both", "superlative", "position"
    )
    if is_named or step.mention.has("fit", "sum", "each"):
        return False
    return step.mention.has("at_most") or (step.has_budget and step.mention.has("below"))
