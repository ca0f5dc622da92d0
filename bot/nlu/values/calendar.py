"""Times that are told from today: "förra månaden", "i somras", "i fredags", as periods."""

# ruff: noqa: E501 -- word lists, one meaning a line

from __future__ import annotations

from datetime import date, timedelta

from bot.nlu.values.model import Term

_MONTH_PHRASES = {
    "forra manaden": -1, "forra manadens": -1, "foregaende manads": -1, "denna manads": 0, "den har manadens": 0, "innevarande manads": 0, "forra manads": -1, "forrforra manaden": -2, "forforra manaden": -2, "manaden innan": -1,
    "denna manad": 0, "den har manaden": 0, "denna manaden": 0, "manaden": 0, "manadens": 0, "den manaden": 0, "forra mandan": -1, "forra manan": -1,
    "den har mandan": 0, "innevarande manad": 0, "foregaende manad": -1, "den nuvarande manaden": 0, "forra mandaden": -1, "sista manaden": -1,
}  # fmt: skip
_WEEK_PHRASES = {"forra veckan": -1, "den har veckan": 0, "denna vecka": 0, "forrforra veckan": -2}
_YEAR_PHRASES = {
    "sedan i fjol": -1, "sen i fjol": -1, "fran i fjol": -1, "i ar": 0, "det har aret": 0, "i fjol": -1, "forra aret": -1, "nasta ar": 1, "ifjol": -1, "iar": 0, "kommande ar": 1,
}  # fmt: skip
_QUARTER_PHRASES = {"forra kvartalet": -1, "det har kvartalet": 0, "detta kvartal": 0}
_SEASONS = {"varas": 3, "somras": 6, "hostas": 9}
_DEFINITE_SEASONS = {
    "varen": "varas",
    "sommaren": "somras",
    "hosten": "hostas",
    "vintern": "vintras",
}
_HOLIDAYS = {
    "valborg": (4, 30),
    "valborgsmassoafton": (4, 30),
    "nationaldagen": (6, 6),
    "halvarsskiftet": (7, 1),
    "trettonhelgen": (1, 6),
}
_MIDSUMMER = frozenset({"midsommar", "midsommarafton"})
_WEEKDAYS = ("mandags", "tisdags", "onsdags", "torsdags", "fredags", "lordags", "sondags")
LONGEST_PHRASE = 3


def told_from_today(phrase: str, today: date) -> Term | None:
    """The term for a folded phrase of up to three words, or None."""
    if phrase in _MONTH_PHRASES:
        return _period("month", *_month(today, _MONTH_PHRASES[phrase]))
    if phrase in _WEEK_PHRASES:
        monday = today - timedelta(days=today.weekday() - 7 * _WEEK_PHRASES[phrase])
        return _period("week", monday, monday + timedelta(days=6))
    if phrase in _YEAR_PHRASES:
        return Term(kind="year", n=today.year + _YEAR_PHRASES[phrase])
    if phrase in _QUARTER_PHRASES:
        return _quarter(today, _QUARTER_PHRASES[phrase])
    if phrase in _HOLIDAYS or phrase in _MIDSUMMER:
        return Term(kind="date", text=_holiday(phrase, today).isoformat())
    return _past(phrase, today)


def _holiday(phrase: str, today: date) -> date:
    """The latest such day up to today."""
    days = [_holiday_of(phrase, year) for year in (today.year - 1, today.year)]
    return max(day for day in days if day <= today)


def _holiday_of(phrase: str, year: int) -> date:
    if phrase in _HOLIDAYS:
        return date(year, *_HOLIDAYS[phrase])
    first = date(year, 6, 19)  # midsummer's eve is the Friday between the 19th and the 25th
    return first + timedelta(days=(4 - first.weekday()) % 7)


def _past(phrase: str, today: date) -> Term | None:
    word = _DEFINITE_SEASONS.get(phrase) or phrase.removeprefix("i ")
    if word == phrase:
        return None
    if word in _SEASONS:
        return _season(_SEASONS[word], today)
    if word == "vintras":
        year = today.year if today.month > 2 else today.year - 1
        return _period("season", date(year - 1, 12, 1), _month(date(year, 2, 1), 0)[1])
    if word in _WEEKDAYS:
        back = (today.weekday() - _WEEKDAYS.index(word) - 1) % 7 + 1
        day = today - timedelta(days=back)
        return Term(kind="date", text=day.isoformat())
    return None


def _season(first: int, today: date) -> Term:
    year = today.year if today.month >= first else today.year - 1
    return _period("season", date(year, first, 1), _month(date(year, first + 2, 1), 0)[1])


def _quarter(today: date, steps: int) -> Term:
    first = date(today.year, 3 * ((today.month - 1) // 3) + 1, 1)
    start = _month(first, 3 * steps)[0]
    return _period("quarter", start, _month(start, 2)[1])


def _month(day: date, steps: int) -> tuple[date, date]:
    """First and last day of the month that many months from the day's."""
    year, month = divmod(day.year * 12 + day.month - 1 + steps, 12)
    following = divmod(year * 12 + month + 1, 12)
    return date(year, month + 1, 1), date(following[0], following[1] + 1, 1) - timedelta(days=1)


def _period(name: str, first: date, last: date) -> Term:
    return Term(kind="period", text=f"{first.isoformat()}/{last.isoformat()}", form=name)
