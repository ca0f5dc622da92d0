"""Both views of a message are bounded, whatever is in it, and keep what it says."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.nlu.text import MAX_CHARACTERS, clean, fold

ANY_TEXT = st.text(alphabet=st.characters(), max_size=2 * MAX_CHARACTERS)


@pytest.mark.parametrize(
    ("written", "cleaned"),
    [
        ("  Hej   där\n\nvad  ", "Hej där vad"),
        ("hej\u200b\ufeff!", "hej!"),
        ("a\u030a", "å"),
        ("499\u00a0kr", "499 kr"),
        ("\ud800hej", "hej"),
        ("hej\0du", "hej du"),
        ("", ""),
    ],
)
def test_cleaning_takes_away_what_nobody_sees(written: str, cleaned: str) -> None:
    assert clean(written) == cleaned


@pytest.mark.parametrize(
    ("written", "cleaned"),
    [
        ("min mejl är moa_k@post.exempel.se, tack", "min mejl är namn@exempel.se, tack"),
        ("MOA@EXEMPEL.SE.", "namn@exempel.se."),
        ("det är nils punkt ek snabel a exempel punkt se", "det är namn@exempel.se"),
        ("skriv moa snabela post punkt exempel punkt se", "skriv namn@exempel.se"),
        ("en snabel a", "en snabel a"),
        ("moa@", "moa@"),
    ],
)
def test_every_address_is_the_same_one(written: str, cleaned: str) -> None:
    assert clean(written) == cleaned


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("Räkning 1042", "rakning 0000"),
        ("SNÄÄÄÄLLA!!!", "snaalla!!"),
        ("räkning", "rakning"),
        ("2000", "0000"),
    ],
)
def test_folding_leaves_what_a_hasty_thumb_would_write(written: str, folded: str) -> None:
    assert fold(written) == folded


@settings(deadline=None, max_examples=60)
@given(ANY_TEXT)
def test_any_text_becomes_short_composed_and_encodable(text: str) -> None:
    for view in (clean(text), fold(text)):
        assert len(view) <= MAX_CHARACTERS
        assert view == view.strip() or view == fold(text)
        view.encode("utf-8")

    assert unicodedata.is_normalized("NFC", clean(text))
