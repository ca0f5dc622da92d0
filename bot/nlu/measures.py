"""Figures that say how well messages were read: accuracy, macro F1, calibration, confusions."""

from __future__ import annotations

from collections import Counter
from typing import List, Sequence, Tuple

import numpy as np

TEMPERATURES = np.geomspace(0.3, 4.0, 40)


def softmax(scores: np.ndarray) -> np.ndarray:
    """Rows of probabilities; shifted first, so that no exponent overflows."""
    shifted = np.exp(scores - scores.max(axis=1, keepdims=True))
    return shifted / shifted.sum(axis=1, keepdims=True)


def accuracy(truth: Sequence[str], predicted: Sequence[str]) -> float:
    return sum(a == b for a, b in zip(truth, predicted, strict=True)) / len(truth) if truth else 0.0


def macro_f1(truth: Sequence[str], predicted: Sequence[str]) -> float:
    """The mean over the true labels of the harmonic mean of precision and recall."""
    labels, guesses = Counter(truth), Counter(predicted)
    right = Counter(a for a, b in zip(truth, predicted, strict=True) if a == b)
    scores = [2 * right[name] / (count + guesses[name]) for name, count in labels.items()]
    return sum(scores) / len(scores) if scores else 0.0


def confusions(truth: Sequence[str], predicted: Sequence[str]) -> List[Tuple[str, str, int]]:
    """(meant, read as, how often), the most frequent first."""
    pairs = Counter((a, b) for a, b in zip(truth, predicted, strict=True) if a != b)
    return [(meant, read, count) for (meant, read), count in pairs.most_common()]


def best_temperature(scores: np.ndarray, places: np.ndarray) -> float:
    """The temperature at which the true intents (by their columns) are likeliest."""
    losses = [surprise(softmax(scores / t), places) for t in TEMPERATURES]
    return float(TEMPERATURES[int(np.argmin(losses))])


def surprise(chances: np.ndarray, places: np.ndarray) -> float:
    """The mean negative logarithm of the chance that the truth was given."""
    return float(-np.mean(np.log(chances[np.arange(len(places)), places] + 1e-12)))


def calibration_error(chances: np.ndarray, places: np.ndarray, *, bins: int = 10) -> float:
    """How far confidence is from accuracy, on average over the messages."""
    confidence, right = chances.max(axis=1), chances.argmax(axis=1) == places
    bin_of = np.minimum((confidence * bins).astype(int), bins - 1)
    gaps = [
        abs(confidence[bin_of == b].mean() - right[bin_of == b].mean()) * np.mean(bin_of == b)
        for b in np.unique(bin_of)
    ]
    return float(np.sum(gaps))
