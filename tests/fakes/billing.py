"""A billing system in memory, behind the same port: quick, scriptable, and faithful about money.

    fake = FakeBilling()
    anna = fake.add_customer(email="anna@example.se")
    card = fake.add_card(anna.client_id, behaviour="decline")
    invoice = fake.add_invoice(anna.client_id, "499.00", due=date(2026, 9, 3), card_id=card.id)
    fake.script("capture", OutcomeUnknown("CapturePayment"), after_effect=True)  # the reply is lost
    gate = fake.hold("capture")                     # the next capture waits until gate.set()

What happened is in `charges`, `mails`, `links`, `tickets` and `calls`. Two captures that overlap
both charge, as in WHMCS: nothing here forgives a caller who does not serialise.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict, deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count

from billing.errors import Declined, NotAllowed, NotFound, NotPayable
from billing.model import (
    ALL_PERMISSIONS,
    Card,
    Customer,
    Department,
    Invoice,
    InvoiceLine,
    InvoiceStatus,
    LinkPurpose,
    Money,
    Quote,
    QuoteLine,
    QuoteStage,
    Ticket,
    Transaction,
    same_address,
)

GATEWAY = "kortbetalning"
DECLINING = {"decline", "insufficient_funds", "expired", "authentication_required"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """Money that moved: what the customer would find on the card's statement."""

    invoice_id: int
    card_id: int
    amount: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    client_id: int
    subject: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """What the next call of an operation does instead of, or after, its work."""

    error: Exception | None
    after_effect: bool = False


@dataclass(slots=True)
class Access:
    """A person and the accounts that they may act for."""

    user_id: int
    email: str
    permissions: dict[int, frozenset[str]] = field(default_factory=dict)


class FakeBilling:
    """Implements `billing.port.BillingPort`."""

    def __init__(self, *, now: datetime = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)) -> None:
        self.now = now
        self.currency = "SEK"
        self.departments_: tuple[Department, ...] = (Department(id=1, name="Ekonomi"),)
        self.charges: list[Charge] = []
        self.mails: list[Mail] = []
        self.links: list[tuple[int, LinkPurpose, tuple[int, ...], int | None]] = []
        self.tickets: dict[int, list[str]] = {}
        self.calls: list[tuple[object, ...]] = []
        self.closed = False
        self._accounts: dict[int, Customer] = {}
        self._people: dict[int, Access] = {}
        self._invoices: dict[int, Invoice] = {}
        self._cards: dict[int, tuple[int, Card]] = {}
        self._behaviours: dict[int, str] = {}
        self._defaults: dict[int, int] = {}
        self._transactions: list[Transaction] = []
        self._quotes: dict[int, tuple[int, Quote]] = {}
        self._ticket_owners: dict[int, int | None] = {}
        self._scripts: dict[str, deque[Script]] = defaultdict(deque)
        self._gates: dict[str, deque[asyncio.Event]] = defaultdict(deque)
        self._ids = count(1001)

    # Setting up

    def money(self, amount: str) -> Money:
        return Money.parse(amount, self.currency)

    def add_customer(
        self,
        *,
        email: str = "anna@example.se",
        name: str = "Anna Berg",
        company: str = "",
        credit: str = "0.00",
        id: int | None = None,
        sso_allowed: bool = True,
        owner_email: str = "",
    ) -> Customer:
        """An account and its owner, who may do everything there."""
        client_id = id or next(self._ids)
        owner = self._person(owner_email or email)
        owner.permissions[client_id] = ALL_PERMISSIONS
        self._accounts[client_id] = Customer(
            client_id=client_id,
            user_id=owner.user_id,
            name=name,
            company=company,
            email=email,
            billing_email=email,
            currency=self.currency,
            credit=self.money(credit),
            permissions=ALL_PERMISSIONS,
            sso_allowed=sso_allowed,
        )
        return self._accounts[client_id]

    def add_user(self, client_id: int, email: str, permissions: Iterable[str] = ()) -> int:
        """One more person who may act for the account; returns the user id."""
        person = self._person(email)
        person.permissions[client_id] = frozenset(permissions)
        return person.user_id

    def _person(self, email: str) -> Access:
        known = [one for one in self._people.values() if same_address(one.email, email)]
        person = known[0] if known else Access(user_id=next(self._ids), email=email)
        self._people[person.user_id] = person
        return person

    def add_card(
        self,
        client_id: int,
        *,
        brand: str = "Visa",
        last_four: str = "4242",
        expires: tuple[int, int] = (2028, 8),
        description: str = "",
        gateway: str = GATEWAY,
        behaviour: str = "approve",
        default: bool = False,
        id: int | None = None,
    ) -> Card:
        """A saved card; the client's first one is the default. `behaviour`: as in the sandbox,
        approve, decline, insufficient_funds, expired, authentication_required or pending."""
        card = Card(
            id=id or next(self._ids),
            brand=brand,
            last_four=last_four,
            expires=expires,
            description=description,
            gateway=gateway,
        )
        self._cards[card.id] = (client_id, card)
        self._behaviours[card.id] = behaviour
        if default or client_id not in self._defaults:
            self._defaults[client_id] = card.id
        return card

    def set_behaviour(self, card_id: int, behaviour: str) -> None:
        self._behaviours[card_id] = behaviour

    def default_card(self, client_id: int) -> int | None:
        return self._defaults.get(client_id)

    def add_invoice(
        self,
        client_id: int,
        amount: str,
        *,
        due: date = date(2026, 9, 3),
        description: str = "Webbhotell Bas",
        status: InvoiceStatus = InvoiceStatus.UNPAID,
        card_id: int | None = None,
        gateway: str = GATEWAY,
        is_card_gateway: bool = True,
        line_type: str = "Hosting",
        number: str = "",
        date_: date | None = None,
        id: int | None = None,
    ) -> Invoice:
        invoice_id = id or next(self._ids)
        total = self.money(amount)
        invoice = Invoice(
            id=invoice_id,
            number=number or str(invoice_id),
            client_id=client_id,
            date=date_ or due - timedelta(days=30),
            due_date=due,
            date_paid=None,
            total=total,
            balance=total if status == InvoiceStatus.UNPAID else Money.zero(self.currency),
            credit_applied=Money.zero(self.currency),
            status=status,
            payment_method=gateway,
            card_id=card_id,
            is_card_gateway=is_card_gateway,
            lines=(
                InvoiceLine(description=description, amount=total, type=line_type, related_id=0),
            ),
        )
        self._invoices[invoice_id] = invoice
        return invoice

    def change_invoice(self, invoice: Invoice) -> None:
        """Put this version in place: a late fee, another card, a cancellation …"""
        self._invoices[invoice.id] = invoice

    def add_quote(
        self,
        client_id: int,
        amount: str = "1200.00",
        *,
        subject: str = "Ny webbplats",
        stage: QuoteStage = QuoteStage.DELIVERED,
        valid_until: date | None = date(2026, 12, 31),
        id: int | None = None,
    ) -> Quote:
        total = self.money(amount)
        quote = Quote(
            id=id or next(self._ids),
            subject=subject,
            stage=stage,
            created=date(2026, 11, 1),
            valid_until=valid_until,
            total=total,
            subtotal=total,
            proposal="",
            notes="",
            lines=(
                QuoteLine(
                    description=subject,
                    quantity=Decimal(1),
                    unit_price=total,
                    discount_percent=Decimal(0),
                ),
            ),
        )
        self._quotes[quote.id] = (client_id, quote)
        return quote

    def script(self, operation: str, *errors: Exception | None, after_effect: bool = False) -> None:
        """The next calls of the port's method `operation` raise these, one each (None: behave).

        `after_effect`: the work is done first, as when a reply is lost.
        """
        self._scripts[operation].extend(
            Script(error=error, after_effect=after_effect) for error in errors
        )

    def hold(self, operation: str) -> asyncio.Event:
        """The next call of `operation` stops between its look and its effect until this is set."""
        gate = asyncio.Event()
        self._gates[operation].append(gate)
        return gate

    # How every call begins and ends

    def _begin(self, operation: str, *about: object) -> Script | None:
        self.calls.append((operation, *about))
        scripts = self._scripts[operation]
        script = scripts.popleft() if scripts else None
        if script and script.error and not script.after_effect:
            raise script.error
        return script

    async def _wait(self, operation: str) -> None:
        gates = self._gates[operation]
        if gates:
            await gates.popleft().wait()

    @staticmethod
    def _end(script: Script | None) -> None:
        if script and script.error:
            raise script.error

    async def _read(self, operation: str, *about: object) -> None:
        script = self._begin(operation, *about)
        await self._wait(operation)
        self._end(script)

    # The port: who

    async def find_customers(self, email: str) -> tuple[Customer, ...]:
        await self._read("find_customers", email)
        return tuple(
            replace(
                self._accounts[client_id],
                user_id=person.user_id,
                email=person.email,
                permissions=permissions,
            )
            for person in self._people.values()
            if same_address(person.email, email)
            for client_id, permissions in sorted(person.permissions.items())
        )

    async def customer(self, client_id: int) -> Customer:
        await self._read("customer", client_id)
        if client_id not in self._accounts:
            raise NotFound("customer", id=client_id)
        return self._accounts[client_id]

    # The port: invoices

    async def invoices(
        self,
        client_id: int,
        status: InvoiceStatus | None = None,
        *,
        limit: int | None = None,
        due_before: date | None = None,
    ) -> tuple[Invoice, ...]:
        await self._read("invoices", client_id)
        found = [
            one
            for one in self._invoices.values()
            if one.client_id == client_id
            and one.status != InvoiceStatus.DRAFT
            and one.is_debt
            and (status is None or one.status == status)
            and (due_before is None or one.due_date < due_before)
        ]
        newest = sorted(found, key=lambda one: (one.date, one.id), reverse=True)
        return tuple(sorted(newest[:limit], key=lambda one: (one.due_date, one.id)))

    async def invoice(self, client_id: int, invoice_id: int) -> Invoice:
        await self._read("invoice", client_id, invoice_id)
        return self._own_invoice("invoice", client_id, invoice_id)

    def _own_invoice(self, operation: str, client_id: int, invoice_id: int) -> Invoice:
        invoice = self._invoices.get(invoice_id)
        if not invoice or invoice.client_id != client_id or invoice.status == InvoiceStatus.DRAFT:
            raise NotFound(operation, id=invoice_id)
        return invoice

    async def transactions(self, client_id: int, invoice_id: int) -> tuple[Transaction, ...]:
        await self._read("transactions", client_id, invoice_id)
        self._own_invoice("transactions", client_id, invoice_id)
        return tuple(one for one in self._transactions if one.invoice_id == invoice_id)

    # The port: cards and charges

    async def cards(self, client_id: int) -> tuple[Card, ...]:
        await self._read("cards", client_id)
        return self._cards_of(client_id)

    def _cards_of(self, client_id: int) -> tuple[Card, ...]:
        return tuple(card for owner, card in self._cards.values() if owner == client_id)

    async def capture(self, client_id: int, invoice_id: int) -> None:
        script = self._begin("capture", client_id, invoice_id)
        invoice = self._own_invoice("capture", client_id, invoice_id)
        if not invoice.is_payable():
            raise NotPayable("capture", id=invoice_id)
        card_id = self._card_for(invoice)
        await self._wait("capture")
        if card_id is None or self._behaviours[card_id] in DECLINING:
            self._mail(client_id, f"Betalningen av faktura {invoice.number} gick inte igenom")
            raise Declined("capture", id=invoice_id)
        self._charge(invoice, card_id)
        self._end(script)

    def _card_for(self, invoice: Invoice) -> int | None:
        fits = [
            card.id
            for owner, card in self._cards.values()
            if owner == invoice.client_id and card.gateway in ("", invoice.payment_method)
        ]
        wanted = (invoice.card_id, self._defaults.get(invoice.client_id), *fits)
        return next((card_id for card_id in wanted if card_id in fits), None)

    def _charge(self, invoice: Invoice, card_id: int) -> None:
        self.charges.append(Charge(invoice_id=invoice.id, card_id=card_id, amount=invoice.balance))
        if self._behaviours[card_id] == "pending":
            self.change_invoice(replace(invoice, status=InvoiceStatus.PAYMENT_PENDING))
            return
        self.settle(invoice.id, invoice.balance)
        self._mail(invoice.client_id, f"Kvitto för faktura {invoice.number}")

    def settle(self, invoice_id: int, paid: Money) -> None:
        """Money that came in, by us or by anybody: a surplus becomes credit."""
        invoice = self._invoices[invoice_id]
        self._book(invoice, paid)
        rest = invoice.balance - paid
        if rest.amount > 0:
            self.change_invoice(replace(invoice, balance=rest))
            return
        self._add_credit(invoice.client_id, Money(-rest.amount, rest.currency))
        self.change_invoice(
            replace(
                invoice,
                balance=Money.zero(self.currency),
                status=InvoiceStatus.PAID,
                date_paid=self.now,
            )
        )

    def _book(self, invoice: Invoice, paid: Money) -> None:
        transaction_id = next(self._ids)
        self._transactions.append(
            Transaction(
                id=transaction_id,
                invoice_id=invoice.id,
                date=self.now,
                gateway=invoice.payment_method,
                reference=f"fake-{transaction_id}",
                amount_in=paid.amount,
                amount_out=Decimal("0.00"),
                fees=Decimal("0.00"),
                description="Invoice Payment",
            )
        )

    def _add_credit(self, client_id: int, amount: Money) -> None:
        account = self._accounts[client_id]
        self._accounts[client_id] = replace(account, credit=account.credit + amount)

    async def make_default(self, client_id: int, card_id: int) -> None:
        script = self._begin("make_default", client_id, card_id)
        await self._wait("make_default")
        self._own_card("make_default", client_id, card_id)
        self._defaults[client_id] = card_id
        self._end(script)

    async def remove_card(self, client_id: int, card_id: int) -> None:
        script = self._begin("remove_card", client_id, card_id)
        self._own_card("remove_card", client_id, card_id)
        del self._cards[card_id]
        if self._defaults.get(client_id) == card_id:
            del self._defaults[client_id]
            for card in self._cards_of(client_id)[:1]:
                self._defaults[client_id] = card.id
        self._end(script)

    def _own_card(self, operation: str, client_id: int, card_id: int) -> Card:
        owner, card = self._cards.get(card_id, (None, None))
        if card is None or owner != client_id:
            raise NotFound(operation, id=card_id)
        return card

    async def apply_credit(self, client_id: int, invoice_id: int, amount: Money) -> None:
        script = self._begin("apply_credit", client_id, invoice_id)
        invoice = self._own_invoice("apply_credit", client_id, invoice_id)
        if not invoice.is_payable():
            raise NotPayable("apply_credit", id=invoice_id)
        credit = self._accounts[client_id].credit
        if amount.amount <= 0 or amount > invoice.balance or amount > credit:
            raise NotAllowed("apply_credit", id=invoice_id)
        self._add_credit(client_id, Money(-amount.amount, amount.currency))
        balance = invoice.balance - amount
        self.change_invoice(
            replace(
                invoice,
                balance=balance,
                total=invoice.total - amount,
                credit_applied=invoice.credit_applied + amount,
                status=invoice.status if balance else InvoiceStatus.PAID,
                date_paid=invoice.date_paid if balance else self.now,
            )
        )
        self._end(script)

    # The port: links, quotes, mail, tickets

    async def link(
        self,
        client_id: int,
        purpose: LinkPurpose,
        ids: Sequence[int] = (),
        *,
        user_id: int | None = None,
    ) -> str:
        await self._read("link", client_id, purpose, tuple(ids))
        if not self._accounts[client_id].sso_allowed:
            raise NotAllowed("link", id=client_id)
        for id in ids:
            self._own_subject(client_id, purpose, id)
        self.links.append((client_id, purpose, tuple(ids), user_id))
        return f"https://billing.example.se/sso/{len(self.links)}"

    def _own_subject(self, client_id: int, purpose: LinkPurpose, id: int) -> None:
        if purpose == LinkPurpose.VIEW_QUOTE:
            self._own_quote("link", client_id, id)
        else:
            self._own_invoice("link", client_id, id)

    async def quotes(self, client_id: int) -> tuple[Quote, ...]:
        await self._read("quotes", client_id)
        own = [quote for owner, quote in self._quotes.values() if owner == client_id]
        return tuple(sorted(own, key=lambda one: (one.created, one.id), reverse=True))

    def _own_quote(self, operation: str, client_id: int, quote_id: int) -> Quote:
        owner, quote = self._quotes.get(quote_id, (None, None))
        if quote is None or owner != client_id:
            raise NotFound(operation, id=quote_id)
        return quote

    async def accept_quote(
        self, client_id: int, quote_id: int, *, terms_accepted: bool
    ) -> Invoice | None:
        script = self._begin("accept_quote", client_id, quote_id)
        quote = self._own_quote("accept_quote", client_id, quote_id)
        if not terms_accepted or not quote.is_open(self.now.date()):
            raise NotAllowed("accept_quote", id=quote_id)
        self._quotes[quote_id] = (client_id, replace(quote, stage=QuoteStage.ACCEPTED))
        invoice = self.add_invoice(
            client_id,
            str(quote.total.amount),
            due=self.now.date(),
            date_=self.now.date(),
            description=quote.subject,
            line_type="",
        )
        self._end(script)
        return invoice

    async def send_receipt(self, client_id: int, invoice_id: int) -> None:
        script = self._begin("send_receipt", client_id, invoice_id)
        invoice = self._own_invoice("send_receipt", client_id, invoice_id)
        if invoice.status != InvoiceStatus.PAID:
            raise NotAllowed("send_receipt", id=invoice_id)
        self._mail(client_id, f"Kvitto för faktura {invoice.number}")
        self._end(script)

    async def send_login_code(self, client_id: int, subject: str, message: str) -> None:
        script = self._begin("send_login_code", client_id)
        if client_id not in self._accounts:
            raise NotFound("send_login_code", id=client_id)
        self._mail(client_id, subject, message)
        self._end(script)

    def _mail(self, client_id: int, subject: str, message: str = "") -> None:
        self.mails.append(Mail(client_id=client_id, subject=subject, message=message))

    async def departments(self) -> tuple[Department, ...]:
        await self._read("departments")
        return self.departments_

    async def open_ticket(
        self,
        *,
        client_id: int | None,
        department_id: int,
        subject: str,
        message: str,
        name: str = "",
        email: str = "",
        user_id: int | None = None,
    ) -> Ticket:
        script = self._begin("open_ticket", client_id, department_id)
        if department_id not in {one.id for one in self.departments_}:
            raise NotFound("open_ticket", id=department_id)
        if client_id is None and not (name and email):
            raise NotAllowed("open_ticket", "name and address are needed")
        ticket_id = next(self._ids)
        self.tickets[ticket_id] = [f"{subject}\n\n{message}"]
        self._ticket_owners[ticket_id] = client_id
        self._end(script)
        return Ticket(id=ticket_id, number=f"KVT-{ticket_id}")

    async def reply_ticket(self, ticket_id: int, message: str, *, client_id: int | None) -> None:
        script = self._begin("reply_ticket", client_id, ticket_id)
        if ticket_id not in self.tickets or self._ticket_owners[ticket_id] != client_id:
            raise NotFound("reply_ticket", id=ticket_id)
        self.tickets[ticket_id].append(message)
        self._end(script)

    async def close(self) -> None:
        self.closed = True
