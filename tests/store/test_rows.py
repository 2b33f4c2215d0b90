"""Rows become objects whole, and moments come back as they were written."""

from __future__ import annotations

from dataclasses import fields
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from sqlalchemy import Table, select

from sentineldq.store import (
    alerts,
    audit,
    deliveries,
    drift,
    feedback,
    findings,
    freshness,
    jobs,
    measurements,
    results,
    runs,
    sources,
    tables,
    uploads,
)
from sentineldq.store.database import Store
from sentineldq.store.feedback import Feedback
from sentineldq.store.rows import objects

KINDS: list[tuple[type[Any], Table, set[str]]] = [
    (alerts.Alert, tables.ALERTS, set()),
    (alerts.Entry, tables.ALERT_EVENTS, set()),
    (audit.Entry, tables.AUDIT_LOG, set()),
    (deliveries.Delivery, tables.DELIVERIES, set()),
    (drift.Drift, tables.DRIFT_RESULTS, set()),
    (feedback.Feedback, tables.FEEDBACK, set()),
    (findings.Finding, tables.FINDINGS, set()),
    (freshness.Freshness, tables.FRESHNESS, set()),
    (jobs.Job, tables.JOBS, set()),
    (measurements.Measurement, tables.MEASUREMENTS, set()),
    (results.Result, tables.VALIDATION_RESULTS, {"result_id"}),
    (runs.Run, tables.RUNS, set()),
    (sources.DataSource, tables.DATA_SOURCES, set()),
    (uploads.Upload, tables.DATA_QUALITY_CHECKS, set()),
]


@pytest.mark.parametrize(("kind", "table", "without"), KINDS, ids=lambda each: getattr(each, "name", None))
def test_a_row_has_every_field_and_no_other(kind: type[Any], table: Table, without: set[str]) -> None:
    assert {each.name for each in fields(kind)} == {column.name for column in table.columns} - without


def test_objects_are_as_if_made_field_by_field(store: Store) -> None:
    at = datetime(2026, 3, 29, 1, 30, 0, 7, tzinfo=timezone(timedelta(hours=2)))
    said = Feedback(
        series="volume/a",
        since=at,
        until=at + timedelta(hours=1),
        verdict="incident",
        note=None,
        made_by="ada",
        made_at=datetime(2026, 3, 29, tzinfo=UTC),
    )
    feedback.give(store, said)
    with store.read() as connection:
        (found,) = objects(Feedback, connection.execute(select(tables.FEEDBACK)))
    assert found == said
    assert hash(found) == hash(said)
    assert found.since.tzinfo is UTC
    assert found.made_at.microsecond == 0
    with pytest.raises(AttributeError):
        found.note = "another"  # type: ignore[misc]
