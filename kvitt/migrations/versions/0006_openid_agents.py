"""Whom an agent's account belongs to at the company's login.

Revision 0006_openid_agents.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006_openid_agents"
down_revision = "0005_accounts"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("agents", sa.Column("openid_subject", sa.String(64)))
    op.create_index("uq_agents_openid_subject", "agents", ["openid_subject"], unique=True)


def downgrade() -> None:
    op.drop_index("uq_agents_openid_subject", "agents")
    op.drop_column("agents", "openid_subject")
