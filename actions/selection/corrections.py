"""Changed minds inside one message: "ettan, nej vänta, tvåan" means the second alone."""

from __future__ import annotations

from collections.abc import Sequence

from actions.selection.clauses import Clause
from actions.selection.model import Ask, Reason
from actions.selection.modes import EXCLUDED, INCLUDED, Step


def corrected(steps: tuple[Step, ...], said: Sequence[Clause]) -> tuple[Step, ...] | Ask:
    """Without what was taken back; a question where it is open how much was."""
    if any(_is_doubt(index, said) for index in range(1, len(said))):
        return Ask(reason=Reason.UNCLEAR)
    for index in range(len(said) - 1, 0, -1):
        if said[index].opener == "fix" or _is_wait(said[index - 1]):
            result = _corrected_at(index, steps, said)
            if result is not None:
                return result
    return steps


def _is_doubt(index: int, said: Sequence[Clause]) -> bool:
    """ "1042 och 1051, nej vänta, vet inte än": nothing takes the place of what was said."""
    after = said[index:]
    is_open = said[index].opener == "fix" and any(c.has("excuse", "defer") for c in after[:2])
    return is_open and not any(clause.mentions or clause.has("take") for clause in after)


def _is_wait(clause: Clause) -> bool:
    """ "ettan, vänta, tvåan"."""
    return clause.has("defer") and not clause.mentions and len(clause.events) == 1


def _corrected_at(
    index: int, steps: tuple[Step, ...], said: Sequence[Clause]
) -> tuple[Step, ...] | Ask | None:
    before = tuple(step for step in steps if step.clause < index)
    after = tuple(step for step in steps if step.clause >= index)
    if not before or not after or said[index].has("also", "add"):
        return None
    new = [step for step in after if step.modes == INCLUDED]
    old = [step for step in before if step.modes == INCLUDED]
    later = said[index:]
    is_taking_back = any(c.has("not", "none", "remove", "defer", "settled") for c in later)
    if not new and not is_taking_back and any(clause.has("third") for clause in later):
        return Ask(reason=Reason.UNCLEAR)  # "nej vänta, barnen skriker, tvåan": whose doing?
    if not new:
        return _taken_back(before, after)
    if any(step.is_alternative for step in old) and len(new) == 1:
        return after  # "femman eller sexan. Nej, femman"
    if len(old) == 2 and len(after) == 1 and _is_both(new[0]):
        return before  # "ettan, nej tvåan … äsch, ta båda två"
    is_going_on = before[-1].modes == EXCLUDED and before[-1].clause == index - 1
    if is_going_on and said[index - 1].opener == "fix":
        return (*before, *after)  # "ettan och tvåan, nej inte tvåan, trean menar jag"
    earlier = corrected(before, said[:index])  # "åttan, nej nian, nej åttan"
    before = before if isinstance(earlier, Ask) else earlier
    old = [step for step in before if step.modes == INCLUDED]
    first = after.index(new[0])
    if any(step.modes == EXCLUDED for step in after[:first]):
        return (*before, *after)  # "nej, inte femman utan sexan" says itself what changes
    is_only = any(clause.has("only") for clause in said[index:])
    if len(old) <= 1 or len(new) > 1 or is_only or new[0].mention.has("all"):
        return after
    return Ask(reason=Reason.UNCLEAR)


def _taken_back(before: tuple[Step, ...], after: tuple[Step, ...]) -> Ask | None:
    """ "alla, nej inte den sista" goes on from before; a second exception may replace the first."""
    is_open = any(step.is_exception or step.modes != INCLUDED for step in before)
    return Ask(reason=Reason.UNCLEAR) if is_open and after else None


def _is_both(step: Step) -> bool:
    return all(term.kind in ("both", "det") for term in step.mention.terms)
