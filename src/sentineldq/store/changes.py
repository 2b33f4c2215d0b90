"""What has changed in the store between two readings of its marks: subjects and ids, no contents."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.engine import Connection
from sqlalchemy.sql import ColumnElement

from sentineldq.store.database import Store
from sentineldq.store.marks import NEWEST, Mark, Marks
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
)

MOST = 100
"""Ids of one subject that are told one by one; of more, only that the subject changed."""

IDS: Mapping[str, ColumnElement[Any]] = {
    "alerts": ALERT_EVENTS.c.alert_id,
    "batches": BATCHES.c.dataset,
    "checks": DATA_QUALITY_CHECKS.c.check_id,
    "drift": DRIFT_LOOKS.c.dataset,
    "feedback": FEEDBACK.c.series,
    "findings": FINDINGS.c.finding_id,
    "freshness": FRESHNESS_HISTORY.c.dataset,
    "jobs": JOBS.c.job_id,
    "measurements": MEASUREMENTS.c.series,
    "profiles": PROFILES.c.dataset,
    "runs": RUNS.c.run_id,
}
"""By what each subject's changes are known."""


@dataclass(frozen=True, kw_only=True)
class Change:
    """Something that changed. id: None where there is more than can be told. version: another with each change."""

    type: str
    id: str | None
    version: str


def between(store: Store, before: Marks, after: Marks) -> list[Change]:
    """What changed from one reading to the next, by subject. Raises StoreError."""
    moved = [name for name in after if name in IDS and after[name] != before.get(name)]
    if not moved:
        return []
    with store.read() as connection:
        return [change for name in moved for change in _changes(connection, name, before, after)]


def _changes(connection: Connection, name: str, before: Marks, after: Marks) -> Iterator[Change]:
    version = "/".join(_told(mark) for mark in after[name])
    further = [
        column.is_not(None) if mark is None else column > mark
        for column, mark in zip(NEWEST[name], before[name], strict=False)
    ]
    statement = select(IDS[name]).where(or_(*further)).distinct().limit(MOST + 1)
    ids = [str(found) for found in connection.scalars(statement)]
    if ids and len(ids) <= MOST:
        yield from (Change(type=name, id=found, version=version) for found in ids)
    else:
        yield Change(type=name, id=None, version=version)


def _told(mark: Mark) -> str:
    return mark.isoformat() if isinstance(mark, datetime) else "" if mark is None else str(mark)
