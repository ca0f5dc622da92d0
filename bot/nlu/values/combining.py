"""Put neighbouring terms together: "499" + "kr", "4" + "november", "andra" + "kvartalet"."""

from __future__ import annotations

import calendar
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date

from bot.nlu.values.model import MANY, ONE, Term

_DAYS = {"minute": 0, "day": 1, "week": 7, "month": 30, "halfyear": 182, "year": 365}
_LAST_DIGITS = 4
_ITEMS = ("article", "number")
_QUARTERS = {"q", "kvartalet", "kvartal", "kvartalets", "kvartaet", "kvartalen", "kvartl", "kv"}
_HALVES = {"halvaret", "halvar", "halvarets", "halvan", "halva"}
_AFTER_AGE = ("defer", "size", "overdue")
_LEAP_YEAR = 2024
_LIMITS = frozenset({"until", "from", "before", "after", "due", "issued", "prep", "source", "to"})
_FIRST_YEAR, _LAST_YEAR = 2000, 2100

Rule = Callable[[Sequence[Term], int], "tuple[int, list[Term]] | None"]


def combine(terms: Sequence[Term]) -> list[Term]:
    """One pass from the left; the first rule that fits at a place wins."""
    combined: list[Term] = []
    at = 0
    while at < len(terms):
        found = next((hit for rule in _RULES if (hit := rule(terms, at))), None)
        used, made = found or (1, [terms[at]])
        combined += made
        at += used
    return combined


def _kinds(terms: Sequence[Term], at: int, size: int) -> tuple[str, ...]:
    return tuple(term.kind for term in terms[at : at + size])


def _amount(terms: Sequence[Term], at: int) -> tuple[int, list[Term]] | None:
    """ "499 kronor", "tolvhundra komma femtio", "1249 kr och 50 öre", "tio lax"."""
    shape: tuple[str, ...]
    first = terms[at]
    if first.kind not in ("number", "money"):
        return None
    is_counted = at > 0 and terms[at - 1].kind == "det"  # "de två sjuhundrafemtiorna"
    if is_counted and _kinds(terms, at, 2) == ("number", "money"):
        return None
    if _kinds(terms, at, 2) == ("number", "money") and terms[at + 1].text == "slang":
        return 2, [Term(kind="money", n=first.n * terms[at + 1].n, text="slang")]
    used, ore = 1, first.n * (1 if first.kind == "money" else 100)
    is_money = first.kind == "money"
    is_slang = _kinds(terms, at + 1, 1) == ("currency",) and terms[at + 1].text == "slang"
    for shape, is_sure in (
        (("currency",), True),
        (("decimal", "number"), True),
        (("currency",), True),
    ):
        if _kinds(terms, at + used, len(shape)) == shape:
            ore += _cents(terms[at + used + 1]) if len(shape) == 2 else 0
            used, is_money = used + len(shape), is_money or is_sure
    for shape in (("and", "number", "ore"), ("number", "ore")):
        if is_money and _kinds(terms, at + used, len(shape)) == shape:
            ore += terms[at + used + len(shape) - 2].n
            used += len(shape)
    if not is_money and _kinds(terms, at + 1, 3) == ("and", "number", "ore"):
        return 4, [Term(kind="money", n=ore + terms[at + 2].n)]
    if used == 1 or ore <= 0:
        return None
    return used, [Term(kind="money", n=ore, text="slang" if is_slang and ore % 100 == 0 else "")]


def _cents(term: Term) -> int:
    return term.n * 10 if len(term.text) == 1 and term.form != "spelled" else term.n


def _day_of_month(terms: Sequence[Term], at: int) -> tuple[int, list[Term]] | None:
    """ "den 4 november (2026)", "fjärde november", "fjärde i elfte"."""
    day = terms[at]
    if day.kind not in ("number", "position") or not 1 <= day.n <= 31:
        return None
    size = 2
    following = terms[at + 1] if at + 1 < len(terms) else day
    if _kinds(terms, at, 3) == ("position", "prep", "position") and day.text == "ordinal":
        following, size = terms[at + 2], 3
        if following.n > 12 or following.n < 1:
            return None
    elif following.kind != "month" or day.text == "nominal":
        return None
    year = _year_at(terms, at + size)
    text = _iso(year, following.n, day.n)
    return (size + (1 if year else 0), [Term(kind="date", text=text)]) if text else None


def _year_at(terms: Sequence[Term], at: int) -> int:
    is_year = at < len(terms) and terms[at].kind in ("number", "year")
    return terms[at].n if is_year and _FIRST_YEAR <= terms[at].n < _LAST_YEAR else 0


def _iso(year: int, month: int, day: int) -> str:
    try:
        known = date(year or 2024, month, day)
    except ValueError:
        return ""
    return known.isoformat() if year else f"--{month:02}-{day:02}"


def _month_of_year(terms: Sequence[Term], at: int) -> tuple[int, list[Term]] | None:
    year = _year_at(terms, at + 1) if terms[at].kind == "month" else 0
    return (2, [replace(terms[at], text=str(year))]) if year else None


def _part_of_year(terms: Sequence[Term], at: int) -> tuple[int, list[Term]] | None:
    """ "andra kvartalet", "kvartal 2", "sista kvartalet", "första halvåret"."""
    if at + 1 >= len(terms):
        return None
    first, second = terms[at], terms[at + 1]
    if first.kind == "word" and first.text in _QUARTERS and second.kind == "number":
        return (2, [Term(kind="quarter", n=second.n)]) if 1 <= second.n <= 4 else None
    is_half = second == Term(kind="unit", text="halfyear")
    if first.kind == "position" and is_half:
        return 2, [Term(kind="half", n=2 if first.n in (2, -1) else 1)]
    if second.kind == "word" and first.kind in ("position", "number"):
        if second.text in _QUARTERS:
            number = first.n if first.n > 0 else 5 + first.n
            return (2, [Term(kind="quarter", n=number)]) if 1 <= number <= 4 else None
        if second.text in _HALVES:
            return 2, [Term(kind="half", n=2 if first.n in (2, -1) else 1)]
    return None


def _age(terms: Sequence[Term], at: int) -> tuple[int, list[Term]] | None:
    """ "en månad sen", "60 dagar gamla", "två veckor": a length of time and what it counts."""
    amount = _how_many(terms[at])
    if amount is None or _kinds(terms, at + 1, 1) != ("unit",):
        return None
    unit = terms[at + 1].text
    used = 2
    if at + used < len(terms) and terms[at + used].kind in _AFTER_AGE:
        form = "overdue" if terms[at + used].kind == "overdue" else "ago"
        return used + 1, [
            Term(kind="age", n=amount * _DAYS[unit], text=f"{amount} {unit}", form=form)
        ]
    return used, [Term(kind="age", n=amount * _DAYS[unit], text=f"{amount} {unit}")]


def _how_many(term: Term) -> int | None:
    if term.kind == "article":
        return 1
    if term.kind == "number":
        return term.n if term.n <= 1000 else None
    return None


def _runner_up(terms: Sequence[Term], at: int) -> tuple[int, list[Term]] | None:
    """ "näst äldsta", "tredje dyraste", "andra från slutet"."""
    pair = terms[at : at + 2]
    kinds = tuple(term.kind for term in pair)
    if kinds == ("runner_up", "superlative"):
        return 2, [replace(pair[1], n=pair[1].n * 2)]
    if kinds == ("position", "superlative") and pair[0].text == "ordinal" and pair[0].n > 1:
        return 2, [replace(pair[1], n=pair[1].n * pair[0].n)]
    shape = _kinds(terms, at, 3)
    if pair[0].text == "ordinal" and shape == ("position", "noun", "from_end"):
        return 3, [replace(pair[0], n=-pair[0].n), pair[1]]
    if pair[0].text == "ordinal" and shape == ("position", "noun", "position"):
        is_from_top = terms[at + 2] == Term(kind="position", n=1, text="top")
        return (3, list(pair)) if is_from_top else None
    if kinds == ("position", "from_end") and pair[0].n > 0:
        return 2, [replace(pair[0], n=-pair[0].n)]
    if kinds == ("position", "position") and pair[0].text == "ordinal" and pair[1].n == -1:
        return 2, [replace(pair[0], n=-pair[0].n)]
    return None


def _one(terms: Sequence[Term], at: int) -> tuple[int, list[Term]] | None:
    """ "nummer ett", "fyra ett ett ett": the article is a number there."""
    if terms[at].kind in ("id_mark", "place_mark") and _kinds(terms, at + 1, 1) == ("article",):
        return 2, [terms[at], _ONE]
    if terms[at].kind == "article" and terms[at].text == "ett":
        is_listed = _kinds(terms, at + 1, 1) in _LISTING and _is_small(terms, at + 2)
        if is_listed or _is_digit(terms, at + 1):
            return 1, [_ONE]
    if _is_digit(terms, at) and terms[at].kind == "number":
        ones = 0
        while (
            _kinds(terms, at + 1 + ones, 1) == ("article",) and terms[at + 1 + ones].text == "ett"
        ):
            ones += 1
        if ones and _kinds(terms, at + 1 + ones, 1) in _ENDS:
            return 1 + ones, [terms[at], *[_ONE] * ones]
    return None


def _is_digit(terms: Sequence[Term], at: int) -> bool:
    if at >= len(terms):
        return False
    term = terms[at]
    return (term.kind == "number" and len(term.text) == 1) or (
        term.kind == "article" and term.text == "ett" and _is_digit(terms, at + 1)
    )


def _is_small(terms: Sequence[Term], at: int) -> bool:
    return at < len(terms) and terms[at].kind == "number" and 1 < terms[at].n <= _MOST_PLACES


_MOST_PLACES = 40
_MOST_COUNTED = 20
_LISTING = (("comma",), ("and",), ("to",), ("until",))
_ONE = Term(kind="number", n=1, text="1", form="spelled")
_ENDS = ((), ("number",), ("comma",), ("stop",), ("thanks",), ("question",), ("and",), ("prep",))


def _too_much(terms: Sequence[Term], at: int) -> tuple[int, list[Term]] | None:
    """ "för dyra" is an opinion, "de dyra" a choice."""
    is_opinion = terms[at].text == "for" and _kinds(terms, at, 2) == ("prep", "size")
    return (2, [Term(kind="filler")]) if is_opinion else None


def _each(terms: Sequence[Term], at: int) -> tuple[int, list[Term]] | None:
    """ "200 kr/st": so much for each, and no sum to keep within."""
    is_each = _kinds(terms, at, 2) == ("slash", "noun") and terms[at + 1].form == MANY
    return (2, [Term(kind="each")]) if is_each else None


def _onward(terms: Sequence[Term], at: int) -> tuple[int, list[Term]] | None:
    """ "juli o framåt"."""
    is_onward = _kinds(terms, at, 2) in (("and", "onward"), ("and", "backward"))
    return (2, [terms[at + 1]]) if is_onward else None


def _more_quarters(terms: Sequence[Term], at: int) -> tuple[int, list[Term]] | None:
    """ "kvartal två och tre"."""
    first = _part_of_year(terms, at) or (1, [terms[at]] if terms[at].kind == "quarter" else [])
    used, made = first
    if not made or made[0].kind != "quarter" or _kinds(terms, at + used, 2) != ("and", "number"):
        return None
    number = terms[at + used + 1].n
    more = [terms[at + used], Term(kind="quarter", n=number)]
    return (used + 2, [*made, *more]) if 1 <= number <= 4 else None


def _times(terms: Sequence[Term], at: int) -> tuple[int, list[Term]] | None:
    """ "e-post två gånger": how many of it, not the second."""
    kinds = _kinds(terms, at, 2)
    is_sum = terms[at].n > _MOST_COUNTED and terms[at].form == "spelled"
    if is_sum and _kinds(terms, at, 3) == ("number", "times", "number"):
        return 3, [terms[at], Term(kind="count", n=terms[at + 2].n)]  # "129 gånger två"
    if kinds not in (("number", "times"), ("times", "number")):
        return None
    number = terms[at] if kinds[0] == "number" else terms[at + 1]
    return 2, [Term(kind="count", n=number.n)]


def _everything(terms: Sequence[Term], at: int) -> tuple[int, list[Term]] | None:
    """ "alt" is "alternativ" in front of a number, and a slip for "allt" elsewhere."""
    if terms[at] != Term(kind="place_mark", text="alt"):
        return None
    is_mark = _kinds(terms, at + 1, 1) in (("number",), ("position",), ("article",))
    return 1, [Term(kind="place_mark") if is_mark else Term(kind="all", form=MANY)]


_LAST = ((), ("comma",), ("stop",), ("question",))


def _i_as_yes(terms: Sequence[Term], at: int) -> tuple[int, list[Term]] | None:
    """ "sku ja betala": "jag" as it is spoken."""
    following = _kinds(terms, at + 2, 1)
    is_i = terms[at].kind == "modal" and _kinds(terms, at + 1, 1) == ("yes",)
    is_i = is_i or (_kinds(terms, at, 2) == ("take", "yes") and following not in _LAST)
    return (2, [terms[at], Term(kind="self")]) if is_i else None


def _month_of(terms: Sequence[Term], at: int) -> tuple[int, list[Term]] | None:
    """ "oktober månads"."""
    is_named = _kinds(terms, at, 2) == ("month", "unit") and terms[at + 1].text == "month"
    return (2, [terms[at]]) if is_named else None


def _last_of_month(terms: Sequence[Term], at: int) -> tuple[int, list[Term]] | None:
    """ "till och med sista juni": the last day; "sista junifakturan" is no day."""
    before = terms[at - 1].kind if at else ""
    is_last = _kinds(terms, at, 2) == ("position", "month") and terms[at].n == -1
    is_latest = bool(at) and (terms[at - 1].kind, terms[at - 1].n) == ("superlative", -1)
    is_limit = before in _LIMITS or is_latest
    if not (is_last and is_limit) or _kinds(terms, at + 2, 1) in (("noun",), ("word",)):
        return None
    days = calendar.monthrange(_LEAP_YEAR - 1, terms[at + 1].n)[1]
    return 2, [Term(kind="date", text=f"--{terms[at + 1].n:02}-{days}")]


def _days_of_month(terms: Sequence[Term], at: int) -> tuple[int, list[Term]] | None:
    """ "3 och 15 oktober"."""
    if _kinds(terms, at, 2) != ("number", "and") or not 1 <= terms[at].n <= 31:
        return None
    second = _day_of_month(terms, at + 2) if at + 2 < len(terms) else None
    if second is None or second[1][0].kind != "date":
        return None
    year_month = second[1][0].text.rsplit("-", 1)[0]
    first = Term(kind="date", text=f"{year_month}-{terms[at].n:02}")
    return 2 + second[0], [first, terms[at + 1], *second[1]]


def _day_alone(terms: Sequence[Term], at: int) -> tuple[int, list[Term]] | None:
    """ "den 25:e", and "förföll den 11:e": a day of whichever month."""
    if _kinds(terms, at, 1) != ("det",) or at + 1 >= len(terms):
        return None
    day = terms[at + 1]
    is_told = bool(at) and terms[at - 1].kind in ("due", "issued")
    is_numbered = day.kind == "number" and day.form == ONE and 12 < day.n <= 31
    is_ordinal = day.kind == "position" and 0 < day.n <= 31 and is_told
    is_late = day.kind == "position" and day.text == "ordinal" and 12 < day.n <= 31
    if not (is_numbered or is_ordinal or is_late) or _day_of_month(terms, at + 1):
        return None
    return 2, [terms[at], Term(kind="date", text=f"---{day.n:02}")]


def _from_the_top(terms: Sequence[Term], at: int) -> tuple[int, list[Term]] | None:
    """ "nummer tre uppifrån"."""
    is_top = at + 1 < len(terms) and terms[at + 1] == Term(kind="position", n=1, text="top")
    is_place = terms[at].kind == "number" and terms[at].n <= _MOST_PLACES
    return (2, [Term(kind="place_mark"), terms[at]]) if is_top and is_place else None


def _first_and_last(terms: Sequence[Term], at: int) -> tuple[int, list[Term]] | None:
    """ "först och sist"."""
    is_first = terms[at] == Term(kind="filler", text="first")
    last = (Term(kind="position", n=-1), Term(kind="filler", text="listed"))
    is_pair = is_first and _kinds(terms, at + 1, 1) == ("and",) and at + 2 < len(terms)
    if not is_pair or terms[at + 2] not in last:
        return None
    return 3, [Term(kind="position", n=1), terms[at + 1], last[0]]


def _both_of_two(terms: Sequence[Term], at: int) -> tuple[int, list[Term]] | None:
    """ "bägge 2"."""
    is_two = _kinds(terms, at, 2) == ("both", "number") and terms[at + 1].n == terms[at].n
    return (2, [terms[at]]) if is_two else None


def _dictated_comma(terms: Sequence[Term], at: int) -> tuple[int, list[Term]] | None:
    """ "ett komma tre och fyra": three places."""
    kinds = _kinds(terms, at, 4)
    is_list = kinds[1:] in (("decimal", "number", "and"), ("decimal", "number", "decimal"))
    is_later = at > 1 and terms[at - 1].kind == "decimal" and terms[at - 2].kind in _ITEMS
    is_list = is_list or (is_later and kinds[1:3] == ("decimal", "number"))
    if not is_list or kinds[0] not in _ITEMS or terms[at + 2].n > _MOST_COUNTED:
        return None
    first = _ONE if kinds[0] == "article" else terms[at]
    return 2, [first, Term(kind="comma")]


def _four_of_a_kind(terms: Sequence[Term], at: int) -> tuple[int, list[Term]] | None:
    """ "fyra gånger fyra": 4444, the end of a card's number."""
    is_times = _kinds(terms, at, 3) == ("number", "times", "number")
    if not is_times or terms[at].n != _LAST_DIGITS or terms[at + 2].n > 9:
        return None
    digits = str(terms[at + 2].n) * _LAST_DIGITS
    return 3, [Term(kind="number", n=int(digits), text=digits)]


def _one_of_two(terms: Sequence[Term], at: int) -> tuple[int, list[Term]] | None:
    """ "det äldre av avtalen" is one of them, "det äldre" all that is older."""
    if terms[at].kind != "superlative" or terms[at].form != "neuter":
        return None
    is_one = _kinds(terms, at + 1, 1) in (("prep",), ("of",), ("word",), ("noun",))
    form = ONE if is_one else ""
    return 1, [replace(terms[at], kind="superlative" if is_one else "size", form=form)]


def _ranked(terms: Sequence[Term], at: int) -> tuple[int, list[Term]] | None:
    """ "äldst först", "de billigaste först": an order; "den äldsta först" says where one begins."""
    if terms[at] == Term(kind="word", text="fifo"):
        return 1, [Term(kind="superlative", n=1, text="age"), Term(kind="in_order", text="first")]
    is_first = list(terms[at + 1 : at + 2]) == [Term(kind="filler", text="first")]
    is_single = at > 0 and terms[at - 1].kind == "det" and terms[at - 1].form != MANY
    is_bare = terms[at].kind in ("superlative", "size") and not is_single
    if not is_first or not is_bare:
        return None
    return 2, [replace(terms[at], kind="superlative"), Term(kind="in_order", text="first")]


def _last_digits(terms: Sequence[Term], at: int) -> tuple[int, list[Term]] | None:
    """ "15 sist i fakturanumret"."""
    shape = _kinds(terms, at, 4)
    is_digit = shape[:1] == ("number",) or terms[at].text == "nominal"
    is_last = is_digit and shape[1:3] == ("position", "prep") and terms[at + 1].n == -1
    if not is_last or shape[3:] not in (("noun",), ("id_mark",)):
        return None
    digits = terms[at].text if shape[0] == "number" else str(terms[at].n)
    return 4, [Term(kind="ends_with"), Term(kind="number", n=terms[at].n, text=digits)]


def _since(terms: Sequence[Term], at: int) -> tuple[int, list[Term]] | None:
    """ "allt som förfallit sedan den första oktober"."""
    if terms[at] != Term(kind="defer", text="then") or not at:
        return None
    if terms[at - 1].kind not in ("due", "overdue", "issued"):
        return None
    size = 2 if _kinds(terms, at + 1, 1) == ("det",) else 1
    day = _day_of_month(terms, at + size)
    if day and day[1][0].kind == "date":
        return size + day[0], [Term(kind="from"), *day[1]]
    is_month = size == 1 and _kinds(terms, at + 1, 1) == ("month",)
    return (1, [Term(kind="from")]) if is_month else None


def _dear_month(terms: Sequence[Term], at: int) -> tuple[int, list[Term]] | None:
    """ "det blev en dyr månad"."""
    return (2, [Term(kind="filler")]) if _kinds(terms, at, 2) == ("size", "unit") else None


def _since_a_year(terms: Sequence[Term], at: int) -> tuple[int, list[Term]] | None:
    """ "kund sedan 1971"."""
    is_since = terms[at] == Term(kind="defer", text="then") and _kinds(terms, at, 2)[1:] == (
        "number",
    )
    is_year = is_since and terms[at + 1].text.isdigit() and 1900 < terms[at + 1].n < _LAST_YEAR
    return (2, [Term(kind="filler")]) if is_year else None


def _later(terms: Sequence[Term], at: int) -> tuple[int, list[Term]] | None:
    """ "om tio dagar": when, and so not now."""
    if terms[at] != Term(kind="prep", text="om"):
        return None
    age = _age(terms, at + 1) if at + 2 < len(terms) else None
    return (1 + age[0], [Term(kind="defer")]) if age else None


def _and_a_half(terms: Sequence[Term], at: int) -> tuple[int, list[Term]] | None:
    """ "två och ett halvt tusen"."""
    shape = _kinds(terms, at, 5)
    if shape[:4] != ("number", "and", "article", "word") or not terms[at + 3].text.startswith(
        "halv"
    ):
        return None
    if shape[4:] != ("number",) or terms[at + 4].n not in (100, 1000):
        return None
    whole = int((terms[at].n + 0.5) * terms[at + 4].n)
    return 5, [Term(kind="number", n=whole, text=str(whole), form="spelled")]


_RULES: tuple[Rule, ...] = (
    _dictated_comma,
    _and_a_half,
    _first_and_last,
    _one_of_two,
    _ranked,
    _four_of_a_kind,
    _both_of_two,
    _last_digits,
    _since_a_year,
    _later,
    _from_the_top,
    _day_alone,
    _since,
    _dear_month,
    _month_of,
    _last_of_month,
    _days_of_month,
    _i_as_yes,
    _everything,
    _times,
    _more_quarters,
    _onward,
    _each,
    _day_of_month,
    _month_of_year,
    _part_of_year,
    _amount,
    _age,
    _runner_up,
    _one,
    _too_much,
)
