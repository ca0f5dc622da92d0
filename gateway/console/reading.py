"""What an agent sees of one conversation, and how conversations are found."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy import Select, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from billing.errors import BillingError
from billing.model import Invoice, InvoiceStatus, Money
from billing.payments.report import LineReport, OrderReport
from billing.payments.service import Payments
from billing.port import BillingPort
from gateway import conversations, events
from gateway import tables as log_tables
from gateway.console import audit, board, tables
from gateway.console.desk import Agent
from gateway.conversations import Conversation
from gateway.errors import Unknown
from gateway.events import Json
from gateway.storage import Store
from kvitt.identity import Session, Sessions
from kvitt.identity.tables import sessions

log = structlog.get_logger()

LONGEST_LOG = 2000
LONGEST_LIST = 100
BILLING_SECONDS = 6.0
LOOK_COUNTS_FOR = timedelta(minutes=1)
_HIDDEN_KEYS = frozenset({"choices", "choice", "choice_values", "href", "choices_until"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    store: Store
    sessions: Sessions
    payments: Payments
    billing: BillingPort
    timezone: ZoneInfo
    clock: Callable[[], datetime]

    async def conversation(
        self, agent: Agent, conversation_id: str, *, after: int, notes_after: int
    ) -> dict[str, Json]:
        """The log after a cursor with the notes between; a look at the whole is audited."""
        async with self.store.read() as connection:
            found = await conversations.find(connection, conversation_id)
            if found is None:
                raise Unknown("desk_unknown")
            told = await events.read_after(
                connection, conversation_id, after=after, limit=LONGEST_LOG
            )
            notes = await _notes(connection, conversation_id, notes_after)
            requests = await _requests(connection, conversation_id)
        if not after:
            await self._audit_look(agent, conversation_id)
        return {
            "id": found.id,
            "holder": "closed" if not found.is_open else found.holder.value,
            "is_ended": not found.is_open,
            "events": [_for_agents(event.to_wire()) for event in told],
            "notes": notes,
            "requests": requests,
        }

    async def _audit_look(self, agent: Agent, conversation_id: str) -> None:
        async with self.store.write() as connection:
            await audit.write(
                connection,
                agent=agent.name,
                act="look",
                conversation_id=conversation_id,
                now=self.clock(),
            )

    async def card(self, conversation_id: str) -> dict[str, Json]:
        """Who the customer is and was shown to be, what is overdue, what was paid here."""
        now = self.clock()
        session = await self.sessions.current(conversation_id, now=now, touch=False)
        async with self.store.read() as connection:
            found = await conversations.find(connection, conversation_id)
        if found is None:
            raise Unknown("desk_unknown")
        client_id = session.client_id if session else found.client_id
        return {
            "identity": _identity(session),
            "overdue": await self._overdue(client_id, now) if client_id else None,
            "orders": await self._orders(client_id, conversation_id) if client_id else [],
            "flow": await self._flow(found),
        }

    async def _overdue(self, client_id: int, now: datetime) -> dict[str, Json] | None:
        """None when the billing system does not tell."""
        today = now.astimezone(self.timezone).date()
        try:
            async with asyncio.timeout(BILLING_SECONDS):
                unpaid = await self.billing.invoices(
                    client_id, InvoiceStatus.UNPAID, due_before=today
                )
        except (BillingError, TimeoutError) as error:
            log.warning("overdue_not_read", error=type(error).__name__)
            return None
        return overdue_wire(unpaid, today)

    async def _orders(self, client_id: int, conversation_id: str) -> list[Json]:
        """The payments of this conversation, newest first."""
        reports = await self.payments.history(client_id, limit=20)
        return [_order(one) for one in reports if one.conversation_id == conversation_id]

    async def _flow(self, found: Conversation) -> list[Json]:
        """What the bot took the last messages for: where in the flow the customer is."""
        table = log_tables.turns
        query = (
            select(table.c.intent, table.c.understood, table.c.outcome, table.c.created_at)
            .where(table.c.conversation_id == found.id, table.c.is_internal.is_(False))
            .order_by(table.c.id.desc())
            .limit(5)
        )
        async with self.store.read() as connection:
            rows = (await connection.execute(query)).all()
        return [
            {
                "intent": row.intent or (row.understood or {}).get("intent"),
                "confidence": (row.understood or {}).get("confidence"),
                "outcome": row.outcome,
                "at": row.created_at,
            }
            for row in rows
        ]

    async def find(self, *, text: str, state: str, agent: str) -> list[Json]:
        """Conversations that a person was asked for in, newest first."""
        query = _narrowed(board.requests_query(), text=text, state=state, agent=agent)
        query = query.order_by(tables.handovers.c.id.desc()).limit(LONGEST_LIST)
        async with self.store.read() as connection:
            rows = (await connection.execute(query)).all()
        return [board.summary(row) for row in rows]

    async def find_any(self, *, text: str) -> list[Json]:
        """Any conversation, also of the bot alone, newest first."""
        log_table = log_tables.conversations
        query = (
            select(log_table, sessions.c.name.label("customer"))
            .outerjoin(sessions, sessions.c.conversation_id == log_table.c.id)
            .order_by(log_table.c.last_at.desc())
            .limit(LONGEST_LIST)
        )
        if text:
            query = query.where(_matches(text))
        async with self.store.read() as connection:
            rows = (await connection.execute(query)).all()
        return [
            {
                "id": row.id,
                "holder": "closed" if row.ended_at else row.holder,
                "last_at": row.last_at,
                "last_event": row.last_event,
                "requested_at": row.created_at,
                "customer": row.customer,
            }
            for row in rows
        ]


def _narrowed(query: Select[Json], *, text: str, state: str, agent: str) -> Select[Json]:
    if state:
        query = query.where(tables.handovers.c.state == state)
    if agent:
        query = query.where(tables.handovers.c.agent == agent)
    return query.where(_matches(text)) if text else query


def _matches(text: str) -> Json:
    """Words of the log, the name of the customer, or the beginning of the id."""
    pattern = f"%{text.replace('%', '').replace('_', '')}%"
    log_table, event = log_tables.conversations, log_tables.events
    said = select(event.c.conversation_id).where(event.c.text.ilike(pattern))
    return or_(
        log_table.c.id == text,
        sessions.c.name.ilike(pattern),
        log_table.c.id.in_(said),
    )


def _for_agents(wire: dict[str, Json]) -> dict[str, Json]:
    """Without what only the customer may use."""
    return {key: value for key, value in wire.items() if key not in _HIDDEN_KEYS} | {
        "titles": [choice["title"] for choice in wire.get("choices") or ()]
    }


async def _notes(
    connection: AsyncConnection, conversation_id: str, after: int
) -> list[dict[str, Json]]:
    table = tables.notes
    rows = await connection.execute(
        select(table, tables.agents.c.display_name)
        .outerjoin(tables.agents, tables.agents.c.name == table.c.agent)
        .where(table.c.conversation_id == conversation_id, table.c.id > after)
        .order_by(table.c.id)
    )
    return [
        {
            "id": row.id,
            "after_event": row.after_event,
            "agent": row.display_name or row.agent,
            "at": row.at,
            "text": row.text,
        }
        for row in rows
    ]


async def _requests(connection: AsyncConnection, conversation_id: str) -> list[Json]:
    query = board.requests_query().where(log_tables.conversations.c.id == conversation_id)
    rows = await connection.execute(query.order_by(tables.handovers.c.id.desc()).limit(20))
    return [board.summary(row) for row in rows]


def _identity(session: Session | None) -> dict[str, Json] | None:
    if session is None:
        return None
    return {
        "name": session.name,
        "email": session.email,
        "client_id": session.client_id,
        "proof": session.proof.value,
        "proven_at": session.proven_at,
    }


def overdue_wire(unpaid: tuple[Invoice, ...], today: date) -> dict[str, Json]:
    """Sums by currency, and the invoices themselves."""
    late = [one for one in unpaid if one.is_overdue(today)]
    sums: dict[str, Money] = {}
    for one in late:
        known = sums.get(one.balance.currency)
        sums[one.balance.currency] = known + one.balance if known else one.balance
    return {
        "sums": [_money(amount) for amount in sums.values()],
        "invoices": [
            {
                "id": one.id,
                "number": one.number,
                "amount": _money(one.balance),
                "due_date": one.due_date,
            }
            for one in late
        ],
    }


def _order(report: OrderReport) -> dict[str, Json]:
    return {
        "id": report.order_id,
        "confirmed_at": report.confirmed_at,
        "amount": _money(report.amount),
        "paid": _money(report.paid),
        "is_final": report.is_final,
        "lines": [_line(line) for line in report.lines],
    }


def _line(line: LineReport) -> dict[str, Json]:
    return {
        "number": line.number,
        "amount": _money(line.amount),
        "status": line.status.value,
        "ticket": line.ticket,
    }


def _money(amount: Money) -> dict[str, str]:
    return {"amount": str(amount.amount), "currency": amount.currency}
