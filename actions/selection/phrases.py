"""Turns of phrase that stand for plainer ones, put in their place before anything is looked up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from actions.selection.terms import MANY, Term

_SO = Term("filler", text="so")
_BEFORE_START = frozenset({"filler", "noun", "comma", "prep", "from", "source", "take"})
_OPENING = frozenset({"state", "due", "overdue", "modal_question"})


def plainly(terms: Sequence[Term]) -> list[Term]:
    said = _with_lateness(_with_older_rest(terms))
    said = _with_arrears(_with_conditions(_with_beginnings(said)))
    said = [Term("state") if term.kind == "blocked" else term for term in said]
    return _with_ends(_with_counted_months(_with_as_many(said)))


def _with_ends(terms: Sequence[Term]) -> list[Term]:
    """ "sexan och sen resten ner till botten": from there on."""
    made: list[Term] = []
    for term in terms:
        made.append(term)
        kinds = [one.kind for one in made[-5:]]
        is_end = kinds[-3:] == ["rest", "until", "position"] and made[-1].n == -1
        is_down = kinds[-2:] == ["rest", "onward"]
        if is_end or is_down:
            start = len(made) - (3 if is_end else 2)
            while start and made[start - 1].kind in ("and", "defer", "filler"):
                start -= 1
            if start and made[start - 1].kind in ("position", "number"):
                made[start:] = [Term("onward")]
    return made


def _with_counted_months(terms: Sequence[Term]) -> list[Term]:
    """ "webbhotellet, alla tre månaderna": as many invoices as months."""
    made: list[Term] = []
    for term in terms:
        amount, _, unit = term.text.partition(" ")
        is_counted = term.kind == "age" and unit == "month" and not term.form
        if is_counted and made and made[-1].kind == "all":
            made.append(Term("number", int(amount), amount))
        else:
            made.append(term)
    return made


def _with_as_many(terms: Sequence[Term]) -> list[Term]:
    """ "ta så många fakturor det går": as many as the means allow."""
    made: list[Term] = []
    for term in terms:
        is_many = bool(made) and made[-1] == _SO and term == Term("word", text="manga")
        if is_many and any(one.kind == "take" for one in made):
            made[-1:] = [Term("most")]
        else:
            made.append(term)
    return made


def _with_conditions(terms: Sequence[Term]) -> list[Term]:
    """ "är nåt mer än tre veckor sent så betalar jag det": all that is."""
    made = list(terms)
    start = 0
    for at, term in enumerate(terms):
        if term.kind in ("stop", "question"):
            start = at + 1
        rest = terms[at:]
        end = next((i for i, one in enumerate(rest) if one.kind in ("stop", "question")), len(rest))
        so = next((i for i, one in enumerate(rest[:end]) if one == _SO), 0)
        is_first = at - start == 1 and terms[start].kind in _OPENING
        is_so = so and any(one.kind == "take" for one in rest[so:end])
        if term.kind == "some" and not term.text and is_first and is_so:
            made[at] = Term("all", text="mass", form=MANY)
            is_verb = terms[start].kind in ("state", "modal_question")
            made[start] = Term("filler") if is_verb else terms[start]
    return made


def _with_beginnings(terms: Sequence[Term]) -> list[Term]:
    """ "från sexan och listan ut": from there on, where no end is named."""
    made = list(terms)
    for at, term in enumerate(terms[:-1]):
        is_place = terms[at + 1].kind == "position" and terms[at + 1].text == "nominal"
        ahead = [one.kind for one in terms[at + 2 : at + 4]]
        is_open = not {"to", "until", "onward"} & set(ahead)
        if term.kind == "source" and is_place and is_open:
            made[at] = Term("from")
    return made


def _with_arrears(terms: Sequence[Term]) -> list[Term]:
    """ "30 dagar efter förfallodagen" is an age."""
    made: list[Term] = []
    for term in [*terms, Term("")]:
        is_end = term.kind in ("due", "comma", "stop", "")
        if is_end and [one.kind for one in made[-2:]] == ["age", "after"]:
            made[-2:] = [replace(made[-2], form="overdue")]  # "mer än tre veckor efter"
            made += [term] if term.kind in ("comma", "stop") else []
        elif not term.kind:
            break
        else:
            made.append(term)
    return made


def _with_older_rest(terms: Sequence[Term]) -> list[Term]:
    """ "allt från juni, det som är äldre …": what lies beyond what was named."""
    made: list[Term] = []
    for term in terms:
        made.append(term)
        kinds = [one.kind for one in made[-4:]]
        is_dangling = term.kind == "word" and term.text in ("aldre", "nyare", "tidigare", "senare")
        is_relative = kinds[1:3] == ["rel", "state"] and kinds[0] in ("det", "all")
        if is_dangling and is_relative:
            made[-4:] = [Term("rest", form=MANY)]
    return made


def _with_lateness(terms: Sequence[Term]) -> list[Term]:
    """ "den som är mer än tre veckor sen" is late, and not long ago."""
    made: list[Term] = []
    for term in terms:
        kinds = [one.kind for one in made[-3:]]
        is_late = term.kind == "age" and term.form == "ago" and "state" in kinds
        is_compared = kinds[-1:] in (
            ["above"], ["below"], ["at_least"], ["at_most"], ["approximately"]
        )  # fmt: skip
        made.append(replace(term, form="overdue") if is_late and is_compared else term)
    return made


def with_every_other(terms: Sequence[Term]) -> list[Term]:
    """ "varannan, med start på ettan": where it begins."""
    made = list(terms)
    for at, term in enumerate(terms):
        if term.kind != "every_other":
            continue
        ahead = at + 1
        while ahead < len(terms) and (
            terms[ahead].kind in _BEFORE_START or terms[ahead].text in ("start", "borjan")
        ):
            ahead += 1
        if ahead < len(terms) and terms[ahead].kind == "position" and terms[ahead].n > 0:
            made[at] = replace(term, n=terms[ahead].n)
            made[at + 1 : ahead + 1] = [Term("filler")] * (ahead - at)
            break
    return made
