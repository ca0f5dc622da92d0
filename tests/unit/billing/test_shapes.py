"""Every form in which WHMCS writes an id, an amount, a date or a list."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from billing.whmcs import shapes
from billing.whmcs.shapes import Unreadable

STOCKHOLM = ZoneInfo("Europe/Stockholm")


@pytest.mark.parametrize("written", [42, "42", " 42 "])
def test_an_id_is_read_from_a_number_or_a_string(written: Any) -> None:
    assert shapes.integer({"id": written}, "id") == 42


@pytest.mark.parametrize("written", [True, 4.5, Decimal("42"), "4x", "٤٢", [], {}, "9" * 19])
def test_an_id_that_is_not_one_is_unreadable(written: Any) -> None:
    with pytest.raises(Unreadable, match=r"^id$"):
        shapes.integer({"id": written}, "id")


@pytest.mark.parametrize("payload", [{}, {"id": None}, {"id": ""}])
def test_a_missing_id_is_none_where_it_may_be_missing(payload: dict[str, Any]) -> None:
    assert shapes.optional_integer(payload, "id") is None


def test_an_id_of_zero_is_no_id() -> None:
    assert shapes.identifier({"paymethodid": "0"}, "paymethodid") is None


def test_the_second_name_of_a_field_is_read_where_the_first_is_absent() -> None:
    assert shapes.integer({"invoiceid": None, "id": 7}, "invoiceid", "id") == 7


@pytest.mark.parametrize(
    ("written", "exact"),
    [
        ("15.95", "15.95"),
        ("-15.95", "-15.95"),
        ("0.000", "0.00"),
        (15, "15.00"),
        (Decimal("15.9"), "15.90"),
        (Decimal("299.99999999999994"), "300.00"),
        (Decimal("1E-999999"), "0.00"),
    ],
)
def test_an_amount_is_exact_to_the_hundredth(written: Any, exact: str) -> None:
    assert str(shapes.amount({"total": written}, "total")) == exact


@pytest.mark.parametrize(
    "written",
    [
        None,
        "",
        "$2645.80 USD",
        "1,249.50",
        "1_000",
        "1e3",
        "NaN",
        "Infinity",
        True,
        [],
        10.5,
        10**13,
        Decimal("1E+999999999999999999"),
        "١٥",
    ],
)
def test_an_amount_that_is_not_plain_is_unreadable(written: Any) -> None:
    with pytest.raises(Unreadable, match=r"^total$"):
        shapes.amount({"total": written}, "total")


@pytest.mark.parametrize("written", [True, 1, "1", "true", "on", "TRUE"])
def test_true_is_true_in_every_spelling(written: Any) -> None:
    assert shapes.flag({"switch": written}, "switch")


@pytest.mark.parametrize("written", [False, 0, "0", "false", "", "off"])
def test_false_is_false_in_every_spelling(written: Any) -> None:
    assert not shapes.flag({"switch": written}, "switch", default=True)


def test_a_switch_that_is_absent_has_its_default() -> None:
    assert shapes.flag({}, "switch", default=True)


def test_a_switch_that_is_neither_is_unreadable() -> None:
    with pytest.raises(Unreadable):
        shapes.flag({"switch": "kanske"}, "switch")


@pytest.mark.parametrize("written", ["0000-00-00", "0000-00-00 00:00:00", "", None, "-0001-11-30"])
def test_a_date_that_never_was_is_none(written: Any) -> None:
    assert shapes.optional_day({"datepaid": written}, "datepaid") is None


@pytest.mark.parametrize("written", ["2026-09-03", "2026-09-03 14:05:06"])
def test_a_day_is_read_with_and_without_a_time(written: str) -> None:
    assert shapes.day({"duedate": written}, "duedate") == date(2026, 9, 3)


@pytest.mark.parametrize("written", ["03/09/2026", "2026-13-01", "0001-01-01", 20260903, "soon"])
def test_a_day_in_no_known_form_is_unreadable(written: Any) -> None:
    with pytest.raises(Unreadable, match=r"^duedate$"):
        shapes.day({"duedate": written}, "duedate")


def test_a_moment_is_of_the_billing_systems_clock() -> None:
    moment = shapes.optional_moment({"date": "2026-07-01 12:00:00"}, STOCKHOLM, "date")

    assert moment == datetime(2026, 7, 1, 10, 0, tzinfo=UTC)


def test_text_has_its_entities_undone_and_nothing_unprintable_left() -> None:
    written = "Berg &amp; S&ouml;n\x00 \ud800AB\r\nrad två\x1b[0m"

    assert shapes.text({"name": written}, "name") == "Berg & Sön AB\nrad två[0m"


@pytest.mark.parametrize(("written", "read"), [(None, ""), ([], ""), (1042, "1042"), ("", "")])
def test_text_is_empty_where_there_is_none(written: Any, read: str) -> None:
    assert shapes.text({"invoicenum": written}, "invoicenum") == read


@pytest.mark.parametrize(
    "payload",
    [
        {},
        {"invoices": None},
        {"invoices": ""},
        {"invoices": []},
        {"invoices": {}},
        {"invoices": [[]]},
        {"invoices": {"invoice": []}},
        {"invoices": {"invoice": ""}},
        {"invoices": {"invoice": None}},
        {"invoices": {"invoice": [[]]}},
    ],
)
def test_nothing_is_nothing_in_every_form(payload: dict[str, Any]) -> None:
    assert shapes.rows(payload, "invoices", "invoice") == []


@pytest.mark.parametrize(
    "payload",
    [
        {"invoices": {"invoice": [{"id": 1}]}},
        {"invoices": {"invoice": {"id": 1}}},
        {"invoices": {"invoice": {"0": {"id": 1}}}},
        {"invoices": {"0": {"id": 1}}},
        {"invoices": [{"id": 1}]},
        {"invoices": {"id": 1}},
    ],
)
def test_one_record_is_found_however_it_is_wrapped(payload: dict[str, Any]) -> None:
    assert shapes.rows(payload, "invoices", "invoice") == [{"id": 1}]


@pytest.mark.parametrize("value", ["none", 7, True, ["x"], [[1]], {"invoice": "x"}])
def test_a_list_that_is_none_is_unreadable_and_not_empty(value: Any) -> None:
    with pytest.raises(Unreadable, match=r"^invoices$"):
        shapes.rows({"invoices": value}, "invoices", "invoice")


def test_flattened_keys_are_nested_again() -> None:
    flat = {
        "result": "success",
        "currencies[currency][0][id]": "1",
        "currencies[currency][0][code]": "SEK",
        "currencies[currency][1][id]": "2",
        "currencies[currency][1][code]": "EUR",
    }

    nested = shapes.unflatten(flat)

    assert shapes.rows(nested, "currencies", "currency") == [
        {"id": "1", "code": "SEK"},
        {"id": "2", "code": "EUR"},
    ]


@pytest.mark.parametrize("key", ["a[", "]a[", "[a]", "a[b]c", "a[]"])
def test_odd_brackets_do_no_harm(key: str) -> None:
    assert "result" in shapes.unflatten({"result": "success", key: 1})
