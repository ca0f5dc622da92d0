"""`make compare-stock CASES=f`: Kvitt's pipeline and Rasa's stock one, trained on the same data.

Both are trained and loaded as a user would, each in processes of its own, and read the same cases
of authors who wrote none of the training data. Training the stock pipeline takes hours on all of
the data; `--every N` takes each N-th message of an intent for both.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Dict, List, Sequence

import yaml

from bot.nlu.compare import write_measured
from bot.nlu.comparison_page import write_page
from bot.nlu.examples import read_examples

MODELS_FOLDER = Path("var/compare")
DATA_FILE = MODELS_FOLDER / "nlu.yml"
FIGURES = ("n", "accuracy", "macro_f1", "ms_p50", "memory_mb")


@dataclass(frozen=True)
class System:
    """A pipeline to train, and its name in the table."""

    name: str
    config: Path


SYSTEMS: Sequence[System] = (
    System("Rasa's stock pipeline", Path(__file__).with_name("stock_config.yml")),
    System("Kvitt", Path("config.yml")),
)


def write_data(every: int) -> int:
    """Writes each `every`-th message of an intent to `DATA_FILE`; returns how many they are."""
    chosen: Dict[str, List[str]] = {}
    for intent, texts in _texts_by_intent().items():
        chosen[intent] = texts[::every]
    blocks = [
        {"intent": intent, "examples": "".join(f"- {text}\n" for text in texts)}
        for intent, texts in chosen.items()
    ]
    DATA_FILE.parent.mkdir(parents=True, exist_ok=True)
    content = {"version": "3.1", "nlu": blocks}
    DATA_FILE.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    return sum(map(len, chosen.values()))


def _texts_by_intent() -> Dict[str, List[str]]:
    texts: Dict[str, List[str]] = {}
    for example in read_examples():
        texts.setdefault(example.intent, []).append(example.text)
    return texts


def measure(system: System, cases: Path, trained_on: int) -> Dict[str, Any]:
    """One row: what it took to train `system`, and how it then read `cases`."""
    started, used_before = time.perf_counter(), _processor_seconds()
    model = train(system.config)
    train_seconds = time.perf_counter() - started
    processor_seconds = _processor_seconds() - used_before
    totals = evaluate(model, cases)
    row = {name: totals[name] for name in FIGURES}
    return {
        "name": system.name,
        "trained_on": trained_on,
        "train_seconds": round(train_seconds, 1),
        "processor_seconds": round(processor_seconds, 1),
        **row,
    }


def _processor_seconds() -> float:
    """What ended child processes have used: it hardly changes with what else the machine does."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def train(config: Path) -> Path:
    """The model file that `rasa train nlu` makes of `config` and the training data."""
    name = f"{config.stem}.tar.gz"
    _run(
        [
            *("-m", "rasa", "train", "nlu", "--config", str(config), "--nlu", str(DATA_FILE)),
            *("--domain", "domain.yml", "--out", str(MODELS_FOLDER), "--fixed-model-name", name),
        ]
    )
    return MODELS_FOLDER / name


def evaluate(model: Path, cases: Path) -> Dict[str, Any]:
    *_, last = _run(["-m", "bot.nlu.evaluate", str(cases), str(model)]).splitlines()
    totals: Dict[str, Any] = json.loads(last)
    return totals


def _run(arguments: List[str]) -> str:
    environment = {**os.environ, "RASA_TELEMETRY_ENABLED": "false"}
    command = [sys.executable, *arguments]
    return subprocess.run(  # noqa: S603 (our own modules, our own arguments)
        command, check=True, env=environment, stdout=subprocess.PIPE, encoding="utf-8"
    ).stdout


def main() -> None:
    parser = argparse.ArgumentParser(prog="make compare-stock")
    parser.add_argument("cases", type=Path)
    parser.add_argument("--by", default="authors", help="who wrote the cases, for the page")
    parser.add_argument("--every", type=int, default=1, help="take each N-th message of an intent")
    wanted = parser.parse_args()
    trained_on = write_data(wanted.every)
    rows = [{**measure(system, wanted.cases, trained_on), "by": wanted.by} for system in SYSTEMS]
    write_measured("systems", rows)
    write_page()
    print(json.dumps(rows, ensure_ascii=False))


if __name__ == "__main__":
    main()
