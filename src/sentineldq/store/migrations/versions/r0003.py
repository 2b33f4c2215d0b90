"""Alerts, their history, and what is to be sent."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0003"
down_revision = "0002"

TIME = sa.DateTime(timezone=True)
DOCUMENT = sa.JSON().with_variant(JSONB(), "postgresql")
SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _alerts()
    _events()
    _deliveries()


def downgrade() -> None:
    for table in ("deliveries", "alert_events", "alerts"):
        op.drop_table(table)


def _alerts() -> None:
    table = "alerts"
    op.create_table(
        table,
        sa.Column("alert_id", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("finding_id", sa.String()),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("dataset", sa.String()),
        sa.Column("severity", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("details", DOCUMENT, nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.Column("cause", sa.String()),
        sa.Column("assignee", sa.String()),
        sa.Column("opened_at", TIME, nullable=False),
        sa.Column("updated_at", TIME, nullable=False),
        sa.Column("acknowledged_at", TIME),
        sa.Column("acknowledged_by", sa.String()),
        sa.Column("snoozed_until", TIME),
        sa.Column("escalated", sa.Integer(), nullable=False),
        sa.Column("resolved_at", TIME),
        sa.Column("resolved_by", sa.String()),
        sa.Column("reason", sa.String()),
        sa.Column("note", sa.String()),
        sa.PrimaryKeyConstraint("alert_id", name=f"pk_{table}"),
        sa.ForeignKeyConstraint(["cause"], ["alerts.alert_id"], name=f"fk_{table}_cause_{table}"),
        sa.CheckConstraint(
            "status IN ('open', 'acknowledged', 'snoozed', 'resolved')", name=op.f(f"ck_{table}_status")
        ),
    )
    for columns in (["status", "updated_at"], ["dataset", "updated_at"], ["finding_id"]):
        op.create_index(f"ix_{table}_{'_'.join(columns)}", table, columns)
    standing = sa.text("status != 'resolved'")
    op.create_index(
        "uq_alerts_standing_key",
        table,
        ["key"],
        unique=True,
        sqlite_where=standing,
        postgresql_where=standing,
    )


def _events() -> None:
    table = "alert_events"
    op.create_table(
        table,
        sa.Column("event_id", SERIAL, nullable=False),
        sa.Column("alert_id", sa.String(), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("actor", sa.String()),
        sa.Column("details", DOCUMENT, nullable=False),
        sa.PrimaryKeyConstraint("event_id", name=f"pk_{table}"),
        sa.ForeignKeyConstraint(["alert_id"], ["alerts.alert_id"], name=f"fk_{table}_alert_id_alerts"),
    )
    op.create_index(f"ix_{table}_alert_id_at", table, ["alert_id", "at"])


def _deliveries() -> None:
    table = "deliveries"
    op.create_table(
        table,
        sa.Column("delivery_id", SERIAL, nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("message", DOCUMENT, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("due_at", TIME, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("claimed_until", TIME),
        sa.Column("sent_at", TIME),
        sa.Column("error", sa.String()),
        sa.PrimaryKeyConstraint("delivery_id", name=f"pk_{table}"),
        sa.UniqueConstraint("key", name=f"uq_{table}_key"),
        sa.CheckConstraint("state IN ('due', 'sent', 'failed')", name=op.f(f"ck_{table}_state")),
    )
    op.create_index(f"ix_{table}_state_due_at", table, ["state", "due_at"])
    op.create_index(f"ix_{table}_channel_created_at", table, ["channel", "created_at"])
