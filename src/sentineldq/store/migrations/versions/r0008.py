"""Indexes for the alerts that stand, of all that ever were: the list that is looked at most, and its counts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

STANDING = sa.text("status != 'resolved'")


def upgrade() -> None:
    op.create_index(
        "ix_alerts_standing_updated_at",
        "alerts",
        ["updated_at", "alert_id"],
        sqlite_where=STANDING,
        postgresql_where=STANDING,
    )
    op.create_index("ix_alerts_status_severity", "alerts", ["status", "severity"])


def downgrade() -> None:
    op.drop_index("ix_alerts_status_severity", "alerts")
    op.drop_index("ix_alerts_standing_updated_at", "alerts")
