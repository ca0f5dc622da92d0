"""Every voice's cases resolve as that voice meant, save for the failures that are listed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from evaluation.cases import Lists, read_cases, read_lists
from evaluation.values import ASK, card_answers, invoice_answers, totals

CASES = Path(__file__).parent / "cases"
KNOWN = json.loads((CASES / "known_failures.json").read_text(encoding="utf-8"))
_FILES = sorted(path.stem for path in CASES.glob("*.jsonl"))
AUTHORS = Path(__file__).parent / "authors"
_AUTHORS = sorted(path.parent.name for path in AUTHORS.glob("*/lists.json"))


def _outcomes(voice: str, lists: Lists, nlp: Any) -> list[Any]:
    make = card_answers if voice.startswith("cards") else invoice_answers
    answer = make(lists, nlp)
    return [answer(case) for case in read_cases(CASES / f"{voice}.jsonl")]


@pytest.mark.parametrize("voice", _FILES)
def test_a_voice_is_understood_but_for_its_known_failures(
    voice: str, lists: Lists, nlp: Any
) -> None:
    outcomes = _outcomes(voice, lists, nlp)

    missed = [outcome.case.text for outcome in outcomes if not outcome.is_correct]
    assert sorted(missed) == sorted(KNOWN.get(voice, []))


def _author_outcomes(author: str, kind: str, nlp: Any) -> list[Any]:
    folder = AUTHORS / author
    answer = _MAKERS[kind](read_lists(folder / "lists.json"), nlp)
    return [answer(case) for case in read_cases(folder / f"{kind}.jsonl")]


_MAKERS = {"selection": invoice_answers, "cards": card_answers}


@pytest.mark.parametrize("kind", _MAKERS)
@pytest.mark.parametrize("author", _AUTHORS)
def test_an_author_is_understood_but_for_the_known_failures(
    author: str, kind: str, nlp: Any
) -> None:
    outcomes = _author_outcomes(author, kind, nlp)

    missed = [outcome.case.text for outcome in outcomes if not outcome.is_correct]
    assert sorted(missed) == sorted(KNOWN.get(f"{author}/{kind}", []))


@pytest.mark.parametrize("kind", _MAKERS)
def test_authors_together_are_hardly_ever_answered_wrongly(kind: str, nlp: Any) -> None:
    outcomes = [one for author in _AUTHORS for one in _author_outcomes(author, kind, nlp)]

    result = totals(outcomes)
    assert result["accuracy"] >= 0.95
    assert result["wrong"] <= 0.001 * result["n"]


def test_known_failures_name_voices_and_authors_that_exist() -> None:
    known = {f"{author}/{kind}" for author in _AUTHORS for kind in _MAKERS}
    assert set(KNOWN) <= {*_FILES, *known}


def test_all_voices_together_reach_the_goal(lists: Lists, nlp: Any) -> None:
    outcomes = [outcome for voice in _FILES for outcome in _outcomes(voice, lists, nlp)]

    result = totals(outcomes)
    assert result["accuracy"] >= 0.97
    assert result["wrong"] <= 0.005 * result["n"]


def test_cases_where_one_should_ask_are_part_of_every_kind() -> None:
    cases = [case for voice in _FILES for case in read_cases(CASES / f"{voice}.jsonl")]

    assert sum(case.expected == ASK for case in cases) >= 50
