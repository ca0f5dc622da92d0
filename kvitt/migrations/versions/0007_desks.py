"""Desks elsewhere: conversations there, and the webhooks that have been heard.

Revision 0007_desks.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from kvitt.database import UtcDateTime

revision = "0007_desks"
down_revision = "0006_openid_agents"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_INDEXES = {
    "conversation_id": ["conversation_id"],
    "handover_id": ["handover_id"],
    "state_due_at": ["state", "due_at"],
    "place": ["place"],
    "source": ["source"],
}


def upgrade() -> None:
    op.create_table(
        "desk_links",
        sa.Column("id", _NUMBER, nullable=False, autoincrement=True),
        sa.Column("conversation_id", sa.String(40), nullable=False),
        sa.Column("handover_id", _NUMBER, nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("source", sa.String(80)),
        sa.Column("contact", sa.BigInteger),
        sa.Column("place", sa.String(40)),
        sa.Column("sent_until", sa.Integer, nullable=False),
        sa.Column("until", sa.Integer),
        sa.Column("newest_line", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("round", sa.Integer, nullable=False, server_default="0"),
        sa.Column("is_unsure", sa.Boolean, nullable=False, server_default=sa.text("false")),
        sa.Column("due_at", UtcDateTime, nullable=False),
        sa.Column("tries", sa.Integer, nullable=False, server_default="0"),
        sa.Column("failing_since", UtcDateTime),
        sa.PrimaryKeyConstraint("id", name="pk_desk_links"),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name="fk_desk_links_conversation_id_conversations",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["handover_id"],
            ["handovers.id"],
            name="fk_desk_links_handover_id_handovers",
            ondelete="CASCADE",
        ),
        sa.CheckConstraint(
            "state in ('opening', 'open', 'resolving', 'ended')", name="ck_desk_links_state"
        ),
    )
    for name, columns in _INDEXES.items():
        op.create_index(f"ix_desk_links_{name}", "desk_links", columns)
    op.create_table(
        "desk_deliveries",
        sa.Column("key", sa.String(100), nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_desk_deliveries"),
    )
    op.create_index("ix_desk_deliveries_at", "desk_deliveries", ["at"])


def downgrade() -> None:
    op.drop_table("desk_deliveries")
    op.drop_table("desk_links")
