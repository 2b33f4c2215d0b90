"""The tables of the store. Migrations make them; a test holds the two equal."""

from __future__ import annotations

from sentineldq.store.tables.access import (
    API_KEYS,
    AUDIT_LOG,
    IDEMPOTENCY_KEYS,
    LOGINS,
    ROLES,
    SESSIONS,
    TRIES,
    USERS,
)
from sentineldq.store.tables.alerts import ALERT_EVENTS, ALERTS, DELIVERIES, STANDING
from sentineldq.store.tables.base import NAMES, SERIAL, metadata
from sentineldq.store.tables.quality import DATA_QUALITY_CHECKS, DATA_SOURCES, JOBS
from sentineldq.store.tables.runs import (
    BATCHES,
    DUE,
    FINDINGS,
    FRESHNESS,
    FRESHNESS_HISTORY,
    LEASES,
    OPEN,
    RUNS,
    VALIDATION_RESULTS,
)
from sentineldq.store.tables.watch import (
    DRIFT_LOOKS,
    DRIFT_RESULTS,
    FEEDBACK,
    MEASUREMENTS,
    PROFILE_MARKS,
    PROFILES,
)

__all__ = [
    "ALERTS",
    "ALERT_EVENTS",
    "API_KEYS",
    "AUDIT_LOG",
    "BATCHES",
    "DATA_QUALITY_CHECKS",
    "DATA_SOURCES",
    "DELIVERIES",
    "DRIFT_LOOKS",
    "DRIFT_RESULTS",
    "DUE",
    "FEEDBACK",
    "FINDINGS",
    "FRESHNESS",
    "FRESHNESS_HISTORY",
    "IDEMPOTENCY_KEYS",
    "JOBS",
    "LEASES",
    "LOGINS",
    "MEASUREMENTS",
    "NAMES",
    "OPEN",
    "PROFILES",
    "PROFILE_MARKS",
    "ROLES",
    "RUNS",
    "SERIAL",
    "SESSIONS",
    "STANDING",
    "TRIES",
    "USERS",
    "VALIDATION_RESULTS",
    "metadata",
]
