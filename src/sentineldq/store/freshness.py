"""Freshness: how old each dataset is, now and over time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import func, select

from sentineldq.store.database import Store
from sentineldq.store.flow import Grain, bucket, moment
from sentineldq.store.insert import upsert
from sentineldq.store.rows import objects
from sentineldq.store.tables import FRESHNESS, FRESHNESS_HISTORY


@dataclass(frozen=True, kw_only=True)
class Freshness:
    """A measurement: `age_seconds` at `measured_at`, and what the contract allows (None: nothing is promised)."""

    dataset: str
    last_event_at: datetime | None
    last_commit_at: datetime | None
    age_seconds: float | None
    allowed_seconds: float | None
    status: str
    measured_at: datetime


@dataclass(frozen=True, kw_only=True)
class Worst:
    """The greatest age that was measured in an hour or a day, and what was allowed then."""

    at: datetime
    age_seconds: float | None
    allowed_seconds: float | None


def record(store: Store, *, measurements: Iterable[Freshness]) -> None:
    """Write measurements down, as the current one of their dataset and in its history."""
    rows = [asdict(measurement) for measurement in measurements]
    with store.write() as connection:
        upsert(connection, FRESHNESS, rows)
        upsert(connection, FRESHNESS_HISTORY, rows)


def current(store: Store) -> list[Freshness]:
    """The newest measurement of every dataset."""
    with store.read() as connection:
        rows = connection.execute(select(FRESHNESS).order_by(FRESHNESS.c.dataset))
        return objects(Freshness, rows)


def history(
    store: Store,
    *,
    dataset: str,
    since: datetime | None = None,
    before: datetime | None = None,
    limit: int = 1_000,
) -> list[Freshness]:
    """Measurements of a dataset, newest first; `before`: when the last one of the page before was made."""
    table = FRESHNESS_HISTORY
    statement = select(table).where(table.c.dataset == dataset)
    if since is not None:
        statement = statement.where(table.c.measured_at >= since)
    if before is not None:
        statement = statement.where(table.c.measured_at < before)
    statement = statement.order_by(table.c.measured_at.desc()).limit(limit)
    with store.read() as connection:
        return objects(Freshness, connection.execute(statement))


def worst(store: Store, *, dataset: str, since: datetime, grain: Grain) -> list[Worst]:
    """The greatest age of each hour or day since then, oldest first; spans without a measurement are left out."""
    table = FRESHNESS_HISTORY
    greatest = func.max(table.c.age_seconds), func.max(table.c.allowed_seconds)
    with store.read() as connection:
        span = bucket(connection, table.c.measured_at, grain)
        statement = select(span, *greatest).where(table.c.dataset == dataset, table.c.measured_at >= since)
        rows = connection.execute(statement.group_by(span).order_by(span))
        return [Worst(at=moment(at), age_seconds=age, allowed_seconds=allowed) for at, age, allowed in rows]
