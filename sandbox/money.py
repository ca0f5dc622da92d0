"""Amounts inside the sandbox are whole öre; these functions go to and from the wire's "15.95"."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

LARGEST_ORE = 10**13
NBSP = "\N{NO-BREAK SPACE}"


def parse(text: str | int | float | Decimal) -> int:
    """Öre from "15.95" or 15.95; raises ValueError for anything else."""
    try:
        amount = Decimal(str(text).strip())
    except InvalidOperation:
        raise ValueError("not an amount") from None
    if not amount.is_finite() or abs(amount) >= LARGEST_ORE // 100:
        raise ValueError("not an amount")
    return int((amount * 100).to_integral_value(ROUND_HALF_UP))


def plain(ore: int) -> str:
    """As WHMCS writes it on the wire: "15.95"."""
    return f"{Decimal(ore).scaleb(-2):.2f}"


def share(ore: int, percent: str) -> int:
    """`percent` ("25.000") of an amount, rounded half up to whole öre."""
    return int((Decimal(ore) * Decimal(percent) / 100).to_integral_value(ROUND_HALF_UP))


def swedish(ore: int) -> str:
    """As a Swede writes it: "1 249,50 kr", with no-break spaces."""
    number = f"{Decimal(ore).scaleb(-2):,.2f}".replace(",", NBSP).replace(".", ",")
    return f"{number}{NBSP}kr"
