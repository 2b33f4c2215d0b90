"""Tables of what is watched: profiles, drift, measurements, and what people say of them."""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint, Column, Float, Index, LargeBinary, Table

from sentineldq.store.tables.base import metadata
from sentineldq.store.types import Document, Text, Timestamp

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
    Index(None, "dataset", "detected_at"),
)

DRIFT_LOOKS = Table(
    "drift_looks",
    metadata,
    Column("dataset", Text, primary_key=True),
    Column("current_end", Timestamp, primary_key=True),
    Column("current_start", Timestamp, nullable=False),
    Column("baseline_rows", BigInteger, nullable=False),
    Column("current_rows", BigInteger, nullable=False),
    Column("worst", Float, nullable=False),
    Column("scores", Document, nullable=False),
    Column("looked_at", Timestamp, nullable=False),
    CheckConstraint("worst BETWEEN 0 AND 1", name="worst"),
    Index(None, "dataset", "current_end", "worst"),
    Index(None, "looked_at"),
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
