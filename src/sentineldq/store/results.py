"""Validation results: per batch and check its counts, and per record that failed each of its errors."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Select, and_, cast, delete, func, select, text
from sqlalchemy.engine import Connection

from sentineldq.store.database import Store
from sentineldq.store.rows import objects
from sentineldq.store.tables import BATCHES
from sentineldq.store.tables import VALIDATION_RESULTS as TABLE

CHUNK = 5_000
"""Rows to one statement."""

LONGEST = 1_000
"""Characters of a message or path that are kept; the quarantine table has them whole."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What one check, or (`check` = `*`) all of them, found in a batch."""

    check: str
    status: str
    evaluated: int
    failed: int
    fingerprint: str | None = None
    severity: str | None = None
    message: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """One error of one record: `row` is its position in the batch."""

    row: int
    check: str
    message: str
    path: str | None = None
    fingerprint: str | None = None
    severity: str | None = None


@dataclass(frozen=True, kw_only=True)
class Result:
    """A row of `validation_results`; `row` is None where it is of the whole batch."""

    dataset: str
    partition: str
    batch: int
    row: int | None
    check: str
    fingerprint: str | None
    severity: str | None
    status: str
    failed: int
    evaluated: int | None
    message: str | None
    path: str | None
    contract_version: str | None
    detected_at: datetime


@dataclass(frozen=True, kw_only=True)
class Tally:
    """What one check found over many batches of a dataset; checks of one name differ by their fingerprint."""

    dataset: str
    check: str
    fingerprint: str | None
    batches: int
    evaluated: int
    failed: int
    failed_batches: int
    last_failed_at: datetime | None


def record(
    store: Store,
    *,
    dataset: str,
    partition: str,
    batch: int,
    contract_version: str | None,
    detected_at: datetime,
    summaries: Sequence[Summary],
    failures: Iterable[Failure] = (),
) -> int:
    """Write down what was found in a batch, all or nothing; the number of rows.

    What was there of this batch is replaced, so that a retry changes nothing. `summaries` holds one at least: it is by
    them that `last_batch` knows. `failures` may be an iterator, of which little is held at a time.
    """
    common = {
        "dataset": dataset,
        "partition": partition,
        "batch": batch,
        "contract_version": contract_version,
        "detected_at": detected_at,
    }
    with store.write() as connection:
        _alone(connection, dataset, partition)
        connection.execute(delete(TABLE).where(_is(dataset, partition), TABLE.c.batch == batch))
        count = len(summaries)
        if summaries:
            connection.execute(TABLE.insert(), [common | _of_batch(summary) for summary in summaries])
        each = iter(failures)
        while chunk := [common | _of_record(failure) for failure in islice(each, CHUNK)]:
            connection.execute(TABLE.insert(), chunk)
            count += len(chunk)
    return count


def _is(dataset: str, partition: str) -> ColumnElement[bool]:
    return and_(TABLE.c.dataset == dataset, TABLE.c.partition == partition)


def _alone(connection: Connection, dataset: str, partition: str) -> None:
    """Two that write the same batch would both delete, then both insert; on SQLite only one writes anyway."""
    if connection.dialect.name == "postgresql":
        lock = text("SELECT pg_advisory_xact_lock(hashtext(:dataset), hashtext(:partition))")
        connection.execute(lock, {"dataset": dataset, "partition": partition})


def _of_batch(summary: Summary) -> dict[str, Any]:
    return {
        "row": None,
        "check": summary.check,
        "fingerprint": summary.fingerprint,
        "severity": summary.severity,
        "status": summary.status,
        "failed": summary.failed,
        "evaluated": summary.evaluated,
        "message": _short(summary.message),
        "path": None,
    }


def _of_record(failure: Failure) -> dict[str, Any]:
    return {
        "row": failure.row,
        "check": failure.check,
        "fingerprint": failure.fingerprint,
        "severity": failure.severity,
        "status": "fail",
        "failed": 1,
        "evaluated": None,
        "message": _short(failure.message),
        "path": _short(failure.path),
    }


def _short(words: str | None) -> str | None:
    return words if words is None or len(words) <= LONGEST else words[: LONGEST - 1] + "…"


def last_batch(store: Store, *, dataset: str, partition: str) -> int | None:
    """The newest batch whose results are written down; the lake may be further, never the other way round."""
    with store.read() as connection:
        found = connection.scalar(select(func.max(TABLE.c.batch)).where(_is(dataset, partition)))
    return None if found is None else int(found)


def query(
    store: Store,
    *,
    dataset: str | None = None,
    check: str | None = None,
    status: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    records: bool | None = None,
    limit: int = 100,
) -> list[Result]:
    """Results, newest first; `records`: those of records (True), of whole batches (False), both (None)."""
    statement = select(*_columns()).where(*_wanted(dataset, check, since, until))
    if status is not None:
        statement = statement.where(TABLE.c.status == status)
    if records is not None:
        statement = statement.where(TABLE.c.row.is_not(None) if records else TABLE.c.row.is_(None))
    statement = statement.order_by(TABLE.c.detected_at.desc(), TABLE.c.result_id).limit(limit)
    with store.read() as connection:
        return objects(Result, connection.execute(statement))


def _by_check() -> Select:
    which = TABLE.c.dataset, TABLE.c.check, TABLE.c.fingerprint
    failed = TABLE.c.failed > 0
    when = func.max(TABLE.c.detected_at, type_=TABLE.c.detected_at.type)
    sums: Mapping[str, Any] = {
        "batches": func.count(),
        "evaluated": cast(func.coalesce(func.sum(TABLE.c.evaluated), 0), BigInteger),
        "failed": cast(func.sum(TABLE.c.failed), BigInteger),
        "failed_batches": func.count().filter(failed),
        "last_failed_at": when.filter(failed),
    }
    return (
        select(*which, *(value.label(name) for name, value in sums.items()))
        .where(TABLE.c.row.is_(None))
        .group_by(*which)
        .order_by(sums["failed"].desc(), *which)
    )


_BY_CHECK = _by_check()


def by_check(
    store: Store, *, dataset: str | None = None, since: datetime | None = None, until: datetime | None = None
) -> list[Tally]:
    """Sums by dataset and check, those that failed most first."""
    statement = _BY_CHECK.where(*_wanted(dataset, None, since, until))
    with store.read() as connection:
        return objects(Tally, connection.execute(statement))


def of_record(store: Store, *, dataset: str, partition: str, batch: int, row: int) -> list[Result]:
    """What was found of one record when its batch came in."""
    statement = select(*_columns()).where(_is(dataset, partition), TABLE.c.batch == batch, TABLE.c.row == row)
    with store.read() as connection:
        rows = connection.execute(statement.order_by(TABLE.c.result_id)).mappings()
        return [Result(**found) for found in rows]


def of_run(store: Store, *, dataset: str, run_id: str, since: datetime, limit: int) -> list[tuple[str, int]]:
    """The checks that refused records of a run's batches, and how many; none was committed before `since`."""
    same = _is_batch() & (BATCHES.c.dataset == dataset) & (BATCHES.c.committed_at >= since)
    failed = cast(func.sum(TABLE.c.failed), BigInteger)
    statement = (
        select(TABLE.c.check, failed)
        .join(BATCHES, same & (BATCHES.c.run_id == run_id))
        .where(TABLE.c.row.is_(None), TABLE.c.failed > 0, TABLE.c.check != "*")
        .group_by(TABLE.c.check)
        .order_by(failed.desc(), TABLE.c.check)
        .limit(limit)
    )
    with store.read() as connection:
        return [(check, int(count)) for check, count in connection.execute(statement)]


def _is_batch() -> ColumnElement[bool]:
    return and_(*(TABLE.c[name] == BATCHES.c[name] for name in ("dataset", "partition", "batch")))


def _columns() -> list[Any]:
    return [column for column in TABLE.columns if column.name != "result_id"]


def _wanted(
    dataset: str | None, check: str | None, since: datetime | None, until: datetime | None
) -> list[ColumnElement[bool]]:
    terms = [
        None if dataset is None else TABLE.c.dataset == dataset,
        None if check is None else TABLE.c.check == check,
        None if since is None else TABLE.c.detected_at >= since,
        None if until is None else TABLE.c.detected_at < until,
    ]
    return [term for term in terms if term is not None]
