"""The first tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0001"
down_revision = None

TIME = sa.DateTime(timezone=True)
DOCUMENT = sa.JSON().with_variant(JSONB(), "postgresql")
SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _runs()
    _batches()
    _validation_results()
    _freshness()
    _findings()
    _leases()
    _due()


def downgrade() -> None:
    for table in (
        "due",
        "leases",
        "findings",
        "freshness_history",
        "freshness",
        "validation_results",
        "batches",
        "runs",
    ):
        op.drop_table(table)


def _runs() -> None:
    op.create_table(
        "runs",
        sa.Column("run_id", sa.String(), nullable=False),
        sa.Column("project", sa.String(), nullable=False),
        sa.Column("pipeline", sa.String(), nullable=False),
        sa.Column("started_at", TIME, nullable=False),
        sa.Column("ended_at", TIME),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("counts", DOCUMENT, nullable=False),
        sa.Column("error", sa.String()),
        sa.Column("host", sa.String(), nullable=False),
        sa.Column("pid", sa.Integer(), nullable=False),
        sa.Column("machine", sa.String(), nullable=False),
        sa.Column("born", sa.String()),
        sa.Column("heartbeat_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("run_id", name="pk_runs"),
    )
    op.create_index("ix_runs_project_pipeline_started_at", "runs", ["project", "pipeline", "started_at"])
    op.create_index("ix_runs_status", "runs", ["status"])


def _batches() -> None:
    op.create_table(
        "batches",
        sa.Column("dataset", sa.String(), nullable=False),
        sa.Column("partition", sa.String(), nullable=False),
        sa.Column("batch", sa.BigInteger(), nullable=False),
        *(
            sa.Column(name, sa.BigInteger(), nullable=False)
            for name in ("rows", "silver", "quarantined", "duplicates", "dropped")
        ),
        sa.Column("contract_version", sa.String()),
        sa.Column("committed_at", TIME, nullable=False),
        sa.Column("seconds", sa.Float()),
        sa.Column("run_id", sa.String()),
        sa.PrimaryKeyConstraint("dataset", "partition", "batch", name="pk_batches"),
    )
    op.create_index("ix_batches_dataset_committed_at", "batches", ["dataset", "committed_at"])


def _validation_results() -> None:
    table = "validation_results"
    op.create_table(
        table,
        sa.Column("result_id", SERIAL, nullable=False),
        sa.Column("dataset", sa.String(), nullable=False),
        sa.Column("partition", sa.String(), nullable=False),
        sa.Column("batch", sa.BigInteger(), nullable=False),
        sa.Column("row", sa.BigInteger()),
        sa.Column("check", sa.String(), nullable=False),
        sa.Column("fingerprint", sa.String()),
        sa.Column("severity", sa.String()),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("failed", sa.BigInteger(), nullable=False),
        sa.Column("evaluated", sa.BigInteger()),
        sa.Column("message", sa.String()),
        sa.Column("path", sa.String()),
        sa.Column("contract_version", sa.String()),
        sa.Column("detected_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("result_id", name=f"pk_{table}"),
    )
    for columns in (
        ["dataset", "partition", "batch"],
        ["check", "dataset", "detected_at"],
        ["dataset", "detected_at"],
    ):
        op.create_index(f"ix_{table}_{'_'.join(columns)}", table, columns)


def _freshness() -> None:
    for table, key in (("freshness", ["dataset"]), ("freshness_history", ["dataset", "measured_at"])):
        op.create_table(
            table,
            sa.Column("dataset", sa.String(), nullable=False),
            sa.Column("last_event_at", TIME),
            sa.Column("last_commit_at", TIME),
            sa.Column("age_seconds", sa.Float()),
            sa.Column("allowed_seconds", sa.Float()),
            sa.Column("status", sa.String(), nullable=False),
            sa.Column("measured_at", TIME, nullable=False),
            sa.PrimaryKeyConstraint(*key, name=f"pk_{table}"),
        )
    op.create_index("ix_freshness_history_measured_at", "freshness_history", ["measured_at"])


def _findings() -> None:
    op.create_table(
        "findings",
        sa.Column("finding_id", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("dataset", sa.String()),
        sa.Column("severity", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("details", DOCUMENT, nullable=False),
        sa.Column("first_seen_at", TIME, nullable=False),
        sa.Column("last_seen_at", TIME, nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.Column("cleared_at", TIME),
        sa.PrimaryKeyConstraint("finding_id", name="pk_findings"),
    )
    op.create_index("ix_findings_dataset_last_seen_at", "findings", ["dataset", "last_seen_at"])
    still = sa.text("cleared_at IS NULL")
    op.create_index(
        "uq_findings_open_key", "findings", ["key"], unique=True, sqlite_where=still, postgresql_where=still
    )


def _leases() -> None:
    op.create_table(
        "leases",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("owner", sa.String()),
        sa.Column("until", TIME),
        sa.Column("host", sa.String()),
        sa.Column("pid", sa.Integer()),
        sa.Column("machine", sa.String()),
        sa.Column("born", sa.String()),
        sa.PrimaryKeyConstraint("name", name="pk_leases"),
    )


def _due() -> None:
    op.create_table(
        "due",
        sa.Column("job", sa.String(), nullable=False),
        sa.Column("due_at", TIME, nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("run_id", sa.String()),
        sa.Column("claimed_at", TIME, nullable=False),
        sa.Column("ended_at", TIME),
        sa.Column("note", sa.String()),
        sa.PrimaryKeyConstraint("job", "due_at", name="pk_due"),
    )
    op.create_index("ix_due_state", "due", ["state"])
