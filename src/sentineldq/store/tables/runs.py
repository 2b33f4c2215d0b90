"""Tables of runs: what was done, what became of it, what was found, and who may do what alone."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Float, Index, Integer, Table

from sentineldq.store.tables.base import SERIAL, metadata
from sentineldq.store.types import Document, Text, Timestamp

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
    Index(None, "project", "started_at"),
    Index(None, "status"),
    Index(None, "heartbeat_at"),
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
    Index(None, "committed_at"),
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
    Index(None, "first_seen_at"),
    Index(None, "last_seen_at"),
    Index(None, "cleared_at"),
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
