"""The gateway's tables: conversations, their log, the turns to run, choices and links given out."""

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
    UniqueConstraint,
)

from kvitt.database import UtcDateTime, metadata

ID_LENGTH = 40


def _conversation(*, primary_key: bool = False) -> Column[str]:
    return Column(
        "conversation_id",
        String(ID_LENGTH),
        ForeignKey("conversations.id", ondelete="CASCADE"),
        nullable=False,
        primary_key=primary_key,
    )


conversations = Table(
    "conversations",
    metadata,
    Column("id", String(ID_LENGTH), primary_key=True),
    Column("created_at", UtcDateTime, nullable=False),
    Column("last_at", UtcDateTime, nullable=False, index=True),
    Column("ended_at", UtcDateTime),
    Column("holder", String(10), nullable=False),
    # The newest event; and the one up to which nothing is shown any more (a login has ended there)
    Column("last_event", Integer, nullable=False),
    Column("hidden_until", Integer, nullable=False),
    # The account that the log has been shown to, as far as the gateway has noticed
    Column("client_id", BigInteger, index=True),
    # Rasa's sender is "<id>.<tracker>"
    Column("tracker", Integer, nullable=False),
    # Who runs a turn of it, until when; `fence` rises with every claim
    Column("lease_owner", String(ID_LENGTH)),
    Column("lease_until", UtcDateTime),
    Column("fence", Integer, nullable=False),
    CheckConstraint("holder in ('bot', 'waiting', 'agent', 'closed')", name="holder"),
)

visitor_cookies = Table(
    "visitor_cookies",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    _conversation(),
    Column("created_at", UtcDateTime, nullable=False),
    # Set when a newer cookie took its place: it opens nothing then
    Column("replaced_at", UtcDateTime),
    Index("ix_visitor_cookies_conversation_id", "conversation_id"),
)

events = Table(
    "events",
    metadata,
    _conversation(primary_key=True),
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("at", UtcDateTime, nullable=False),
    Column("author", String(10), nullable=False),
    Column("type", String(40), nullable=False),
    Column("text", Text, nullable=False),
    Column("data", JSON, nullable=False),
)

turns = Table(
    "turns",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    _conversation(),
    # The client's message id, or the gateway's own name for an internal turn
    Column("key", String(80), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("is_internal", Boolean, nullable=False),
    # The event that answers the sender (202), and what Rasa gets
    Column("cursor", Integer),
    Column("text", Text, nullable=False),
    Column("intent", String(120)),
    Column("entities", JSON, nullable=False),
    Column("state", String(10), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("run_at", UtcDateTime, nullable=False),
    Column("done_at", UtcDateTime),
    Column("outcome", String(20)),
    Column("understood", JSON),
    UniqueConstraint("conversation_id", "key", name="uq_turns_conversation_id"),
    Index("ix_turns_state_run_at", "state", "run_at"),
    CheckConstraint("state in ('queued', 'running', 'done')", name="state"),
)

choices = Table(
    "choices",
    metadata,
    Column("token", String(64), primary_key=True),
    _conversation(),
    Column("event_id", Integer, nullable=False),
    Column("title", Text, nullable=False),
    Column("intent", String(120), nullable=False),
    Column("entities", JSON, nullable=False),
    # {"entity", "values", "titles", "multiple"} where the customer picks among values
    Column("selection", JSON),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("used_at", UtcDateTime),
    Index("ix_choices_conversation_id_event_id", "conversation_id", "event_id"),
)

hosted_links = Table(
    "hosted_links",
    metadata,
    Column("token", String(64), primary_key=True),
    _conversation(),
    Column("purpose", String(40), nullable=False),
    Column("ids", JSON, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Index("ix_hosted_links_conversation_id", "conversation_id"),
)
