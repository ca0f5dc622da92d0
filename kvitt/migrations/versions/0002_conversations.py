"""Conversations: cookies, the log, the queue of turns, choices and links given out.

Revision 0002_conversations.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from kvitt.database import UtcDateTime

revision = "0002_conversations"
down_revision = "0001_payments"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _conversations()
    _visitor_cookies()
    _events()
    _turns()
    _choices()
    _hosted_links()


def downgrade() -> None:
    for name in ("hosted_links", "choices", "turns", "events", "visitor_cookies", "conversations"):
        op.drop_table(name)


def _conversation(table: str) -> tuple[sa.Column[str], sa.ForeignKeyConstraint]:
    return (
        sa.Column("conversation_id", sa.String(40), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name=f"fk_{table}_conversation_id_conversations",
            ondelete="CASCADE",
        ),
    )


def _conversations() -> None:
    op.create_table(
        "conversations",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("last_at", UtcDateTime, nullable=False),
        sa.Column("ended_at", UtcDateTime),
        sa.Column("holder", sa.String(10), nullable=False),
        sa.Column("last_event", sa.Integer, nullable=False),
        sa.Column("hidden_until", sa.Integer, nullable=False),
        sa.Column("client_id", sa.BigInteger),
        sa.Column("tracker", sa.Integer, nullable=False),
        sa.Column("lease_owner", sa.String(40)),
        sa.Column("lease_until", UtcDateTime),
        sa.Column("fence", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_conversations"),
        sa.CheckConstraint(
            "holder in ('bot', 'waiting', 'agent', 'closed')", name="ck_conversations_holder"
        ),
    )
    op.create_index("ix_conversations_last_at", "conversations", ["last_at"])
    op.create_index("ix_conversations_client_id", "conversations", ["client_id"])


def _visitor_cookies() -> None:
    op.create_table(
        "visitor_cookies",
        sa.Column("token_hash", sa.String(64), nullable=False),
        *_conversation("visitor_cookies"),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("replaced_at", UtcDateTime),
        sa.PrimaryKeyConstraint("token_hash", name="pk_visitor_cookies"),
    )
    op.create_index("ix_visitor_cookies_conversation_id", "visitor_cookies", ["conversation_id"])


def _events() -> None:
    op.create_table(
        "events",
        *_conversation("events"),
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("author", sa.String(10), nullable=False),
        sa.Column("type", sa.String(40), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("data", sa.JSON, nullable=False),
        sa.PrimaryKeyConstraint("conversation_id", "id", name="pk_events"),
    )


def _turns() -> None:
    op.create_table(
        "turns",
        sa.Column("id", sa.Integer, nullable=False, autoincrement=True),
        *_conversation("turns"),
        sa.Column("key", sa.String(80), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("is_internal", sa.Boolean, nullable=False),
        sa.Column("cursor", sa.Integer),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("intent", sa.String(120)),
        sa.Column("entities", sa.JSON, nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("run_at", UtcDateTime, nullable=False),
        sa.Column("done_at", UtcDateTime),
        sa.Column("outcome", sa.String(20)),
        sa.Column("understood", sa.JSON),
        sa.PrimaryKeyConstraint("id", name="pk_turns"),
        sa.UniqueConstraint("conversation_id", "key", name="uq_turns_conversation_id"),
        sa.CheckConstraint("state in ('queued', 'running', 'done')", name="ck_turns_state"),
    )
    op.create_index("ix_turns_state_run_at", "turns", ["state", "run_at"])


def _choices() -> None:
    op.create_table(
        "choices",
        sa.Column("token", sa.String(64), nullable=False),
        *_conversation("choices"),
        sa.Column("event_id", sa.Integer, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("intent", sa.String(120), nullable=False),
        sa.Column("entities", sa.JSON, nullable=False),
        sa.Column("selection", sa.JSON),
        sa.Column("expires_at", UtcDateTime, nullable=False),
        sa.Column("used_at", UtcDateTime),
        sa.PrimaryKeyConstraint("token", name="pk_choices"),
    )
    op.create_index(
        "ix_choices_conversation_id_event_id", "choices", ["conversation_id", "event_id"]
    )


def _hosted_links() -> None:
    op.create_table(
        "hosted_links",
        sa.Column("token", sa.String(64), nullable=False),
        *_conversation("hosted_links"),
        sa.Column("purpose", sa.String(40), nullable=False),
        sa.Column("ids", sa.JSON, nullable=False),
        sa.Column("expires_at", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("token", name="pk_hosted_links"),
    )
    op.create_index("ix_hosted_links_conversation_id", "hosted_links", ["conversation_id"])
