"""Looks at drift: what every column of a dataset scored in one window of time, drifted or not."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import exists, func, select

from sentineldq.store.database import Store
from sentineldq.store.insert import upsert
from sentineldq.store.tables import DRIFT_LOOKS as TABLE

CHUNK = 100
"""Rows to one statement: a wide dataset's scores are some ten kilobytes."""

ITSELF = ""
"""Among the scores: that of the dataset itself (volume, duplicates), which is no column's."""


@dataclass(frozen=True, kw_only=True)
class Look:
    """The window [current_start, current_end) of a dataset against its baseline.

    worst: the highest of the scores. scores: of each column from 0 to 1, None where it had too little data.
    """

    dataset: str
    current_end: datetime
    current_start: datetime
    baseline_rows: int
    current_rows: int
    worst: float
    scores: Mapping[str, float | None]
    looked_at: datetime


def record(store: Store, looks: Sequence[Look]) -> None:
    """Write looks down, all or none; one at the same window of a dataset is replaced. Raises StoreError."""
    values = [asdict(look) for look in looks]
    with store.write() as connection:
        for start in range(0, len(values), CHUNK):
            upsert(connection, TABLE, values[start : start + CHUNK])


def any_of(store: Store, dataset: str) -> bool:
    """Whether a dataset was ever looked at."""
    with store.read() as connection:
        return bool(connection.scalar(select(exists().where(TABLE.c.dataset == dataset))))


def at(store: Store, *, dataset: str, start: datetime | None, end: datetime | None) -> Look | None:
    """The look at one window of a dataset."""
    which = (TABLE.c.dataset == dataset) & (TABLE.c.current_end == end) & (TABLE.c.current_start == start)
    with store.read() as connection:
        row = connection.execute(select(TABLE).where(which)).mappings().first()
    return None if row is None else Look(**row)


def last(store: Store, *, dataset: str | None = None) -> datetime | None:
    """The end of the newest window that was looked at, of a dataset or of all."""
    statement = select(func.max(TABLE.c.current_end, type_=TABLE.c.current_end.type))
    if dataset is not None:
        statement = statement.where(TABLE.c.dataset == dataset)
    with store.read() as connection:
        found: datetime | None = connection.scalar(statement)
        return found


def worst(store: Store, *, since: datetime, until: datetime) -> dict[str, float]:
    """The worst score of every dataset whose windows ended in (since, until]."""
    statement = (
        select(TABLE.c.dataset, func.max(TABLE.c.worst))
        .where(TABLE.c.current_end > since, TABLE.c.current_end <= until)
        .group_by(TABLE.c.dataset)
    )
    with store.read() as connection:
        return {str(name): float(score) for name, score in connection.execute(statement)}


def query(store: Store, *, datasets: Collection[str], since: datetime, until: datetime) -> list[Look]:
    """Looks at some datasets whose windows ended in (since, until], by dataset and time."""
    statement = (
        select(TABLE)
        .where(TABLE.c.dataset.in_(list(datasets)))
        .where(TABLE.c.current_end > since, TABLE.c.current_end <= until)
        .order_by(TABLE.c.dataset, TABLE.c.current_end)
    )
    with store.read() as connection:
        return [Look(**row) for row in connection.execute(statement).mappings()]


def newest(store: Store, *, since: datetime, until: datetime) -> list[Look]:
    """The newest look at every dataset whose windows ended in (since, until]."""
    last = (
        select(TABLE.c.dataset, func.max(TABLE.c.current_end, type_=TABLE.c.current_end.type).label("at"))
        .where(TABLE.c.current_end > since, TABLE.c.current_end <= until)
        .group_by(TABLE.c.dataset)
        .subquery()
    )
    same = (TABLE.c.dataset == last.c.dataset) & (TABLE.c.current_end == last.c.at)
    with store.read() as connection:
        return [Look(**row) for row in connection.execute(select(TABLE).join(last, same)).mappings()]
