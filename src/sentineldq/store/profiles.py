"""Profiles by the hour of their events, as bytes, and how far into each partition they reach.

The bytes of the hours and the marks that say which batches are in them change in one transaction: a batch is in the
profiles once, or not at all.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select, text
from sqlalchemy.engine import Connection

from sentineldq.store import clock
from sentineldq.store.database import Store
from sentineldq.store.insert import upsert
from sentineldq.store.tables import PROFILE_MARKS as MARKS
from sentineldq.store.tables import PROFILES as TABLE

Join = Callable[[bytes, bytes], bytes]
"""Two contents as one: what is there already, and what is added."""

CHUNK = 200
"""Hours to one statement: a content may be of some hundred kilobytes."""


@dataclass(frozen=True, kw_only=True)
class Step:
    """The batches above `after` and up to `batch` of a partition; `after` is 0 where none is profiled."""

    after: int
    batch: int


def add(
    store: Store,
    *,
    dataset: str,
    partition: str,
    batch: int,
    hours: Mapping[datetime, bytes],
    join: Join,
    rows: Mapping[datetime, int] | None = None,
) -> bool:
    """Add the hours of one batch; False, and nothing done, where the mark of its partition is not below it.

    rows: how many rows each hour counts.
    """
    with store.write() as connection:
        _alone(connection, dataset)
        if _marks(connection, dataset).get(partition, 0) >= batch:
            return False
        _add(connection, dataset, {partition: batch}, hours, rows or {}, join)
    return True


def advance(
    store: Store,
    *,
    dataset: str,
    steps: Mapping[str, Step],
    hours: Mapping[datetime, bytes],
    join: Join,
    rows: Mapping[datetime, int] | None = None,
) -> bool:
    """Add the hours of batches of several partitions; False, and nothing done, where a mark is not where they begin."""
    with store.write() as connection:
        _alone(connection, dataset)
        marks = _marks(connection, dataset)
        if any(marks.get(partition, 0) != step.after for partition, step in steps.items()):
            return False
        _add(connection, dataset, {name: step.batch for name, step in steps.items()}, hours, rows or {}, join)
    return True


def marks(store: Store, dataset: str) -> dict[str, int]:
    """The last batch of each partition that is in the profiles."""
    with store.read() as connection:
        return _marks(connection, dataset)


def window(
    store: Store, *, dataset: str, since: datetime | None = None, until: datetime | None = None
) -> list[tuple[datetime, bytes]]:
    """The hours that begin in [since, until), in order; without bounds all of them."""
    statement = select(TABLE.c.hour, TABLE.c.content).where(*_within(dataset, since, until))
    with store.read() as connection:
        rows = connection.execute(statement.order_by(TABLE.c.hour))
        return [(row.hour, bytes(row.content)) for row in rows]


def counts(
    store: Store, *, dataset: str, since: datetime | None = None, until: datetime | None = None
) -> list[tuple[datetime, int]]:
    """Rows by the hour, in order; the contents are not read."""
    statement = select(TABLE.c.hour, TABLE.c.rows).where(*_within(dataset, since, until))
    with store.read() as connection:
        return [(row[0], int(row[1])) for row in connection.execute(statement.order_by(TABLE.c.hour))]


def span(store: Store, dataset: str) -> tuple[datetime, datetime] | None:
    """The first hour and the last one; None where there is no profile."""
    kind = TABLE.c.hour.type
    bounds = select(func.min(TABLE.c.hour, type_=kind), func.max(TABLE.c.hour, type_=kind))
    with store.read() as connection:
        first, last = connection.execute(bounds.where(TABLE.c.dataset == dataset)).one()
    return None if first is None else (first, last)


def spans(store: Store) -> dict[str, tuple[datetime, datetime]]:
    """The first hour and the last one of every dataset that has profiles."""
    kind = TABLE.c.hour.type
    bounds = func.min(TABLE.c.hour, type_=kind), func.max(TABLE.c.hour, type_=kind)
    statement = select(TABLE.c.dataset, *bounds).group_by(TABLE.c.dataset)
    with store.read() as connection:
        return {str(name): (first, last) for name, first, last in connection.execute(statement)}


def datasets(store: Store) -> list[str]:
    """The datasets that have profiles."""
    with store.read() as connection:
        return [
            str(name)
            for name in connection.scalars(select(TABLE.c.dataset).distinct().order_by(TABLE.c.dataset))
        ]


def forget(store: Store, dataset: str) -> None:
    """Delete the profiles of a dataset and its marks, so that they are made anew."""
    with store.write() as connection:
        _alone(connection, dataset)
        for table in (TABLE, MARKS):
            connection.execute(delete(table).where(table.c.dataset == dataset))


def _within(dataset: str, since: datetime | None, until: datetime | None) -> list[Any]:
    terms = [TABLE.c.dataset == dataset]
    if since is not None:
        terms.append(TABLE.c.hour >= since)
    if until is not None:
        terms.append(TABLE.c.hour < until)
    return terms


def _marks(connection: Connection, dataset: str) -> dict[str, int]:
    rows = connection.execute(select(MARKS.c.partition, MARKS.c.batch).where(MARKS.c.dataset == dataset))
    return {str(partition): int(batch) for partition, batch in rows}


def _alone(connection: Connection, dataset: str) -> None:
    """Two that add to one hour would both read it, then both write it; on SQLite only one writes anyway."""
    if connection.dialect.name == "postgresql":
        lock = text("SELECT pg_advisory_xact_lock(hashtext('profiles'), hashtext(:dataset))")
        connection.execute(lock, {"dataset": dataset})


def _add(
    connection: Connection,
    dataset: str,
    reached: Mapping[str, int],
    hours: Mapping[datetime, bytes],
    rows: Mapping[datetime, int],
    join: Join,
) -> None:
    now = clock.read(connection)
    moments = sorted(hours)
    for start in range(0, len(moments), CHUNK):
        chunk = moments[start : start + CHUNK]
        there = _there(connection, dataset, chunk)
        written = []
        for hour in chunk:
            content, count = there.get(hour, (None, 0))
            written.append(
                {
                    "dataset": dataset,
                    "hour": hour,
                    "content": hours[hour] if content is None else join(content, hours[hour]),
                    "rows": count + rows.get(hour, 0),
                    "updated_at": now,
                }
            )
        upsert(connection, TABLE, written)
    steps = [{"dataset": dataset, "partition": name, "batch": batch} for name, batch in reached.items()]
    upsert(connection, MARKS, steps)


def _there(
    connection: Connection, dataset: str, moments: list[datetime]
) -> dict[datetime, tuple[bytes | None, int]]:
    columns = TABLE.c.hour, TABLE.c.content, TABLE.c.rows
    found = connection.execute(select(*columns).where(TABLE.c.dataset == dataset, TABLE.c.hour.in_(moments)))
    return {hour: (bytes(content), int(count)) for hour, content, count in found}
