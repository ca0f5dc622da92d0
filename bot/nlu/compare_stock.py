"""`make compare-stock CASES=f`: Kvitt's pipeline and Rasa's stock one, trained on the same data.

Both are trained and loaded as a user would, each in processes of its own, and read the same cases
of authors who wrote none of the training data. Training the stock pipeline takes long.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Dict, List, Sequence

from bot.nlu.compare import write_measured
from bot.nlu.comparison_page import write_page
from bot.nlu.examples import read_examples

MODELS_FOLDER = Path("var/compare")
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


def measure(system: System, cases: Path) -> Dict[str, Any]:
    """One row: what it took to train `system`, and how it then read `cases`."""
    started = time.perf_counter()
    model = train(system.config)
    train_seconds = time.perf_counter() - started
    totals = evaluate(model, cases)
    row = {name: totals[name] for name in FIGURES}
    return {
        "name": system.name,
        "trained_on": len(read_examples()),
        "train_seconds": round(train_seconds, 1),
        **row,
    }


def train(config: Path) -> Path:
    """The model file that `rasa train nlu` makes of `config` and the training data."""
    name = f"{config.stem}.tar.gz"
    _run(
        [
            *("-m", "rasa", "train", "nlu", "--config", str(config), "--nlu", "data/nlu"),
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
    wanted = parser.parse_args()
    rows = [{**measure(system, wanted.cases), "by": wanted.by} for system in SYSTEMS]
    write_measured("systems", rows)
    write_page()
    print(json.dumps(rows, ensure_ascii=False))


if __name__ == "__main__":
    main()
