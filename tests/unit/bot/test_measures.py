"""The figures are what their names say, and bear extreme scores."""

import numpy as np
import pytest

from bot.nlu.measures import (
    accuracy,
    best_temperature,
    calibration_error,
    confusions,
    macro_f1,
    softmax,
)


def test_softmax_bears_huge_scores() -> None:
    assert softmax(np.array([[1e4, 0.0, -1e4]])).tolist() == [[1.0, 0.0, 0.0]]


def test_macro_f1_counts_every_label_alike() -> None:
    assert macro_f1(["yes", "no"], ["yes", "no"]) == 1.0
    assert macro_f1(["yes", "no"], ["yes", "yes"]) == pytest.approx((2 / 3 + 0) / 2)
    assert accuracy(["yes", "no"], ["yes", "yes"]) == 0.5


def test_nothing_measured_is_zero() -> None:
    assert accuracy([], []) == 0.0
    assert macro_f1([], []) == 0.0


def test_confusions_come_most_frequent_first() -> None:
    truth, read = ["a", "a", "b", "b", "c"], ["b", "b", "a", "b", "c"]

    assert confusions(truth, read) == [("a", "b", 2), ("b", "a", 1)]


def test_overconfident_scores_want_a_higher_temperature() -> None:
    scores = np.array([[9.0, 0.0]] * 10)
    places = np.array([0] * 7 + [1] * 3)

    chosen = best_temperature(scores, places)

    assert chosen > 3.0
    assert calibration_error(softmax(scores / chosen), places) < 0.3
    assert calibration_error(softmax(scores), places) == pytest.approx(0.3, abs=0.01)


def test_honest_confidence_has_no_calibration_error() -> None:
    chances = np.array([[0.75, 0.25]] * 4)

    assert calibration_error(chances, np.array([0, 0, 0, 1])) == pytest.approx(0.0)
