"""The console's tables: requests for a person, agents and their sessions, notes, the audit log."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
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

NAME_LENGTH = 64
STATES = ("waiting", "agent", "bot", "closed", "cancelled", "email", "ticket")
_OPEN = text("state IN ('waiting', 'agent', 'email')")
_NUMBER = BigInteger().with_variant(Integer, "sqlite")


def _conversation() -> Column[str]:
    return Column(
        "conversation_id",
        String(40),
        ForeignKey("conversations.id", ondelete="CASCADE"),
        nullable=False,
    )


handovers = Table(
    "handovers",
    metadata,
    Column("id", _NUMBER, primary_key=True),
    _conversation(),
    Column("state", String(12), nullable=False),
    Column("reason", String(20), nullable=False),
    Column("topic", String(120), nullable=False),
    Column("requested_at", UtcDateTime, nullable=False),
    # Who holds it, or held it last
    Column("agent", String(NAME_LENGTH)),
    Column("claimed_at", UtcDateTime),
    Column("ended_at", UtcDateTime),
    # The first word of a person to the customer
    Column("answered_at", UtcDateTime),
    Column("rating", Integer),
    # Of one that became a ticket: whom to write back to, the number, and when it is tried (again)
    Column("email", String(320)),
    Column("ticket", String(64)),
    Column("ticket_due_at", UtcDateTime),
    Column("ticket_tries", Integer, nullable=False, server_default="0"),
    # The login of its customer has been ended, some minutes after it was closed
    Column("is_login_ended", Boolean, nullable=False, server_default=text("false")),
    CheckConstraint(f"state in {STATES!r}", name="state"),
    CheckConstraint("rating between 1 and 5", name="rating"),
    Index(
        "uq_handovers_open",
        "conversation_id",
        unique=True,
        postgresql_where=_OPEN,
        sqlite_where=_OPEN,
    ),
    Index("ix_handovers_conversation_id", "conversation_id"),
    Index("ix_handovers_state", "state"),
    Index("ix_handovers_requested_at", "requested_at"),
)

notes = Table(
    "desk_notes",
    metadata,
    Column("id", _NUMBER, primary_key=True),
    _conversation(),
    # It stands after this event
    Column("after_event", Integer, nullable=False),
    Column("agent", String(NAME_LENGTH), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("text", Text, nullable=False),
    Index("ix_desk_notes_conversation_id", "conversation_id"),
)

agents = Table(
    "agents",
    metadata,
    Column("name", String(NAME_LENGTH), primary_key=True),
    # What customers see
    Column("display_name", String(NAME_LENGTH), nullable=False),
    Column("role", String(12), nullable=False),
    # Empty: signs in by OpenID Connect only
    Column("password_hash", String(255), nullable=False),
    Column("is_active", Boolean, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    # A hash of who has signed in to it by OpenID Connect: names and addresses get new owners
    Column("openid_subject", String(64)),
    CheckConstraint("role in ('agent', 'supervisor')", name="role"),
    Index("uq_agents_openid_subject", "openid_subject", unique=True),
)

agent_sessions = Table(
    "agent_sessions",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column(
        "agent", String(NAME_LENGTH), ForeignKey("agents.name", ondelete="CASCADE"), nullable=False
    ),
    Column("created_at", UtcDateTime, nullable=False),
    Column("idle_until", UtcDateTime, nullable=False),
    Column("ends_at", UtcDateTime, nullable=False),
    Index("ix_agent_sessions_agent", "agent"),
)

audit = Table(
    "desk_audit",
    metadata,
    Column("id", _NUMBER, primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("agent", String(NAME_LENGTH), nullable=False),
    Column("act", String(24), nullable=False),
    Column("conversation_id", String(40)),
    Column("details", JSON, nullable=False),
    Index("ix_desk_audit_at", "at"),
    Index("ix_desk_audit_conversation_id", "conversation_id"),
)
