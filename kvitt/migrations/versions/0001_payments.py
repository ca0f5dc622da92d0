"""The payment journal: confirmations, orders, captures, queue, news, reconciliations.

Revision 0001_payments, the first.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from kvitt.database import UtcDateTime

revision = "0001_payments"
down_revision = None
branch_labels = None
depends_on = None

LIVE = sa.text("state IN ('planned', 'sent', 'unknown', 'pending', 'succeeded')")


def upgrade() -> None:
    _confirmations()
    _orders()
    _captures()
    _queue()
    _news()
    _reconciliations()


def downgrade() -> None:
    for name in ("reconciliations", "news", "queue", "captures", "orders", "confirmations"):
        op.drop_table(f"payment_{name}")


def _who_pays() -> list[sa.Column[object]]:
    return [
        sa.Column("conversation_id", sa.String(255), nullable=False),
        sa.Column("client_id", sa.BigInteger, nullable=False),
        sa.Column("method", sa.String(16), nullable=False),
        sa.Column("card_id", sa.BigInteger),
        sa.Column("card_brand", sa.String(64), nullable=False),
        sa.Column("card_last_four", sa.String(8), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
    ]


def _confirmations() -> None:
    op.create_table(
        "payment_confirmations",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("billing", sa.String(255), nullable=False),
        *_who_pays(),
        sa.Column("lines", sa.JSON, nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("expires_at", UtcDateTime, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("order_id", sa.String(64)),
        sa.PrimaryKeyConstraint("id", name="pk_payment_confirmations"),
    )
    op.create_index(
        "ix_payment_confirmations_conversation",
        "payment_confirmations",
        ["conversation_id", "state"],
    )


def _orders() -> None:
    op.create_table(
        "payment_orders",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("billing", sa.String(255), nullable=False),
        sa.Column("confirmation_id", sa.String(64), nullable=False),
        *_who_pays(),
        sa.Column("total_minor", sa.BigInteger, nullable=False),
        sa.Column("line_count", sa.Integer, nullable=False),
        sa.Column("confirmed_at", UtcDateTime, nullable=False),
        sa.Column("settled_at", UtcDateTime),
        sa.PrimaryKeyConstraint("id", name="pk_payment_orders"),
        sa.UniqueConstraint("confirmation_id", name="uq_payment_orders_confirmation_id"),
    )
    op.create_index(
        "ix_payment_orders_client", "payment_orders", ["billing", "client_id", "confirmed_at"]
    )
    op.create_index("ix_payment_orders_conversation", "payment_orders", ["conversation_id"])


def _captures() -> None:
    op.create_table(
        "payment_captures",
        sa.Column("id", sa.String(80), nullable=False),
        sa.Column("order_id", sa.String(64), nullable=False),
        sa.Column("billing", sa.String(255), nullable=False),
        sa.Column("conversation_id", sa.String(255), nullable=False),
        sa.Column("client_id", sa.BigInteger, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("invoice_id", sa.BigInteger, nullable=False),
        sa.Column("number", sa.String(255), nullable=False),
        sa.Column("description", sa.Text, nullable=False),
        sa.Column("plan", sa.String(16), nullable=False),
        sa.Column("card_id", sa.BigInteger),
        sa.Column("amount_minor", sa.BigInteger, nullable=False),
        sa.Column("balance_minor", sa.BigInteger, nullable=False),
        sa.Column("credit_before_minor", sa.BigInteger, nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("state", sa.String(24), nullable=False),
        sa.Column("reason", sa.String(32)),
        sa.Column("reply", sa.String(16)),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("checks", sa.Integer, nullable=False),
        sa.Column("due_at", UtcDateTime),
        sa.Column("planned_at", UtcDateTime, nullable=False),
        sa.Column("sent_at", UtcDateTime),
        sa.Column("settled_at", UtcDateTime),
        sa.Column("ticket", sa.String(64)),
        sa.PrimaryKeyConstraint("id", name="pk_payment_captures"),
        sa.ForeignKeyConstraint(
            ["order_id"],
            ["payment_orders.id"],
            name="fk_payment_captures_order_id_payment_orders",
        ),
    )
    op.create_index(
        "uq_payment_captures_live",
        "payment_captures",
        ["billing", "invoice_id"],
        unique=True,
        postgresql_where=LIVE,
        sqlite_where=LIVE,
    )
    op.create_index("ix_payment_captures_order", "payment_captures", ["order_id"])
    op.create_index(
        "ix_payment_captures_client", "payment_captures", ["billing", "client_id", "state"]
    )


def _queue() -> None:
    op.create_table(
        "payment_queue",
        sa.Column("billing", sa.String(255), nullable=False),
        sa.Column("client_id", sa.BigInteger, nullable=False, autoincrement=False),
        sa.Column("due_at", UtcDateTime),
        sa.Column("fence", sa.BigInteger, nullable=False),
        sa.Column("owner", sa.String(255), nullable=False),
        sa.Column("leased_until", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("billing", "client_id", name="pk_payment_queue"),
    )
    op.create_index("ix_payment_queue_due", "payment_queue", ["billing", "due_at"])


def _news() -> None:
    op.create_table(
        "payment_news",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), nullable=False),
        sa.Column("order_id", sa.String(64), nullable=False),
        sa.Column("conversation_id", sa.String(255), nullable=False),
        sa.Column("client_id", sa.BigInteger, nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("claimed_until", UtcDateTime),
        sa.Column("is_delivered", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_payment_news"),
        sa.ForeignKeyConstraint(
            ["order_id"], ["payment_orders.id"], name="fk_payment_news_order_id_payment_orders"
        ),
    )
    op.create_index("ix_payment_news_waiting", "payment_news", ["is_delivered", "id"])


def _reconciliations() -> None:
    op.create_table(
        "payment_reconciliations",
        sa.Column("billing", sa.String(255), nullable=False),
        sa.Column("started_at", UtcDateTime, nullable=False),
        sa.Column("checked", sa.Integer),
        sa.Column("differences", sa.JSON),
        sa.PrimaryKeyConstraint("billing", "started_at", name="pk_payment_reconciliations"),
    )
