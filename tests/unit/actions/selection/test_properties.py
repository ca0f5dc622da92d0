"""No text raises, hangs, or yields an invoice or a card that was not shown."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from actions.selection import Chosen, ChosenCard, resolve_cards, resolve_invoices
from bot.nlu.values import extract
from bot.nlu.values.vocabulary import vocabulary
from evaluation.cases import Lists

_SLOWEST_SECONDS = 1.0
_KNOWN_WORDS = sorted(vocabulary().words())
_PIECES = st.one_of(
    st.sampled_from(_KNOWN_WORDS),
    st.integers(0, 10**7).map(str),
    st.sampled_from(
        ["499,00", "1 249,50 kr", "4/11", "31/45", "Q2", ".se", ":-", "??", "-", "'", "\n"]
    ),
    st.text(max_size=8),
)
_SENTENCES = st.lists(_PIECES, max_size=120).map(lambda pieces: " ".join(pieces)[:2000])
_TEXTS = st.one_of(st.text(max_size=2000), _SENTENCES)


def _check(text: str, lists: Lists, nlp: Any) -> None:
    with _no_longer_than(_SLOWEST_SECONDS):
        values = extract(text, today=lists.today, nlp=nlp).to_dict()
    for shown in lists.invoices.values():
        with _no_longer_than(_SLOWEST_SECONDS):
            result = resolve_invoices(values, shown, today=lists.today)
        if isinstance(result, Chosen):
            assert result.ids
            assert set(result.ids) <= {invoice.id for invoice in shown}
    with _no_longer_than(_SLOWEST_SECONDS):
        card = resolve_cards(values, lists.cards, today=lists.today)
    if isinstance(card, ChosenCard):
        assert card.id in {known.id for known in lists.cards}


@contextmanager
def _no_longer_than(seconds: float) -> Iterator[None]:
    """By the processor's clock: what else the machine does is nobody's fault here."""
    started = time.process_time()
    yield
    assert time.process_time() - started < seconds


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(text=_TEXTS)
def test_any_text_is_answered_from_the_list(text: str, lists: Lists, nlp: Any) -> None:
    _check(text, lists, nlp)


@pytest.mark.parametrize(
    "text",
    ["1 " * 1000, "(" * 2000, "ettan och " * 200, "a" * 2000, "alla utom " * 200, "1," * 1000,
     "q" * 40 + "-" * 1900, "den på " * 280, "tusen" * 400, "x@" * 1000, "x." * 1000, "nej " * 500,
     "webb hotell " * 160, "mellan 1 och " * 150, "٣٤٥ ½ ² ፩ " * 200,
     "ettan till tvåan nej till " * 75, "så den " * 280, "1000 står det på " * 120,
     "den röda nej kortet utan " * 80],
)  # fmt: skip
def test_long_repetitions_stay_quick(text: str, lists: Lists, nlp: Any) -> None:
    _check(text, lists, nlp)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(terms=_JSON)
def test_values_of_any_shape_are_survived(terms: Any, lists: Lists) -> None:
    shown = lists.invoices["byra"]

    result = resolve_invoices({"terms": terms}, shown, today=lists.today)
    card = resolve_cards({"terms": terms}, lists.cards, today=lists.today)

    assert not isinstance(result, Chosen)
    assert not isinstance(card, ChosenCard)
