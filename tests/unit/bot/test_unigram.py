"""The tokenizer takes the best-scored cut, and bears every text."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.nlu.unigram import BEGIN, END, UNKNOWN, UnigramTokenizer

PIECES = ["<s>", "<pad>", "</s>", "<unk>", "▁", "▁be", "tala", "▁betala", "b", "e", "t", "a", "l"]
SCORES = [0.0, 0.0, 0.0, 0.0, -3.0, -4.0, -4.0, -7.5, -6.0, -6.0, -6.0, -6.0, -6.0]


@pytest.fixture
def tokenizer() -> UnigramTokenizer:
    return UnigramTokenizer(PIECES, SCORES)


def cut(tokenizer: UnigramTokenizer, text: str) -> list[str]:
    return [PIECES[i] for i in tokenizer.encode(text)[1:-1]]


def test_the_cut_with_the_highest_sum_wins(tokenizer: UnigramTokenizer) -> None:
    assert cut(tokenizer, "betala") == ["▁betala"]
    assert cut(tokenizer, "betalatala") == ["▁betala", "tala"]


def test_words_are_cut_apart_and_spaces_do_not_count(tokenizer: UnigramTokenizer) -> None:
    assert cut(tokenizer, " betala   bet ") == ["▁betala", "▁be", "t"]


def test_foreign_letters_in_a_row_are_one_unknown_piece(tokenizer: UnigramTokenizer) -> None:
    assert cut(tokenizer, "be中文t") == ["▁be", "<unk>", "t"]


def test_a_marker_written_out_is_only_text(tokenizer: UnigramTokenizer) -> None:
    assert tokenizer.encode("</s>").count(END) == 1


def test_letters_of_other_widths_are_the_same_letters(tokenizer: UnigramTokenizer) -> None:
    assert cut(tokenizer, "ｂｅｔａｌａ") == ["▁betala"]


def test_it_is_the_same_after_being_kept(tokenizer: UnigramTokenizer, tmp_path: Path) -> None:
    path = tmp_path / "pieces.tsv"
    tokenizer.save(path)

    again = UnigramTokenizer.load(path)

    assert again.encode("betalatala be") == tokenizer.encode("betalatala be")


@settings(deadline=None, max_examples=100)
@given(st.text(max_size=400))
def test_every_text_is_cut_between_the_markers(text: str) -> None:
    ids = UnigramTokenizer(PIECES, SCORES).encode(text)

    assert (ids[0], ids[-1]) == (BEGIN, END)
    assert all(UNKNOWN <= i < len(PIECES) for i in ids[1:-1])
