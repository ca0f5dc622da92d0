"""How often invoice and card expressions are resolved rightly, wrongly, or asked about.

    python -m evaluation.values invoices CASES LISTS
    python -m evaluation.values cards CASES LISTS

The last line is `{"n", "correct", "accuracy", "wrong", "asked"}`; the misses go to the file that
the variable MISSES names, one JSON line each.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import spacy

from actions.selection import (
    Ask,
    Chosen,
    ChosenCard,
    NewCard,
    resolve_cards,
    resolve_invoices,
)
from bot.nlu.values import extract
from evaluation.cases import Case, Lists, read_cases, read_lists

ASK = "ask"
NEW = "new"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    case: Case
    got: Any
    reason: str = ""

    @property
    def is_correct(self) -> bool:
        return bool(self.got == self.case.expected)

    @property
    def is_wrong(self) -> bool:
        return not self.is_correct and self.got != ASK

    @property
    def is_asked(self) -> bool:
        return not self.is_correct and self.got == ASK


Answer = Callable[[Case], Outcome]


def invoice_answers(lists: Lists, nlp: Any) -> Answer:
    def answer(case: Case) -> Outcome:
        values = extract(case.text, today=lists.today, nlp=nlp).to_dict()
        shown = lists.invoices[case.list_name]
        result = resolve_invoices(values, shown, today=lists.today)
        if isinstance(result, Chosen):
            return Outcome(case=case, got=tuple(sorted(result.ids)))
        return Outcome(case=case, got=ASK, reason=result.reason)

    return answer


def card_answers(lists: Lists, nlp: Any) -> Answer:
    def answer(case: Case) -> Outcome:
        values = extract(case.text, today=lists.today, nlp=nlp).to_dict()
        result = resolve_cards(values, lists.cards, today=lists.today)
        match result:
            case ChosenCard():
                return Outcome(case=case, got=result.id)
            case NewCard():
                return Outcome(case=case, got=NEW)
            case Ask():
                return Outcome(case=case, got=ASK, reason=result.reason)

    return answer


def totals(outcomes: Iterable[Outcome]) -> dict[str, float]:
    done = list(outcomes)
    correct = sum(outcome.is_correct for outcome in done)
    return {
        "n": len(done),
        "correct": correct,
        "accuracy": round(correct / len(done), 4) if done else 0.0,
        "wrong": sum(outcome.is_wrong for outcome in done),
        "asked": sum(outcome.is_asked for outcome in done),
    }


def _write_misses(outcomes: Iterable[Outcome], path: Path) -> None:
    with path.open("w", encoding="utf-8") as file:
        for outcome in outcomes:
            if not outcome.is_correct:
                file.write(json.dumps(_miss(outcome), ensure_ascii=False) + "\n")


def _miss(outcome: Outcome) -> dict[str, Any]:
    case = outcome.case
    miss = {"text": case.text, "expect": case.expected, "got": outcome.got}
    if case.list_name:
        miss["list"] = case.list_name
    return miss | ({"reason": outcome.reason} if outcome.reason else {})


def main(arguments: list[str]) -> int:
    if len(arguments) != 3 or arguments[0] not in _ANSWERS:
        sys.stderr.write(f"{__doc__}\n")
        return 2
    lists = read_lists(Path(arguments[2]))
    answer = _ANSWERS[arguments[0]](lists, spacy.blank("sv"))
    outcomes = [answer(case) for case in read_cases(Path(arguments[1]))]
    misses = os.environ.get("MISSES")
    if misses:
        _write_misses(outcomes, Path(misses))
    sys.stdout.write(json.dumps(totals(outcomes)) + "\n")
    return 0


_ANSWERS: dict[str, Callable[[Lists, Any], Answer]] = {
    "invoices": invoice_answers,
    "cards": card_answers,
}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
