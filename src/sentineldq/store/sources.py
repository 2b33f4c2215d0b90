"""Data sources: what people upload under one name, and what they ask of it."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, tuple_, update
from sqlalchemy.engine import Connection

from sentineldq.store.database import Store
from sentineldq.store.insert import insert
from sentineldq.store.rows import objects
from sentineldq.store.tables import DATA_QUALITY_CHECKS as CHECKS
from sentineldq.store.tables import DATA_SOURCES as TABLE

UNSCORED = 2.0
"""Where a source without a score stands among those that have one: behind them."""


@dataclass(frozen=True, kw_only=True)
class DataSource:
    """A source. thresholds: what its uploads must reach, as given; nothing: the usual."""

    source_id: str
    name: str
    description: str | None
    owner: str | None
    thresholds: Mapping[str, Any]
    created_at: datetime
    updated_at: datetime


def named(connection: Connection, name: str, *, owner: str | None, now: datetime) -> DataSource:
    """The source of a name, made where there is none, in a transaction of the caller's."""
    new: dict[str, Any] = {"source_id": str(uuid.uuid4()), "name": name, "owner": owner, "thresholds": {}}
    statement = insert(connection, TABLE).values(**new, created_at=now, updated_at=now)
    connection.execute(statement.on_conflict_do_nothing())
    row = connection.execute(select(TABLE).where(TABLE.c.name == name)).mappings().one()
    return DataSource(**row)


def get(store: Store, source_id: str) -> DataSource | None:
    """The source of an id."""
    with store.read() as connection:
        row = connection.execute(select(TABLE).where(TABLE.c.source_id == source_id)).mappings().first()
    return None if row is None else DataSource(**row)


def change(store: Store, source_id: str, *, now: datetime, **values: Any) -> DataSource | None:
    """Change a source (thresholds, description, owner); None: there is none."""
    statement = update(TABLE).where(TABLE.c.source_id == source_id).values(**values, updated_at=now)
    with store.write() as connection:
        row = connection.execute(statement.returning(TABLE)).mappings().first()
    return None if row is None else DataSource(**row)


def query(
    store: Store, *, text: str | None = None, after: str | None = None, limit: int | None = 100
) -> list[DataSource]:
    """Sources by name, those whose name holds a text, those behind a name."""
    statement = select(TABLE).order_by(TABLE.c.name).limit(limit)
    if text:
        statement = statement.where(TABLE.c.name.icontains(text, autoescape=True))
    if after is not None:
        statement = statement.where(TABLE.c.name > after)
    with store.read() as connection:
        return objects(DataSource, connection.execute(statement))


def worst(
    store: Store, *, text: str | None = None, after: tuple[float, str] | None = None, limit: int = 100
) -> list[tuple[float, DataSource]]:
    """Sources by their last score, the lowest first, each with it; those without one have 2.0 and come last.

    after: score and name of the last one of a page.
    """
    last = (
        select(CHECKS.c.score)
        .where(
            CHECKS.c.source_id == TABLE.c.source_id, CHECKS.c.status == "done", CHECKS.c.score.is_not(None)
        )
        .order_by(CHECKS.c.created_at.desc())
        .limit(1)
    )
    scored = select(TABLE, func.coalesce(last.scalar_subquery(), UNSCORED).label("last")).subquery()
    statement = select(scored).order_by(scored.c.last, scored.c.name).limit(limit)
    if text:
        statement = statement.where(scored.c.name.icontains(text, autoescape=True))
    if after is not None:
        statement = statement.where(tuple_(scored.c.last, scored.c.name) > after)
    with store.read() as connection:
        rows = [dict(row) for row in connection.execute(statement).mappings()]
    return [(float(row.pop("last")), DataSource(**row)) for row in rows]


def of(store: Store, source_ids: Collection[str]) -> list[DataSource]:
    """The sources of these ids."""
    with store.read() as connection:
        rows = connection.execute(select(TABLE).where(TABLE.c.source_id.in_(list(source_ids))))
        return [DataSource(**row) for row in rows.mappings()]


def count(store: Store) -> int:
    """How many sources there are."""
    with store.read() as connection:
        return int(connection.scalar(select(func.count()).select_from(TABLE)) or 0)
