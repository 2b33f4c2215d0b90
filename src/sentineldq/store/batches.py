"""Batches: what became of the records of each, as its commits said."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import BigInteger, cast, func, select, tuple_

from sentineldq.store.database import Store
from sentineldq.store.insert import upsert
from sentineldq.store.tables import BATCHES

CHUNK = 1_000
"""Rows to one statement."""


@dataclass(frozen=True, kw_only=True)
class Batch:
    """One batch of one partition of a dataset: `rows` = `silver` + `quarantined` + `duplicates` + `dropped`."""

    dataset: str
    partition: str
    batch: int
    rows: int
    silver: int
    quarantined: int
    duplicates: int = 0
    dropped: int = 0
    contract_version: str | None = None
    committed_at: datetime
    seconds: float | None = None
    run_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class Totals:
    """Sums over the batches of a dataset."""

    dataset: str
    batches: int
    rows: int
    silver: int
    quarantined: int
    duplicates: int
    dropped: int
    committed_at: datetime


def record(store: Store, *, batches: Iterable[Batch]) -> None:
    """Write batches down, all or none; those written before are replaced, so that a retry changes nothing."""
    rows = [asdict(batch) for batch in batches]
    with store.write() as connection:
        for start in range(0, len(rows), CHUNK):
            upsert(connection, BATCHES, rows[start : start + CHUNK])


def last(store: Store, *, dataset: str, partition: str) -> int | None:
    """The number of the newest batch that is written down."""
    which = (BATCHES.c.dataset == dataset) & (BATCHES.c.partition == partition)
    with store.read() as connection:
        found = connection.scalar(select(func.max(BATCHES.c.batch)).where(which))
    return None if found is None else int(found)


def totals(store: Store, *, since: datetime | None = None) -> list[Totals]:
    """Sums by dataset, of the batches committed since then."""
    summed = [
        cast(func.sum(BATCHES.c[name]), BigInteger).label(name)  # Postgres sums integers as decimals
        for name in ("rows", "silver", "quarantined", "duplicates", "dropped")
    ]
    newest = func.max(BATCHES.c.committed_at, type_=BATCHES.c.committed_at.type).label("committed_at")
    statement = select(BATCHES.c.dataset, func.count().label("batches"), newest, *summed)
    if since is not None:
        statement = statement.where(BATCHES.c.committed_at >= since)
    statement = statement.group_by(BATCHES.c.dataset).order_by(BATCHES.c.dataset)
    with store.read() as connection:
        rows = connection.execute(statement).mappings().all()
    return [Totals(**row) for row in rows]


def query(
    store: Store,
    *,
    dataset: str | None = None,
    partition: str | None = None,
    since: datetime | None = None,
    limit: int | None = 100,
) -> list[Batch]:
    """Batches, newest commit first; all of them without a limit."""
    statement = select(BATCHES).order_by(BATCHES.c.committed_at.desc(), BATCHES.c.batch.desc()).limit(limit)
    if dataset is not None:
        statement = statement.where(BATCHES.c.dataset == dataset)
    if partition is not None:
        statement = statement.where(BATCHES.c.partition == partition)
    if since is not None:
        statement = statement.where(BATCHES.c.committed_at >= since)
    with store.read() as connection:
        return [Batch(**row) for row in connection.execute(statement).mappings()]


def of_run(
    store: Store,
    *,
    dataset: str,
    run_id: str,
    since: datetime,
    after: tuple[datetime, str, int] | None = None,
    limit: int = 100,
) -> list[Batch]:
    """The batches that a run brought, in the order of their commits; none of them was committed before `since`.

    after: (committed_at, partition, batch) of the last one of the page before.
    """
    order = (BATCHES.c.committed_at, BATCHES.c.partition, BATCHES.c.batch)
    which = (BATCHES.c.dataset == dataset, BATCHES.c.committed_at >= since, BATCHES.c.run_id == run_id)
    statement = select(BATCHES).where(*which).order_by(*order).limit(limit)
    if after is not None:
        statement = statement.where(tuple_(*order) > after)
    with store.read() as connection:
        return [Batch(**row) for row in connection.execute(statement).mappings()]


def get(store: Store, *, dataset: str, partition: str, batch: int) -> Batch | None:
    """One batch."""
    which = (BATCHES.c.dataset == dataset, BATCHES.c.partition == partition, BATCHES.c.batch == batch)
    with store.read() as connection:
        row = connection.execute(select(BATCHES).where(*which)).mappings().first()
    return None if row is None else Batch(**row)
