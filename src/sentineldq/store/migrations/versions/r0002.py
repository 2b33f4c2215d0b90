"""Profiles by the hour, drift, and what monitors measure and are told."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0002"
down_revision = "0001"

TIME = sa.DateTime(timezone=True)
DOCUMENT = sa.JSON().with_variant(JSONB(), "postgresql")


def upgrade() -> None:
    _profiles()
    _drift_results()
    _measurements()
    _feedback()


def downgrade() -> None:
    for table in ("feedback", "measurements", "drift_results", "profile_marks", "profiles"):
        op.drop_table(table)


def _profiles() -> None:
    op.create_table(
        "profiles",
        sa.Column("dataset", sa.String(), nullable=False),
        sa.Column("hour", TIME, nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("rows", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("dataset", "hour", name="pk_profiles"),
    )
    op.create_index("ix_profiles_updated_at", "profiles", ["updated_at"])
    op.create_table(
        "profile_marks",
        sa.Column("dataset", sa.String(), nullable=False),
        sa.Column("partition", sa.String(), nullable=False),
        sa.Column("batch", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("dataset", "partition", name="pk_profile_marks"),
    )


def _drift_results() -> None:
    table = "drift_results"
    op.create_table(
        table,
        sa.Column("drift_id", sa.String(), nullable=False),
        sa.Column("drift_type", sa.String(), nullable=False),
        sa.Column("entity", sa.String(), nullable=False),
        sa.Column("field_name", sa.String()),
        sa.Column("baseline_start", TIME),
        sa.Column("baseline_end", TIME),
        sa.Column("current_start", TIME),
        sa.Column("current_end", TIME),
        sa.Column("metric_name", sa.String(), nullable=False),
        sa.Column("baseline_value", DOCUMENT),
        sa.Column("current_value", DOCUMENT),
        sa.Column("drift_score", sa.Float(), nullable=False),
        sa.Column("severity", sa.String(), nullable=False),
        sa.Column("detected_at", TIME, nullable=False),
        sa.Column("metadata", DOCUMENT, nullable=False),
        sa.Column("dataset", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("drift_id", name=f"pk_{table}"),
        sa.CheckConstraint("drift_score BETWEEN 0 AND 1", name=op.f(f"ck_{table}_drift_score")),
    )
    for columns in (["detected_at"], ["severity"], ["drift_type", "entity"], ["dataset"]):
        op.create_index(f"ix_{table}_{'_'.join(columns)}", table, columns)


def _measurements() -> None:
    table = "measurements"
    op.create_table(
        table,
        sa.Column("series", sa.String(), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("value", sa.Float()),
        sa.Column("dataset", sa.String()),
        sa.Column("monitor", sa.String(), nullable=False),
        sa.Column("expected_low", sa.Float()),
        sa.Column("expected_high", sa.Float()),
        sa.Column("score", sa.Float()),
        sa.Column("verdict", sa.String()),
        sa.PrimaryKeyConstraint("series", "at", name=f"pk_{table}"),
    )
    op.create_index(f"ix_{table}_at", table, ["at"])
    op.create_index(f"ix_{table}_dataset_monitor", table, ["dataset", "monitor"])


def _feedback() -> None:
    op.create_table(
        "feedback",
        sa.Column("series", sa.String(), nullable=False),
        sa.Column("since", TIME, nullable=False),
        sa.Column("until", TIME, nullable=False),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("note", sa.String()),
        sa.Column("made_by", sa.String()),
        sa.Column("made_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("series", "since", "until", name="pk_feedback"),
    )
