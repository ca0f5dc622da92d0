"""Who a customer is: sessions, login codes, choices of account, spent tokens, OpenID, rates.

Revision 0003_identity, after 0002_conversations.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from kvitt.database import UtcDateTime

revision = "0003_identity"
down_revision = "0002_conversations"
branch_labels = None
depends_on = None

NAMES = (
    "sessions",
    "logins",
    "code_requests",
    "visitors",
    "account_choices",
    "spent_tokens",
    "openid_logins",
    "rate_limits",
)


def upgrade() -> None:
    _sessions()
    _logins()
    _code_requests()
    _visitors()
    _account_choices()
    _spent_tokens()
    _openid_logins()
    _rate_limits()


def downgrade() -> None:
    for name in reversed(NAMES):
        op.drop_table(f"identity_{name}")


def _make(name: str, key: str, *columns: sa.Column[object], indexed: tuple[str, ...]) -> None:
    """A table with its primary key, and an index on each of the `indexed` columns."""
    table = f"identity_{name}"
    op.create_table(table, *columns, sa.PrimaryKeyConstraint(key, name=f"pk_{table}"))
    for column in indexed:
        op.create_index(f"ix_{table}_{column}", table, [column])


def _sessions() -> None:
    _make(
        "sessions",
        "conversation_id",
        sa.Column("conversation_id", sa.String(128), nullable=False),
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("client_id", sa.Integer, nullable=False),
        sa.Column("user_id", sa.Integer),
        sa.Column("email", sa.String(320), nullable=False),
        sa.Column("name", sa.String(255), nullable=False),
        sa.Column("permissions", sa.JSON, nullable=False),
        sa.Column("proof", sa.String(32), nullable=False),
        sa.Column("proven_at", UtcDateTime, nullable=False),
        sa.Column("idle_until", UtcDateTime, nullable=False),
        sa.Column("ends_at", UtcDateTime, nullable=False),
        indexed=("id", "client_id", "ends_at"),
    )


def _logins() -> None:
    _make(
        "logins",
        "id",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("conversation_id", sa.String(128), nullable=False),
        sa.Column("client_id", sa.Integer, nullable=False),
        sa.Column("user_id", sa.Integer),
        sa.Column("proof", sa.String(32), nullable=False),
        sa.Column("began_at", UtcDateTime, nullable=False),
        sa.Column("ended_at", UtcDateTime),
        indexed=("conversation_id", "client_id", "began_at"),
    )


def _code_requests() -> None:
    _make(
        "code_requests",
        "id",
        sa.Column("id", sa.Integer, autoincrement=True, nullable=False),
        sa.Column("conversation_id", sa.String(128), nullable=False),
        sa.Column("email", sa.String(320), nullable=False),
        sa.Column("address_key", sa.String(64), nullable=False),
        sa.Column("salt", sa.String(32), nullable=False),
        sa.Column("code_hash", sa.String(64)),
        sa.Column("tries_left", sa.Integer, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("next_attempt_at", UtcDateTime, nullable=False),
        sa.Column("requested_at", UtcDateTime, nullable=False),
        sa.Column("expires_at", UtcDateTime, nullable=False),
        sa.Column("used_at", UtcDateTime),
        indexed=("conversation_id", "email", "expires_at"),
    )
    op.create_index(
        "ix_identity_code_requests_due", "identity_code_requests", ["state", "next_attempt_at"]
    )


def _visitors() -> None:
    _make(
        "visitors",
        "conversation_id",
        sa.Column("conversation_id", sa.String(128), nullable=False),
        sa.Column("address_key", sa.String(64), nullable=False),
        sa.Column("seen_at", UtcDateTime, nullable=False),
        indexed=("seen_at",),
    )


def _account_choices() -> None:
    _make(
        "account_choices",
        "conversation_id",
        sa.Column("conversation_id", sa.String(128), nullable=False),
        sa.Column("email", sa.String(320), nullable=False),
        sa.Column("client_ids", sa.JSON, nullable=False),
        sa.Column("proof", sa.String(32), nullable=False),
        sa.Column("expires_at", UtcDateTime, nullable=False),
        indexed=("expires_at",),
    )


def _spent_tokens() -> None:
    _make(
        "spent_tokens",
        "token_hash",
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("expires_at", UtcDateTime, nullable=False),
        indexed=("expires_at",),
    )


def _openid_logins() -> None:
    _make(
        "openid_logins",
        "state_hash",
        sa.Column("state_hash", sa.String(64), nullable=False),
        sa.Column("conversation_id", sa.String(128), nullable=False),
        sa.Column("browser_hash", sa.String(64), nullable=False),
        sa.Column("expires_at", UtcDateTime, nullable=False),
        indexed=("conversation_id", "expires_at"),
    )


def _rate_limits() -> None:
    _make(
        "rate_limits",
        "key",
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("full_at", sa.Double, nullable=False),
        indexed=("full_at",),
    )
