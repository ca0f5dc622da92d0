"""Which pieces of the vocabulary stay, and the tokenizer that cuts Swedish and English with them.

Kept are all pieces of Swedish and English letters (and é, ü and the other Nordic letters, which
Swedish names have), digits, punctuation, symbols and emoji. A text of these characters is cut as by
the whole vocabulary: a piece with another letter in it could not have matched. Scores stay as they
are, so the cheapest cut stays the cheapest; other letters become the unknown piece.
"""

from __future__ import annotations

import numpy as np

from bot.encoder.package_weights import UnreadableWeights, Vocabulary
from bot.nlu.unigram import BEGIN, END, PADDING, UNKNOWN, UnigramTokenizer

LETTERS = frozenset("abcdefghijklmnopqrstuvwxyzåäöéüæøáàèíóúñçðþêôâ")
PRIVATE_USE = range(0xE000, 0xF900)


def is_kept(piece: str) -> bool:
    """Whether a Swedish or English message could contain this piece."""
    return all(_is_kept_character(character) for character in piece)


def _is_kept_character(character: str) -> bool:
    if character.isalpha():
        return character.lower() in LETTERS
    return ord(character) not in PRIVATE_USE


def kept_ids(vocabulary: Vocabulary) -> np.ndarray:
    """The ids that stay, in their order, which keeps the four special pieces first."""
    special = (vocabulary.begin, vocabulary.padding, vocabulary.end, vocabulary.unknown)
    if special != (BEGIN, PADDING, END, UNKNOWN):
        raise UnreadableWeights(f"The special pieces are {special}; the tokenizer's are 0 to 3.")
    return np.array(
        [i for i, piece in enumerate(vocabulary.pieces) if i in special or is_kept(piece)]
    )


def tokenizer_of(vocabulary: Vocabulary, ids: np.ndarray) -> UnigramTokenizer:
    """A tokenizer of the pieces `ids`; a piece's new id is its place among them.

    The prefix "query: " that the base model was trained with is left out: fine-tuning makes up for
    it, and each message is four tokens shorter.
    """
    return UnigramTokenizer(
        [vocabulary.pieces[i] for i in ids], [vocabulary.scores[i] for i in ids]
    )
