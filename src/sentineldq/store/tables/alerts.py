"""Tables of alerts: their history, and what is to be sent."""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint, Column, ForeignKey, Index, Integer, Table, literal_column

from sentineldq.store.tables.base import SERIAL, metadata
from sentineldq.store.types import Document, Text, Timestamp

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
    Index(None, "opened_at"),
    Index(None, "status", "severity"),
)
STANDING = ALERTS.c.status != literal_column("'resolved'")
"""What is not over; as it is written in the indexes of such alone, or they would not be used."""

Index("uq_alerts_standing_key", ALERTS.c.key, unique=True, sqlite_where=STANDING, postgresql_where=STANDING)
Index(
    "ix_alerts_standing_updated_at",
    ALERTS.c.updated_at,
    ALERTS.c.alert_id,
    sqlite_where=STANDING,
    postgresql_where=STANDING,
)

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
    Index(None, "at"),
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
