"""The tables of the store. Migrations make them; a test holds the two equal."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
)

from sentineldq.store.types import Document, Text, Timestamp

NAMES = {
    "pk": "pk_%(table_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
}
metadata = MetaData(naming_convention=NAMES)

SERIAL = BigInteger().with_variant(Integer, "sqlite")
"""A number that the database counts up; SQLite does so for INTEGER alone."""

RUNS = Table(
    "runs",
    metadata,
    Column("run_id", Text, primary_key=True),
    Column("project", Text, nullable=False),
    Column("pipeline", Text, nullable=False),
    Column("started_at", Timestamp, nullable=False),
    Column("ended_at", Timestamp),
    Column("status", Text, nullable=False),
    Column("counts", Document, nullable=False),
    Column("error", Text),
    Column("host", Text, nullable=False),
    Column("pid", Integer, nullable=False),
    Column("machine", Text, nullable=False),
    Column("born", Text),
    Column("heartbeat_at", Timestamp, nullable=False),
    Index(None, "project", "pipeline", "started_at"),
    Index(None, "status"),
)

BATCHES = Table(
    "batches",
    metadata,
    Column("dataset", Text, primary_key=True),
    Column("partition", Text, primary_key=True),
    Column("batch", BigInteger, primary_key=True, autoincrement=False),
    Column("rows", BigInteger, nullable=False),
    Column("silver", BigInteger, nullable=False),
    Column("quarantined", BigInteger, nullable=False),
    Column("duplicates", BigInteger, nullable=False),
    Column("dropped", BigInteger, nullable=False),
    Column("contract_version", Text),
    Column("committed_at", Timestamp, nullable=False),
    Column("seconds", Float),
    Column("run_id", Text),
    Index(None, "dataset", "committed_at"),
)

VALIDATION_RESULTS = Table(
    "validation_results",
    metadata,
    Column("result_id", SERIAL, primary_key=True),
    Column("dataset", Text, nullable=False),
    Column("partition", Text, nullable=False),
    Column("batch", BigInteger, nullable=False),
    Column("row", BigInteger),
    Column("check", Text, nullable=False),
    Column("fingerprint", Text),
    Column("severity", Text),
    Column("status", Text, nullable=False),
    Column("failed", BigInteger, nullable=False),
    Column("evaluated", BigInteger),
    Column("message", Text),
    Column("path", Text),
    Column("contract_version", Text),
    Column("detected_at", Timestamp, nullable=False),
    Index(None, "dataset", "partition", "batch"),
    Index(None, "check", "dataset", "detected_at"),
    Index(None, "dataset", "detected_at"),
)

FRESHNESS = Table(
    "freshness",
    metadata,
    Column("dataset", Text, primary_key=True),
    Column("last_event_at", Timestamp),
    Column("last_commit_at", Timestamp),
    Column("age_seconds", Float),
    Column("allowed_seconds", Float),
    Column("status", Text, nullable=False),
    Column("measured_at", Timestamp, nullable=False),
)

FRESHNESS_HISTORY = Table(
    "freshness_history",
    metadata,
    Column("dataset", Text, primary_key=True),
    Column("measured_at", Timestamp, primary_key=True),
    Column("last_event_at", Timestamp),
    Column("last_commit_at", Timestamp),
    Column("age_seconds", Float),
    Column("allowed_seconds", Float),
    Column("status", Text, nullable=False),
    Index(None, "measured_at"),
)

FINDINGS = Table(
    "findings",
    metadata,
    Column("finding_id", Text, primary_key=True),
    Column("key", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("dataset", Text),
    Column("severity", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("details", Document, nullable=False),
    Column("first_seen_at", Timestamp, nullable=False),
    Column("last_seen_at", Timestamp, nullable=False),
    Column("count", BigInteger, nullable=False),
    Column("cleared_at", Timestamp),
    Index(None, "dataset", "last_seen_at"),
)
OPEN = FINDINGS.c.cleared_at.is_(None)
Index("uq_findings_open_key", FINDINGS.c.key, unique=True, sqlite_where=OPEN, postgresql_where=OPEN)

LEASES = Table(
    "leases",
    metadata,
    Column("name", Text, primary_key=True),
    Column("epoch", BigInteger, nullable=False),
    Column("owner", Text),
    Column("until", Timestamp),
    Column("host", Text),
    Column("pid", Integer),
    Column("machine", Text),
    Column("born", Text),
)

DUE = Table(
    "due",
    metadata,
    Column("job", Text, primary_key=True),
    Column("due_at", Timestamp, primary_key=True),
    Column("state", Text, nullable=False),
    Column("run_id", Text),
    Column("claimed_at", Timestamp, nullable=False),
    Column("ended_at", Timestamp),
    Column("note", Text),
    Index(None, "state"),
)

PROFILES = Table(
    "profiles",
    metadata,
    Column("dataset", Text, primary_key=True),
    Column("hour", Timestamp, primary_key=True),
    Column("content", LargeBinary, nullable=False),
    Column("rows", BigInteger, nullable=False),
    Column("updated_at", Timestamp, nullable=False),
    Index(None, "updated_at"),
)

PROFILE_MARKS = Table(
    "profile_marks",
    metadata,
    Column("dataset", Text, primary_key=True),
    Column("partition", Text, primary_key=True),
    Column("batch", BigInteger, nullable=False),
)

DRIFT_RESULTS = Table(
    "drift_results",
    metadata,
    Column("drift_id", Text, primary_key=True),
    Column("drift_type", Text, nullable=False),
    Column("entity", Text, nullable=False),
    Column("field_name", Text),
    Column("baseline_start", Timestamp),
    Column("baseline_end", Timestamp),
    Column("current_start", Timestamp),
    Column("current_end", Timestamp),
    Column("metric_name", Text, nullable=False),
    Column("baseline_value", Document),
    Column("current_value", Document),
    Column("drift_score", Float, nullable=False),
    Column("severity", Text, nullable=False),
    Column("detected_at", Timestamp, nullable=False),
    Column("metadata", Document, nullable=False),
    Column("dataset", Text, nullable=False),
    CheckConstraint("drift_score BETWEEN 0 AND 1", name="drift_score"),
    Index(None, "detected_at"),
    Index(None, "severity"),
    Index(None, "drift_type", "entity"),
    Index(None, "dataset"),
)

MEASUREMENTS = Table(
    "measurements",
    metadata,
    Column("series", Text, primary_key=True),
    Column("at", Timestamp, primary_key=True),
    Column("value", Float),
    Column("dataset", Text),
    Column("monitor", Text, nullable=False),
    Column("expected_low", Float),
    Column("expected_high", Float),
    Column("score", Float),
    Column("verdict", Text),
    Index(None, "at"),
    Index(None, "dataset", "monitor"),
)

FEEDBACK = Table(
    "feedback",
    metadata,
    Column("series", Text, primary_key=True),
    Column("since", Timestamp, primary_key=True),
    Column("until", Timestamp, primary_key=True),
    Column("verdict", Text, nullable=False),
    Column("note", Text),
    Column("made_by", Text),
    Column("made_at", Timestamp, nullable=False),
)

ALERTS = Table(
    "alerts",
    metadata,
    Column("alert_id", Text, primary_key=True),
    Column("key", Text, nullable=False),
    Column("finding_id", Text),
    Column("kind", Text, nullable=False),
    Column("dataset", Text),
    Column("severity", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("details", Document, nullable=False),
    Column("count", BigInteger, nullable=False),
    Column("cause", Text, ForeignKey("alerts.alert_id")),
    Column("assignee", Text),
    Column("opened_at", Timestamp, nullable=False),
    Column("updated_at", Timestamp, nullable=False),
    Column("acknowledged_at", Timestamp),
    Column("acknowledged_by", Text),
    Column("snoozed_until", Timestamp),
    Column("escalated", Integer, nullable=False),
    Column("resolved_at", Timestamp),
    Column("resolved_by", Text),
    Column("reason", Text),
    Column("note", Text),
    CheckConstraint("status IN ('open', 'acknowledged', 'snoozed', 'resolved')", name="status"),
    Index(None, "status", "updated_at"),
    Index(None, "dataset", "updated_at"),
    Index(None, "finding_id"),
)
STANDING = ALERTS.c.status != "resolved"
Index("uq_alerts_standing_key", ALERTS.c.key, unique=True, sqlite_where=STANDING, postgresql_where=STANDING)

ALERT_EVENTS = Table(
    "alert_events",
    metadata,
    Column("event_id", SERIAL, primary_key=True),
    Column("alert_id", Text, ForeignKey("alerts.alert_id"), nullable=False),
    Column("at", Timestamp, nullable=False),
    Column("kind", Text, nullable=False),
    Column("actor", Text),
    Column("details", Document, nullable=False),
    Index(None, "alert_id", "at"),
)

DELIVERIES = Table(
    "deliveries",
    metadata,
    Column("delivery_id", SERIAL, primary_key=True),
    Column("key", Text, nullable=False, unique=True),
    Column("channel", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("message", Document, nullable=False),
    Column("created_at", Timestamp, nullable=False),
    Column("due_at", Timestamp, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("claimed_until", Timestamp),
    Column("sent_at", Timestamp),
    Column("error", Text),
    CheckConstraint("state IN ('due', 'sent', 'failed')", name="state"),
    Index(None, "state", "due_at"),
    Index(None, "channel", "created_at"),
)
