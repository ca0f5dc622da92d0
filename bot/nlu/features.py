"""Sparse features: character and word n-grams of the folded text, hashed, weighted by rarity.

They catch what a sentence vector blurs (a product's name, "två ggr", the shape of a number), and
cost well under a millisecond.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Sequence

import numpy as np
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import HashingVectorizer
from sklearn.preprocessing import normalize

from bot.nlu.text import fold

HASHED_COLUMNS = 2**18
_NGRAMS = (
    HashingVectorizer(
        analyzer="char_wb", ngram_range=(2, 5), n_features=HASHED_COLUMNS,
        alternate_sign=False, norm=None, lowercase=False, dtype=np.float32,
    ),
    HashingVectorizer(
        analyzer="word", ngram_range=(1, 2), n_features=HASHED_COLUMNS, token_pattern=r"\S+",  # noqa: S106
        alternate_sign=False, norm=None, lowercase=False, dtype=np.float32,
    ),
)  # fmt: skip


def _counts(texts: Sequence[str]) -> csr_matrix:
    folded = [fold(text) for text in texts]
    counts = hstack([ngrams.transform(folded) for ngrams in _NGRAMS], format="csr")
    counts.data = 1.0 + np.log(counts.data)
    return counts


@dataclass(frozen=True)
class SparseFeatures:
    """The columns that training saw often enough, and how rare each is."""

    columns: np.ndarray
    rarity: np.ndarray

    @classmethod
    def fit(cls, texts: Sequence[str], *, min_texts: int = 3) -> "SparseFeatures":
        counts = _counts(texts)
        frequency = np.bincount(counts.indices, minlength=counts.shape[1])
        columns = np.flatnonzero(frequency >= min_texts).astype(np.int32)
        rarity = np.log((1 + len(texts)) / (1 + frequency[columns])) + 1.0
        return cls(columns=columns, rarity=rarity.astype(np.float32))

    def transform(self, texts: Sequence[str]) -> csr_matrix:
        """One row of length one (or empty) for each text."""
        weighted = _counts(texts)[:, self.columns].multiply(self.rarity).tocsr()
        return normalize(weighted, copy=False)
