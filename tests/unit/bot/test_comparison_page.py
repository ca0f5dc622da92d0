"""The page of the comparison says what was measured, and says where something was not."""

from typing import Any

import numpy as np

from bot.nlu.comparison_page import confusion_matrix, page

CHOSEN: dict[str, Any] = {
    "name": "the chosen one",
    "n": 4,
    "accuracy": 0.75,
    "macro_f1": 0.7,
    "calibration_error": 0.05,
    "temperature": 1.1,
    "voices": {"elder": 0.5, "teen": 1.0},
    "confusions": [["affirm", "deny", 1]],
    "counts": {"affirm": 2, "deny": 2},
}
FOLD = {"voices": ["elder", "teen"], "of_voices": 12, "trained_on": 9, "encoder_trained_on": 7}
STOCK = {
    "name": "stock",
    "by": "two authors",
    "trained_on": 13,
    "n": 5,
    "accuracy": 0.6,
    "macro_f1": 0.5,
    "train_seconds": 99.6,
    "processor_seconds": 150.0,
    "ms_p50": 12.34,
    "memory_mb": 600,
}


def test_the_page_names_the_voices_held_out_and_what_was_learnt_from() -> None:
    written = page({"candidates": [CHOSEN], "folds": [FOLD]})

    assert "in 12 voices" in written
    assert "1 of 4 groups" in written
    assert "| elder, teen | 9 | 7 |" in written
    assert "| the chosen one | 75.0 % | 70.0 % | 5.0 % | 1.1 |" in written
    assert "Not measured yet" in written


def test_the_page_says_whose_messages_the_systems_read() -> None:
    written = page({"candidates": [CHOSEN], "folds": [FOLD], "systems": [STOCK]})

    assert "| stock | 60.0 % | 50.0 % | 100 s (150 s) | 12.3 | 600 MB |" in written
    assert "the same 13 messages" in written
    assert "5 messages of two authors" in written


def test_each_row_of_the_confusion_matrix_is_what_became_of_an_intent() -> None:
    names, shares = confusion_matrix(CHOSEN)

    assert names == ["affirm", "deny"]
    assert np.array_equal(shares, [[0.5, 0.5], [0.0, 1.0]])
