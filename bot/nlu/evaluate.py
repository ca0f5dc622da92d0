"""`make eval-nlu CASES=f`: how well the trained model reads labelled messages.

`f` holds one JSON object a line, `{"text": …, "label": …}`. Each text goes the way that a
customer's does: neutralised by the guard, then through the whole pipeline of the newest model. The
answer that counts is the likeliest reading; where the pipeline would have asked back first, that is
counted as `unsure`. The last line printed is one JSON object of totals; the messages that were read
wrongly go to the file named by the environment variable MISSES.
"""

from __future__ import annotations

import asyncio
import json
import os
import resource
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Any, Dict, List, Mapping, Sequence, Tuple

from bot.guard import neutralise
from bot.nlu.measures import macro_f1

FALLBACK = "nlu_fallback"
MODELS_FOLDER = Path("models")


@dataclass(frozen=True)
class Case:
    """A message and what it means."""

    text: str
    label: str


@dataclass(frozen=True)
class Outcome:
    """What the model made of a case."""

    text: str
    label: str
    predicted: str
    confidence: float
    unsure: bool
    second: str
    milliseconds: float

    @property
    def is_correct(self) -> bool:
        return plain(self.label) == plain(self.predicted)


def plain(label: str) -> str:
    """`faq/receipt` in a file of cases is `faq_receipt` in the domain."""
    return label.replace("/", "_")


def read_cases(path: Path) -> List[Case]:
    lines = path.read_text(encoding="utf-8").splitlines()
    rows = (json.loads(line) for line in lines if line.strip())
    return [Case(text=row["text"], label=row["label"]) for row in rows]


def outcome(case: Case, parsed: Mapping[str, Any], *, milliseconds: float = 0.0) -> Outcome:
    """Compares a case with Rasa's parse of it; a fallback is not a reading."""
    ranking = [entry for entry in parsed["intent_ranking"] if entry["name"] != FALLBACK]
    first, *others = ranking or [{"name": "", "confidence": 0.0}]
    return Outcome(
        text=case.text,
        label=case.label,
        predicted=first["name"],
        confidence=round(first["confidence"], 4),
        unsure=parsed["intent"]["name"] == FALLBACK,
        second=others[0]["name"] if others else "",
        milliseconds=round(milliseconds, 2),
    )


def totals(outcomes: Sequence[Outcome]) -> Dict[str, Any]:
    n = len(outcomes)
    correct = sum(o.is_correct for o in outcomes)
    unsure = [o for o in outcomes if o.unsure]
    among_two = sum(o.is_correct or plain(o.label) == plain(o.second) for o in unsure)
    return {
        "n": n,
        "correct": correct,
        "accuracy": round(correct / n, 4) if n else 0.0,
        "macro_f1": round(macro_f1(*_truth_and_reading(outcomes)), 4),
        "unsure": len(unsure),
        "unsure_right_among_two": among_two,
        "sure_but_wrong": sum(not o.is_correct and not o.unsure for o in outcomes),
        "ms_p50": round(median(o.milliseconds for o in outcomes), 2) if n else 0.0,
    }


def _truth_and_reading(outcomes: Sequence[Outcome]) -> Tuple[List[str], List[str]]:
    return [plain(o.label) for o in outcomes], [plain(o.predicted) for o in outcomes]


def write_misses(outcomes: Sequence[Outcome], path: Path) -> None:
    missed = (asdict(o) for o in outcomes if not o.is_correct)
    path.write_text(
        "".join(json.dumps(miss, ensure_ascii=False) + "\n" for miss in missed), encoding="utf-8"
    )


def newest_model(folder: Path = MODELS_FOLDER) -> Path:
    models = sorted(folder.glob("*.tar.gz"), key=lambda path: path.stat().st_mtime)
    if not models:
        raise SystemExit(f"There is no trained model in {folder}/; run `make train` first.")
    return models[-1]


def peak_memory_mb() -> int:
    """The most that this process has had resident: Rasa, the model, and what a message needs."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


async def evaluate(cases: Sequence[Case], model: Path) -> List[Outcome]:
    """Every case through the pipeline of `model`, one message at a time."""
    from rasa.core.agent import load_agent

    agent = await load_agent(model_path=str(model))
    return [await _parsed(agent, case) for case in cases]


async def _parsed(agent: Any, case: Case) -> Outcome:
    started = time.perf_counter()
    parsed = await agent.parse_message(neutralise(case.text))
    return outcome(case, parsed, milliseconds=1000 * (time.perf_counter() - started))


def main(arguments: Sequence[str]) -> None:
    if len(arguments) not in {1, 2}:
        raise SystemExit("usage: python -m bot.nlu.evaluate CASES [MODEL]")
    cases = read_cases(Path(arguments[0]))
    model = Path(arguments[1]) if arguments[1:] else newest_model()
    outcomes = asyncio.run(evaluate(cases, model))
    if misses := os.environ.get("MISSES"):
        write_misses(outcomes, Path(misses))
    print(json.dumps({**totals(outcomes), "memory_mb": peak_memory_mb()}))


if __name__ == "__main__":
    main(sys.argv[1:])
