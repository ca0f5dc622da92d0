"""The tables of desks elsewhere: conversations there, and the webhooks that have been heard."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    text,
)

from kvitt.database import UtcDateTime, metadata

STATES = ("opening", "open", "resolving", "ended")
SOURCE_LENGTH = 80
_NUMBER = BigInteger().with_variant(Integer, "sqlite")

links = Table(
    "desk_links",
    metadata,
    Column("id", _NUMBER, primary_key=True),
    Column(
        "conversation_id",
        String(40),
        ForeignKey("conversations.id", ondelete="CASCADE"),
        nullable=False,
    ),
    Column("handover_id", _NUMBER, ForeignKey("handovers.id", ondelete="CASCADE"), nullable=False),
    Column("state", String(12), nullable=False),
    # Of the desk: the customer's place there, and the conversation
    Column("source", String(SOURCE_LENGTH)),
    Column("contact", BigInteger),
    Column("place", String(40)),
    # The log is the outbox: the event up to which it has been forwarded, where to stop, and the
    # number that the desk gave to our newest line
    Column("sent_until", Integer, nullable=False),
    Column("until", Integer),
    Column("newest_line", BigInteger, nullable=False, server_default="0"),
    # Who forwards takes it by raising `round`; `is_unsure`: a call may have been carried out
    Column("round", Integer, nullable=False, server_default="0"),
    Column("is_unsure", Boolean, nullable=False, server_default=text("false")),
    Column("due_at", UtcDateTime, nullable=False),
    Column("tries", Integer, nullable=False, server_default="0"),
    Column("failing_since", UtcDateTime),
    CheckConstraint(f"state in {STATES!r}", name="state"),
    Index("ix_desk_links_conversation_id", "conversation_id"),
    Index("ix_desk_links_handover_id", "handover_id"),
    Index("ix_desk_links_state_due_at", "state", "due_at"),
    Index("ix_desk_links_place", "place"),
    Index("ix_desk_links_source", "source"),
)

deliveries = Table(
    "desk_deliveries",
    metadata,
    Column("key", String(100), primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Index("ix_desk_deliveries_at", "at"),
)
