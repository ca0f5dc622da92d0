"""What a payment is, as values: confirmation, order, capture, and what is told of them.

Amounts are kept in hundredths (öre) beside one currency per order; `Money` is made from them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum

from billing.model import Card, LinkPurpose, Money

AT_ONCE = datetime(1970, 1, 1, tzinfo=UTC)
"""Due before any clock's now, also one that has just been set back."""


class Method(StrEnum):
    """How the customer wants to pay. Nothing is preselected here; the caller names one."""

    CARD = "card"
    CREDIT = "credit"
    MASS_PAYMENT = "mass_payment"


class Plan(StrEnum):
    """How one invoice is paid."""

    CAPTURE = "capture"
    """The invoice's own card is the chosen one: charge it."""
    MAKE_DEFAULT = "make_default"
    """The invoice goes by the default card: make the chosen one the default, then charge."""
    CREDIT = "credit"
    """Apply credit; no card."""


class State(StrEnum):
    """Where a capture stands. The first four are open: nobody else may touch the invoice."""

    PLANNED = "planned"
    SENT = "sent"
    UNKNOWN = "unknown"
    PENDING = "pending"
    SUCCEEDED = "succeeded"
    """The billing system says paid, and nothing speaks against its having been our charge."""
    PART_PAID = "part_paid"
    """Ours is booked, and something is left: credit for a part, or a fee that came between."""
    PAID_ELSEWHERE = "paid_elsewhere"
    """Paid, and not known to be by us: say that it is paid, never that we charged."""
    DECLINED = "declined"
    NEEDS_AUTHENTICATION = "needs_authentication"
    NOT_CHARGED = "not_charged"
    """Nothing was drawn by us; `reason` says why."""


OPEN = frozenset({State.PLANNED, State.SENT, State.UNKNOWN, State.PENDING})
LIVE = OPEN | {State.SUCCEEDED}
"""An invoice has at most one capture in these states: the unique index."""


class Reason(StrEnum):
    """Why a capture ended without a charge, or what made it unknown."""

    CHANGED = "changed"
    """Balance or card is not what was confirmed: ask again."""
    NOT_PAYABLE = "not_payable"
    """Cancelled, refunded, in collection, or gone."""
    PENDING_ELSEWHERE = "pending_elsewhere"
    """Somebody else's payment of it is on its way."""
    NOT_REACHED = "not_reached"
    """The billing system could not be reached in time after the yes."""
    CARD_NOT_SET = "card_not_set"
    """The chosen card could not be made the one that is charged: the hosted page is the way on."""
    BY_PERSON = "by_person"
    """A person looked and settled it."""


class Reply(StrEnum):
    """What the billing system answered to the charge itself; none at all is None."""

    SUCCESS = "success"
    DECLINED = "declined"
    NEEDS_AUTHENTICATION = "needs_authentication"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hosted:
    """A page of the billing system as the way on; the link is made when the customer taps."""

    purpose: LinkPurpose
    ids: tuple[int, ...]


class ProblemKind(StrEnum):
    """Why an invoice, or the whole choice, stays out of what a yes would pay."""

    NOT_FOUND = "not_found"
    NOT_PAYABLE = "not_payable"
    ALREADY_PAID = "already_paid"
    PENDING_ELSEWHERE = "pending_elsewhere"
    BEING_PAID = "being_paid"
    """A capture of ours is under way or being checked."""
    HOSTED_PAGE = "hosted_page"
    """This card cannot be charged for this invoice here."""
    OTHER_CURRENCY = "other_currency"
    NO_CARD = "no_card"
    CARD_GONE = "card_gone"
    CARD_EXPIRED = "card_expired"
    NO_CREDIT = "no_credit"


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    kind: ProblemKind
    invoice_id: int | None = None
    number: str = ""
    hosted: Hosted | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One invoice of a confirmation, as it was shown."""

    invoice_id: int
    number: str
    description: str
    balance_minor: int
    amount_minor: int
    """What is drawn: the balance, or the part that credit covers."""
    credit_before_minor: int
    plan: Plan
    currency: str

    @property
    def amount(self) -> Money:
        return Money.from_minor(self.amount_minor, self.currency)


class ConfirmationState(StrEnum):
    OPEN = "open"
    USED = "used"
    CLOSED = "closed"
    """Cancelled, or a newer summary was shown in the same conversation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmation:
    """What a "ja" would mean, exactly; used once."""

    id: str
    billing: str
    conversation_id: str
    client_id: int
    method: Method
    card_id: int | None
    card_brand: str
    card_last_four: str
    currency: str
    lines: tuple[Line, ...]
    created_at: datetime
    expires_at: datetime
    state: ConfirmationState = ConfirmationState.OPEN
    order_id: str | None = None

    @property
    def terms(self) -> tuple[object, ...]:
        """All that the customer agrees to; two confirmations with equal terms ask the same."""
        lines = sorted(
            (one.invoice_id, one.balance_minor, one.amount_minor, one.plan) for one in self.lines
        )
        return (self.client_id, self.method, self.card_id, self.currency, tuple(lines))

    @property
    def total_minor(self) -> int:
        return sum(line.amount_minor for line in self.lines)


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A confirmation that was said yes to."""

    id: str
    billing: str
    confirmation_id: str
    conversation_id: str
    client_id: int
    method: Method
    card_id: int | None
    card_brand: str
    card_last_four: str
    currency: str
    total_minor: int
    line_count: int
    confirmed_at: datetime
    settled_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """The journal's row for one invoice of an order."""

    id: str
    order_id: str
    billing: str
    conversation_id: str
    client_id: int
    position: int
    invoice_id: int
    number: str
    description: str
    plan: Plan
    card_id: int | None
    amount_minor: int
    """What was confirmed; once settled, what the billing system says was drawn."""
    balance_minor: int
    """The invoice's balance that was confirmed."""
    credit_before_minor: int
    currency: str
    state: State
    planned_at: datetime
    reason: Reason | None = None
    reply: Reply | None = None
    tries: int = 0
    """How often the charge was certainly not carried out and will be sent again."""
    checks: int = 0
    """How often an open outcome was looked for."""
    due_at: datetime | None = None
    sent_at: datetime | None = None
    settled_at: datetime | None = None
    ticket: str | None = None

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    @property
    def amount(self) -> Money:
        return Money.from_minor(self.amount_minor, self.currency)

    @property
    def confirmed_minor(self) -> int:
        """What the customer said yes to: a card pays the whole balance, credit maybe a part."""
        return self.amount_minor if self.plan is Plan.CREDIT else self.balance_minor


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """An order made progress. `ids` are all the rows that this one stands for: ack them all."""

    id: int
    ids: tuple[int, ...]
    order_id: str
    conversation_id: str
    client_id: int
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A summary to show; see the package's docstring."""

    confirmation_id: str | None
    client_id: int
    method: Method
    lines: tuple[Line, ...]
    problems: tuple[Problem, ...]
    card: Card | None
    total: Money
    charges: int
    changes_default: bool
    expires_at: datetime | None
    hosted: Hosted | None
    mass_payment: Hosted | None
    """One charge on the hosted page, as the alternative where several would be drawn here."""
    credit: Money
    remaining: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmed:
    order_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AlreadyUsed:
    """That yes has been said before; nothing more was ordered."""

    order_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """Something is not as it was shown: nothing was ordered; show this and ask again."""

    prepared: Prepared


@dataclass(frozen=True, slots=True, kw_only=True)
class Expired:
    """Too old, cancelled, or replaced by a newer summary: show this and ask again."""

    prepared: Prepared


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown:
    """No such confirmation in this conversation for this customer."""


ConfirmResult = Confirmed | AlreadyUsed | Changed | Expired | Unknown


def order_of(confirmation: Confirmation, order_id: str, now: datetime) -> Order:
    """The order that this confirmation becomes."""
    return Order(
        id=order_id,
        billing=confirmation.billing,
        confirmation_id=confirmation.id,
        conversation_id=confirmation.conversation_id,
        client_id=confirmation.client_id,
        method=confirmation.method,
        card_id=confirmation.card_id,
        card_brand=confirmation.card_brand,
        card_last_four=confirmation.card_last_four,
        currency=confirmation.currency,
        total_minor=confirmation.total_minor,
        line_count=len(confirmation.lines),
        confirmed_at=now,
    )


def captures_of(confirmation: Confirmation, order_id: str, now: datetime) -> tuple[Capture, ...]:
    """The order's journal rows, all planned, in the order they were shown."""
    return tuple(
        Capture(
            id=f"{order_id}.{position}",
            order_id=order_id,
            billing=confirmation.billing,
            conversation_id=confirmation.conversation_id,
            client_id=confirmation.client_id,
            position=position,
            invoice_id=line.invoice_id,
            number=line.number,
            description=line.description,
            plan=line.plan,
            card_id=confirmation.card_id,
            amount_minor=line.amount_minor,
            balance_minor=line.balance_minor,
            credit_before_minor=line.credit_before_minor,
            currency=line.currency,
            state=State.PLANNED,
            planned_at=now,
            due_at=AT_ONCE,
        )
        for position, line in enumerate(confirmation.lines, start=1)
    )


def settled(capture: Capture, state: State, now: datetime, reason: Reason | None = None) -> Capture:
    """The capture at its end."""
    return replace(capture, state=state, reason=reason, settled_at=now, due_at=None)


def is_news(before: Capture, after: Capture) -> bool:
    """Whether the customer would want to hear of this step."""
    has_moved = after.state is not before.state and after.state not in (State.PLANNED, State.SENT)
    return has_moved or after.ticket != before.ticket
