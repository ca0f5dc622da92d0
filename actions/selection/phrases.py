"""Turns of phrase that stand for plainer ones, put in their place before anything is looked up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from actions.selection.terms import MANY, ONE, Term

_SO = Term("filler", text="so")
_IT_WAS = Term("filler", text="it_was")
_THAN = Term("word", text="an", form=ONE)
_MISTAKE = Term("fix", text="mistake")
_ACCOUNTS = frozenset({"kst", "kostnadsstalle", "konto", "projekt", "proj", "ref", "referens"})
_OFFICERS = ("chefen", "chef", "ansvarig", "ansvarige", "ordforande", "direktoren", "handlaggaren")
_THEM = Term("det", form=MANY)
_COMMA = Term("comma")
_UNSAID = frozenset({"comma", "fix", "filler", "stop"})
_POINTED = {("det", ONE), ("modal_question", "")}  # "den efter", "är den under"
_BESIDE = {"after": 1, "below": 1, "before": -1, "above": -1}
_BEHIND = frozenset({"", "comma", "stop", "question", "and", "take", "modal", "thanks", "also"})
_BEFORE_START = frozenset({"filler", "noun", "comma", "prep", "from", "source", "take"})
_OPENING = frozenset({"state", "due", "overdue", "modal_question"})


def plainly(terms: Sequence[Term]) -> list[Term]:
    terms = _with_them(_with_officers(_without_accounts(terms)))
    terms = _with_price_of_several(_with_nu(_with_meant(_without_today(_with_replaced(terms)))))
    terms = _with_room(_with_late_others(_with_tonight(_with_latest_days(terms))))
    terms = _with_wrong_things(_with_leftovers(_without_years_of_life(terms)))
    terms = _with_neighbours(_with_other_ends(_with_sums_first(_with_second_thoughts(terms))))
    said = _with_lateness(_with_older_rest(terms))
    said = _with_arrears(_with_conditions(_with_beginnings(said)))
    said = [Term("state") if term.kind == "blocked" else term for term in _without_than(said)]
    return _with_ends(_with_counted_months(_with_as_many(said)))


def _without_years_of_life(terms: Sequence[Term]) -> list[Term]:
    """ "jag är 78 år och begriper inte …"."""
    made: list[Term] = []
    for term in terms:
        is_told = [one.kind for one in made[-2:]] == ["self", "state"]
        is_age = term.kind == "age" and term.text.endswith(" year") and not term.form
        made.append(Term("filler") if is_told and is_age else term)
    return made


def _with_leftovers(terms: Sequence[Term]) -> list[Term]:
    """ "vi har 700 kronor över den här månaden": left, and not more than."""
    made = list(terms)
    for at in range(1, len(made)):
        following = made[at + 1].kind if at + 1 < len(made) else ""
        is_owned = any(term.text == "have" for term in made[:at])
        is_sum = made[at - 1].kind == "money" and following not in ("money", "number", "age")
        if made[at].kind == "above" and is_sum and is_owned:
            made[at] = Term("budget")
    return made


def _without_accounts(terms: Sequence[Term]) -> list[Term]:
    """ "bokförs på 6230": an account of the books."""
    made: list[Term] = []
    for term in terms:
        is_booked = [one.kind for one in made[-2:]] == ["word", "prep"]
        is_booked = is_booked and made[-2].text.startswith(("bokfor", "konter"))
        is_booked = is_booked or (len(made) > 2 and made[-1].text in _ACCOUNTS)
        if is_booked and term.kind == "number":
            made[-1] = Term("filler")
        made.append(Term("filler") if is_booked and term.kind == "number" else term)
    return made


def _with_officers(terms: Sequence[Term]) -> list[Term]:
    """ "godkänd av förvaltningschefen": somebody by what they do."""
    return [
        Term("third") if term.kind == "word" and term.text.endswith(_OFFICERS) else term
        for term in terms
    ]


def _with_them(terms: Sequence[Term]) -> list[Term]:
    """ "hon sista", "han i mitten": a thing, as it is spoken of in some places."""
    made = list(terms)
    for at, term in enumerate(made[:-1]):
        is_first = at == 0 or made[at - 1].kind in (*_UNSAID, "take")
        if term.kind == "third" and is_first and made[at + 1].kind in ("position", "middle"):
            made[at] = Term("det", form=ONE)
    return made


def _with_wrong_things(terms: Sequence[Term]) -> list[Term]:
    """ "jag hade fel glasögon": of a thing, and takes nothing back."""
    made: list[Term] = []
    for at, term in enumerate(terms):
        is_thing = term == _MISTAKE and terms[at + 1 : at + 2] and terms[at + 1].kind == "word"
        made.append(Term("excuse") if is_thing else term)
    return made


def _with_latest_days(terms: Sequence[Term]) -> list[Term]:
    """ "senaste 60 dagarna": so old at most."""
    made = list(terms)
    for at in range(len(made) - 1):
        if made[at] == Term("superlative", -1, "age") and made[at + 1].kind == "age":
            made[at] = Term("newer")
    return made


def _with_tonight(terms: Sequence[Term]) -> list[Term]:
    """ "resten tar jag i kväll" is later; "jag vill bli av med allt i kväll" is now."""
    made: list[Term] = []
    for term in terms:
        said = [one.kind for one in made]
        marks = [at for at, kind in enumerate(said) if kind in ("comma", "stop", "but")]
        is_rest = "rest" in said[marks[-1] if marks else 0 :]
        is_tonight = term == Term("filler", text="tonight")
        made.append(Term("defer") if is_tonight and is_rest else term)
    return made


def _with_price_of_several(terms: Sequence[Term]) -> list[Term]:
    """ "de två som kostar 499", "de två femhundralapparna": each of them costs that."""
    made: list[Term] = []
    for at, term in enumerate(terms):
        made.append(term)
        following = [one.kind for one in terms[at + 1 : at + 4]]
        is_count = term.kind == "number" and len(made) > 1 and made[-2] == _THEM
        if is_count and following[:1] == ["money"] and terms[at + 1].text == "slang":
            made.append(Term("prep"))
    for at in range(1, len(made) - 3):
        kinds = [one.kind for one in made[at : at + 4]]
        is_price = kinds[:2] == ["number", "rel"] and kinds[3] in ("number", "money")
        is_price = is_price and kinds[2] in ("take", "state")
        if is_price and made[at - 1] == _THEM:
            made[at + 1], made[at + 2] = Term("filler"), Term("prep")
    return made


def _without_today(terms: Sequence[Term]) -> list[Term]:
    """ "2203 idag 23/11": the day that it is."""
    now = Term("filler", text="now")
    return [
        Term("filler") if term.kind == "fraction" and at and terms[at - 1] == now else term
        for at, term in enumerate(terms)
    ]


def _with_replaced(terms: Sequence[Term]) -> list[Term]:
    """ "ettan tvåan nej inte tvåan trean": what stands behind takes its place."""
    made: list[Term] = []
    for term in terms:
        is_taken_back = [one.kind for one in made[-3:]] == ["fix", "not", "position"]
        is_again = is_taken_back and made[-1] in made[:-3]
        made += [_COMMA, term] if is_again and term.kind == "position" else [term]
    return made


def _with_meant(terms: Sequence[Term]) -> list[Term]:
    """ "inte tvåan trean menar jag": speech has no commas."""
    made: list[Term] = []
    for at, term in enumerate(terms):
        is_meant = tuple(terms[at + 1 : at + 2]) == (Term("fix", text="meant"),)
        is_beside = bool(made) and made[-1].kind == term.kind == "position"
        made += [_COMMA, term] if is_meant and is_beside else [term]
    return made


def _with_nu(terms: Sequence[Term]) -> list[Term]:
    """ "domänen som slutar på nu"."""
    made: list[Term] = []
    for term in terms:
        is_end = bool(made) and made[-1].kind == "ends_with" and term.text == "now"
        made[-1:] = [Term("domain", text=".nu")] if is_end else [*made[-1:], term]
    return made


def _with_room(terms: Sequence[Term]) -> list[Term]:
    """ "femhundra kvar på kontot, ta dom som går": as many as it is enough for."""
    made: list[Term] = []
    for at, term in enumerate(terms):
        following = terms[at + 1].kind if at + 1 < len(terms) else ""
        is_goes = [one.kind for one in made[-2:]] == ["det", "rel"] and term == Term("take")
        is_last = following in ("", "comma", "stop", "thanks")
        is_means = any(one.kind in ("budget", "money") for one in made)
        made.append(Term("fit") if is_goes and is_last and is_means else term)
    return made


def _with_late_others(terms: Sequence[Term]) -> list[Term]:
    """ "ettan och tvåan, andra nästa månad": the others, and not the second."""
    made = list(terms)
    for at in range(1, len(made) - 1):
        is_others = made[at] == Term("position", 2, "ordinal")
        if is_others and made[at - 1].kind == "comma" and made[at + 1].kind == "defer":
            made[at] = Term("rest", form=MANY)
    return made


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
        if term == _IT_WAS and before and before[-1] and terms[before[-1] - 1] == _COMMA:
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
        said = [(place, one) for place, one in enumerate(made) if one.kind not in _UNSAID]
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
