"""The encoder's raw material is read out of the package exactly, and pruned without loss."""

from pathlib import Path

import numpy as np
import pytest

from bot.encoder.package_weights import (
    Package,
    UnreadableWeights,
    _unpacked,
    read_package,
    weights_path,
)
from bot.encoder.vocabulary import is_kept, kept_ids, tokenizer_of

SENTENCES = [
    "Hej! Jag skulle vilja betala räkningen på 1 249,50 kr för webbhotellet.",
    "kan ja betala allt nu elr 🙏",
    "Önskar reglera inv. 3310 + 3311, Amex.",
    "Could you please send me the receipt?",
    "É ü ø æ – Åsa & Øystein",
]


@pytest.fixture(scope="module")
def package() -> Package:
    return read_package(weights_path())


def test_a_block_is_a_scale_and_two_weights_a_byte() -> None:
    scale = np.array([0.5], dtype="<f2").tobytes()
    halves = bytes([0x08 | (0x09 << 4)] + [0x88] * 15)

    blocks = _unpacked(scale + halves, 32)

    values = blocks.values()[0]
    assert values[0] == 0.0
    assert values[16] == 0.5
    assert np.count_nonzero(values) == 1


def test_a_foreign_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "weights.bin"
    path.write_bytes(b"GGUF" + bytes(100))

    with pytest.raises(UnreadableWeights, match=r"weights\.bin"):
        read_package(path)


def test_the_package_holds_the_whole_encoder(package: Package) -> None:
    shape = package.shape

    assert (shape.hidden, shape.layers, shape.heads) == (384, 12, 12)
    assert package.words.codes.shape == (shape.vocabulary, shape.hidden)
    assert len(package.tensors) == 4 + 16 * shape.layers


def test_swedish_and_english_are_cut_as_by_the_whole_vocabulary(package: Package) -> None:
    vocabulary = package.vocabulary
    ids = kept_ids(vocabulary)
    pruned = tokenizer_of(vocabulary, ids)
    whole = tokenizer_of(vocabulary, np.arange(len(vocabulary.pieces)))

    for sentence in SENTENCES:
        cut = [int(ids[i]) for i in pruned.encode(sentence)]
        assert cut == whole.encode(sentence)


@pytest.mark.parametrize(
    ("piece", "kept"),
    [("▁räkning", True), ("499", True), ("🙏", True), ("▁счёт", False), ("ığ", False)],
)
def test_only_letters_of_the_region_stay(piece: str, kept: bool) -> None:
    assert is_kept(piece) is kept
