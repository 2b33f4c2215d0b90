"""Drift that was found: one row is one metric of one field that moved between two windows."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select

from sentineldq.store.database import Store
from sentineldq.store.insert import upsert
from sentineldq.store.rows import objects
from sentineldq.store.tables import DRIFT_RESULTS as TABLE

CHUNK = 500
"""Rows to one statement."""


@dataclass(frozen=True, kw_only=True)
class Drift:
    """A row of `drift_results`; values are whatever JSON can say, `drift_score` is from 0 to 1."""

    drift_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    drift_type: str
    entity: str
    field_name: str | None = None
    baseline_start: datetime | None = None
    baseline_end: datetime | None = None
    current_start: datetime | None = None
    current_end: datetime | None = None
    metric_name: str
    baseline_value: Any = None
    current_value: Any = None
    drift_score: float
    severity: str
    detected_at: datetime
    metadata: Mapping[str, Any] = field(default_factory=dict)
    dataset: str


def record(store: Store, rows: Sequence[Drift]) -> None:
    """Write findings down, all or none; one of the same `drift_id` is replaced. Raises StoreError."""
    values = [asdict(row) for row in rows]
    with store.write() as connection:
        for start in range(0, len(values), CHUNK):
            upsert(connection, TABLE, values[start : start + CHUNK])


def query(
    store: Store,
    *,
    dataset: str | None = None,
    drift_type: str | None = None,
    entity: str | None = None,
    field_name: str | None = None,
    severity: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    before: tuple[datetime, float, str] | None = None,
    limit: int = 100,
) -> list[Drift]:
    """Findings of [since, until), the newest first, of one moment the worst first.

    before: (detected_at, drift_score, drift_id) of the last one of the page before.
    """
    given = {
        TABLE.c.dataset: dataset,
        TABLE.c.drift_type: drift_type,
        TABLE.c.entity: entity,
        TABLE.c.field_name: field_name,
        TABLE.c.severity: severity,
    }
    statement = select(TABLE).where(
        *(column == value for column, value in given.items() if value is not None)
    )
    if since is not None:
        statement = statement.where(TABLE.c.detected_at >= since)
    if until is not None:
        statement = statement.where(TABLE.c.detected_at < until)
    order = TABLE.c.detected_at.desc(), TABLE.c.drift_score.desc(), TABLE.c.drift_id
    if before is not None:
        at, score, name = before
        worse = (TABLE.c.drift_score < score) | ((TABLE.c.drift_score == score) & (TABLE.c.drift_id > name))
        statement = statement.where((TABLE.c.detected_at < at) | ((TABLE.c.detected_at == at) & worse))
        statement = statement.where(TABLE.c.detected_at <= at)  # what an index can be asked
    with store.read() as connection:
        return objects(Drift, connection.execute(statement.order_by(*order).limit(limit)))
