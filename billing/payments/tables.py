"""The payment tables: confirmations, orders, captures (the journal), queue, news, reconciliations.

`uq_payment_captures_live` is the last line of defence: whatever any lock, lease or program
believes, the database refuses a second capture row of an invoice that is under way or has
succeeded.
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    text,
)

from kvitt.database import UtcDateTime, metadata

LIVE_STATES = ("planned", "sent", "unknown", "pending", "succeeded")
_LIVE = text("state IN ('planned', 'sent', 'unknown', 'pending', 'succeeded')")

confirmations = Table(
    "payment_confirmations",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("billing", String(255), nullable=False),
    Column("conversation_id", String(255), nullable=False),
    Column("client_id", BigInteger, nullable=False),
    Column("method", String(16), nullable=False),
    Column("card_id", BigInteger),
    Column("card_brand", String(64), nullable=False),
    Column("card_last_four", String(8), nullable=False),
    Column("currency", String(3), nullable=False),
    Column("lines", JSON, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("state", String(16), nullable=False),
    Column("order_id", String(64)),
    Index("ix_payment_confirmations_conversation", "conversation_id", "state"),
)

orders = Table(
    "payment_orders",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("billing", String(255), nullable=False),
    Column("confirmation_id", String(64), nullable=False, unique=True),
    Column("conversation_id", String(255), nullable=False),
    Column("client_id", BigInteger, nullable=False),
    Column("method", String(16), nullable=False),
    Column("card_id", BigInteger),
    Column("card_brand", String(64), nullable=False),
    Column("card_last_four", String(8), nullable=False),
    Column("currency", String(3), nullable=False),
    Column("total_minor", BigInteger, nullable=False),
    Column("line_count", Integer, nullable=False),
    Column("confirmed_at", UtcDateTime, nullable=False),
    Column("settled_at", UtcDateTime),
    Index("ix_payment_orders_client", "billing", "client_id", "confirmed_at"),
    Index("ix_payment_orders_conversation", "conversation_id"),
)

captures = Table(
    "payment_captures",
    metadata,
    Column("id", String(80), primary_key=True),
    Column("order_id", String(64), ForeignKey(orders.c.id), nullable=False),
    Column("billing", String(255), nullable=False),
    Column("conversation_id", String(255), nullable=False),
    Column("client_id", BigInteger, nullable=False),
    Column("position", Integer, nullable=False),
    Column("invoice_id", BigInteger, nullable=False),
    Column("number", String(255), nullable=False),
    Column("description", Text, nullable=False),
    Column("plan", String(16), nullable=False),
    Column("card_id", BigInteger),
    Column("amount_minor", BigInteger, nullable=False),
    Column("balance_minor", BigInteger, nullable=False),
    Column("credit_before_minor", BigInteger, nullable=False),
    Column("currency", String(3), nullable=False),
    Column("state", String(24), nullable=False),
    Column("reason", String(32)),
    Column("reply", String(16)),
    Column("tries", Integer, nullable=False),
    Column("checks", Integer, nullable=False),
    Column("due_at", UtcDateTime),
    Column("planned_at", UtcDateTime, nullable=False),
    Column("sent_at", UtcDateTime),
    Column("settled_at", UtcDateTime),
    Column("ticket", String(64)),
    Index(
        "uq_payment_captures_live",
        "billing",
        "invoice_id",
        unique=True,
        postgresql_where=_LIVE,
        sqlite_where=_LIVE,
    ),
    Index("ix_payment_captures_order", "order_id"),
    Index("ix_payment_captures_client", "billing", "client_id", "state"),
)

queue = Table(
    "payment_queue",
    metadata,
    Column("billing", String(255), primary_key=True),
    Column("client_id", BigInteger, primary_key=True, autoincrement=False),
    Column("due_at", UtcDateTime),
    Column("fence", BigInteger, nullable=False),
    Column("owner", String(255), nullable=False),
    Column("leased_until", UtcDateTime, nullable=False),
    Index("ix_payment_queue_due", "billing", "due_at"),
)

news = Table(
    "payment_news",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("order_id", String(64), ForeignKey(orders.c.id), nullable=False),
    Column("conversation_id", String(255), nullable=False),
    Column("client_id", BigInteger, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("claimed_until", UtcDateTime),
    Column("is_delivered", Boolean, nullable=False),
    Index("ix_payment_news_waiting", "is_delivered", "id"),
)

reconciliations = Table(
    "payment_reconciliations",
    metadata,
    Column("billing", String(255), primary_key=True),
    Column("started_at", UtcDateTime, primary_key=True),
    Column("checked", Integer),
    Column("differences", JSON),
)
