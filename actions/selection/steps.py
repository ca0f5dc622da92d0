"""How each mention counts: clauses to steps that include, exclude, or say nothing about the choice.

Where a sentence can be taken two ways the step keeps both, and the resolution asks if it matters.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from actions.selection.clauses import SUBORDINATE, Clause
from actions.selection.mentions import Event, Mention
from actions.selection.modes import EXCLUDED, INCLUDED, Mode, Step, is_quiet
from actions.selection.pointing import counted_back, listed_with, pointed_back
from actions.selection.terms import MANY, Term
from actions.selection.walking import Walk

_DECIDING = frozenset(
    ["take", "rest", "add", "also", "only", "fix", "except", "without", "remove", "not", "none",
     "defer", "settled", "third", "intended", "instead", "or", "errand"]
)  # fmt: skip
_SO = Term("filler", text="so")


def steps_of(clauses: Sequence[Clause]) -> tuple[Step, ...]:
    steps: list[Step] = []
    told: list[Step] = []
    for index, clause in enumerate(clauses):
        if clause.opener in SUBORDINATE or _is_errand(clause, index):
            continue
        is_talk = clause.has("need", "excuse")
        if is_talk and any(_takes_something(later) for later in clauses[index + 1 :]):
            continue
        if any(step.modes == INCLUDED for step in steps) and is_comment(clause, steps):
            told = Walk(index, clause, is_exception=False).steps()
            continue
        if _is_told_just_before(clause, index, told, steps):
            steps += told
        settled = pointed_back(steps, clause, index)
        told = []
        if settled:
            steps = settled
            continue
        steps = listed_with(steps, clause, index) or counted_back(steps, clause, index) or steps
        found = Walk(index, clause, _carried(steps, clause)).steps()
        if not found and clause.mentions and clause.has("instead") and clause.has("take") and steps:
            given_up = [replace(step, modes=(Mode.IGNORE,)) for step in steps[:-1]]
            steps = [*given_up, replace(steps[-1], modes=INCLUDED)]  # "… ta den i stället"
        if found and clause.has("instead") and clause.has("take") and _is_plain(steps, found):
            steps = _replaced(steps, index)
        if not found and clause.mentions and clause.has("also", "add"):
            steps = [_undecided(step) for step in steps]
        if not found and _takes_back(clause):
            steps = [_excluded(step, index) for step in steps]
        if _is_all_of_them(clause, found, steps):
            steps = [_all_of(step) if step is steps[-1] else step for step in steps]
            found = [_hedged(step) for step in found] if _is_single(steps[-1]) else []
        if _is_of_left_out(clause, found, steps):
            found = []
        steps += [_hedged(step) for step in found] if clause.opener == "condition" else found
    steps = [_conceded(step, clauses) for step in steps]
    steps = _with_reasons_past(steps, clauses)
    steps = [_until_later(step, steps, clauses) for step in steps]
    return tuple(_without_possessions(steps, clauses))


def _conceded(step: Step, clauses: Sequence[Clause]) -> Step:
    """ "junifakturan trodde jag var betald, men okej då"."""
    following = clauses[step.clause + 1 : step.clause + 2]
    is_thought = Term("state", text="thought") in clauses[step.clause].events
    is_agreed = bool(following) and following[0].opener == "but" and not following[0].mentions
    is_agreed = is_agreed and all(map(_is_agreeing, following[0].events))
    is_last = step.clause + 2 >= len(clauses)
    return replace(step, modes=INCLUDED) if is_thought and is_agreed and is_last else step


def _is_agreeing(event: Event) -> bool:
    return isinstance(event, Term) and event.kind in ("filler", "yes", "take")


def _with_reasons_past(steps: Sequence[Step], clauses: Sequence[Clause]) -> list[Step]:
    """ "vi sa upp servern i augusti. Därför betalar jag …": what came before is why."""
    place = next((step.clause for step in steps if _is_therefore(step, clauses)), 0)
    return [
        replace(step, modes=(Mode.IGNORE,))
        if step.clause < place and not clauses[step.clause].has("take", "only", "add")
        else step
        for step in steps
    ]


def _is_therefore(step: Step, clauses: Sequence[Clause]) -> bool:
    clause = clauses[step.clause]
    is_so = Term("filler", text="therefore") in clause.events[:2]
    return is_so and clause.has("take") and step.modes == INCLUDED and not step.is_pointed_at


def _is_plain(steps: Sequence[Step], found: Sequence[Step]) -> bool:
    """Nothing has been left out, and what is chosen says itself what it is."""
    is_left_out = any(step.modes == EXCLUDED for step in (*steps, *found))
    return not is_left_out and not any(step.is_rest for step in found)


def _replaced(steps: Sequence[Step], index: int) -> list[Step]:
    """ "… sjuan, men … Jag tar de två sista i stället": what one had in mind before."""
    before = [step for step in steps if step.clause < index and step.modes == INCLUDED]
    modes = (Mode.IGNORE,) if len(before) == 1 else (Mode.INCLUDE, Mode.IGNORE)
    return [replace(step, modes=modes) if step in before else step for step in steps]


def _is_told_just_before(
    clause: Clause, index: int, told: Sequence[Step], steps: Sequence[Step]
) -> bool:
    """ "det är fakturan från 28 oktober, så den tar jag": said of it, and then chosen."""
    is_new = bool(told) and told[0].clause == index - 1
    is_read = any(step.clause == index - 1 for step in steps)
    is_taken = clause.events[:1] == (_SO,) and clause.has("take")
    return is_new and not is_read and is_taken and all(m.is_pointer for m in clause.mentions)


def _takes_something(clause: Clause) -> bool:
    """Chooses, without pointing back at anything."""
    is_pointing = any(
        all(term.kind in ("det", "number", "noun") for term in mention.terms)
        for mention in clause.mentions
    )
    return clause.has("take") and bool(clause.mentions) and not is_pointing


def _until_later(step: Step, steps: Sequence[Step], clauses: Sequence[Clause]) -> Step:
    """ "ta de två första så fixar jag den tredje när kunderna har betalat"."""
    following = clauses[step.clause + 1 : step.clause + 2]
    is_timed = bool(following) and following[0].opener == "time"
    is_timed = is_timed and following[0].has("state", "take", "settled", "defer")
    first = clauses[step.clause].events[:1]
    is_second = first == (_SO,) or first == (Term("and"),)
    is_second = is_second and clauses[step.clause].has("take")
    is_second = is_second and not clauses[step.clause].has("also", "add")
    is_first = any(other.clause < step.clause and other.modes == INCLUDED for other in steps)
    is_untaken = is_first and not clauses[step.clause].has("take", "also", "add", "only")
    is_behind_now = _is_behind_now(step, clauses[step.clause])
    is_theirs = bool(following) and following[0].has("own", "third") and is_first
    is_mere = bool(following) and following[0].events == (Term("defer"),)
    is_theirs = is_theirs or (is_mere and is_first)  # "klarar jag inte förrän efter lön"
    is_put_off = (is_second and is_first) or is_untaken or is_behind_now or is_theirs
    if not (is_timed and is_put_off and step.modes == INCLUDED):
        return step
    return step if step.is_rest and not is_untaken else replace(step, modes=EXCLUDED)


def _is_behind_now(step: Step, clause: Clause) -> bool:
    """ "certifikatet tar jag nu och servern när bokföringen …"."""
    place = clause.events.index(step.event) if step.event in clause.events else 0
    is_now = Term("filler", text="now") in clause.events[:place]
    return is_now and step.is_joined and not clause.has("also", "add")


def _without_possessions(steps: Sequence[Step], clauses: Sequence[Clause]) -> Iterator[Step]:
    """ "vi har tre domäner hos er. Ta den dyraste": what there is, and then the choice."""
    for step in steps:
        later = [other for other in steps if other.clause > step.clause]
        is_chosen_later = any(
            other.modes == INCLUDED and clauses[other.clause].has("take") for other in later
        )
        is_taken_up = step.is_pointed_at or any(other.mention.has("of") for other in later)
        is_told = _is_owning(clauses[step.clause]) and is_chosen_later and not is_taken_up
        is_ignored = is_told and Mode.INCLUDE in step.modes
        yield replace(step, modes=(Mode.IGNORE,)) if is_ignored else step


def _counts_only(clause: Clause) -> bool:
    """ "jag ser tre fakturor"."""
    kinds = {term.kind for mention in clause.mentions for term in mention.terms}
    return bool(kinds) and kinds <= {"number", "noun"}


def _is_owning(clause: Clause) -> bool:
    first = [event for event in clause.events[:2] if isinstance(event, Term)]
    is_ours = [event.kind for event in first] == ["self", "state"]
    is_ours = is_ours and (first[1].text == "have" or _counts_only(clause))
    return is_ours and not clause.has("take", "only", "modal", "intended")


def _is_all_of_them(clause: Clause, found: Sequence[Step], steps: Sequence[Step]) -> bool:
    """ "tredje kvartalets fakturor, rubbet tack": all of what was named."""
    if len(found) != 1 or not steps or steps[-1].modes != INCLUDED or steps[-1].is_rest:
        return False
    if clause.has("or") or clause.opener == "fix":
        return False
    kinds = {term.kind for term in found[0].mention.terms}
    is_all = "all" in kinds and kinds <= {"all", "det"}
    if is_all and "det" in kinds:
        return True  # "är det nåt under 200 så ta allt sånt"
    is_beside = clause.opener in ("comma", "dash") and not clause.has("take", "add", "self", "and")
    terms = steps[-1].mention.terms
    is_open = not any(term.kind == "all" for term in terms) or len(terms) > 1
    return is_all and is_beside and is_open


def _is_of_left_out(clause: Clause, found: Sequence[Step], steps: Sequence[Step]) -> bool:
    """ "webbhotellet har jag redan betalat, alla tre månaderna"."""
    if len(found) != 1 or not steps or steps[-1].modes != EXCLUDED or steps[-1].is_exception:
        return False
    kinds = {term.kind for term in found[0].mention.terms}
    is_beside = clause.opener == "comma" and not clause.has("take", "add", "self", "and", "but")
    return is_beside and kinds == {"all", "number"}


def _is_single(step: Step) -> bool:
    """Points at one; "webbhotellet" alone is a service with as many invoices as there are."""
    return any(
        term.kind in ("position", "superlative", "number", "middle")
        or (term.form == "one" and term.kind not in ("word", "domain"))
        for term in step.mention.terms
    )


def _all_of(step: Step) -> Step:
    if _is_single(step):
        return step
    terms = (Term("all", form=MANY), *step.mention.terms)
    return replace(step, mention=replace(step.mention, terms=terms), heard=step.event)


def _undecided(step: Step) -> Step:
    """ "… inte webbhotellet, jo förresten, ta det också"."""
    is_out = step.modes[0] is Mode.EXCLUDE
    return replace(step, modes=(Mode.EXCLUDE, Mode.INCLUDE)) if is_out else step


def is_comment(clause: Clause, steps: Sequence[Step]) -> bool:
    """ "…, det har ju dragit ut på tiden": said of what was chosen, and chooses nothing."""
    if clause.opener in ("comma", "start") and clause.has("need"):
        return True
    is_with_third = _is_company(clause)
    is_free = clause.opener == "start" or is_with_third
    deciding = _DECIDING - {"third"} if is_free else _DECIDING
    if clause.opener not in ("comma", "start") or clause.has(*deciding):
        return False
    if clause.has("too_much") and steps and steps[-1].modes == INCLUDED:
        return False
    said = [event for event in clause.events if not is_quiet(event)]
    kinds = [event.kind for event in said if isinstance(event, Term)]
    first = said[0] if said else None
    if isinstance(first, Mention) and is_told_of_it(first) and steps[-1:]:
        return clause.opener == "comma"
    second = said[1:3]
    is_wish = kinds[:2] == ["self", "modal"] and any(
        isinstance(event, Mention) and not event.is_pointer for event in second
    )
    if is_wish and not clause.loose_words:
        return False  # "jag tänkte Q4-supporten"
    is_about_it = isinstance(first, Mention) and all(t.kind == "det" for t in first.terms)
    is_ours = isinstance(first, Term) and first.kind == "self"
    is_unknown = isinstance(first, Mention) and bool(first.unknown) and clause.opener == "start"
    is_verb = is_unknown or bool({"state", "modal", "word"} & set(kinds[:3]))
    return (is_about_it or is_ours) and is_verb


def _is_company(clause: Clause) -> bool:
    """ "det jag pratade om med din kollega"."""
    kinds = [event.kind for event in clause.events if isinstance(event, Term)]
    return "third" in kinds and {"prep", "other"} & set(kinds[: kinds.index("third")][-2:]) != set()


def is_told_of_it(mention: Mention) -> bool:
    """ "det har ju dragit ut på tiden"."""
    kinds = {term.kind for term in mention.terms}
    is_neuter = mention.terms[0] == Term("det", text="neuter", form="one")
    return is_neuter and kinds <= {"det", "prep", "sum"} and bool(mention.unknown)


def _takes_back(clause: Clause) -> bool:
    """ "…, den betalar jag inte": about what was named just before."""
    verbs = [e for e in clause.events if isinstance(e, Term) and e.kind == "take"]
    is_ours = any(not verb.text for verb in verbs) and clause.has("self")
    is_denied = bool(clause.mentions) and clause.has("not")
    is_put_off = not clause.mentions and clause.has("defer")  # "augusti jag tar nästa gång"
    return is_ours and (is_denied or is_put_off)


def _excluded(step: Step, index: int) -> Step:
    return replace(step, modes=EXCLUDED) if step.clause == index - 1 else step


def _hedged(step: Step) -> Step:
    """ "om det finns pengar kvar, den andra": perhaps."""
    return replace(step, modes=tuple(dict.fromkeys((*step.modes, Mode.IGNORE))))


def _is_errand(clause: Clause, index: int) -> bool:
    """ "skicka kvittot på mejlen" is not about which invoices."""
    return clause.has("errand") and (clause.opener != "start" or index > 0)


def _carried(steps: Sequence[Step], clause: Clause) -> bool:
    """ "alla utom ettan, tvåan och trean": an exception goes on through a list."""
    if not steps or clause.opener not in ("comma", "dash") or not steps[-1].is_exception:
        return False
    first = next((event for event in clause.events if not is_quiet(event)), None)
    if clause.events[:1] == (_SO,):
        return False
    is_list = isinstance(first, Mention) or (
        isinstance(first, Term) and first.kind in ("and", "or")
    )
    return is_list and not clause.has("take", "self", "modal", "state", "only")
