"""What happened lately: runs, findings and what became of alerts, in one order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Select, literal, select, tuple_
from sqlalchemy.sql import ColumnElement

from sentineldq.store.database import Store
from sentineldq.store.tables import ALERT_EVENTS, ALERTS, FINDINGS, RUNS

Kind = Literal["alert", "finding", "run"]


@dataclass(frozen=True, kw_only=True)
class Entry:
    """Something that happened. key: its place among those of its kind; id: what it is about.

    what: `opened`, `resolved`, … of an alert; the kind of a finding; a run's status. level: of how
    much weight it is, where it is of any.
    """

    at: datetime
    kind: Kind
    key: str
    id: str
    dataset: str | None
    what: str
    level: str | None
    title: str


@dataclass(frozen=True)
class _Part:
    statement: Select
    at: ColumnElement[Any]
    key: ColumnElement[Any]


def recent(
    store: Store, *, project: str, limit: int, before: tuple[datetime, str, str] | None = None
) -> list[Entry]:
    """The newest entries; `before`: (at, kind, key) of the last one of the page before."""
    found: list[Entry] = []
    with store.read() as connection:
        for kind, part in _parts(project).items():
            statement = part.statement.order_by(part.at.desc(), part.key.desc()).limit(limit)
            if before is not None:
                statement = statement.where(_earlier(kind, part, before))
            rows = connection.execute(statement).mappings()
            found.extend(Entry(**{**row, "kind": kind, "key": str(row["key"])}) for row in rows)
    return sorted(found, key=lambda one: (one.at, one.kind, _order(one.key)), reverse=True)[:limit]


def _parts(project: str) -> Mapping[str, _Part]:
    run = select(
        RUNS.c.started_at.label("at"),
        RUNS.c.run_id.label("key"),
        RUNS.c.run_id.label("id"),
        RUNS.c.pipeline.label("dataset"),
        RUNS.c.status.label("what"),
        literal(None, RUNS.c.status.type).label("level"),
        RUNS.c.pipeline.label("title"),
    ).where(RUNS.c.project == project)
    finding = select(
        FINDINGS.c.first_seen_at.label("at"),
        FINDINGS.c.finding_id.label("key"),
        FINDINGS.c.finding_id.label("id"),
        FINDINGS.c.dataset.label("dataset"),
        FINDINGS.c.kind.label("what"),
        FINDINGS.c.severity.label("level"),
        FINDINGS.c.title.label("title"),
    )
    alert = select(
        ALERT_EVENTS.c.at.label("at"),
        ALERT_EVENTS.c.event_id.label("key"),
        ALERTS.c.alert_id.label("id"),
        ALERTS.c.dataset.label("dataset"),
        ALERT_EVENTS.c.kind.label("what"),
        ALERTS.c.severity.label("level"),
        ALERTS.c.title.label("title"),
    ).join(ALERTS, ALERTS.c.alert_id == ALERT_EVENTS.c.alert_id)
    return {
        "run": _Part(run, RUNS.c.started_at, RUNS.c.run_id),
        "finding": _Part(finding, FINDINGS.c.first_seen_at, FINDINGS.c.finding_id),
        "alert": _Part(alert, ALERT_EVENTS.c.at, ALERT_EVENTS.c.event_id),
    }


def _earlier(kind: str, part: _Part, before: tuple[datetime, str, str]) -> ColumnElement[bool]:
    at, last, key = before
    if kind == last:
        return tuple_(part.at, part.key) < (at, int(key) if kind == "alert" else key)
    return part.at <= at if kind < last else part.at < at


def _order(key: str) -> tuple[int, str]:
    """Numbers as numbers, all else as text."""
    return (int(key), "") if key.isdigit() else (0, key)
