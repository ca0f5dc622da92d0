"""Makes `COMPARISON.md` and `confusion.png` of what `comparison.json` holds; measures nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Dict, List, Mapping, Sequence

import numpy as np

FOLDER = Path(__file__).parent
MEASURED_FILE = FOLDER / "comparison.json"
PAGE_FILE = FOLDER / "COMPARISON.md"
PICTURE_FILE = FOLDER / "confusion.png"
SHOWN_CONFUSIONS = 20
HELD_OUT_AT_ONCE = 3
COLUMNS = ("candidate", "accuracy", "macro F1", "calibration error", "temperature")
FOLD_COLUMNS = ("held out", "messages to learn from", "of them seen by the fine-tuned encoder")
SYSTEM_COLUMNS = ("pipeline", "accuracy", "macro F1", "training", "ms a message", "memory")

PAGE = """# Which reader of intents, and how good it is

Made by `make comparison` from `comparison.json`; do not edit.

## Voices that were not trained on

The training data is written in {voices_count} voices. Three at a time can be held out; here
that is done with {folds_count} of {groups} groups, since each takes an encoder of its own:

{folds}

{n} messages in all. Everything that learns, the fine-tuned encoder included, has seen other voices
only. This is harder than life: a held-out voice takes its whole vocabulary with it, and the model
that is shipped has learnt from all of them. It is also kinder than it was at first: what was
misread has told what other voices should say, too. The temperature is the one that makes confidence
most honest on the held-out messages; the calibration error is what is left then.

{candidates}

By voice, the chosen one ({chosen}):

{voices}

## Beside Rasa's stock pipeline

{systems}

## What is taken for what

{chosen}, held-out voices, the {shown} most frequent pairs of {mistaken} mistakes:

{confusions}

![Every intent that was meant, and every one that was read; the diagonal is right](confusion.png)
"""
SYSTEMS = """{table}

Trained on the same {trained_on} messages, then {n} messages of {by} who wrote
none of them. The encoder that Kvitt reads with was fine-tuned once on nearly all training messages;
that took a quarter of an hour and is not in its row. Training is timed by the clock and, in
brackets, in seconds of the processor, which other work on the machine hardly changes. A message is
timed through the whole pipeline, both on the same machine.
"""


def table(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    lines = [columns, ["---"] * len(columns), *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines)


def percent(share: float) -> str:
    return f"{100 * share:.1f} %"


def page(measured: Mapping[str, Any]) -> str:
    candidates: Sequence[Mapping[str, Any]] = measured["candidates"]
    chosen = candidates[-1]
    mistakes = chosen["confusions"]
    voices_count = measured["folds"][0]["of_voices"]
    return PAGE.format(
        voices_count=voices_count,
        folds_count=len(measured["folds"]),
        groups=voices_count // HELD_OUT_AT_ONCE,
        folds=table(FOLD_COLUMNS, [_fold_row(fold) for fold in measured["folds"]]),
        n=chosen["n"],
        candidates=table(COLUMNS, [_candidate_row(row) for row in candidates]),
        chosen=chosen["name"],
        voices=table(("voice", "accuracy"), [(v, percent(a)) for v, a in chosen["voices"].items()]),
        systems=_systems(measured.get("systems", [])),
        shown=min(SHOWN_CONFUSIONS, len(mistakes)),
        mistaken=sum(count for _, _, count in mistakes),
        confusions=table(("meant", "read as", "times"), mistakes[:SHOWN_CONFUSIONS]),
    )


def _fold_row(fold: Mapping[str, Any]) -> List[object]:
    return [", ".join(fold["voices"]), fold["trained_on"], fold["encoder_trained_on"]]


def _candidate_row(row: Mapping[str, Any]) -> List[object]:
    return [
        row["name"],
        percent(row["accuracy"]),
        percent(row["macro_f1"]),
        percent(row["calibration_error"]),
        row["temperature"],
    ]


def _systems(rows: Sequence[Mapping[str, Any]]) -> str:
    if not rows:
        return "Not measured yet: `make compare-stock CASES=f` does."
    cells = [
        (
            row["name"],
            percent(row["accuracy"]),
            percent(row["macro_f1"]),
            f"{row['train_seconds']:.0f} s ({row['processor_seconds']:.0f} s)",
            f"{row['ms_p50']:.1f}",
            f"{row['memory_mb']:.0f} MB",
        )
        for row in rows
    ]
    first = rows[0]
    facts = {name: first[name] for name in ("trained_on", "n", "by")}
    return SYSTEMS.format(table=table(SYSTEM_COLUMNS, cells), **facts).rstrip()


def confusion_matrix(row: Mapping[str, Any]) -> "tuple[List[str], np.ndarray]":
    """The intents, and what share of each (down) was read as each (across)."""
    counts: Dict[str, int] = row["counts"]
    names = list(counts)
    place = {name: i for i, name in enumerate(names)}
    matrix = np.diag([float(count) for count in counts.values()])
    for meant, read, count in row["confusions"]:
        matrix[place[meant], place[meant]] -= count
        if read in place:
            matrix[place[meant], place[read]] += count
    return names, matrix / np.array(list(counts.values()))[:, None]


def draw(row: Mapping[str, Any], path: Path) -> None:
    """The confusion matrix as a picture: dark is often."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    names, shares = confusion_matrix(row)
    figure = Figure(figsize=(13, 12), dpi=80)
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    axes.imshow(np.sqrt(shares), cmap="Blues", vmin=0, vmax=1)
    axes.set_xticks(range(len(names)), names, rotation=90, fontsize=7)
    axes.set_yticks(range(len(names)), names, fontsize=7)
    axes.set_xlabel("read as")
    axes.set_ylabel("meant")
    figure.tight_layout()
    figure.savefig(path, metadata={"Software": None})


def write_page() -> None:
    measured = json.loads(MEASURED_FILE.read_text(encoding="utf-8"))
    PAGE_FILE.write_text(page(measured), encoding="utf-8")
    draw(measured["candidates"][-1], PICTURE_FILE)


if __name__ == "__main__":
    write_page()
