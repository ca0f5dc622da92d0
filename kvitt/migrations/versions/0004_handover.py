"""People: requests for one, agents and their sessions, notes, the audit log.

Revision 0004_handover.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from kvitt.database import UtcDateTime

revision = "0004_handover"
down_revision = "0003_identity"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_OPEN = sa.text("state IN ('waiting', 'agent', 'email')")


def upgrade() -> None:
    _handovers()
    _notes()
    _agents()
    _agent_sessions()
    _audit()


def downgrade() -> None:
    for name in ("desk_audit", "agent_sessions", "agents", "desk_notes", "handovers"):
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


def _handovers() -> None:
    op.create_table(
        "handovers",
        sa.Column("id", _NUMBER, nullable=False, autoincrement=True),
        *_conversation("handovers"),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("reason", sa.String(20), nullable=False),
        sa.Column("topic", sa.String(120), nullable=False),
        sa.Column("requested_at", UtcDateTime, nullable=False),
        sa.Column("agent", sa.String(64)),
        sa.Column("claimed_at", UtcDateTime),
        sa.Column("ended_at", UtcDateTime),
        sa.Column("answered_at", UtcDateTime),
        sa.Column("rating", sa.Integer),
        sa.Column("email", sa.String(320)),
        sa.Column("ticket", sa.String(64)),
        sa.Column("ticket_due_at", UtcDateTime),
        sa.Column("ticket_tries", sa.Integer, nullable=False, server_default="0"),
        sa.Column("is_login_ended", sa.Boolean, nullable=False, server_default=sa.text("false")),
        sa.PrimaryKeyConstraint("id", name="pk_handovers"),
        sa.CheckConstraint(
            "state in ('waiting', 'agent', 'bot', 'closed', 'cancelled', 'email', 'ticket')",
            name="ck_handovers_state",
        ),
        sa.CheckConstraint("rating between 1 and 5", name="ck_handovers_rating"),
    )
    op.create_index(
        "uq_handovers_open",
        "handovers",
        ["conversation_id"],
        unique=True,
        postgresql_where=_OPEN,
        sqlite_where=_OPEN,
    )
    for column in ("conversation_id", "state", "requested_at"):
        op.create_index(f"ix_handovers_{column}", "handovers", [column])


def _notes() -> None:
    op.create_table(
        "desk_notes",
        sa.Column("id", _NUMBER, nullable=False, autoincrement=True),
        *_conversation("desk_notes"),
        sa.Column("after_event", sa.Integer, nullable=False),
        sa.Column("agent", sa.String(64), nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_desk_notes"),
    )
    op.create_index("ix_desk_notes_conversation_id", "desk_notes", ["conversation_id"])


def _agents() -> None:
    op.create_table(
        "agents",
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("display_name", sa.String(64), nullable=False),
        sa.Column("role", sa.String(12), nullable=False),
        sa.Column("password_hash", sa.String(255), nullable=False),
        sa.Column("is_active", sa.Boolean, nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_agents"),
        sa.CheckConstraint("role in ('agent', 'supervisor')", name="ck_agents_role"),
    )


def _agent_sessions() -> None:
    op.create_table(
        "agent_sessions",
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("agent", sa.String(64), nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("idle_until", UtcDateTime, nullable=False),
        sa.Column("ends_at", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("token_hash", name="pk_agent_sessions"),
        sa.ForeignKeyConstraint(
            ["agent"], ["agents.name"], name="fk_agent_sessions_agent_agents", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_agent_sessions_agent", "agent_sessions", ["agent"])


def _audit() -> None:
    op.create_table(
        "desk_audit",
        sa.Column("id", _NUMBER, nullable=False, autoincrement=True),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("agent", sa.String(64), nullable=False),
        sa.Column("act", sa.String(24), nullable=False),
        sa.Column("conversation_id", sa.String(40)),
        sa.Column("details", sa.JSON, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_desk_audit"),
    )
    op.create_index("ix_desk_audit_at", "desk_audit", ["at"])
    op.create_index("ix_desk_audit_conversation_id", "desk_audit", ["conversation_id"])
