"""Make terms ready for the invoices: split words joined, and what is about the card left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from actions.selection.phrases import plainly, with_every_other
from actions.selection.products import Catalogue
from actions.selection.shown import Shown
from actions.selection.terms import MANY, Term

_LONGEST_NUMBER = 40
_BEFORE_OCCASION = frozenset({"rest", "filler", "take", "thanks", "self", "superlative", "domain"})
_LEAST_KRONOR = 20
_SOMEBODY = frozenset({"word", "own", "some", "third", "prep", "article", "rel", "modal", "filler"})
_SO = Term("filler", text="so")
_OURSELVES = frozenset({"firman", "foretaget", "bolaget", "foreningen", "klubben"})
_NAMEABLE = frozenset({"word", "det", "noun", "position", "number", "month", "domain", "money"})
_NAMED_NEXT = frozenset(
    {"det", "position", "number", "word", "superlative", "month", "domain", "money", "article"}
)
_CARD = frozenset({"card", "brand"})
_MARKS = frozenset({"comma", "stop", "question", "and", "but", "or", "fix", "subordinate", "dash"})
_LEADING = frozenset(
    {
        "own",
        "det",
        "word",
        "brand",
        "self",
        "default",
        "new",
        "position",
        "article",
        "filler",
        "size",
    }
)
_PICKING = frozenset({"position", "superlative", "middle", "ends_with", "starts_with"})
_NAMING = frozenset(
    ["word", "domain", "month", "quarter", "date", "period", "year", "money", "number",
     "below", "at_most", "above", "at_least", "older", "newer"]
)  # fmt: skip
_COMPARED = frozenset({"below", "at_most", "above", "at_least", "older", "newer"})
_MEASURES = frozenset({"number", "money", "age"})
_LINKING = frozenset({"and", "but", "comma", "rel", "state", "filler", "prep", "also"})
_TRAILING = frozenset(
    {"rel", "ends_with", "number", "state", "expires", "month", "fraction", "brand", "card"}
)


def prepared(terms: Sequence[Term], shown: Shown) -> tuple[Term, ...]:
    said = _with_others(plainly(terms), shown.catalogue)
    plain = _without_occasions(_without_denied(_without_cards(said)), shown.catalogue)
    own = _with_exceptions(_with_masses(plain))
    named = _with_names(_with_endings(_with_whole_numbers(own)), shown.catalogue)
    compared = _with_intervals(_with_spans(shown.catalogue.mend(named)))
    return tuple(_with_ore(with_every_other(compared), shown))


def _with_others(terms: Sequence[Term], catalogue: Catalogue) -> list[Term]:
    """ "dem får Elias betala", "domänen är det min vän som ska ta": somebody whom no list names."""
    made: list[Term] = []
    for term in terms:
        made.append(term)
        if term.kind != "take" or term.text:
            continue
        start = len(made) - 1
        while start > 1 and made[start - 1].kind in _SOMEBODY and made[start - 1] != _SO:
            if made[start - 1].kind == "modal" and made[start - 2].kind != "rel":
                break  # the verb that they are the subject of
            start -= 1
        who = made[start:-1]
        is_cleft = [one.kind for one in who[-2:]] == ["rel", "modal"]
        who = who[:-2] if is_cleft else who
        verb = made[start - 1].kind if start else ""
        is_asked = verb == ("modal_question" if is_cleft else "modal")  # "… är det min vän som ska"
        names = [one for one in who if one.kind in ("word", "third", "some")]
        words = [one.text for one in names if one.kind == "word"]
        is_known = any(map(catalogue.knows, words)) or bool(words and set(words) <= _OURSELVES)
        is_some = any(one.kind != "word" for one in names)
        is_known = is_known and not (is_some and set(words) <= _OURSELVES)  # "en annan på klubben"
        is_named = bool(names) and not is_known
        is_of_something = start > 1 and made[start - 2].kind in _NAMEABLE
        if is_asked and is_named and is_of_something:
            made[start - 1 :] = [Term("modal"), Term("third"), term]
    return made


def _with_whole_numbers(terms: Sequence[Term]) -> list[Term]:
    """ "sjuttiosju tio" side by side may be one number, or two; the text keeps the groups."""
    joined: list[Term] = []
    for term in terms:
        last = joined[-1] if joined else None
        is_pair = last is not None and last.kind == term.kind == "number"
        if last and is_pair and term.form != MANY and not last.form == term.form == "one":
            text = f"{last.text} {term.text}"
            digits = text.replace(" ", "")[:_LONGEST_NUMBER]
            joined[-1] = replace(term, n=int(digits), text=text)
        else:
            joined.append(term)
    return joined


def _without_denied(terms: Sequence[Term]) -> list[Term]:
    """ "annars får jag inte in några beställningar": none of those are on the list."""
    return [
        term
        for at, term in enumerate(terms)
        if term.kind != "some" or all(one.kind != "not" for one in terms[max(0, at - 3) : at])
    ]


def _without_occasions(terms: Sequence[Term], catalogue: Catalogue) -> list[Term]:
    """ "snabbt innan mötet", "efter lunch": no limit of the choice."""
    made: list[Term] = []
    for term in terms:
        kinds = [one.kind for one in made[-2:]]
        is_aside = len(kinds) == 2 and kinds[0] in _BEFORE_OCCASION
        is_when = is_aside and kinds[1] in ("before", "after") and term.kind == "word"
        if is_when and not catalogue.knows(term.text):
            is_rest = any(one.kind == "rest" for one in made)
            made[-1] = Term("defer" if is_rest else "filler")  # "resten tar vi efter bokslutet"
        else:
            made.append(term)
    return made


def _with_endings(terms: Sequence[Term]) -> list[Term]:
    """ "de som slutar på 0077 och 1203"."""
    made: list[Term] = []
    for term in terms:
        is_more = [one.kind for one in made[-3:]] == ["ends_with", "number", "and"]
        made += [Term("ends_with"), term] if is_more and term.kind == "number" else [term]
    return made


def _with_masses(terms: Sequence[Term]) -> list[Term]:
    """ "det som förföll i maj" is all of it; "det som är dyrast" is one of them."""
    made: list[Term] = []
    for at, term in enumerate(terms):
        is_mass = term.text == "neuter" and at + 1 < len(terms) and terms[at + 1].kind == "rel"
        is_one = any(kind in _PICKING for kind in _kinds_of_clause(terms, at + 1))
        made.append(Term("all", text="mass", form=MANY) if is_mass and not is_one else term)
    return made


def _kinds_of_clause(terms: Sequence[Term], at: int) -> list[str]:
    kinds: list[str] = []
    for term in terms[at:]:
        if term.kind in _MARKS - {"and", "or"}:
            break
        kinds.append(term.kind)
    return kinds


def _with_exceptions(terms: Sequence[Term]) -> list[Term]:
    """ "allt som inte är webbhotell" is all but those; "de som inte är betalda" are just all."""
    made: list[Term] = []
    at = 0
    while at < len(terms):
        end = _end_of_negation(terms, at) if made and made[-1].form != "one" else at
        if end > at:
            made.append(Term("except"))
            at = end
        else:
            made.append(terms[at])
            at += 1
    return made


def _end_of_negation(terms: Sequence[Term], at: int) -> int:
    """Behind "som inte är", "som inte har med" when what is named follows; else `at`."""
    if [term.kind for term in terms[at : at + 2]] != ["rel", "not"]:
        return at
    end = at + 2
    while end < len(terms) and terms[end].kind in ("state", "filler", "prep", "source"):
        end += 1
    is_named = end < len(terms) and terms[end].kind in _NAMING
    return end if is_named and end > at + 2 else at


def _with_intervals(terms: Sequence[Term]) -> list[Term]:
    """ "över 300 men under 1000", "över tusen och äldre än fem månader": both must hold."""
    made: list[Term] = []
    at = 0
    while at < len(terms):
        bound = _bound_before(made)
        end = _end_of_link(terms, at) if bound else at
        is_linked = end > at or terms[at].text == "and"
        if is_linked and _both_hold(bound, terms[end], terms[end + 1 :]):
            made.append(replace(terms[end], text=""))
            at = end + 1
        else:
            made += [Term("and")] if terms[at].text == "and" else []
            made.append(terms[at])
            at += 1
    return made


def _bound_before(made: Sequence[Term]) -> tuple[Term, Term] | None:
    """The comparison that has just been made: how, and with what."""
    if len(made) >= 2 and made[-1].kind in _MEASURES and made[-2].kind in _COMPARED:
        return made[-2], made[-1]
    return None


def _with_spans(terms: Sequence[Term]) -> list[Term]:
    """ "från 500 upp till 2000 kr" is between the two."""
    made: list[Term] = []
    for at, term in enumerate(terms):
        kinds = [one.kind for one in terms[at : at + 4]]
        is_span = (
            len(kinds) == 4
            and kinds[0] in ("source", "from")
            and kinds[2] == "at_most"
            and {kinds[1], kinds[3]} <= {"number", "money"}
        )
        was_span = len(made) >= 2 and made[-2].kind == "between" and term.kind == "at_most"
        if not was_span:
            made.append(Term("between") if is_span else term)
    return made


def _end_of_link(terms: Sequence[Term], at: int) -> int:
    """Where the next comparison begins behind "och", "men", "men som är"; `at` where none does."""
    end = at
    while end < len(terms) and terms[end].kind in _LINKING:
        end += 1
    linked = [*terms[at:end], *(term for term in terms[end : end + 1] if term.text == "and")]
    is_linked = any("and" in (term.kind, term.text) or term.kind == "but" for term in linked)
    return end if is_linked and end < len(terms) and terms[end].kind in _COMPARED else at


def _both_hold(bound: tuple[Term, Term] | None, how: Term, following: Sequence[Term]) -> bool:
    if bound is None or not following or following[0].kind not in _MEASURES:
        return False
    if "age" in (bound[1].kind, following[0].kind):
        return bound[1].kind != following[0].kind
    floors = [_ore(value) for side, value in ((bound[0], bound[1]), (how, following[0]))
              if side.kind in ("above", "at_least")]  # fmt: skip
    roofs = [_ore(value) for side, value in ((bound[0], bound[1]), (how, following[0]))
             if side.kind in ("below", "at_most")]  # fmt: skip
    return bool(floors) and bool(roofs) and floors[0] < roofs[0]


def _ore(term: Term) -> int:
    return term.n * (1 if term.kind == "money" else 100)


def _with_names(terms: Sequence[Term], catalogue: Catalogue) -> list[Term]:
    """ "webbhotell plus", "webbhotell bas": parts of names, where something is called so."""
    made: list[Term] = []
    around = zip([Term("start"), *terms[:-1]], terms, [*terms[1:], Term("stop")], strict=False)
    for before, term, after in around:
        if term.kind == "word" and before.kind == "number" and catalogue.has_size(before, term):
            made[-1:] = [Term("modifier", text=str(before.n))]  # "8 GB"
            continue
        if term.kind == "word" and catalogue.is_part_of_name(before, term):
            made[-1:] = [Term("modifier", text=before.text), term]  # "365-licenserna"
            continue
        if before.kind == "word" and term.kind == "number" and term.text.isdigit():
            is_part = catalogue.is_named(before.text, term.text)  # "Microsoft 365"
            made.append(Term("modifier", text=term.text) if is_part else term)
            continue
        is_leading = term.kind == after.kind == "word" and catalogue.knows(after.text)
        if is_leading and catalogue.is_modifier(term.text):
            made.append(Term("modifier", text=term.text))  # "extra ip:t"
            continue
        is_bare = after.kind == "month" and not catalogue.knows(term.text)
        if term.kind == "word" and is_bare and catalogue.is_modifier(term.text):
            made.append(Term("modifier", text=term.text))  # "bas mars"
            continue
        is_plus = term == Term("and", text="plus")
        opens = before.kind in ("start", "and", "comma") and catalogue.says("plus")
        opens = opens and after.kind not in _NAMED_NEXT  # ", plus den för domänen"
        if is_plus and (opens or catalogue.is_named(before.text, "plus")):
            made.append(Term("modifier", text="plus"))
        elif term.kind == "word" and before.kind in ("word", "modifier") and before.text:
            is_part = catalogue.is_modifier(term.text) and catalogue.knows(before.text)
            made.append(Term("modifier", text=term.text) if is_part else term)
        else:
            made.append(term)
    return made


def _with_ore(terms: Sequence[Term], shown: Shown) -> list[Term]:
    """ "sexhundratolv och femtio", "612 50": kronor and öre where just one invoice has that sum."""
    made: list[Term] = []
    for term in terms:
        made.append(term)
        pair = _kronor_and_ore(made)
        if pair and shown.where(lambda invoice: invoice.balance == pair):  # noqa: B023 (used at once)
            del made[-3:]
            made.append(Term("money", pair))
    return made


def _kronor_and_ore(terms: Sequence[Term]) -> int:
    if [term.kind for term in terms[-3:]] != ["number", "and", "number"]:
        return 0
    kronor, ore = terms[-3].n, terms[-1].n
    return kronor * 100 + ore if kronor >= _LEAST_KRONOR and 10 <= ore < 100 else 0


def _without_cards(terms: Sequence[Term]) -> list[Term]:
    """ "betala ettan med kortet som slutar på 4242": the card is another question's answer."""
    kept: list[Term] = []
    at = 0
    while at < len(terms):
        if terms[at].kind in _CARD:
            _drop_lead(kept)
            at = _end_of_card(terms, at)
        else:
            kept.append(terms[at])
            at += 1
    return kept


def _drop_lead(kept: list[Term]) -> None:
    """Takes back "med mitt gamla" when it led to a card; only behind a preposition."""
    for back in range(len(kept) - 1, max(-1, len(kept) - 6), -1):
        if kept[back].kind == "prep":
            del kept[back:]
            return
        if kept[back].kind not in _LEADING:
            return


def _end_of_card(terms: Sequence[Term], at: int) -> int:
    at += 1
    while at < len(terms) and terms[at].kind in _TRAILING and terms[at].kind not in _MARKS:
        at += 1
    return at
