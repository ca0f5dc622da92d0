"""Turns of phrase that stand for plainer ones, put in their place before anything is looked up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from actions.selection.beside import COMMA, UNSAID, as_meant
from actions.selection.terms import MANY, ONE, Term

_SO = Term("filler", text="so")
_IT_WAS = Term("filler", text="it_was")
_THAN = Term("word", text="an", form=ONE)
_POINTED = {("det", ONE), ("modal_question", "")}  # "den efter", "är den under"
_BESIDE = {"after": 1, "below": 1, "before": -1, "above": -1}
_BEHIND = frozenset({"", "comma", "stop", "question", "and", "take", "modal", "thanks", "also"})
_BEFORE_START = frozenset({"filler", "noun", "comma", "prep", "from", "source", "take"})
_OPENING = frozenset({"state", "due", "overdue", "modal_question"})


def plainly(terms: Sequence[Term]) -> list[Term]:
    """The terms with those phrases in plain words, one kind of them after the other."""
    said = as_meant(terms)
    for plain in _PASSES:
        said = plain(said)
    return said


def _without_than(terms: Sequence[Term]) -> list[Term]:
    """ "… inte trettio dagar sena än": "yet", where nothing is compared."""
    following = [*(term.kind for term in terms[1:]), ""]
    return [
        Term("filler") if term == _THAN and after in ("", "comma", "stop", "but") else term
        for term, after in zip(terms, following, strict=False)
    ]


def _with_second_thoughts(terms: Sequence[Term]) -> list[Term]:
    """ "trean, eller fyran var det ju"."""
    made = list(terms)
    for at, term in enumerate(terms):
        before = [place for place in range(at) if terms[place].kind == "or"]
        if term == _IT_WAS and before and before[-1] and terms[before[-1] - 1] == COMMA:
            made[before[-1]] = Term("fix")
    return made


def _with_sums_first(terms: Sequence[Term]) -> list[Term]:
    """ "1250 kronor står det på en av dem": the one that says so."""
    made = list(terms)
    for at, term in enumerate(terms):
        shape = [(one.kind, one.text) for one in terms[at + 1 : at + 4]]
        is_written = term.kind in ("money", "number") and shape == [
            ("state", ""), ("det", "neuter"), ("prep", "")
        ]  # fmt: skip
        is_first = at == 0 or terms[at - 1].kind in ("stop", "thanks", "filler")
        if not (is_written and is_first):
            continue
        end = at + 4
        while end < len(terms) and terms[end].kind not in ("comma", "stop", "and", "filler"):
            end += 1
        return [*made[:at], *made[at + 4 : end], Term("prep"), term, *made[end:]]
    return made


def _with_other_ends(terms: Sequence[Term]) -> list[Term]:
    """ "fyran till sjuan, nej vänta, till sexan": another end of the same span."""
    made: list[Term] = []
    for term in terms:
        made.append(term)
        said = [(place, one) for place, one in enumerate(made) if one.kind not in UNSAID]
        kinds = [one.kind for _, one in said[-5:]]
        is_mended = kinds == [term.kind, "to", term.kind, "to", term.kind]
        if is_mended and any(one.kind == "fix" for one in made[said[-3][0] : said[-2][0]]):
            made[said[-3][0] :] = [term]
    return made


def _with_neighbours(terms: Sequence[Term]) -> list[Term]:
    """ "den efter", "den precis under": the next one, and no span."""
    made: list[Term] = []
    for at, term in enumerate(terms):
        following = terms[at + 1].kind if at + 1 < len(terms) else ""
        pointed = [one for one in made if one.kind != "filler"][-1:]
        is_pointed = bool(pointed) and (pointed[0].kind, pointed[0].form) in _POINTED
        if term.kind in _BESIDE and is_pointed and following in _BEHIND:
            made.append(Term("beside", _BESIDE[term.kind], term.kind))
        else:
            made.append(term)
    return made


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


def _without_blocking(terms: Sequence[Term]) -> list[Term]:
    """What blocks a card says nothing of an invoice."""
    return [Term("state") if term.kind == "blocked" else term for term in terms]


_PASSES = (
    _with_second_thoughts,
    _with_sums_first,
    _with_other_ends,
    _with_neighbours,
    _with_older_rest,
    _with_lateness,
    _with_beginnings,
    _with_conditions,
    _with_arrears,
    _without_than,
    _without_blocking,
    _with_as_many,
    _with_counted_months,
    _with_ends,
)
