"""Due instants of scheduled jobs: each is claimed by one process, once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import func, select, update
from sqlalchemy.engine import Connection

from sentineldq.errors import StoreError
from sentineldq.store import clock
from sentineldq.store.database import Store
from sentineldq.store.insert import insert
from sentineldq.store.tables import DUE, RUNS

State = Literal["claimed", "done", "failed", "skipped"]


@dataclass(frozen=True, kw_only=True)
class Due:
    """An instant at which a job was due, and what became of it."""

    job: str
    due_at: datetime
    state: State
    run_id: str | None
    claimed_at: datetime
    ended_at: datetime | None
    note: str | None


def claim(store: Store, *, job: str, due_at: datetime, run_id: str | None = None) -> bool:
    """Whether this instant is ours to run; False when it was claimed or skipped before, by anyone."""
    with store.write() as connection:
        return _add(connection, job=job, due_at=due_at, state="claimed", run_id=run_id)


def skip(store: Store, *, job: str, due_at: datetime, note: str) -> bool:
    """Write down that an instant will not be run, and why; False when it was claimed or skipped before."""
    with store.write() as connection:
        return _add(connection, job=job, due_at=due_at, state="skipped", note=note, ended_at=clock.now())


def finish(
    store: Store, *, job: str, due_at: datetime, state: Literal["done", "failed"], note: str | None = None
) -> None:
    """Write down how a claimed instant ended. Raises StoreError when it is not claimed."""
    which = (DUE.c.job == job) & (DUE.c.due_at == due_at) & (DUE.c.state == "claimed")
    change = update(DUE).where(which).values(state=state, note=note, ended_at=clock.now())
    with store.write() as connection:
        if connection.execute(change).rowcount != 1:
            raise StoreError(f"job {job} has no claim on {due_at.isoformat()}")


def settle(store: Store, *, job: str) -> int:
    """Mark as failed what was claimed for runs that are no longer running; how many there were."""
    ended = select(RUNS.c.run_id).where(RUNS.c.status != "running")
    which = (DUE.c.job == job) & (DUE.c.state == "claimed") & DUE.c.run_id.in_(ended)
    change = update(DUE).where(which).values(state="failed", note="its run died", ended_at=clock.now())
    with store.write() as connection:
        return int(connection.execute(change).rowcount)


def last(store: Store, *, job: str) -> datetime | None:
    """The newest instant of a job that was claimed or skipped."""
    newest = func.max(DUE.c.due_at, type_=DUE.c.due_at.type)
    with store.read() as connection:
        found: datetime | None = connection.scalar(select(newest).where(DUE.c.job == job))
    return found


def query(store: Store, *, job: str | None = None, state: State | None = None, limit: int = 100) -> list[Due]:
    """Instants, newest first."""
    statement = select(DUE).order_by(DUE.c.due_at.desc(), DUE.c.job).limit(limit)
    if job is not None:
        statement = statement.where(DUE.c.job == job)
    if state is not None:
        statement = statement.where(DUE.c.state == state)
    with store.read() as connection:
        return [Due(**row) for row in connection.execute(statement).mappings()]


def _add(connection: Connection, **values: Any) -> bool:
    statement = insert(connection, DUE).values(claimed_at=clock.now(), **values).on_conflict_do_nothing()
    return connection.execute(statement.returning(DUE.c.job)).first() is not None
