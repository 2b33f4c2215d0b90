"""What is otherwise than at a moment: alerts opened, contracts changed, runs failed, drift found, datasets late."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, case, func, select

from sentineldq.store.database import Store
from sentineldq.store.tables import (
    ALERTS,
    BATCHES,
    DRIFT_RESULTS,
    FRESHNESS,
    FRESHNESS_HISTORY,
    RUNS,
    STANDING,
)

MOST = 5
"""What is told one by one; of more, only how many there are."""

RANK = case({"CRITICAL": 0, "WARNING": 1}, value=ALERTS.c.severity, else_=2)


@dataclass(frozen=True, kw_only=True)
class Change:
    """Something that is otherwise. id: of the alert or the run; severity: where it is of any."""

    at: datetime
    dataset: str | None
    title: str
    id: str | None = None
    severity: str | None = None


@dataclass(frozen=True)
class Changes:
    """How many there are, and those to be told of."""

    count: int
    told: tuple[Change, ...]


def opened(store: Store, *, since: datetime) -> Changes:
    """Alerts opened since then; those that still stand first, the worst of them first."""
    which = ALERTS.c.opened_at >= since
    columns = (
        ALERTS.c.opened_at.label("at"),
        ALERTS.c.alert_id.label("id"),
        *(ALERTS.c[name] for name in ("dataset", "title", "severity")),
    )
    order = case((STANDING, 0), else_=1), RANK, ALERTS.c.opened_at.desc(), ALERTS.c.alert_id
    with store.read() as connection:
        count = connection.scalar(select(func.count()).where(which))
        rows = connection.execute(select(*columns).where(which).order_by(*order).limit(MOST)).mappings()
        return Changes(int(count or 0), tuple(Change(**row) for row in rows))


def failed(store: Store, *, project: str, since: datetime) -> Changes:
    """Runs of a project that failed since then, the last one first."""
    which = and_(RUNS.c.project == project, RUNS.c.heartbeat_at >= since, RUNS.c.status == "failed")
    columns = RUNS.c.heartbeat_at, RUNS.c.run_id, RUNS.c.pipeline, RUNS.c.error
    newest = select(*columns).where(which).order_by(RUNS.c.heartbeat_at.desc(), RUNS.c.run_id).limit(MOST)
    with store.read() as connection:
        count = connection.scalar(select(func.count()).where(which))
        rows = connection.execute(newest).all()
    told = (
        Change(at=at, id=run, dataset=pipeline, title=error or "no reason given")
        for at, run, pipeline, error in rows
    )
    return Changes(int(count or 0), tuple(told))


def drifted(store: Store, *, since: datetime) -> Changes:
    """Datasets in which drift was found since then, the worst first."""
    table = DRIFT_RESULTS
    columns = (
        table.c.dataset,
        func.max(table.c.detected_at, type_=table.c.detected_at.type),
        func.max(table.c.drift_score),
        func.count(table.c.field_name.distinct()),
    )
    asked = select(*columns).where(table.c.detected_at >= since).group_by(table.c.dataset)
    with store.read() as connection:
        rows = connection.execute(asked).all()
    worst = sorted(rows, key=lambda row: (-float(row[2]), row[0]))
    return _told(
        Change(at=at, dataset=name, title=_moved(score, fields)) for name, at, score, fields in worst
    )


def _moved(score: float, fields: int) -> str:
    what = {0: "how many records come", 1: "1 column"}.get(fields, f"{fields} columns")
    return f"{what}, score {float(score):.2f} at worst"


def contracted(store: Store, *, since: datetime) -> Changes:
    """Datasets whose batches are judged by another version of their contract than before, the last one first."""
    first = func.min(BATCHES.c.committed_at, type_=BATCHES.c.committed_at.type)
    now = (
        select(BATCHES.c.dataset, BATCHES.c.contract_version, first.label("at"))
        .where(BATCHES.c.committed_at >= since, BATCHES.c.contract_version.is_not(None))
        .group_by(BATCHES.c.dataset, BATCHES.c.contract_version)
        .subquery()
    )
    earlier = BATCHES.alias()
    before = (
        select(earlier.c.contract_version)
        .where(earlier.c.dataset == now.c.dataset, earlier.c.committed_at < since)
        .order_by(earlier.c.committed_at.desc())
        .limit(1)
        .scalar_subquery()
    )
    with store.read() as connection:
        rows = connection.execute(select(now, before).order_by(now.c.at.desc(), now.c.dataset)).all()
    return _told(
        Change(at=at, dataset=name, title=f"version {old} → {new}")
        for name, new, at, old in rows
        if old is not None and old != new
    )


def late(store: Store, *, since: datetime) -> dict[str, datetime]:
    """Tables that are late and were not then, each with when it was measured last."""
    history = FRESHNESS_HISTORY
    before = (
        select(history.c.status)
        .where(history.c.dataset == FRESHNESS.c.dataset, history.c.measured_at < since)
        .order_by(history.c.measured_at.desc())
        .limit(1)
        .scalar_subquery()
    )
    asked: Any = select(FRESHNESS.c.dataset, FRESHNESS.c.measured_at, before).where(
        FRESHNESS.c.status.in_(("warn", "fail"))
    )
    with store.read() as connection:
        rows = connection.execute(asked).all()
    return {name: at for name, at, status in rows if status not in {"warn", "fail"}}


def _told(found: Iterable[Change]) -> Changes:
    every = tuple(found)
    return Changes(len(every), every[:MOST])
