"""Card and identity numbers go, whatever the notation; a customer's own numbers stay."""

from __future__ import annotations

import time
import unicodedata
from collections.abc import Callable
from datetime import date
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kvitt.identity.card_numbers import BRANDS, is_card_number, is_luhn
from kvitt.identity.masking import Found, mask, own_numbers
from kvitt.identity.personal_numbers import is_personal_number

# Documented test numbers of the card brands and of payment providers
TEST_CARDS = (
    "4111111111111111",
    "4242424242424242",
    "4000056655665556",
    "4222222222222",
    "4000000000003220",
    "5555555555554444",
    "5105105105105100",
    "5200828282828210",
    "2223003122003222",
    "2720990000000007",
    "378282246310005",
    "371449635398431",
    "6011111111111117",
    "6011000990139424",
    "30569309025904",
    "38520000023237",
    "3056930009020004",
    "3566002020360505",
    "6200000000000005",
    "6759649826438453",
    "5019717010103742",
)
SPACES = (
    " \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f"
    "\u3000\t"
)
DASHES = "-‐‑‒–—―−﹘﹣－_"
DOTS = ".·•․"
DIGIT_SYSTEMS = [0x30, 0x660, 0x6F0, 0x966, 0xFF10, 0x1D7CE, 0x1D7D8]


def luhn_digit(digits: str) -> str:
    return next(last for last in "0123456789" if is_luhn(digits + last))


def grouped(digits: str, sizes: list[int], separator: str) -> str:
    parts, rest = [], digits
    for size in sizes:
        parts.append(rest[:size])
        rest = rest[size:]
    return separator.join(part for part in [*parts, rest] if part)


def in_digits_of(text: str, zero: int) -> str:
    return "".join(chr(zero + int(c)) if "0" <= c <= "9" else c for c in text)


@st.composite
def cards(draw: st.DrawFn) -> str:
    first, last, lengths = draw(st.sampled_from(BRANDS))
    length = draw(st.sampled_from(sorted(lengths)))
    prefix = str(draw(st.integers(first, last)))
    body = draw(st.text("0123456789", min_size=length, max_size=length))
    digits = (prefix + body)[: length - 1]
    return digits + luhn_digit(digits)


@st.composite
def personal_numbers(draw: st.DrawFn) -> str:
    """Twelve digits; a coordination number now and then."""
    born = draw(st.dates(date(1900, 1, 1), date(2026, 11, 1)))
    day = born.day + draw(st.sampled_from([0, 0, 60]))
    digits = f"{born:%Y%m}{day:02d}{draw(st.integers(0, 999)):03d}"
    return digits + luhn_digit(digits[2:])


def digits_left(text: str) -> str:
    values = (unicodedata.digit(letter, None) for letter in text)
    return "".join(str(value) for value in values if value is not None)


@pytest.mark.parametrize("card", TEST_CARDS)
@pytest.mark.parametrize(
    "written",
    [
        lambda c: c,
        lambda c: grouped(c, [4, 4, 4], " "),
        lambda c: grouped(c, [4, 4, 4], "-"),
        lambda c: grouped(c, [4, 4, 4], "."),
        lambda c: grouped(c, [4, 4, 4], "\u00a0"),
        lambda c: grouped(c, [4, 4, 4], " - "),
        lambda c: grouped(c, [4, 4, 4], "\n"),
        lambda c: grouped(c, [4, 4, 4], "/"),
        lambda c: grouped(c, [4, 4, 4], ", "),
        lambda c: grouped(c, [8], " "),
        lambda c: " ".join(c),
        lambda c: "\u200b".join(c),
        lambda c: "".join(f"{digit}\ufe0f\u20e3" for digit in c),
        lambda c: grouped(c, [4, 4], "\u00ad"),
        lambda c: f"kort{c}cvc",
        lambda c: f"({c})",
        lambda c: f"1042 {c} 499",
    ],
)
def test_a_card_number_goes_in_any_notation(card: str, written: Callable[[str], str]) -> None:
    masked = mask(f"hej, mitt kort är {written(card)} tack")

    assert Found.CARD_NUMBER in masked.found
    assert card[:-4] not in digits_left(masked.text)
    assert masked.text.startswith("hej, mitt kort är ")
    assert masked.text.endswith(" tack")


@settings(max_examples=300, deadline=None)
@given(
    cards(),
    st.lists(st.integers(1, 6), max_size=6),
    st.sampled_from([*SPACES, *DASHES, *DOTS, ""]),
    st.sampled_from(DIGIT_SYSTEMS),
)
def test_any_card_goes_in_any_groups_spaces_dashes_dots_and_digits(
    card: str, sizes: list[int], separator: str, zero: int
) -> None:
    masked = mask(f"Kortet: {in_digits_of(grouped(card, sizes, separator), zero)}!")

    assert Found.CARD_NUMBER in masked.found
    assert card[:-4] not in digits_left(masked.text)


@settings(max_examples=300, deadline=None)
@given(cards(), st.lists(st.sampled_from(SPACES + DASHES + DOTS), min_size=5, max_size=5))
def test_groups_of_four_go_with_a_different_separator_each(card: str, between: list[str]) -> None:
    parts = [card[start : start + 4] for start in range(0, len(card), 4)]
    text = "".join(part + gap for part, gap in zip(parts, between, strict=False))

    assert Found.CARD_NUMBER in mask(text).found


@settings(max_examples=300, deadline=None)
@given(cards(), st.text("abcåäö ,.!?\n", max_size=20), st.text("abcåäö ,!?\n", max_size=20))
def test_what_is_masked_stays_masked(card: str, before: str, after: str) -> None:
    once = mask(f"{before} x {card} x {after}")

    assert mask(once.text).text == once.text
    assert len(once.text) == len(f"{before} x {card} x {after}")


@settings(max_examples=300, deadline=None)
@given(
    personal_numbers(),
    st.sampled_from(
        ["{d}{n}", "{d}-{n}", "{d}+{n}", "{d} {n}", "{d} - {n}", "{d}–{n}", "{d}\u00a0{n}"]
    ),
    st.booleans(),
    st.sampled_from(DIGIT_SYSTEMS),
)
def test_any_personal_number_goes(number: str, notation: str, is_long: bool, zero: int) -> None:
    day = number[:8] if is_long else number[2:8]
    written = in_digits_of(notation.format(d=day, n=number[8:]), zero)

    masked = mask(f"mitt personnummer är {written}.")

    assert masked.found == {Found.PERSONAL_NUMBER}
    assert digits_left(masked.text) == ""


@pytest.mark.parametrize(
    "written",
    [
        "1985-07-09-9805",
        "1985 07 09 9805",
        "85 07 09 9805",
        "85.07.09-9805",
        "8 5 0 7 0 9 9 8 0 5",
        "850769-9802",
        "19850769-9802",
        "8507099805",
        "198507099805",
        "SE850709-9805",
    ],
)
def test_personal_numbers_of_many_notations_go(written: str) -> None:
    masked = mask(f"hej {written} tack")

    assert masked.found == {Found.PERSONAL_NUMBER}
    assert digits_left(masked.text) == ""


@pytest.mark.parametrize(
    "text",
    [
        "betala faktura 1042, 1043 och 1051",
        "fakturor: 4101, 4102, 4103, 4104",
        "4101 4102 4103 4104 4105 4106 4107",
        "5101\n5102\n5103\n5104",
        "betala 1042 1043 1051 1063 1077 1080",
        "koden är 482913",
        "482 913",
        "1 249,50 kr och 12 499,00 kr samt 499 kr",
        "499.00 1249.50 89.00 349.00",
        "499,00 1249,50 89,00 349,00",
        "ring mig på 070-174 06 05",
        "0701740605",
        "mobil 070 1740605 eller 08-123 456 78",
        "+46 70 174 06 05",
        "0046701740605",
        "org.nr 556012-5790",
        "5560125790",
        "165560125790",
        "2026-11-23 14:05:06",
        "20261123",
        "mellan 2026-11-01 och 2026-11-30",
        "SE45 5000 0000 0583 9825 7466",
        "bankgiro 5050-1055, plusgiro 900 80 04",
        "192.168.100.200:8080",
        "kort som slutar på 4242",
        "visa 4242, giltigt 08/28",
        "F-2026-000123 och F-2026-000124",
        "kundnummer 1000234",
        "1111 2222 3333 4444",
        "1234567890123456",
        "cvc är tre siffror",
        "säkerhetskoden jag fick är 482913",
        "postnummer 123 45, box 1042",
        "",
        "ja",
    ],
)
def test_numbers_that_are_none_of_these_stay(text: str) -> None:
    masked = mask(text)

    assert masked.text == text
    assert masked.found == frozenset()


@settings(max_examples=200, deadline=None)
@given(
    st.integers(1, 99_990),
    st.lists(st.integers(1, 9), min_size=2, max_size=12),
    st.sampled_from([", ", " och ", " ", "\n", ",", "; "]),
)
def test_lists_of_invoice_numbers_stay(start: int, steps: list[int], separator: str) -> None:
    numbers = [start]
    for step in steps:
        numbers.append(numbers[-1] + step)
    text = "betala " + separator.join(str(number) for number in numbers)

    assert mask(text, own_numbers(str(number) for number in numbers)).text == text


@settings(max_examples=200, deadline=None)
@given(st.lists(st.text("0123456789", min_size=4, max_size=19), min_size=1, max_size=8))
def test_a_customers_own_numbers_stay_whatever_they_look_like(numbers: list[str]) -> None:
    text = "gäller " + " , ".join(numbers)

    assert mask(text, own_numbers(numbers)).text == text


def test_an_ocr_reference_of_ones_own_stays_and_a_card_beside_it_goes() -> None:
    ocr = "4111111111111111"  # such a reference may well look like a card
    masked = mask(f"OCR {ocr}, kort 5555 5555 5555 4444", own_numbers([ocr]))

    assert masked.text == f"OCR {ocr}, kort •••• •••• •••• 4444"


def test_a_group_of_a_card_that_is_also_an_invoice_number_goes_all_the_same() -> None:
    masked = mask("4111 1111 1111 1111", own_numbers(["4111"]))

    assert masked.text == "•••• •••• •••• 1111"


def test_own_numbers_are_compared_by_their_digits() -> None:
    assert own_numbers(["F-2026/1042", "1043", "utkast"]) == {"20261042", "1043"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("cvc 123", "cvc •••"),
        ("CVV: 1234", "CVV: ••••"),
        ("säkerhetskoden är 123", "säkerhetskoden är •••"),
        ("4111111111111111 12/28 123", "••••••••••••1111 12/28 •••"),
        ("4111 1111 1111 1111, 01/29, 987", "•••• •••• •••• 1111, 01/29, •••"),
        ("4111 1111 1111 1111 exp 12 2028 123", "•••• •••• •••• 1111 exp 12 2028 •••"),
    ],
)
def test_a_security_code_goes(text: str, expected: str) -> None:
    masked = mask(text)

    assert masked.text == expected
    assert Found.SECURITY_CODE in masked.found


def test_a_card_with_its_expiry_and_code_grown_on_goes() -> None:
    for text in ("41111111111111111228123", "4111111111111111123", "12284111111111111111"):
        assert "411111111111" not in mask(text).text


@pytest.mark.parametrize(
    ("text", "is_masked"),
    [
        ("0701012387", False),  # 070 could be a phone
        ("mitt personnummer är 0701012387", True),
        ("0501012389", True),
        ("ring mig på 0501012389", False),
        ("070101-2387", True),
    ],
)
def test_ten_digits_that_may_be_a_phone_are_told_by_the_words(text: str, is_masked: bool) -> None:
    digits = "".join(filter(str.isdigit, text))
    assert is_personal_number(digits)

    assert (mask(text).found == {Found.PERSONAL_NUMBER}) is is_masked


@settings(max_examples=500, deadline=None)
@given(st.text(max_size=300) | st.text(SPACES + DASHES + DOTS + "0123456789/,", max_size=300))
def test_no_text_breaks_it_and_nothing_but_digits_and_marks_changes(text: str) -> None:
    masked = mask(text)

    assert mask(masked.text).text == masked.text or masked.found
    if not masked.found:
        assert masked.text == text


def test_the_longest_message_takes_milliseconds() -> None:
    worst = ("4111 1111 1111 1112 " * 100)[:2000]
    began = time.perf_counter()
    for text in (worst, "4" * 2000, "1 " * 1000, "8507" * 500):
        mask(text)

    assert time.perf_counter() - began < 1.0


def test_of_random_numbers_few_are_taken_for_cards() -> None:
    """Brand and length leave about one in fifty of 16-digit numbers."""
    random = Random(1)
    hits = sum(is_card_number(f"{random.randrange(10**16):016d}") for _ in range(5000))

    assert hits / 5000 < 0.035
