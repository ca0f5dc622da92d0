"""The reader learns from examples, ranks all intents, and is the same after being kept on disk."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from bot.nlu.features import SparseFeatures
from bot.nlu.reader import Reader, ReaderOptions

EXAMPLES = [
    (text, intent)
    for intent, texts in {
        "affirm": ["ja", "ja tack", "stämmer", "det stämmer bra", "jajamän", "absolut"],
        "deny": ["nej", "nej tack", "inte alls", "det stämmer inte", "nähä nej", "absolut inte"],
        "pay_invoices": ["betala allt", "jag vill betala", "betala fakturan", "betala 1042"],
    }.items()
    for text in texts
]


class LetterEncoder:
    """Counts letters: enough to tell short words apart, and quick."""

    name = "letters"

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        counts = np.array([[text.lower().count(c) for c in "abdejlnstv"] for text in texts])
        rows = counts.astype(np.float32) + 0.01
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader.train(EXAMPLES, LetterEncoder(), ReaderOptions(copies=3))


@pytest.mark.parametrize(
    ("text", "intent"),
    [("ja", "affirm"), ("nej tack", "deny"), ("betala faktura 2071", "pay_invoices")],
)
def test_it_reads_what_it_was_taught(reader: Reader, text: str, intent: str) -> None:
    assert reader.read(text)[0].intent == intent


def test_readings_are_ranked_and_add_up_to_one(reader: Reader) -> None:
    readings = reader.read("ja nej betala")

    confidences = [reading.confidence for reading in readings]
    assert {reading.intent for reading in readings} == {"affirm", "deny", "pay_invoices"}
    assert confidences == sorted(confidences, reverse=True)
    assert sum(confidences) == pytest.approx(1.0, abs=1e-5)


def test_it_reads_the_same_after_being_kept(reader: Reader, tmp_path: Path) -> None:
    path = tmp_path / "reader.npz"
    reader.save(path)

    again = Reader.load(path, LetterEncoder(), reader.options)

    assert again.read("det stämmer") == reader.read("det stämmer")


def test_training_twice_gives_the_same_reader(reader: Reader) -> None:
    again = Reader.train(EXAMPLES, LetterEncoder(), ReaderOptions(copies=3))

    assert again.read("jag vill nog betala") == reader.read("jag vill nog betala")


def test_two_intents_are_enough() -> None:
    reader = Reader.train(EXAMPLES[:12], LetterEncoder(), ReaderOptions(copies=1))

    assert [reader.read(text)[0].intent for text in ("ja", "nej")] == ["affirm", "deny"]


def test_a_higher_temperature_is_less_sure(reader: Reader, tmp_path: Path) -> None:
    path = tmp_path / "reader.npz"
    reader.save(path)

    cool = Reader.load(path, LetterEncoder(), ReaderOptions(temperature=0.5))
    warm = Reader.load(path, LetterEncoder(), ReaderOptions(temperature=3.0))

    assert cool.read("ja")[0].confidence > warm.read("ja")[0].confidence


@pytest.mark.parametrize("text", ["", " ", "?", "\u200b", "🙏", "中文", "\ud800"])
def test_a_text_without_known_features_still_gets_a_ranking(reader: Reader, text: str) -> None:
    assert len(reader.read(text)) == 3


def test_sparse_rows_have_length_one_or_are_empty() -> None:
    columns = SparseFeatures.fit(["betala nu", "betala sen", "betala allt"])

    rows = columns.transform(["betala", "zzz"])

    lengths = np.sqrt(rows.multiply(rows).sum(axis=1)).A1
    assert lengths.tolist() == pytest.approx([1.0, 0.0], abs=1e-5)


def test_figures_of_one_length_share_their_features() -> None:
    columns = SparseFeatures.fit(["faktura 1042", "faktura 2071", "faktura 3318"])

    first, second = columns.transform(["faktura 1042", "faktura 9999"])

    assert (first != second).nnz == 0
