"""The extractor's tokeniser and the invented lists, read once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import spacy

from evaluation.cases import Lists, read_lists

CASES = Path(__file__).parent / "cases"


@pytest.fixture(scope="session")
def nlp() -> Any:
    return spacy.blank("sv")


@pytest.fixture(scope="session")
def lists() -> Lists:
    return read_lists(CASES / "lists.json")
