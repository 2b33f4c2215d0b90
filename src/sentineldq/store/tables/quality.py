"""Tables of what people upload and have checked, and of the work that is waiting."""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint, Column, Float, ForeignKey, Index, Integer, Table

from sentineldq.store.tables.base import metadata
from sentineldq.store.types import Document, Text, Timestamp

DATA_SOURCES = Table(
    "data_sources",
    metadata,
    Column("source_id", Text, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("description", Text),
    Column("owner", Text),
    Column("thresholds", Document, nullable=False),
    Column("created_at", Timestamp, nullable=False),
    Column("updated_at", Timestamp, nullable=False),
)

DATA_QUALITY_CHECKS = Table(
    "data_quality_checks",
    metadata,
    Column("check_id", Text, primary_key=True),
    Column("source_id", Text, ForeignKey("data_sources.source_id"), nullable=False),
    Column("job_id", Text),
    Column("file_name", Text, nullable=False),
    Column("format", Text),
    Column("size", BigInteger, nullable=False),
    Column("rows", BigInteger),
    Column("columns", Integer),
    Column("status", Text, nullable=False),
    Column("score", Float),
    Column("parts", Document, nullable=False),
    Column("report", Document),
    Column("error", Text),
    Column("uploaded_by", Text),
    Column("created_at", Timestamp, nullable=False),
    Column("ended_at", Timestamp),
    CheckConstraint("status IN ('waiting', 'running', 'done', 'failed')", name="status"),
    CheckConstraint("score BETWEEN 0 AND 1", name="score"),
    Index(None, "source_id", "created_at"),
    Index(None, "created_at"),
)

JOBS = Table(
    "jobs",
    metadata,
    Column("job_id", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("payload", Document, nullable=False),
    Column("progress", Document),
    Column("result", Document),
    Column("error", Text),
    Column("attempts", Integer, nullable=False),
    Column("due_at", Timestamp, nullable=False),
    Column("claimed_until", Timestamp),
    Column("claimed_by", Text),
    Column("made_by", Text),
    Column("owner", Text),
    Column("created_at", Timestamp, nullable=False),
    Column("ended_at", Timestamp),
    CheckConstraint("state IN ('waiting', 'running', 'done', 'failed', 'cancelled')", name="state"),
    Index(None, "state", "due_at"),
    Index(None, "kind", "created_at"),
)
