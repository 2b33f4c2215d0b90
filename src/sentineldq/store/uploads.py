"""Checks of uploads: each a file, the source it is of, and what came of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select, update
from sqlalchemy.engine import Connection

from sentineldq.store.database import Store
from sentineldq.store.rows import objects
from sentineldq.store.tables import DATA_QUALITY_CHECKS as TABLE
from sentineldq.store.tables import DATA_SOURCES


@dataclass(frozen=True, kw_only=True)
class Upload:
    """A check of an upload: `waiting`, `running`, `done` or `failed`.

    parts: each dimension's score, weight and what it costs. report: the whole result; None in lists.
    """

    check_id: str
    source_id: str
    job_id: str | None
    file_name: str
    format: str | None
    size: int
    rows: int | None
    columns: int | None
    status: str
    score: float | None
    parts: Mapping[str, Any]
    error: str | None
    uploaded_by: str | None
    created_at: datetime
    ended_at: datetime | None
    report: Mapping[str, Any] | None = None


BRIEF = [column for column in TABLE.columns if column.name != "report"]


def add(connection: Connection, upload: Upload) -> None:
    """Write an upload down in a transaction of the caller's."""
    connection.execute(TABLE.insert().values(**vars(upload)))


def change(connection: Connection, check_id: str, **values: Any) -> None:
    """Change a check in a transaction of the caller's."""
    connection.execute(update(TABLE).where(TABLE.c.check_id == check_id).values(**values))


def get(store: Store, check_id: str) -> Upload | None:
    """The check of an id, with its report."""
    with store.read() as connection:
        row = connection.execute(select(TABLE).where(TABLE.c.check_id == check_id)).mappings().first()
    return None if row is None else Upload(**row)


def of_job(store: Store, job_id: str) -> Upload | None:
    """The check that a job makes."""
    with store.read() as connection:
        row = connection.execute(select(TABLE).where(TABLE.c.job_id == job_id)).mappings().first()
    return None if row is None else Upload(**row)


def query(
    store: Store,
    *,
    source_id: str | None = None,
    statuses: Collection[str] = (),
    text: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    before: tuple[datetime, str] | None = None,
    limit: int = 100,
) -> list[Upload]:
    """Checks of [since, until) without their reports, the newest first.

    before: the time and id of the last one of a page. text: part of the file's name, or of its source's.
    """
    statement = select(*BRIEF).order_by(TABLE.c.created_at.desc(), TABLE.c.check_id.desc()).limit(limit)
    if source_id is not None:
        statement = statement.where(TABLE.c.source_id == source_id)
    if statuses:
        statement = statement.where(TABLE.c.status.in_(statuses))
    if text:
        named = select(DATA_SOURCES.c.source_id).where(DATA_SOURCES.c.name.icontains(text, autoescape=True))
        statement = statement.where(
            TABLE.c.file_name.icontains(text, autoescape=True) | TABLE.c.source_id.in_(named)
        )
    if since is not None:
        statement = statement.where(TABLE.c.created_at >= since)
    if until is not None:
        statement = statement.where(TABLE.c.created_at < until)
    if before is not None:
        at, check_id = before
        older = (TABLE.c.created_at < at) | ((TABLE.c.created_at == at) & (TABLE.c.check_id < check_id))
        statement = statement.where(older)
    return _read(store, statement)


def latest(store: Store, source_id: str, *, before: datetime | None = None) -> Upload | None:
    """The newest check of a source that is done, with its report."""
    statement = select(TABLE).where(TABLE.c.source_id == source_id, TABLE.c.status == "done")
    if before is not None:
        statement = statement.where(TABLE.c.created_at < before)
    found = _read(store, statement.order_by(TABLE.c.created_at.desc(), TABLE.c.check_id.desc()).limit(1))
    return found[0] if found else None


def newest(store: Store, source_ids: Sequence[str]) -> dict[str, Upload]:
    """The newest check of each of these sources, without its report."""
    place = func.row_number().over(
        partition_by=TABLE.c.source_id, order_by=(TABLE.c.created_at.desc(), TABLE.c.check_id.desc())
    )
    ranked = select(*BRIEF, place.label("place")).where(TABLE.c.source_id.in_(source_ids)).subquery()
    chosen = select(*(ranked.c[column.name] for column in BRIEF)).where(ranked.c.place == 1)
    return {one.source_id: one for one in _read(store, chosen)}


def scores(store: Store, source_ids: Sequence[str], *, most: int) -> dict[str, list[float]]:
    """The last scores of each of these sources, oldest first."""
    place = func.row_number().over(partition_by=TABLE.c.source_id, order_by=TABLE.c.created_at.desc())
    asked = TABLE.c.source_id.in_(source_ids) & (TABLE.c.status == "done") & TABLE.c.score.is_not(None)
    ranked = select(TABLE.c.source_id, TABLE.c.score, TABLE.c.created_at, place.label("place")).where(asked)
    inner = ranked.subquery()
    chosen = select(inner.c.source_id, inner.c.score).where(inner.c.place <= most)
    found: dict[str, list[float]] = {}
    with store.read() as connection:
        for source_id, score in connection.execute(chosen.order_by(inner.c.created_at)):
            found.setdefault(source_id, []).append(score)
    return found


def counts(store: Store, *, since: datetime | None = None) -> dict[tuple[str, str], int]:
    """How many checks there are, by source and status."""
    number = func.count().label("number")
    statement = select(TABLE.c.source_id, TABLE.c.status, number).group_by(TABLE.c.source_id, TABLE.c.status)
    if since is not None:
        statement = statement.where(TABLE.c.created_at >= since)
    with store.read() as connection:
        return {(source_id, status): int(found) for source_id, status, found in connection.execute(statement)}


def pending(store: Store) -> set[str]:
    """The ids of checks that are not over."""
    statement = select(TABLE.c.check_id).where(TABLE.c.status.in_(("waiting", "running")))
    with store.read() as connection:
        return set(connection.scalars(statement))


def known(store: Store, check_ids: Collection[str]) -> set[str]:
    """Those of the ids that there are checks of."""
    ids, found = list(check_ids), set[str]()
    with store.read() as connection:
        for start in range(0, len(ids), 500):
            which = TABLE.c.check_id.in_(ids[start : start + 500])
            found |= set(connection.scalars(select(TABLE.c.check_id).where(which)))
    return found


def _read(store: Store, statement: Select[Any]) -> list[Upload]:
    with store.read() as connection:
        return objects(Upload, connection.execute(statement))
