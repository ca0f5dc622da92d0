"""A SentencePiece unigram tokenizer: the cut of a text into pieces whose scores add up highest.

Small on purpose: the library for this keeps eighty megabytes for the same vocabulary, a tenth of
what Rasa may use. Both the training of the encoder and its use cut texts with this.
"""

from __future__ import annotations

import unicodedata
from array import array
from pathlib import Path
from typing import Dict, List, Optional, Sequence, Tuple

METASPACE = "▁"
SPECIAL_PIECES = 4  # begin, padding, end, unknown: never found in a text
BEGIN, PADDING, END, UNKNOWN = range(SPECIAL_PIECES)
UNKNOWN_PENALTY = 10.0
MAX_CHARACTERS = 1200  # composing may lengthen a text; what is cut is bounded all the same


class UnigramTokenizer:
    """Pieces and their scores (logarithms of how likely each is); a piece's id is its place."""

    def __init__(self, pieces: Sequence[str], scores: Sequence[float]) -> None:
        self.pieces = pieces
        self.scores = scores
        self._ids: Dict[str, int] = {
            piece: i for i, piece in enumerate(pieces) if i >= SPECIAL_PIECES
        }
        self._longest = max((len(piece) for piece in self._ids), default=1)
        self._unknown_score = min(scores) - UNKNOWN_PENALTY

    @classmethod
    def load(cls, path: Path) -> "UnigramTokenizer":
        """From a file of lines, a piece and its score with a tab between."""
        pieces: List[str] = []
        scores = array("d")
        with path.open(encoding="utf-8", newline="\n") as lines:
            for line in lines:
                piece, score = line[:-1].rsplit("\t", 1)
                pieces.append(piece)
                scores.append(float(score))
        return cls(pieces, scores)

    def save(self, path: Path) -> None:
        rows = zip(self.pieces, self.scores, strict=True)
        text = "".join(f"{piece}\t{float(score)!r}\n" for piece, score in rows)
        path.write_text(text, encoding="utf-8", newline="\n")

    def encode(self, text: str) -> List[int]:
        """The ids of the pieces of `text`, between those that mark its beginning and its end."""
        words = unicodedata.normalize("NFKC", text)[:MAX_CHARACTERS].split(" ")
        ids = [i for word in words if word for i in self._cut(METASPACE + word)]
        return [BEGIN, *ids, END]

    def _cut(self, word: str) -> List[int]:
        """The best cut of one word, by dynamic programming over where its pieces end."""
        best: List[Tuple[float, int, int]] = [(0.0, 0, UNKNOWN)]
        for end in range(1, len(word) + 1):
            best.append(self._best_ending_at(word, end, best))
        return _without_repeated_unknowns(_trace(best))

    def _best_ending_at(
        self, word: str, end: int, best: Sequence[Tuple[float, int, int]]
    ) -> Tuple[float, int, int]:
        """The score of the best cut up to `end`, where its last piece starts, and that piece."""
        found: Optional[Tuple[float, int, int]] = None
        for start in range(max(0, end - self._longest), end):
            piece = self._ids.get(word[start:end])
            if piece is not None:
                score = best[start][0] + self.scores[piece]
                if found is None or score > found[0]:
                    found = (score, start, piece)
        unknown = best[end - 1][0] + self._unknown_score
        return found if found and found[0] >= unknown else (unknown, end - 1, UNKNOWN)


def _trace(best: Sequence[Tuple[float, int, int]]) -> List[int]:
    ids: List[int] = []
    end = len(best) - 1
    while end > 0:
        _, start, piece = best[end]
        ids.append(piece)
        end = start
    return ids[::-1]


def _without_repeated_unknowns(ids: Sequence[int]) -> List[int]:
    """Letters of a foreign script in a row say no more than one of them."""
    return [
        piece for i, piece in enumerate(ids) if piece != UNKNOWN or i == 0 or ids[i - 1] != UNKNOWN
    ]
