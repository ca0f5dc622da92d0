"""The billing system as it truly is in a run: invoices, cards, credit, and every draw on a card.

As in WHMCS, a charge looks first and books later: two that overlap both draw, and the surplus
becomes credit.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from random import Random

from billing.errors import Declined, NotPayable, Refused
from billing.model import (
    ALL_PERMISSIONS,
    Card,
    Customer,
    Invoice,
    InvoiceStatus,
    Money,
    Transaction,
)
from billing.payments.simulation.clockwork import Clockwork, Process, pause

CLIENT = 7
GATEWAY = "kort"
SEK = "SEK"


@dataclass(frozen=True, slots=True, kw_only=True)
class Draw:
    """Money that left a card."""

    invoice_id: int
    source: str
    """us, cron, hosted"""
    card_id: int | None
    amount_minor: int
    order_id: str
    """The order in whose name we asked for it."""


@dataclass(slots=True, kw_only=True)
class Bill:
    """An invoice in the books, in öre."""

    id: int
    total: int
    balance: int
    card_id: int | None
    due: date
    credit: int = 0
    status: InvoiceStatus = InvoiceStatus.UNPAID
    transactions: tuple[Transaction, ...] = ()
    shown: Invoice | None = None
    """As it was last read; void after a change."""


@dataclass(slots=True, kw_only=True)
class SimCard:
    card: Card
    behaviour: str


@dataclass(slots=True)
class Shop:
    clock: Clockwork
    random: Random
    server: Process
    bills: dict[int, Bill] = field(default_factory=dict)
    cards: dict[int, SimCard] = field(default_factory=dict)
    default_card: int | None = None
    credit: int = 0
    draws: list[Draw] = field(default_factory=list)
    unrecorded: set[int] = field(default_factory=set)
    """Invoices whose charge the billing system has forgotten."""
    doubled: set[int] = field(default_factory=set)
    """Charges that a proxy may send twice. A fee in between would be drawn by the second one, which
    nobody on this side of the proxy could prevent: these invoices do not grow."""
    tickets: list[str] = field(default_factory=list)
    last_id: int = 0

    def next_id(self) -> int:
        self.last_id += 1
        return self.last_id

    def now(self) -> datetime:
        return self.server.now()

    # Reading

    def customer(self) -> Customer:
        return Customer(
            client_id=CLIENT,
            user_id=1,
            name="Anna",
            company="",
            email="anna@example.se",
            currency=SEK,
            credit=Money.from_minor(self.credit, SEK),
            permissions=ALL_PERMISSIONS,
        )

    def invoice(self, invoice_id: int) -> Invoice:
        bill = self.bills[invoice_id]
        if bill.shown is None:
            bill.shown = _shown(bill)
        return bill.shown

    # Charging

    async def charge(
        self, invoice_id: int, source: str, seconds: float, order_id: str = ""
    ) -> None:
        """Look, take some time at the bank, book. Raises as the port does."""
        bill = self.bills[invoice_id]
        if bill.status is not InvoiceStatus.UNPAID or bill.balance <= 0:
            raise NotPayable("capture", id=invoice_id)
        card, amount = self._card_for(bill), bill.balance
        await pause(seconds)
        if card is None or card.behaviour == "decline":
            raise Declined("capture", id=invoice_id)
        if card.behaviour == "pending" and bill.status is InvoiceStatus.UNPAID:
            self._wait_for_bank(bill, source, card, amount, order_id)
        else:
            self.draw(bill, source, card.card.id, amount, order_id)

    def _card_for(self, bill: Bill) -> SimCard | None:
        wanted = bill.card_id if bill.card_id in self.cards else self.default_card
        return self.cards.get(wanted) if wanted is not None else None

    def draw(
        self, bill: Bill, source: str, card_id: int | None, amount: int, order_id: str = ""
    ) -> None:
        self.book(bill, amount)
        self.draws.append(
            Draw(
                invoice_id=bill.id,
                source=source,
                card_id=card_id,
                amount_minor=amount,
                order_id=order_id,
            )
        )

    def book(self, bill: Bill, amount: int) -> None:
        """A payment came in; what is too much becomes credit."""
        bill.transactions = (*bill.transactions, self._transaction(bill, amount))
        surplus = amount - bill.balance
        bill.balance = max(0, -surplus)
        self.credit += max(0, surplus)
        bill.status = InvoiceStatus.UNPAID if bill.balance else InvoiceStatus.PAID
        bill.shown = None

    def _transaction(self, bill: Bill, amount: int) -> Transaction:
        return Transaction(
            id=self.next_id(),
            invoice_id=bill.id,
            date=self.now(),
            gateway=GATEWAY,
            reference=f"t{self.last_id}",
            amount_in=Decimal(amount) / 100,
            amount_out=Decimal(0),
            fees=Decimal(0),
            description="Invoice Payment",
        )

    def _wait_for_bank(
        self, bill: Bill, source: str, card: SimCard, amount: int, order_id: str
    ) -> None:
        bill.status = InvoiceStatus.PAYMENT_PENDING
        bill.shown = None
        self.clock.spawn(
            self._bank(bill, source, card, amount, order_id),
            self.server,
            after=self.random.choice((2.0, 200.0, 5000.0, 100_000.0)),
        )

    async def _bank(
        self, bill: Bill, source: str, card: SimCard, amount: int, order_id: str
    ) -> None:
        if bill.status is not InvoiceStatus.PAYMENT_PENDING:
            return
        bill.status = InvoiceStatus.UNPAID
        bill.shown = None
        if self.random.random() < 0.5:
            self.draw(bill, source, card.card.id, amount, order_id)

    def apply_credit(self, invoice_id: int, amount: int) -> None:
        bill = self.bills[invoice_id]
        if bill.status is not InvoiceStatus.UNPAID:
            raise NotPayable("credit", id=invoice_id)
        if not 0 < amount <= min(bill.balance, self.credit):
            raise Refused("credit", id=invoice_id)
        self.credit -= amount
        bill.credit += amount
        bill.total -= amount
        bill.balance -= amount
        bill.status = InvoiceStatus.UNPAID if bill.balance else InvoiceStatus.PAID
        bill.shown = None

    def add_fee(self, bill: Bill, amount: int) -> None:
        if bill.status is InvoiceStatus.UNPAID and bill.id not in self.doubled:
            bill.total += amount
            bill.balance += amount
            bill.shown = None

    # The truth

    def draws_of(self, invoice_id: int, source: str) -> list[Draw]:
        return [one for one in self.draws if (one.invoice_id, one.source) == (invoice_id, source)]

    def drawn_by(self, order_id: str, invoice_id: int) -> list[int]:
        """Amounts that left a card for this invoice in this order's name."""
        mine = (order_id, invoice_id)
        return [one.amount_minor for one in self.draws if (one.order_id, one.invoice_id) == mine]


def _shown(bill: Bill) -> Invoice:
    return Invoice(
        id=bill.id,
        number=str(bill.id),
        client_id=CLIENT,
        date=bill.due,
        due_date=bill.due,
        date_paid=None,
        total=Money.from_minor(bill.total, SEK),
        balance=Money.from_minor(bill.balance, SEK),
        credit_applied=Money.from_minor(bill.credit, SEK),
        status=bill.status,
        payment_method=GATEWAY,
        card_id=bill.card_id,
        is_card_gateway=True,
        lines=(),
    )
