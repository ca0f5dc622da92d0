"""Words that mean something else by what stands beside them: "700 kr över", "fel glasögon"."""

from __future__ import annotations

from collections.abc import Sequence

from actions.selection.terms import MANY, ONE, Term

_MISTAKE = Term("fix", text="mistake")
_ACCOUNTS = frozenset({"kst", "kostnadsstalle", "konto", "projekt", "proj", "ref", "referens"})
_OFFICERS = ("chefen", "chef", "ansvarig", "ansvarige", "ordforande", "direktoren", "handlaggaren")
_THEY = Term("third", text="pronoun")
_THEM = Term("det", form=MANY)
COMMA = Term("comma")
UNSAID = frozenset({"comma", "fix", "filler", "stop"})


def as_meant(terms: Sequence[Term]) -> list[Term]:
    """The terms with those words replaced, one kind of them after the other."""
    said = list(terms)
    for reread in _PASSES:
        said = reread(said)
    return said


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
        is_first = at == 0 or made[at - 1].kind in (*UNSAID, "take")
        if term == _THEY and is_first and made[at + 1].kind in ("position", "middle"):
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
        made += [COMMA, term] if is_again and term.kind == "position" else [term]
    return made


def _with_meant(terms: Sequence[Term]) -> list[Term]:
    """ "inte tvåan trean menar jag": speech has no commas."""
    made: list[Term] = []
    for at, term in enumerate(terms):
        is_meant = tuple(terms[at + 1 : at + 2]) == (Term("fix", text="meant"),)
        is_beside = bool(made) and made[-1].kind == term.kind == "position"
        made += [COMMA, term] if is_meant and is_beside else [term]
    return made


def _with_nu(terms: Sequence[Term]) -> list[Term]:
    """ "domänen som slutar på nu"."""
    made: list[Term] = []
    for term in terms:
        is_end = bool(made) and made[-1].kind == "ends_with" and term.text == "now"
        made[-1:] = [Term("domain", text=".nu")] if is_end else [*made[-1:], term]
    return made


def _with_other_half(terms: Sequence[Term]) -> list[Term]:
    """ "första halvåret nu, andra kommer i dec": the others, and when."""
    made = list(terms)
    for at in range(1, len(made) - 2):
        following = [term.kind for term in made[at + 1 : at + 4]]
        is_others = made[at] == Term("position", 2, "ordinal") and made[at - 1] == COMMA
        if is_others and following[:1] in (["state"], ["take"]) and "month" in following:
            made[at] = Term("rest", form=MANY)
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


_PASSES = (
    _without_accounts,
    _with_officers,
    _with_them,
    _with_replaced,
    _without_today,
    _with_meant,
    _with_nu,
    _with_price_of_several,
    _with_latest_days,
    _with_tonight,
    _with_late_others,
    _with_other_half,
    _with_room,
    _without_years_of_life,
    _with_leftovers,
    _with_wrong_things,
)
