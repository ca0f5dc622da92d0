"""What "den", "dem" and "de två" point back at: "… så den tar jag", "… den får vänta"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from actions.selection.clauses import Clause
from actions.selection.mentions import Event, Mention
from actions.selection.modes import EXCLUDED, INCLUDED, Mode, Modes, Step
from actions.selection.terms import MANY, Term

_OVER = (Term("above"),)
_FEW = 12
_NEAR = 3  # clauses back
_DATED = frozenset({"month", "date", "period", "year", "prep", "source", "det"})
_AGAINST = frozenset({"not", "none", "except", "without", "remove", "defer", "settled"})
_UNDECIDED = frozenset({"none", "except", "without", "remove"})
_OTHERS = frozenset({"third", "or", "rest", "errand", "instead"})
_SMALL = frozenset({"filler", "yes", "thanks", "prep", "also", "and", "but"})


def pointed_back(steps: Sequence[Step], clause: Clause, index: int) -> list[Step] | None:
    """The steps as the clause settles them, or None when it does not only point back."""
    clause = _without_dangling(clause)
    points = [mention for mention in clause.mentions if _count(mention) is not None]
    is_asked = any(
        isinstance(event, Term)
        and event.kind == "modal_question"
        and event.text != "must"
        and not (event.text == "have" and at > 0)
        for at, event in enumerate(clause.events)
    )
    if clause.has("except") and len(points) == 1 and _is_all_but(clause):
        return _excepted(steps, points[0], index)
    is_of_all = len(points) == 1 and points[0].terms[0].form == MANY and _is_all_but(clause)
    is_mere = len(points) == len(clause.mentions) or is_of_all  # "dem betalar jag allesammans"
    if not points or not is_mere or clause.has(*_OTHERS) or is_asked:
        return None
    if clause.has("except") and not clause.has("not", "defer", "settled"):
        return _excepted(steps, points[0], index)
    modes = _said_of_it(clause)
    if modes == INCLUDED and clause.has("also", "add"):
        steps = [_taken_back(step) for step in steps]
    is_ours = not clause.has("other") or clause.has("self", "also", "add")
    is_taken = clause.has("take", "add", *_AGAINST)
    if not is_taken and _count(points[0]):
        return None  # "… så de tre": a number of its own
    settled = _settled(steps, points[0], modes, index, is_ours=is_ours) if modes else None
    if settled and modes == INCLUDED and clause.has("only"):
        settled = [_alone(step, index) for step in settled]
    return settled


def counted_back(steps: Sequence[Step], clause: Clause, index: int) -> list[Step] | None:
    """ "domänen måste vi ha, och lagringen kostar inget, så de två": whatever was spoken of.

    That there are so many is looked at when each of them has been picked.
    """
    points = [mention for mention in clause.mentions if _count(mention)]
    first = next((event for event in clause.events if not _is_small(event)), None)
    is_plain = len(points) == len(clause.mentions) == 1 and first is points[0]
    if not is_plain or clause.has(*_AGAINST, *_OTHERS, "state", "word"):
        return None
    near = [step for step in steps if index - step.clause <= _NEAR and not step.is_exception]
    meant = [step for step in near if Mode.INCLUDE in step.modes and not step.is_rest]
    if len(meant) < 2:
        return None
    return [_with(step, INCLUDED, 0) if step in meant else step for step in steps]


def _without_dangling(clause: Clause) -> Clause:
    """ "dem hoppar vi över": a preposition of the verb."""
    kept = tuple(e for e in clause.events if not isinstance(e, Mention) or e.terms != _OVER)
    return replace(clause, events=kept)


def _alone(step: Step, index: int) -> Step:
    """ "dra bara den": nothing else that was spoken of."""
    is_other = step.modes == INCLUDED and not step.is_pointed_at and step.clause < index
    return replace(step, modes=(Mode.IGNORE,)) if is_other else step


def _is_all_but(clause: Clause) -> bool:
    """ "alltså allt utom det"."""
    others = [mention for mention in clause.mentions if _count(mention) is None]
    return bool(others) and all(term.kind == "all" for m in others for term in m.terms)


def _excepted(steps: Sequence[Step], pointer: Mention, index: int) -> list[Step] | None:
    """ "min fru betalade domänen, så ta alla utom den"."""
    settled = _settled(steps, pointer, EXCLUDED, index)
    if not settled:
        return None
    return [
        replace(step, is_exception=True, modes=EXCLUDED)
        if step.is_pointed_at or step.modes == EXCLUDED
        else step
        for step in settled
    ]


def _taken_back(step: Step) -> Step:
    """ "alla men inte webbhotellet, jo, ta det också"."""
    if not step.is_exception:
        return step
    everything = replace(step.mention, terms=(Term("all", form=MANY),))
    return replace(step, mention=everything, heard=step.event, modes=INCLUDED, is_exception=False)


def listed_with(steps: Sequence[Step], clause: Clause, index: int) -> list[Step] | None:
    """ "Den och junifakturan": what was spoken of before is the first of a list."""
    said = [event for event in clause.events if not _is_small(event) or event == Term("and")]
    if len(said) < 3 or clause.has(*_AGAINST):
        return None
    first, second, third = said[:3]
    is_list = (
        isinstance(first, Mention) and _count(first) is not None and isinstance(third, Mention)
    )
    if not is_list or second != Term("and") or not isinstance(first, Mention):
        return None
    return _settled(steps, first, INCLUDED, index)


def _is_small(event: Event) -> bool:
    return isinstance(event, Term) and event.kind in _SMALL


def _count(mention: Mention) -> int | None:
    """How many a mere pointer points at, 0 where it does not say; None for what says more."""
    terms = [term for term in mention.terms if term.kind not in ("noun", "prep", "of")]
    if not terms or terms[0].kind != "det" or mention.unknown:
        return None
    if len(terms) == 1:
        return 0
    is_count = len(terms) == 2 and terms[1].kind == "number" and 1 < terms[1].n <= _FEW
    return terms[1].n if is_count and terms[0].form == MANY else None


def _said_of_it(clause: Clause) -> Modes | None:
    """ "den tar jag", "den får vänta"; what is merely told of it ("den får inte dö") is no word."""
    if clause.has(*_UNDECIDED) or _has(clause, Term("filler", text="else")):
        return None
    is_past = _has(clause, Term("state", text="have"))
    is_denied = clause.has("not")
    is_put_off = any(_is_deferring(event) for event in clause.events)
    if is_put_off or (is_denied and clause.has("take")):
        is_told = _is_deferring(next((e for e in clause.events if not _is_small(e)), Term("")))
        is_told = is_told or clause.events[:1] == (Term("filler", text="so"),)
        is_meant = (is_told or clause.has("self", "modal", "take")) and not (is_past and is_put_off)
        is_double = is_denied and is_put_off
        return EXCLUDED if is_meant and not is_double and not _is_thought(clause) else None
    if _is_thought(clause):
        return None
    if (
        clause.has("settled")
        or (is_past and _has(clause, Term("take", text="paid")))
        or _has(clause, Term("take", text="past"))
    ):
        return EXCLUDED
    is_so = clause.events[:1] == (Term("filler", text="so"),)
    is_only = (clause.has("only") or is_so) and not clause.has("state", "word", "modal")
    return INCLUDED if (is_only or clause.has("take", "add")) and not is_denied else None


def _has(clause: Clause, term: Term) -> bool:
    return any(event == term for event in clause.events)


def _is_deferring(event: Event) -> bool:
    return isinstance(event, Term) and event.kind == "defer" and event.text != "then"


def _is_thought(clause: Clause) -> bool:
    """ "trodde jag hade sagt upp den"."""
    return _has(clause, Term("state", text="thought"))


def _settled(
    steps: Sequence[Step], pointer: Mention, modes: Modes, index: int, *, is_ours: bool = True
) -> list[Step] | None:
    last = max((step.clause for step in steps), default=-1)
    if last < 0 or index - last > _NEAR:
        return None
    of_clause = [step for step in steps if step.clause == last]
    of_clause = [step for step in of_clause if not step.is_rest] or of_clause
    count = _count(pointer) or 0
    is_one = pointer.terms[0].form != MANY
    if is_one and of_clause[-1].is_exception and _is_dated_only(of_clause[-1]):
        return None  # "webbhotellen men inte mars, den ska vara betald"
    named = [step for step in of_clause if not (is_one and _is_dated_only(step))] or of_clause
    named = [step for step in named if not (is_one and step.is_adjunct)] or named
    if is_one and _is_of_others(named[-1:]):
        return None
    meant = named[-1:] if is_one else _open(named)
    if modes == EXCLUDED and any(step.modes == EXCLUDED for step in of_clause):
        return list(steps)  # "alla utom domänerna, dem har jag betalat"
    if any(step.is_exception for step in meant):
        return None
    is_settled = bool(meant) and all(step.modes == EXCLUDED for step in meant)
    if modes == INCLUDED and is_settled and not is_ours:
        return list(steps)  # "mars är redan betald, så det får ni reda ut"
    if not meant or (count and len(meant) > 1 and len(meant) != count):
        return None
    if modes == EXCLUDED and _is_of_another_gender(pointer, meant[-1]):
        return None  # "ta domänen, så kollar jag upp det"
    return [
        _with(step, modes, 1 if is_one else count if len(meant) == 1 else 0)
        if step in meant
        else _without(step)
        if step in of_clause and (step not in named or (is_one and _is_told_beside(step, meant)))
        else step
        for step in steps
    ]


def _is_of_another_gender(pointer: Mention, step: Step) -> bool:
    if pointer.terms[0].text != "neuter":
        return False
    nouns = [term for term in step.mention.terms if term.kind == "word"]
    is_place = step.mention.has("position")
    return is_place or (bool(nouns) and all(term.text.endswith("en") for term in nouns))


def _is_dated_only(step: Step) -> bool:
    return all(term.kind in _DATED for term in step.mention.terms)


def _is_of_others(steps: Sequence[Step]) -> bool:
    """ "… gav tre nya kunder, så den fakturan": a number of what is not on the list."""
    return any(
        step.mention.unknown and any(t.kind == "number" and t.n <= _FEW for t in step.mention.terms)
        for step in steps
    )


def _is_told_beside(step: Step, meant: Sequence[Step]) -> bool:
    """ "jag har kurs på lördag och behöver adressen. Ta den": no list, and much else is said."""
    return step.is_loose and not step.is_joined and not any(other.is_joined for other in meant)


def _without(step: Step) -> Step:
    """ "VPS:en sa vi upp i september, så den …": the month is no choice of its own."""
    return replace(step, modes=(Mode.IGNORE,))


def _open(steps: Sequence[Step]) -> list[Step]:
    return [step for step in steps if step.modes != EXCLUDED] or list(steps)


def _with(step: Step, modes: Modes, count: int) -> Step:
    """Settled by what came after it: words around it that nobody knows are talk."""
    terms = step.mention.terms
    if count == 1:
        terms = tuple(replace(t, form="") if t.kind == "word" else t for t in terms)
    count = 0 if count == 1 else count  # "mejllådorna …, så den fakturan betalar vi"
    is_open = not any(term.kind in ("number", "all", "both", "rest") for term in terms)
    if count and is_open:
        terms = (Term("det", form=MANY), Term("number", count, str(count)), *terms)
    mention = replace(step.mention, terms=terms, unknown=(), is_negated_inside=False)
    return replace(
        step,
        mention=mention,
        heard=step.event,
        modes=modes,
        is_told=False,
        is_loose=False,
        is_pointed_at=True,
        is_exception=step.is_exception and modes[0] is Mode.EXCLUDE,
    )
