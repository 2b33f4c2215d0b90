"""Feedback: what people say of a stretch of a series, so that monitors learn from it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import delete, select

from sentineldq.errors import UsageError
from sentineldq.store.database import Store
from sentineldq.store.insert import upsert
from sentineldq.store.rows import objects
from sentineldq.store.tables import FEEDBACK as TABLE

Verdict = Literal["false_positive", "expected_change", "incident"]


@dataclass(frozen=True, kw_only=True)
class Feedback:
    """A verdict on [since, until) of a series.

    `false_positive`: it was normal, learn it. `expected_change`: it was meant, begin anew from there. `incident`: it
    was wrong, leave it out of every baseline.
    """

    series: str
    since: datetime
    until: datetime
    verdict: Verdict
    note: str | None = None
    made_by: str | None = None
    made_at: datetime


def give(store: Store, said: Feedback) -> None:
    """Write a verdict down; one on the same stretch is replaced. Raises UsageError where it ends before it begins."""
    if said.until <= said.since:
        raise UsageError(f"feedback on {said.series} ends at {said.until.isoformat()}, before it begins")
    with store.write() as connection:
        upsert(connection, TABLE, [asdict(said)])


def withdraw(store: Store, *, series: str, since: datetime, until: datetime) -> bool:
    """Take a verdict back; False where there is none on this very stretch."""
    which = (TABLE.c.series == series) & (TABLE.c.since == since) & (TABLE.c.until == until)
    with store.write() as connection:
        return int(connection.execute(delete(TABLE).where(which)).rowcount) > 0


def query(
    store: Store,
    *,
    series: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> list[Feedback]:
    """Verdicts whose stretch touches [since, until), by its beginning."""
    statement = select(TABLE).order_by(TABLE.c.since, TABLE.c.series, TABLE.c.until)
    if series is not None:
        statement = statement.where(TABLE.c.series == series)
    if since is not None:
        statement = statement.where(TABLE.c.until > since)
    if until is not None:
        statement = statement.where(TABLE.c.since < until)
    with store.read() as connection:
        return objects(Feedback, connection.execute(statement))
