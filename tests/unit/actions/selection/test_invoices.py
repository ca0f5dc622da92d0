"""What depends on more than the words: what was selected before, and why one asks back."""

from __future__ import annotations

from typing import Any

import pytest

from actions.selection import Ask, Chosen, Reason, resolve_invoices
from bot.nlu.values import extract
from evaluation.cases import Lists


def _resolve(text: str, lists: Lists, nlp: Any, name: str, *selected: int) -> Chosen | Ask:
    values = extract(text, today=lists.today, nlp=nlp).to_dict()
    shown = lists.invoices[name]
    return resolve_invoices(values, shown, today=lists.today, selected=frozenset(selected))


@pytest.mark.parametrize(
    ("text", "selected", "expected"),
    [
        ("lägg till den sista", (10231,), (10231, 10333)),
        ("ta bort 10260", (10231, 10260), (10231,)),
        ("tvåan också", (10231,), (10231, 10260)),
        ("inte ettan", (10231, 10260), (10260,)),
        ("trean", (10231,), (10261,)),
        ("ja, men bara ettan", (10231, 10260), (10231,)),
        ("alla i stället", (10231,), (10231, 10260, 10261, 10305, 10333)),
    ],
)
def test_a_change_starts_from_what_was_selected(
    text: str, selected: tuple[int, ...], expected: tuple[int, ...], lists: Lists, nlp: Any
) -> None:
    result = _resolve(text, lists, nlp, "salong", *selected)

    assert result == Chosen(ids=expected)


@pytest.mark.parametrize(
    ("text", "name", "reason"),
    [
        ("den på 149 kr", "salong", Reason.AMBIGUOUS),
        ("sexan", "salong", Reason.NO_SUCH_POSITION),
        ("faktura 99999", "salong", Reason.NO_SUCH_NUMBER),
        ("10262 och de äldsta", "salong", Reason.NO_SUCH_NUMBER),
        ("den på 77 kr", "salong", Reason.NO_SUCH_AMOUNT),
        ("båda servrarna", "byra", Reason.COUNT_DIFFERS),
        ("de äldsta", "byra", Reason.COUNT_MISSING),
        ("ettan eller tvåan", "byra", Reason.ALTERNATIVES),
        ("vad är en licens?", "byra", Reason.QUESTION),
        ("högst 500 kronor", "byra", Reason.BUDGET),
        ("webbhotellet", "byra", Reason.NO_MATCH),
        ("de små", "byra", Reason.VAGUE),
        ("jag sitter på bussen", "byra", Reason.NOT_UNDERSTOOD),
        ("oktober", "salong", Reason.DATES_DIFFER),
        ("alla som chefen gillar", "byra", Reason.UNCLEAR),
    ],
)
def test_the_question_says_what_is_unclear(
    text: str, name: str, reason: Reason, lists: Lists, nlp: Any
) -> None:
    result = _resolve(text, lists, nlp, name)

    assert isinstance(result, Ask)
    assert result.reason is reason


def test_what_others_pay_is_left_out_also_where_no_comma_says_so(lists: Lists, nlp: Any) -> None:
    result = _resolve("ettan tar frugan tvåan tar jag", lists, nlp, "salong")

    assert result == Chosen(ids=(10260,))


def test_an_empty_list_has_nothing_to_choose(lists: Lists, nlp: Any) -> None:
    values = extract("alla", today=lists.today, nlp=nlp).to_dict()

    assert resolve_invoices(values, (), today=lists.today) == Ask(reason=Reason.NO_MATCH)
