"""The JSON that goes over the wire: list wrappers, empty lists, and strings or numbers.

Actions answer with the documented types; the switches of the install turn them into the other forms
that clients of WHMCS have met.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any
from xml.sax.saxutils import escape

from sandbox.switches import Switches

MONEY_KEYS = frozenset(
    [
        "subtotal",
        "credit",
        "tax",
        "tax1",
        "tax2",
        "taxrate",
        "taxrate2",
        "total",
        "balance",
        "amount",
        "amountin",
        "amountout",
        "fees",
        "unitprice",
        "discount",
    ]
)
NUMBER_KEYS = frozenset(
    [
        "id",
        "userid",
        "clientid",
        "client_id",
        "owner_user_id",
        "invoiceid",
        "refundid",
        "relid",
        "paymethodid",
        "ticketid",
        "deptid",
        "contactid",
        "currency",
        "format",
        "quantity",
        "totalresults",
        "startnumber",
        "numreturned",
        "awaitingreply",
        "opentickets",
        "replyid",
        "noteid",
        "attachments_removed",
        "flag",
    ]
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A list under its key: `invoices: Listing(key="invoice")` is {"invoices": {"invoice": …}}."""

    key: str
    rows: Sequence[Any]
    empty: Any = None
    """The documented form without rows, where it is not {"key": []}."""
    can_flatten: bool = False


def render(answer: Mapping[str, Any], switches: Switches) -> dict[str, Any]:
    """The answer as plain JSON values in the forms that the switches ask for."""
    rendered: dict[str, Any] = {}
    for key, value in answer.items():
        if isinstance(value, Listing):
            rendered |= _listing(key, value, switches)
        else:
            rendered[key] = _value(value, switches)
    return _numeric(rendered) if switches.types == "numeric" else rendered


def _value(value: Any, switches: Switches) -> Any:
    if isinstance(value, Mapping):
        return render(value, switches)
    if isinstance(value, list):
        return [_value(item, switches) for item in value]
    return value


def _listing(key: str, listing: Listing, switches: Switches) -> dict[str, Any]:
    rows = [_value(row, switches) for row in listing.rows]
    if not rows:
        return _empty(key, listing, switches)
    if listing.can_flatten and switches.flattened_keys:
        return flatten(key, {listing.key: rows})
    if len(rows) == 1 and switches.single_lists != "list":
        one = rows[0] if switches.single_lists == "lone" else {"0": rows[0]}
        return {key: {listing.key: one}}
    return {key: {listing.key: rows}}


def _empty(key: str, listing: Listing, switches: Switches) -> dict[str, Any]:
    match switches.empty_lists:
        case "absent":
            return {}
        case "bare_list":
            return {key: []}
        case "object":
            return {key: {}}
        case "string":
            return {key: ""}
        case "documented" if listing.empty is not None:
            return {key: listing.empty}
        case _:
            return {key: {listing.key: []}}


def flatten(prefix: str, value: Any) -> dict[str, str]:
    """`{"credits[credit][0][id]": "1"}`, as some of the documentation prints it."""
    items: Sequence[tuple[Any, Any]]
    if isinstance(value, Mapping):
        items = list(value.items())
    elif isinstance(value, list):
        items = list(enumerate(value))
    else:
        return {prefix: str(value)}
    flat: dict[str, str] = {}
    for key, item in items:
        flat |= flatten(f"{prefix}[{key}]", item)
    return flat


def _numeric(value: Any, key: str = "") -> Any:
    if isinstance(value, Mapping):
        return {name: _numeric(item, name) for name, item in value.items()}
    if isinstance(value, list):
        return [_numeric(item, key) for item in value]
    if isinstance(value, str) and key in MONEY_KEYS:
        return _float(value)
    if isinstance(value, str) and key in NUMBER_KEYS and value.isascii() and value.isdigit():
        return int(value)
    return value


def _float(text: str) -> float | str:
    try:
        return float(Decimal(text))
    except InvalidOperation:
        return text


def as_xml(name: str, answer: Mapping[str, Any]) -> str:
    """The same answer for `responsetype=xml`."""
    body = "".join(_xml(key, value) for key, value in answer.items())
    inside = f"<action>{escape(name)}</action>{body}"
    return f'<?xml version="1.0" encoding="utf-8"?>\n<whmcsapi>{inside}</whmcsapi>'


def _xml(key: str, value: Any) -> str:
    if isinstance(value, list):
        return "".join(_xml(key, item) for item in value)
    if isinstance(value, Mapping):
        body = "".join(_xml(str(name), item) for name, item in value.items())
    else:
        body = "" if value is None else escape(str(value))
    tag = key if key.isidentifier() else "item"
    return f"<{tag}>{body}</{tag}>"
