"""The totals of an evaluation say what was right, what was wrong, and where it would have asked."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from bot.nlu.evaluate import (
    Case,
    Outcome,
    newest_model,
    outcome,
    plain,
    read_cases,
    totals,
    write_misses,
)


def parse(*ranking: tuple[str, float], intent: str = "") -> dict[str, Any]:
    entries = [{"name": name, "confidence": confidence} for name, confidence in ranking]
    return {"intent": {"name": intent or ranking[0][0]}, "intent_ranking": entries}


def outcomes(pairs: Sequence[tuple[str, str]]) -> list:
    return [outcome(Case(text="x", label=a), parse((b, 0.9), ("help", 0.1))) for a, b in pairs]


def test_a_label_with_a_slash_is_the_intent_with_an_underscore() -> None:
    assert plain("faq/receipt") == plain("faq_receipt")
    assert plain("faq/receipt") != plain("request_receipt")


def test_a_fallback_is_no_reading_but_is_counted_as_unsure() -> None:
    parsed = parse(("nlu_fallback", 0.4), ("affirm", 0.3), ("deny", 0.2))

    result = outcome(Case(text="mm", label="affirm"), parsed)

    assert (result.predicted, result.second, result.unsure) == ("affirm", "deny", True)
    assert result.is_correct


def test_totals_add_up() -> None:
    sure = outcomes([("affirm", "affirm"), ("deny", "affirm"), ("faq/refund", "faq_refund")])
    unsure = outcome(
        Case(text="mm", label="deny"),
        parse(("nlu_fallback", 0.4), ("affirm", 0.3), ("deny", 0.2)),
    )

    result = totals([*sure, unsure])

    assert result["n"] == 4
    assert result["correct"] == 2
    assert result["accuracy"] == 0.5
    assert result["unsure"] == 1
    assert result["unsure_right_among_two"] == 1
    assert result["sure_but_wrong"] == 1


def test_no_cases_give_zeros() -> None:
    assert totals([])["accuracy"] == 0.0


def test_misses_are_written_one_a_line(tmp_path: Path) -> None:
    path = tmp_path / "misses.jsonl"

    write_misses(outcomes([("affirm", "affirm"), ("deny", "affirm")]), path)

    (miss,) = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert (miss["label"], miss["predicted"]) == ("deny", "affirm")


def test_cases_are_read_line_by_line(tmp_path: Path) -> None:
    path = tmp_path / "cases.jsonl"
    path.write_text('{"text": "åh", "label": "affirm"}\n\n', encoding="utf-8")

    assert read_cases(path) == [Case(text="åh", label="affirm")]


def test_without_a_model_it_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="make train"):
        newest_model(tmp_path)


def test_an_outcome_without_any_reading_is_wrong() -> None:
    parsed = {"intent": {"name": None}, "intent_ranking": []}

    result: Outcome = outcome(Case(text="", label="greet"), parsed)

    assert not result.is_correct
