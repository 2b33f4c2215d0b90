"""How far each part of the store has come: what changes when it does, asked in one cheap statement."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.sql import ColumnElement

from sentineldq.store.database import Store
from sentineldq.store.tables import (
    ALERT_EVENTS,
    BATCHES,
    DATA_QUALITY_CHECKS,
    DRIFT_LOOKS,
    FEEDBACK,
    FINDINGS,
    FRESHNESS_HISTORY,
    JOBS,
    MEASUREMENTS,
    PROFILES,
    RUNS,
    VALIDATION_RESULTS,
)

Mark = datetime | int | None
Marks = Mapping[str, tuple[Mark, ...]]
"""Subject -> marks: the newest moment or number of what it has, and counts of what is under way."""

NEWEST: Mapping[str, tuple[ColumnElement[Any], ...]] = {
    "alerts": (ALERT_EVENTS.c.event_id,),
    "batches": (BATCHES.c.committed_at,),
    "checks": (DATA_QUALITY_CHECKS.c.created_at,),
    "drift": (DRIFT_LOOKS.c.looked_at,),
    "feedback": (FEEDBACK.c.made_at,),
    "findings": (FINDINGS.c.last_seen_at, FINDINGS.c.cleared_at),
    "freshness": (FRESHNESS_HISTORY.c.measured_at,),
    "jobs": (JOBS.c.created_at, JOBS.c.ended_at, JOBS.c.claimed_until),
    "measurements": (MEASUREMENTS.c.at,),
    "profiles": (PROFILES.c.updated_at,),
    "results": (VALIDATION_RESULTS.c.result_id,),
    "runs": (RUNS.c.heartbeat_at,),
}
"""Columns that grow, each with an index of its own or in a table that stays small."""

UNDER_WAY: Mapping[str, Select] = {
    "jobs": select(func.count()).where(JOBS.c.state == "running"),
    "runs": select(func.count()).where(RUNS.c.status == "running"),
}


def read(store: Store, subjects: Collection[str] = NEWEST.keys()) -> Marks:
    """The marks of these subjects, of all unless said, as they are now. Raises StoreError."""
    asked = [(name, _newest(column)) for name in subjects for column in NEWEST[name]]
    asked += [(name, UNDER_WAY[name].scalar_subquery()) for name in subjects if name in UNDER_WAY]
    with store.read() as connection:
        row = connection.execute(
            select(*(value.label(f"m{at}") for at, (_, value) in enumerate(asked)))
        ).one()
    found: dict[str, tuple[Mark, ...]] = {}
    for (name, _), value in zip(asked, row, strict=True):
        found[name] = (*found.get(name, ()), value)
    return found


def _newest(column: ColumnElement[Any]) -> Any:
    return select(func.max(column, type_=column.type)).scalar_subquery()
