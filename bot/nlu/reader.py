"""Reads a message's intent: a sentence vector and n-grams, a linear head for each, one softmax.

`Reader.train` fits both heads: the dense one on the examples as they are (the encoder has already
learnt that a slip of the thumb changes nothing), the sparse one on the examples and their rule-made
variants. `Reader.read` ranks all intents for one text. A reader is kept as one `.npz` file of
numbers and names, and no code.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import List, Sequence, Tuple, Union

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression
from sklearn.svm import LinearSVC
from threadpoolctl import threadpool_limits

from bot.nlu.augment import augmented
from bot.nlu.encoders import SentenceEncoder
from bot.nlu.features import SparseFeatures
from bot.nlu.measures import softmax

Example = Tuple[str, str]


@dataclass(frozen=True)
class ReaderOptions:
    """What `config.yml` may set; `COMPARISON.md` says how these values were found."""

    encoder: str = "kvitt"
    copies: int = 3
    seed: int = 20
    dense_strength: float = 30.0
    sparse_strength: float = 1.0
    sparse_share: float = 4.0
    temperature: float = 1.3


@dataclass(frozen=True)
class Reading:
    """One way to read a message, and how sure the reader is of it (all readings add up to 1)."""

    intent: str
    confidence: float


@dataclass(frozen=True)
class LinearHead:
    """A score for each intent: weights times features, plus a bias."""

    weights: np.ndarray
    bias: np.ndarray

    def scores(self, rows: Union[np.ndarray, csr_matrix]) -> np.ndarray:
        return np.asarray(rows @ self.weights.T) + self.bias


class Reader:
    """Two trained heads, and what they need to see a text as numbers."""

    def __init__(
        self,
        *,
        options: ReaderOptions,
        encoder: SentenceEncoder,
        intents: Sequence[str],
        columns: SparseFeatures,
        dense: LinearHead,
        sparse: LinearHead,
    ) -> None:
        self.options = options
        self.intents = tuple(intents)
        self._encoder = encoder
        self._columns = columns
        self._dense = dense
        self._sparse = sparse

    @classmethod
    def train(
        cls, examples: Sequence[Example], encoder: SentenceEncoder, options: ReaderOptions
    ) -> "Reader":
        """Fits both heads; the same examples and options give the same reader."""
        varied = augmented(examples, copies=options.copies, seed=options.seed)
        columns = SparseFeatures.fit([text for text, _ in varied])
        return cls(
            options=options,
            encoder=encoder,
            intents=sorted({intent for _, intent in examples}),
            columns=columns,
            dense=_fit_dense(examples, encoder, options),
            sparse=_fit_sparse(varied, columns, options),
        )

    def scores(self, texts: Sequence[str]) -> np.ndarray:
        """One row for each text: how much speaks for each of `intents`."""
        dense = self._dense.scores(self._encoder.encode(texts))
        sparse = self._sparse.scores(self._columns.transform(texts))
        return dense + self.options.sparse_share * sparse

    def probabilities(self, texts: Sequence[str]) -> np.ndarray:
        """The same as chances that add up to one, made honest by the temperature."""
        return softmax(self.scores(texts) / self.options.temperature)

    def read(self, text: str) -> List[Reading]:
        """Every reading of `text`, the likeliest first."""
        row = self.probabilities([text])[0]
        order = np.argsort(-row, kind="stable")
        return [Reading(intent=self.intents[i], confidence=float(row[i])) for i in order]

    def save(self, path: Path) -> None:
        np.savez(
            path,
            intents=np.array(self.intents),
            columns=self._columns.columns,
            rarity=self._columns.rarity,
            dense_weights=self._dense.weights,
            dense_bias=self._dense.bias,
            sparse_weights=self._sparse.weights,
            sparse_bias=self._sparse.bias,
        )

    @classmethod
    def load(cls, path: Path, encoder: SentenceEncoder, options: ReaderOptions) -> "Reader":
        with np.load(path, allow_pickle=False) as kept:
            return cls(
                options=options,
                encoder=encoder,
                intents=[str(name) for name in kept["intents"]],
                columns=SparseFeatures(columns=kept["columns"], rarity=kept["rarity"]),
                dense=LinearHead(weights=kept["dense_weights"], bias=kept["dense_bias"]),
                sparse=LinearHead(weights=kept["sparse_weights"], bias=kept["sparse_bias"]),
            )


def _fit_dense(
    examples: Sequence[Example], encoder: SentenceEncoder, options: ReaderOptions
) -> LinearHead:
    vectors = encoder.encode([text for text, _ in examples])
    model = LogisticRegression(C=options.dense_strength, max_iter=300, tol=1e-3)
    # The products are small: on a busy machine, threads would wait for each other most of the time.
    with threadpool_limits(limits=1):
        return _head(model.fit(vectors, [intent for _, intent in examples]))


def _fit_sparse(
    varied: Sequence[Example], columns: SparseFeatures, options: ReaderOptions
) -> LinearHead:
    rows = columns.transform([text for text, _ in varied])
    model = LinearSVC(C=options.sparse_strength, random_state=options.seed, tol=1e-2)
    return _head(model.fit(rows, [intent for _, intent in varied]))


def _head(model: Union[LogisticRegression, LinearSVC]) -> LinearHead:
    """The numbers of a fitted scikit-learn model; two intents have one row there, here two."""
    weights, bias = model.coef_.astype(np.float32), model.intercept_.astype(np.float32)
    if len(bias) == 1:
        weights, bias = np.vstack([-weights, weights]), np.concatenate([-bias, bias])
    return LinearHead(weights=weights, bias=bias)
