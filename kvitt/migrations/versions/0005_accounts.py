"""Which installation an account number belongs to.

Revision 0005_accounts.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005_accounts"
down_revision = "0004_handover"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "payment_accounts",
        sa.Column("billing", sa.String(255), nullable=False),
        sa.Column("client_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("uuid", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("billing", "client_id", name="pk_payment_accounts"),
    )


def downgrade() -> None:
    op.drop_table("payment_accounts")
