"""What came through the store over time: records by the hour or the day, and how much was found in each."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, Literal

from sqlalchemy import BigInteger, cast, func, select
from sqlalchemy.engine import Connection
from sqlalchemy.sql import ColumnElement

from sentineldq.store.database import Store
from sentineldq.store.tables import ALERTS, BATCHES, DRIFT_RESULTS, FINDINGS

Grain = Literal["hour", "day"]
LENGTH: dict[str, timedelta] = {"hour": timedelta(hours=1), "day": timedelta(days=1)}
COUNTS = ("rows", "silver", "quarantined", "duplicates", "dropped")
_SUMS = (
    func.count().label("batches"),
    *(cast(func.sum(BATCHES.c[name]), BigInteger).label(name) for name in COUNTS),
)


@dataclass(frozen=True, kw_only=True)
class Flow:
    """Sums over the batches of one hour or day, of all datasets or of one."""

    at: datetime
    batches: int
    rows: int
    silver: int
    quarantined: int
    duplicates: int
    dropped: int


@dataclass(frozen=True, kw_only=True)
class Found:
    """What was found in one hour or day."""

    at: datetime
    findings: int
    alerts: int
    drifts: int


def records(
    store: Store, *, since: datetime, until: datetime, grain: Grain, dataset: str | None = None
) -> list[Flow]:
    """Records by when their batches were committed, in [since, until), oldest first; empty spans are left out."""
    with store.read() as connection:
        span = bucket(connection, BATCHES.c.committed_at, grain)
        statement = select(span.label("at"), *_SUMS).where(*_within(BATCHES.c.committed_at, since, until))
        if dataset is not None:
            statement = statement.where(BATCHES.c.dataset == dataset)
        rows = connection.execute(statement.group_by(span).order_by(span)).mappings()
        return [Flow(**{**row, "at": moment(row["at"])}) for row in rows]


def by_dataset(store: Store, *, since: datetime, until: datetime | None = None) -> dict[str, Flow]:
    """The sums of each dataset in [since, until), or since then; `at` is its newest commit."""
    newest = func.max(BATCHES.c.committed_at, type_=BATCHES.c.committed_at.type).label("at")
    statement = select(BATCHES.c.dataset, newest, *_SUMS).where(BATCHES.c.committed_at >= since)
    if until is not None:
        statement = statement.where(BATCHES.c.committed_at < until)
    with store.read() as connection:
        rows = connection.execute(statement.group_by(BATCHES.c.dataset)).mappings().all()
    return {row["dataset"]: Flow(**{name: row[name] for name in row if name != "dataset"}) for row in rows}


def found(
    store: Store,
    *,
    since: datetime,
    until: datetime,
    grain: Grain,
    dataset: str | Collection[str] | None = None,
) -> list[Found]:
    """How many findings and alerts were opened and how much drift was seen, in [since, until), oldest first.

    dataset: also several names of one: `events` and `silver.events`.
    """
    names = [dataset] if isinstance(dataset, str) else dataset
    counted: dict[datetime, dict[str, int]] = {}
    columns = {
        "findings": (FINDINGS.c.first_seen_at, FINDINGS.c.dataset),
        "alerts": (ALERTS.c.opened_at, ALERTS.c.dataset),
        "drifts": (DRIFT_RESULTS.c.detected_at, DRIFT_RESULTS.c.dataset),
    }
    with store.read() as connection:
        for name, (column, owner) in columns.items():
            span = bucket(connection, column, grain)
            statement = select(span, func.count()).where(*_within(column, since, until)).group_by(span)
            if names is not None:
                statement = statement.where(owner.in_(names))
            for at, count in connection.execute(statement):
                counted.setdefault(moment(at), {})[name] = int(count)
    none = dict.fromkeys(columns, 0)
    return [Found(at=at, **{**none, **counts}) for at, counts in sorted(counted.items())]


def by_day(store: Store, *, since: datetime, datasets: Collection[str]) -> dict[tuple[str, datetime], Flow]:
    """The sums of some datasets by the day, in UTC, since then; days in which nothing came are left out."""
    with store.read() as connection:
        day = bucket(connection, BATCHES.c.committed_at, "day")
        statement = (
            select(BATCHES.c.dataset, day.label("at"), *_SUMS)
            .where(BATCHES.c.dataset.in_(datasets), BATCHES.c.committed_at >= since)
            .group_by(BATCHES.c.dataset, day)
        )
        rows = connection.execute(statement).mappings().all()
    read = [(row["dataset"], {**row, "at": moment(row["at"])}) for row in rows]
    return {
        (name, row["at"]): Flow(**{key: value for key, value in row.items() if key != "dataset"})
        for name, row in read
    }


def bucket(connection: Connection, column: ColumnElement[Any], grain: Grain) -> Any:
    """The hour or day, in UTC, that a moment is in, as text; `moment` reads it."""
    return _bucket(connection.dialect.name, column, grain)


@cache
def _bucket(dialect: str, column: ColumnElement[Any], grain: Grain) -> Any:
    if dialect == "postgresql":
        return func.to_char(
            func.timezone("UTC", column), "YYYY-MM-DD HH24" if grain == "hour" else "YYYY-MM-DD"
        )
    return func.substr(column, 1, 13 if grain == "hour" else 10)


def moment(text: str) -> datetime:
    """The beginning of an hour or a day that `bucket` wrote."""
    whole = f"{text}:00" if len(text) > 10 else text  # of a date
    return datetime.fromisoformat(whole).replace(tzinfo=UTC)


def floor(at: datetime, grain: Grain) -> datetime:
    """The beginning of the hour or day that a moment is in, in UTC."""
    start = at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    return start if grain == "hour" else start.replace(hour=0)


def _within(column: ColumnElement[Any], since: datetime, until: datetime) -> tuple[Any, Any]:
    return column >= since, column < until
