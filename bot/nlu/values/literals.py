"""Signs that are not words: addresses, dates, amounts and numbers, found by their form alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from bot.nlu.values.model import MANY, ONE, Term

TOP_LEVELS = "se|nu|com|net|org|info|eu|fi|no|dk|io|app|dev|shop|store|example|test|biz|ax|tv|me|co"
_LITERAL = re.compile(
    rf"""
    (?P<email>[\w.+-]{{1,64}}@[\w-]{{1,63}}(?:\.[\w-]{{1,63}}){{1,5}})
  | (?P<domain>(?<![\w.-])[^\W_][\w-]{{0,62}}(?:\.[\w-]{{1,63}}){{0,4}}\.(?:{TOP_LEVELS})(?![\w]))
  | (?P<ending>(?<![\w.])\.(?:{TOP_LEVELS})(?![\w]))
  | (?P<iso>(?<!\d)(?:19|20)\d\d-\d\d?-\d\d?(?!\d))
  | (?P<dotted>(?<![\d.,])\d{{1,2}}\.\d{{1,2}}\.(?:\d{{4}}|\d{{2}})?(?!\d))
  | (?P<slash>(?<![\d/])\d{{1,2}}\s?/\s?\d{{1,4}}(?![\d/]))
  | (?P<span>(?<![\d,.-])\d{{1,5}}\s?-\s?\d{{1,5}}(?![\d-]|[.,]\d))
  | (?P<list>(?<![\d,.])\d(?:,\d)+(?![\d,]))
  | (?P<number>(?<![\w])(?:\d{{1,3}}(?:[ .']\d{{3}})+(?!\d)|\d{{1,12}})
        (?:(?P<cents>[.,:]\d{{1,2}})(?![\d])|(?P<dash>[:,]-|:--|,--))?)
      (?:\s?(?P<unit>kronors|kronorna|kronor|krona|spänn|spann|spenn|sek|kr|k|öre)(?![\w-])
            (?:(?<=kr)\.(?=\s*(?:$|,|och\b|å\b|o\b|plus\b|samt\b|för\b|på\b|till\b|eller\b)))?
        | :?(?P<suffix>ornas|orna|arna|erna|or|ans|an|en|ann|a|e|ns|n)(?![\w]))?
    """,
    re.VERBOSE,
)


def literals(text: str) -> Iterator[tuple[int, int, tuple[Term, ...]]]:
    """Each sign with its place in the tidied text and what it means; places never overlap."""
    for match in _LITERAL.finditer(text):
        terms = _terms_of(match)
        if terms:
            yield match.start(), match.end(), terms


def _terms_of(match: re.Match[str]) -> tuple[Term, ...]:
    kind = next(name for name in _READERS if match.group(name))
    return _READERS[kind](match)


def _email(match: re.Match[str]) -> tuple[Term, ...]:
    return (Term(kind="email", text=match.group().strip(".")),)


def _domain(match: re.Match[str]) -> tuple[Term, ...]:
    return (Term(kind="domain", text=match.group()),)


def _iso(match: re.Match[str]) -> tuple[Term, ...]:
    year, month, day = (int(part) for part in match.group().split("-"))
    return _date(year, month, day)


def _dotted(match: re.Match[str]) -> tuple[Term, ...]:
    day, month, year = match.group().split(".")
    return _date(_full_year(year), int(month), int(day))


def _full_year(digits: str) -> int:
    return 0 if not digits else int(digits) + (2000 if len(digits) == 2 else 0)


def _date(year: int, month: int, day: int) -> tuple[Term, ...]:
    """A date without a year is kept as `--MM-DD`; one that no calendar has means nothing."""
    try:
        known = date(year or 2024, month, day)
    except ValueError:
        return ()
    text = known.isoformat() if year else f"--{month:02}-{day:02}"
    return (Term(kind="date", text=text),)


def _slash(match: re.Match[str]) -> tuple[Term, ...]:
    first, second = (part.strip() for part in match.group().split("/"))
    return (Term(kind="fraction", n=int(first), text=f"{first}/{second}"),)


def _span(match: re.Match[str]) -> tuple[Term, ...]:
    first, second = (part.strip() for part in match.group().split("-"))
    if len(first) == len(second) == 3:  # a login code as it is often written: 564-390
        return (Term(kind="number", n=int(first + second), text=f"{first} {second}"),)
    return (_number(first), Term(kind="to", text="-"), _number(second))


def _list(match: re.Match[str]) -> tuple[Term, ...]:
    terms: list[Term] = []
    for digit in match.group().split(","):
        terms += [Term(kind="comma"), _number(digit)]
    return tuple(terms[1:])


def _number_with_unit(match: re.Match[str]) -> tuple[Term, ...]:
    whole = re.match(r"[\d .']+(?=[.,:]\d{1,2}(?!\d))|[\d .']+\d|\d+", match.group("number"))
    groups = re.findall(r"\d+", whole.group() if whole else match.group("number"))
    cents, unit = match.group("cents"), match.group("unit")
    value = int("".join(groups))
    if unit == "öre":
        return (Term(kind="number", n=value, text=" ".join(groups)), Term(kind="ore"))
    if cents:
        fraction = int(cents[1:].ljust(2, "0"))
        return (Term(kind="money", n=(value * 100 + fraction) * (1000 if unit == "k" else 1)),)
    if unit or match.group("dash"):
        return (Term(kind="money", n=value * (100_000 if unit == "k" else 100)),)
    return (_number(" ".join(groups), form=_form_of(match.group("suffix"))),)


def _form_of(suffix: str | None) -> str:
    if not suffix:
        return ""
    return MANY if suffix.startswith(("or", "ar", "er")) else ONE


def _number(digits: str, form: str = "") -> Term:
    value = int(digits.replace(" ", ""))
    if form == ONE and value <= 12 and digits == str(value):
        return Term(kind="position", n=value, text="nominal", form=ONE)
    return Term(kind="number", n=value, text=digits, form=form)


_READERS = {
    "email": _email,
    "domain": _domain,
    "ending": _domain,
    "iso": _iso,
    "dotted": _dotted,
    "slash": _slash,
    "span": _span,
    "list": _list,
    "number": _number_with_unit,
}
