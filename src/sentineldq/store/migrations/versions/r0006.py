"""What was going to be done beside what was, and what several servers share: tries, and logins that are under way."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("audit_log", sa.Column("intent", sa.BigInteger()))
    op.create_index("ix_audit_log_intent", "audit_log", ["intent"])
    _moments("tries", "full_at")
    _moments("logins", "expires_at")


def downgrade() -> None:
    op.drop_table("logins")
    op.drop_table("tries")
    op.drop_index("ix_audit_log_intent", "audit_log")
    with op.batch_alter_table("audit_log") as table:
        table.drop_column("intent")


def _moments(table: str, column: str) -> None:
    """A table of digests, each with the moment from which it means nothing."""
    op.create_table(
        table,
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column(column, TIME, nullable=False),
        sa.PrimaryKeyConstraint("digest", name=f"pk_{table}"),
    )
    op.create_index(f"ix_{table}_{column}", table, [column])
