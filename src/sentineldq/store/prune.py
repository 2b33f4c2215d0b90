"""Deleting what is too old to be asked for, a slice at a time, so that nobody waits for it long.

What others go on from stays, however old: the newest batch of every partition, the newest run of every pipeline, the
newest instant of every job, the newest check of every source and its newest that was done, and whatever is not over.
Marks, leases, findings and feedback are not touched. The files of checks that are gone are swept by the server.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, Table, alias, delete, func, or_, select, tuple_

from sentineldq.store.database import Store
from sentineldq.store.tables import (
    BATCHES,
    DATA_QUALITY_CHECKS,
    DRIFT_LOOKS,
    DRIFT_RESULTS,
    DUE,
    FRESHNESS_HISTORY,
    JOBS,
    MEASUREMENTS,
    PROFILES,
    RUNS,
    VALIDATION_RESULTS,
)

SLICE = 2_000
"""Rows that one transaction deletes."""

AGES: Mapping[str, tuple[Table, str]] = {
    "validation_results": (VALIDATION_RESULTS, "detected_at"),
    "batches": (BATCHES, "committed_at"),
    "freshness_history": (FRESHNESS_HISTORY, "measured_at"),
    "measurements": (MEASUREMENTS, "at"),
    "drift_results": (DRIFT_RESULTS, "detected_at"),
    "drift_looks": (DRIFT_LOOKS, "looked_at"),
    "profiles": (PROFILES, "updated_at"),
    "runs": (RUNS, "started_at"),
    "due": (DUE, "due_at"),
    "jobs": (JOBS, "ended_at"),
    "data_quality_checks": (DATA_QUALITY_CHECKS, "created_at"),
}
"""The tables that grow with time, and the column that tells how old a row is."""

_NEWEST: Mapping[Table, tuple[str, tuple[str, ...]]] = {
    VALIDATION_RESULTS: ("batch", ("dataset", "partition")),
    BATCHES: ("batch", ("dataset", "partition")),
    RUNS: ("started_at", ("project", "pipeline")),
    DUE: ("due_at", ("job",)),
    DATA_QUALITY_CHECKS: ("created_at", ("source_id",)),
}
"""Of each of these groups of rows, those with the greatest value stay."""

_DATED = {VALIDATION_RESULTS, BATCHES}
"""Tables whose index for the age begins with the dataset."""


def prune(
    store: Store,
    *,
    before: Mapping[str, datetime],
    rows: int = SLICE,
    stop: threading.Event | None = None,
) -> dict[str, int]:
    """Delete the rows of tables (by name, as in AGES) that are older than a moment; how many, by table.

    Each slice is a transaction of its own; once `stop` is set, what is left waits for the next time. Raises StoreError.
    """
    done: dict[str, int] = {}
    for name, moment in before.items():
        table, column = AGES[name]
        done[name] = 0
        for which in _parts(store, table):
            while stop is None or not stop.is_set():
                count = _slice(store, table, [table.c[column] < moment, *which], rows)
                done[name] += count
                if count < rows:
                    break
    return done


def _parts(store: Store, table: Table) -> Iterator[list[ColumnElement[bool]]]:
    """Conditions that part a table as its index does, so that no slice reads what it does not delete."""
    if table not in _DATED:
        yield []
        return
    with store.read() as connection:
        names = list(connection.scalars(select(table.c.dataset).distinct()))
    for name in names:
        yield [table.c.dataset == name]


def _slice(store: Store, table: Table, old: list[ColumnElement[bool]], rows: int) -> int:
    keys = list(table.primary_key.columns)
    chosen = select(*keys).where(*old, *_kept(table)).limit(rows)
    with store.write() as connection:
        return int(connection.execute(delete(table).where(tuple_(*keys).in_(chosen))).rowcount)


def _kept(table: Table) -> list[Any]:
    """What a row must not be."""
    kept: list[Any] = [RUNS.c.status != "running"] if table is RUNS else []
    if table is DUE:
        kept.append(DUE.c.state != "claimed")
    if table is JOBS:
        kept.append(JOBS.c.state.in_(("done", "failed", "cancelled")))
    if table is DATA_QUALITY_CHECKS:
        kept.append(_superseded())
    if table in _NEWEST:
        column, group = _NEWEST[table]
        kept.append(table.c[column] < _greatest(table, column, group))
    return kept


def _superseded() -> ColumnElement[bool]:
    """Checks that failed, or that are done and have a newer one: the newest is what the next upload is held against."""
    newer = _greatest(DATA_QUALITY_CHECKS, "created_at", ("source_id", "status"))
    status = DATA_QUALITY_CHECKS.c.status
    return or_(status == "failed", (status == "done") & (DATA_QUALITY_CHECKS.c.created_at < newer))


def _greatest(table: Table, column: str, group: tuple[str, ...]) -> Any:
    other = alias(table)
    same = [other.c[name] == table.c[name] for name in group]
    greatest: Select = select(func.max(other.c[column])).where(*same)
    return greatest.scalar_subquery()
