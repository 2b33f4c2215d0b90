"""Tables of who may do what: users, their sessions and keys, what they did, tried and repeated."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, CheckConstraint, Column, ForeignKey, Index, Integer, Table

from sentineldq.store.tables.base import SERIAL, metadata
from sentineldq.store.types import Document, Text, Timestamp

ROLES = ("viewer", "analyst", "steward", "admin")
_ROLE = "role IN ('viewer', 'analyst', 'steward', 'admin')"

USERS = Table(
    "users",
    metadata,
    Column("user_id", Text, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("display_name", Text),
    Column("role", Text, nullable=False),
    Column("password", Text),
    Column("issuer", Text),
    Column("subject", Text),
    Column("active", Boolean, nullable=False),
    Column("created_at", Timestamp, nullable=False),
    Column("changed_at", Timestamp, nullable=False),
    CheckConstraint(_ROLE, name="role"),
    Index("uq_users_issuer_subject", "issuer", "subject", unique=True),
)

SESSIONS = Table(
    "sessions",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("user_id", Text, ForeignKey("users.user_id"), nullable=False),
    Column("csrf", Text, nullable=False),
    Column("created_at", Timestamp, nullable=False),
    Column("seen_at", Timestamp, nullable=False),
    Column("expires_at", Timestamp, nullable=False),
    Index(None, "user_id"),
    Index(None, "expires_at"),
)

API_KEYS = Table(
    "api_keys",
    metadata,
    Column("key_id", Text, primary_key=True),
    Column("digest", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("user_id", Text, ForeignKey("users.user_id")),
    Column("role", Text, nullable=False),
    Column("scopes", Document, nullable=False),
    Column("created_at", Timestamp, nullable=False),
    Column("expires_at", Timestamp),
    Column("used_at", Timestamp),
    Column("revoked_at", Timestamp),
    CheckConstraint(_ROLE, name="role"),
    Index(None, "user_id"),
)

AUDIT_LOG = Table(
    "audit_log",
    metadata,
    Column("entry_id", SERIAL, primary_key=True),
    Column("at", Timestamp, nullable=False),
    Column("actor", Text),
    Column("role", Text),
    Column("address", Text),
    Column("action", Text, nullable=False),
    Column("target", Text),
    Column("status", Integer, nullable=False),
    Column("details", Document, nullable=False),
    Column("chain", Text, nullable=False),
    Column("intent", BigInteger),
    Index(None, "at"),
    Index(None, "actor", "at"),
    Index(None, "intent"),
)

TRIES = Table(
    "tries",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("full_at", Timestamp, nullable=False),
    Index(None, "full_at"),
)

LOGINS = Table(
    "logins",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("expires_at", Timestamp, nullable=False),
    Index(None, "expires_at"),
)

IDEMPOTENCY_KEYS = Table(
    "idempotency_keys",
    metadata,
    Column("actor", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("request", Text, nullable=False),
    Column("status", Integer),
    Column("answer", Document),
    Column("created_at", Timestamp, nullable=False),
    Column("expires_at", Timestamp, nullable=False),
    Index(None, "expires_at"),
)
