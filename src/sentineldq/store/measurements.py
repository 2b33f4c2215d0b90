"""Measurements: what monitors saw, as time series, each point with the band it was expected in."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import func, select

from sentineldq.store.database import Store
from sentineldq.store.insert import upsert
from sentineldq.store.rows import objects
from sentineldq.store.tables import MEASUREMENTS as TABLE

CHUNK = 1_000
"""Rows to one statement."""


@dataclass(frozen=True, kw_only=True)
class Measurement:
    """One point of a series; `value` is None where it could not be measured, `score` is from 0 to 1."""

    series: str
    at: datetime
    value: float | None
    dataset: str | None
    monitor: str
    expected_low: float | None = None
    expected_high: float | None = None
    score: float | None = None
    verdict: str | None = None


@dataclass(frozen=True, kw_only=True)
class Series:
    """A series as a whole: how many points, from when to when."""

    series: str
    dataset: str | None
    monitor: str
    points: int
    first_at: datetime
    last_at: datetime


def record(store: Store, rows: Iterable[Measurement]) -> None:
    """Write points down, all or none; one of the same series and moment is replaced. Raises StoreError."""
    values = [asdict(row) for row in rows]
    with store.write() as connection:
        for start in range(0, len(values), CHUNK):
            upsert(connection, TABLE, values[start : start + CHUNK])


def read(
    store: Store,
    *,
    series: str,
    since: datetime | None = None,
    until: datetime | None = None,
    limit: int | None = None,
) -> list[Measurement]:
    """The points of a series in [since, until), the oldest first; with `limit` only the newest of them."""
    statement = select(TABLE).where(TABLE.c.series == series).order_by(TABLE.c.at.desc()).limit(limit)
    if since is not None:
        statement = statement.where(TABLE.c.at >= since)
    if until is not None:
        statement = statement.where(TABLE.c.at < until)
    with store.read() as connection:
        return objects(Measurement, connection.execute(statement))[::-1]


def latest(store: Store, *, series: str) -> Measurement | None:
    """The newest point of a series."""
    found = read(store, series=series, limit=1)
    return found[0] if found else None


def tails(store: Store, *, series: Collection[str], points: int) -> dict[str, list[float | None]]:
    """The last values of some series, each the oldest first: in one statement, however many series these are."""
    place = func.row_number().over(partition_by=TABLE.c.series, order_by=TABLE.c.at.desc()).label("place")
    ranked = select(TABLE.c.series, TABLE.c.at, TABLE.c.value, place).where(TABLE.c.series.in_(list(series)))
    last = ranked.subquery()
    statement = select(last.c.series, last.c.value).where(last.c.place <= points)
    found: dict[str, list[float | None]] = {name: [] for name in series}
    with store.read() as connection:
        for name, value in connection.execute(statement.order_by(last.c.series, last.c.at)):
            found[name].append(value)
    return found


def series(store: Store, *, dataset: str | None = None, monitor: str | None = None) -> list[Series]:
    """The series there are, by name."""
    kind = TABLE.c.at.type
    statement = select(
        TABLE.c.series,
        func.max(TABLE.c.dataset).label("dataset"),
        func.max(TABLE.c.monitor).label("monitor"),
        func.count().label("points"),
        func.min(TABLE.c.at, type_=kind).label("first_at"),
        func.max(TABLE.c.at, type_=kind).label("last_at"),
    )
    for column, value in ((TABLE.c.dataset, dataset), (TABLE.c.monitor, monitor)):
        if value is not None:
            statement = statement.where(column == value)
    statement = statement.group_by(TABLE.c.series).order_by(TABLE.c.series)
    with store.read() as connection:
        return objects(Series, connection.execute(statement))


def heads(store: Store) -> list[Measurement]:
    """The newest point of every series, by name: each name is looked up after the one before, no point is passed."""
    first = select(func.min(TABLE.c.series).label("series")).cte("names", recursive=True)
    later = TABLE.alias()
    further = select(func.min(later.c.series)).where(later.c.series > first.c.series).scalar_subquery()
    names = first.union_all(select(further).where(first.c.series.is_not(None)))
    inner = TABLE.alias()
    newest = (
        select(func.max(inner.c.at, type_=TABLE.c.at.type))
        .where(inner.c.series == names.c.series)
        .correlate(names)
        .scalar_subquery()
    )
    same = (TABLE.c.series == names.c.series) & (TABLE.c.at == newest)
    statement = select(TABLE).select_from(names.join(TABLE, same)).order_by(TABLE.c.series)
    with store.read() as connection:
        return objects(Measurement, connection.execute(statement))
