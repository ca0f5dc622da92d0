"""The demo: customers of Nordhost, a web host that does not exist, with dates around today.

Names are invented and domains are reserved ones. Card numbers never appear; the last four are
those of the networks' published test cards.
"""

from __future__ import annotations

from datetime import date, timedelta

from sandbox.scenario import (
    ClientData,
    InvoiceData,
    Item,
    PayMethodData,
    QuoteData,
    QuoteItemData,
    Scenario,
    UserData,
)

VAT = 25
SECOND_FACTOR = "JBSWY3DPEHPK3PXP"
"""Of the one demo user who has a second factor; shown on the login page of the sandbox."""


def demo(today: date) -> Scenario:
    """The scenario as it looks on that day."""
    return Scenario(
        clients=[
            _studio(today),
            _no_debts(today),
            _no_card(today),
            _association(today),
            _second_account(today),
        ]
    )


def _day(today: date, days: int) -> date:
    return today + timedelta(days=days)


def _period(today: date, days: int, months: int = 1) -> str:
    start = today + timedelta(days=days)
    return f"{start.isoformat()} – {(start + timedelta(days=30 * months)).isoformat()}"


def _line(description: str, net: str, kind: str = "Hosting", relid: int = 0) -> Item:
    """A line without VAT, which the invoice adds."""
    return Item(description=description, amount=net, type=kind, relid=relid, taxed=True)


def _invoice(
    today: date,
    id: int,
    due: int,
    items: list[Item],
    *,
    status: str = "Unpaid",
    card: int | None = None,
) -> InvoiceData:
    """An invoice due so many days from today, made two weeks before that."""
    return InvoiceData(
        id=id,
        date=_day(today, due - 14),
        duedate=_day(today, due),
        items=items,
        status=status,  # type: ignore[arg-type]
        datepaid=_day(today, due - 1) if status == "Paid" else None,
        paymethodid=card,
        taxrate=VAT,
    )


def _hosting(today: date, due: int) -> Item:
    return _line(
        f"Webbhotell Plus – lundqvist-form.example.com ({_period(today, due)})", "199.20", relid=11
    )


def _studio(today: date) -> ClientData:
    """The main demo customer: three overdue, one not yet due, three cards, a quote, some credit."""
    return ClientData(
        id=1,
        firstname="Maja",
        lastname="Lundqvist",
        companyname="Lundqvist Form",
        email="maja.lundqvist@exempel.se",
        address1="Provgatan 12",
        postcode="123 45",
        city="Exempelstad",
        phonenumber="070-174 06 05",
        credit="50.00",
        paymethods=[
            PayMethodData(
                id=1,
                card_type="Visa",
                card_last_four="4242",
                expiry_date=f"08/{(today.year + 3) % 100:02d}",
                description="Företagskortet",
                default=True,
            ),
            PayMethodData(
                id=2,
                card_type="MasterCard",
                card_last_four="4444",
                expiry_date=f"11/{(today.year + 2) % 100:02d}",
                description="Privat kort",
            ),
            PayMethodData(
                id=3,
                card_type="Visa",
                card_last_four="0002",
                expiry_date=f"03/{(today.year + 1) % 100:02d}",
                description="Gamla kortet",
                behaviour="decline",
            ),
        ],
        invoices=[
            _invoice(today, 1021, -200, [_hosting(today, -200)], status="Paid", card=1),
            _invoice(today, 1027, -170, [_hosting(today, -170)], status="Paid", card=1),
            _invoice(today, 1033, -140, [_hosting(today, -140)], status="Paid", card=2),
            _invoice(today, 1042, -81, [_hosting(today, -81)]),
            _invoice(
                today,
                1057,
                -47,
                [
                    _line("Domän lundqvist-form.example.com, 1 år", "119.20", "Domain", 21),
                    _line("E-postpaket, 5 brevlådor", "280.00", relid=12),
                ],
            ),
            _invoice(
                today, 1063, -12, [_line("Virtuell server S, 2 vCPU och 4 GB", "999.60", relid=13)]
            ),
            _invoice(today, 1071, 9, [_hosting(today, 9)]),
        ],
        quotes=[
            QuoteData(
                id=31,
                subject="Ny webbutik",
                validuntil=_day(today, 21),
                datecreated=_day(today, -4),
                proposal="Tack för samtalet! Här är vårt förslag på en webbutik i drift hos oss.",
                customernotes="Priserna är utan moms. Bindningstid 12 månader.",
                adminnotes="Kan få 15 % om de tvekar.",
                taxrate=VAT,
                items=[
                    QuoteItemData(
                        description="Uppsättning av webbutik", unitprice="4800.00", taxable=True
                    ),
                    QuoteItemData(
                        description="Webbhotell Butik, per månad",
                        unitprice="349.00",
                        quantity=12,
                        discount="10",
                        taxable=True,
                    ),
                ],
            )
        ],
    )


def _no_debts(today: date) -> ClientData:
    """Everything paid; the next invoice is not due for a while."""
    return ClientData(
        id=2,
        firstname="Elias",
        lastname="Nordgren",
        email="elias.nordgren@exempel.se",
        paymethods=[
            PayMethodData(
                id=4,
                card_type="Visa",
                card_last_four="4242",
                expiry_date=f"05/{(today.year + 2) % 100:02d}",
            )
        ],
        invoices=[
            _invoice(
                today,
                1030,
                -60,
                [_line("Webbhotell Bas, 3 månader", "237.60")],
                status="Paid",
                card=4,
            ),
            _invoice(today, 1068, 20, [_line("Webbhotell Bas, 3 månader", "237.60")]),
        ],
    )


def _no_card(today: date) -> ClientData:
    """Two overdue invoices and no saved card; the login has a second factor."""
    return ClientData(
        id=3,
        firstname="Signe",
        lastname="Ekdal",
        companyname="Ekdals Keramik",
        email="signe.ekdal@exempel.se",
        users=[
            UserData(
                email="signe.ekdal@exempel.se",
                firstname="Signe",
                lastname="Ekdal",
                owner=True,
                second_factor=SECOND_FACTOR,
            )
        ],
        invoices=[
            _invoice(today, 1045, -35, [_line("Webbhotell Plus, 1 månad", "199.20")]),
            _invoice(
                today,
                1060,
                -5,
                [_line("Domän ekdals-keramik.example.com, 1 år", "119.20", "Domain")],
            ),
        ],
    )


def _association(today: date) -> ClientData:
    """An association whose cashier also has an account of her own."""
    return ClientData(
        id=4,
        firstname="Brf",
        lastname="Provhuset",
        companyname="Brf Provhuset",
        email="styrelsen@exempel.se",
        users=[
            UserData(
                email="astrid.holm@exempel.se",
                firstname="Astrid",
                lastname="Holm",
                permissions=["invoices", "tickets"],
            )
        ],
        paymethods=[
            PayMethodData(
                id=5,
                card_type="MasterCard",
                card_last_four="4444",
                expiry_date=f"09/{(today.year + 2) % 100:02d}",
                description="Föreningens kort",
            ),
            PayMethodData(
                id=6,
                card_type="Visa",
                card_last_four="3184",
                expiry_date=f"02/{(today.year + 4) % 100:02d}",
                description="Kräver BankID",
                behaviour="authentication_required",
            ),
        ],
        invoices=[
            _invoice(today, 1049, -28, [_line("Föreningswebb, 1 år", "1199.20")], card=5),
            _invoice(today, 1065, -3, [_line("E-postpaket, 10 brevlådor", "479.20")]),
        ],
    )


def _second_account(today: date) -> ClientData:
    """The cashier's own account: her user belongs to two."""
    return ClientData(
        id=5,
        firstname="Astrid",
        lastname="Holm",
        email="astrid.holm@exempel.se",
        paymethods=[
            PayMethodData(
                id=7,
                card_type="Visa",
                card_last_four="4242",
                expiry_date=f"12/{(today.year + 1) % 100:02d}",
            )
        ],
        invoices=[_invoice(today, 1052, -19, [_line("Webbhotell Bas, 3 månader", "237.60")])],
    )
