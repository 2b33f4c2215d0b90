"""Indexes for what a server asks all the time: what is newest, and what came in a span of time."""

from __future__ import annotations

from alembic import op

revision = "0005"
down_revision = "0004"

INDEXES = (
    ("alert_events", ("at",)),
    ("alerts", ("opened_at",)),
    ("batches", ("committed_at",)),
    ("drift_results", ("dataset", "detected_at")),
    ("findings", ("cleared_at",)),
    ("findings", ("first_seen_at",)),
    ("findings", ("last_seen_at",)),
    ("runs", ("heartbeat_at",)),
    ("runs", ("project", "started_at")),
)


def upgrade() -> None:
    for table, columns in INDEXES:
        op.create_index(_name(table, columns), table, list(columns))


def downgrade() -> None:
    for table, columns in reversed(INDEXES):
        op.drop_index(_name(table, columns), table)


def _name(table: str, columns: tuple[str, ...]) -> str:
    return f"ix_{table}_{'_'.join(columns)}"
