"""Swedish expressions become terms that carry no Swedish."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
import spacy

from bot.nlu.values import Values, extract

NLP = spacy.blank("sv")


def read(text: str) -> Values:
    return extract(text, today=date(2026, 11, 23), nlp=NLP)


def brief(text: str) -> list[dict[str, Any]]:
    return [
        {name: value for name, value in term.to_dict().items() if name != "form"}
        for term in read(text).terms
    ]


@pytest.mark.parametrize(
    ("text", "ore"),
    [
        ("499 kr", 49900),
        ("499:-", 49900),
        ("1 249,50 kr", 124950),
        ("1\u00a0249,50", 124950),
        ("1.249,50 kronor", 124950),
        ("två hundra spänn", 20000),
        ("tolvhundrafyrtionio kronor", 124900),
        ("tolvhundrafyrtionio kronor och femtio öre", 124950),
        ("åttahundrasjuttiofem och femtio öre", 87550),
        ("femhundralappen", 50000),
        ("2 lax", 200000),
        ("2k", 200000),
    ],
)
def test_amounts_are_read_in_ore(text: str, ore: int) -> None:
    money = [term for term in read(text).terms if term.kind == "money"]

    assert [term.n for term in money] == [ore]


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("ettan", {"kind": "position", "n": 1, "text": "nominal"}),
        ("2:an", {"kind": "position", "n": 2, "text": "nominal"}),
        ("tvaan", {"kind": "position", "n": 2, "text": "nominal"}),
        ("nedersta", {"kind": "position", "n": -1}),
        ("näst sista", {"kind": "position", "n": -2, "text": "ordinal"}),
        ("tredje äldsta", {"kind": "superlative", "n": 3, "text": "age"}),
        ("aldsta", {"kind": "superlative", "n": 1, "text": "age"}),
        ("bilgaste", {"kind": "superlative", "n": -1, "text": "amount"}),
        ("oktober", {"kind": "month", "n": 10}),
        ("andra kvartalet", {"kind": "quarter", "n": 2}),
        ("H1", {"kind": "half", "n": 1}),
        ("xxxx1881", {"kind": "number", "n": 1881, "text": "1881"}),
        ("Q4", {"kind": "quarter", "n": 4}),
        ("4 november", {"kind": "date", "text": "--11-04"}),
        ("2026-11-04", {"kind": "date", "text": "2026-11-04"}),
        ("4.11.", {"kind": "date", "text": "--11-04"}),
        ("förra månaden", {"kind": "period", "text": "2026-10-01/2026-10-31"}),
        ("i fredags", {"kind": "date", "text": "2026-11-20"}),
        ("mästerkortet", {"kind": "brand", "text": "mastercard"}),
        ("08/28", {"kind": "fraction", "n": 8, "text": "08/28"}),
        ("butiken punkt nu", {"kind": "domain", "text": "butiken.nu"}),
    ],
)
def test_an_expression_is_one_term(text: str, term: dict[str, Any]) -> None:
    assert brief(text) == [term]


@pytest.mark.parametrize(
    ("text", "email"),
    [
        ("min mejl är anna@exempel.se", "anna@exempel.se"),
        ("anna punkt svensson snabel-a exempel punkt se", "anna.svensson@exempel.se"),
        ("lasse58 snabela exempel punkt com tack", "lasse58@exempel.com"),
        ("maj bindestreck britt snabel a exempel punkt se", "maj-britt@exempel.se"),
        ("Åsa.Öberg@Exempel.se.", "asa.oberg@exempel.se"),
    ],
)
def test_addresses_are_read_however_they_are_given(text: str, email: str) -> None:
    assert read(text).emails == (email,)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("482913", "482913"),
        ("482 913", "482913"),
        ("564-390", "564390"),
        ("6 5 0 2 1 8", "650218"),
        ("039 561", "039561"),
        ("koden är fyra åtta två nio ett tre", "482913"),
        ("fyrtioåtta tjugonio tretton", "482913"),
        ("noll tre nio fem sex ett", "039561"),
    ],
)
def test_codes_are_read_in_groups_and_words(text: str, code: str) -> None:
    assert read(text).codes == (code,)


@pytest.mark.parametrize(
    ("text", "affirmed"), [("ja, men bara ettan", True), ("nej", False), ("ettan", None)]
)
def test_a_beginning_yes_or_no_is_kept(text: str, affirmed: object) -> None:
    assert read(text).affirmed is affirmed


def test_values_are_plain_json() -> None:
    values = read("alla utom den på 499 kr och domänen").to_dict()

    assert json.loads(json.dumps(values)) == values


def test_a_word_that_may_be_a_product_is_kept() -> None:
    assert brief("migreringen") == [{"kind": "word", "text": "migreringen"}]


def test_text_beyond_the_bound_is_not_read() -> None:
    assert all(term.kind != "position" for term in read("a " * 1500 + "ettan").terms)
