"""Runs of pipelines: which there were, how they ended, and which ended without a word."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import Select, bindparam, func, select, tuple_, update
from sqlalchemy.engine import Connection

from sentineldq.errors import StoreError
from sentineldq.store import clock
from sentineldq.store.database import Store
from sentineldq.store.like import ESCAPE, escaped
from sentineldq.store.process import Process, current, gone
from sentineldq.store.rows import objects
from sentineldq.store.tables import RUNS

Status = Literal["running", "succeeded", "failed", "stopped"]

SILENCE = 60.0
"""Seconds without a sign of life after which a run counts as dead."""

DIED = "its process ended without a word"


@dataclass(frozen=True, kw_only=True)
class Run:
    """One run of one pipeline; times are of the database's clock."""

    run_id: str
    project: str
    pipeline: str
    started_at: datetime
    ended_at: datetime | None
    status: Status
    counts: Mapping[str, Any] = field(default_factory=dict)
    error: str | None
    host: str
    pid: int
    machine: str
    born: str | None
    heartbeat_at: datetime

    @property
    def process(self) -> Process:
        """Where it runs."""
        return Process(host=self.host, machine=self.machine, pid=self.pid, born=self.born)


def new_id(at: datetime) -> str:
    """A name for a run that sorts by time: `20261120T120000-1f3a5c7e`."""
    return f"{at:%Y%m%dT%H%M%S}-{secrets.token_hex(4)}"


def start(store: Store, *, project: str, pipeline: str, run_id: str | None = None) -> Run:
    """Write down that a run begins; runs of the same pipeline that have died are marked failed before."""
    with store.write() as connection:
        _bury(connection, _running().where(RUNS.c.project == project, RUNS.c.pipeline == pipeline), SILENCE)
        now = clock.read(connection)
        run = Run(
            run_id=run_id or new_id(now),
            project=project,
            pipeline=pipeline,
            started_at=now,
            ended_at=None,
            status="running",
            error=None,
            heartbeat_at=now,
            **asdict(current()),
        )
        connection.execute(RUNS.insert(), asdict(run))
        return run


def beat(store: Store, *, run_id: str, counts: Mapping[str, Any] | None = None) -> None:
    """Give a sign of life, with the counts so far. Raises StoreError when the run was marked ended meanwhile."""
    change: dict[str, Any] = {"heartbeat_at": clock.now()}
    if counts is not None:
        change["counts"] = dict(counts)
    _change(store, run_id, change)


def finish(
    store: Store,
    *,
    run_id: str,
    status: Literal["succeeded", "failed", "stopped"],
    counts: Mapping[str, Any] | None = None,
    error: str | None = None,
) -> None:
    """Write down how a run ended. Raises StoreError when it was marked ended before."""
    change: dict[str, Any] = {
        "heartbeat_at": clock.now(),
        "ended_at": clock.now(),
        "status": status,
        "error": error,
    }
    if counts is not None:
        change["counts"] = dict(counts)
    _change(store, run_id, change)


def _change(store: Store, run_id: str, change: dict[str, Any]) -> None:
    with store.write() as connection:
        which = (RUNS.c.run_id == run_id) & (RUNS.c.status == "running")
        if connection.execute(update(RUNS).where(which).values(**change)).rowcount != 1:
            raise StoreError(f"run {run_id} is not running", hint="it was taken for dead, or never started")


def bury(store: Store, *, project: str | None = None, silence: float = SILENCE) -> list[Run]:
    """Mark as failed the runs that have died: silent for so many seconds, or their process provably gone."""
    which = _running() if project is None else _running().where(RUNS.c.project == project)
    with store.write() as connection:
        return _bury(connection, which, silence)


def _running() -> Select:
    return select(RUNS).where(RUNS.c.status == "running").with_for_update()


def _bury(connection: Connection, which: Select, silence: float) -> list[Run]:
    running = [Run(**row) for row in connection.execute(which).mappings()]
    oldest = clock.read(connection) - timedelta(seconds=silence)
    dead = [run for run in running if run.heartbeat_at < oldest or gone(run.process)]
    if dead:
        change = {"status": "failed", "ended_at": RUNS.c.heartbeat_at, "error": DIED}
        names = [run.run_id for run in dead]
        connection.execute(update(RUNS).where(RUNS.c.run_id.in_(names)).values(**change))
    return dead


def get(store: Store, *, run_id: str) -> Run | None:
    """One run."""
    with store.read() as connection:
        row = connection.execute(select(RUNS).where(RUNS.c.run_id == run_id)).mappings().first()
    return None if row is None else Run(**row)


def latest(store: Store, *, project: str, pipeline: str) -> Run | None:
    """The newest run of a pipeline."""
    found = query(store, project=project, pipeline=pipeline, limit=1)
    return found[0] if found else None


def query(
    store: Store,
    *,
    project: str | None = None,
    pipeline: str | None = None,
    status: Status | None = None,
    before: tuple[datetime, str] | None = None,
    limit: int = 100,
) -> list[Run]:
    """Runs, newest first; `before`: (started_at, run_id) of the last one of the page before."""
    wanted = {RUNS.c.project: project, RUNS.c.pipeline: pipeline, RUNS.c.status: status}
    statement = select(RUNS).order_by(RUNS.c.started_at.desc(), RUNS.c.run_id.desc()).limit(limit)
    for column, value in wanted.items():
        if value is not None:
            statement = statement.where(column == value)
    if before is not None:
        statement = statement.where(tuple_(RUNS.c.started_at, RUNS.c.run_id) < before)
    with store.read() as connection:
        return objects(Run, connection.execute(statement))


def search(store: Store, *, project: str, text: str, limit: int) -> list[Run]:
    """Runs of a project whose pipeline has a text in its name or whose id begins with it, newest first."""
    like = escaped(text)
    named = RUNS.c.pipeline.ilike(f"%{like}%", escape=ESCAPE) | RUNS.c.run_id.ilike(f"{like}%", escape=ESCAPE)
    statement = select(RUNS).where(RUNS.c.project == project, named)
    with store.read() as connection:
        rows = connection.execute(
            statement.order_by(RUNS.c.started_at.desc(), RUNS.c.run_id.desc()).limit(limit)
        )
        return objects(Run, rows)


def recent(store: Store, *, project: str, pipelines: Iterable[str], each: int) -> dict[str, list[Run]]:
    """The newest runs of each of these pipelines, newest first; at most so many of each."""
    same = (RUNS.c.project == project) & (RUNS.c.pipeline == bindparam("name"))
    statement = select(RUNS).where(same).order_by(RUNS.c.started_at.desc()).limit(each)
    with store.read() as connection:
        return {name: objects(Run, connection.execute(statement, {"name": name})) for name in pipelines}


def newest(store: Store, *, project: str) -> dict[str, Run]:
    """The newest run of every pipeline of a project, by pipeline."""
    last = (
        select(RUNS.c.pipeline, func.max(RUNS.c.started_at, type_=RUNS.c.started_at.type).label("at"))
        .where(RUNS.c.project == project)
        .group_by(RUNS.c.pipeline)
        .subquery()
    )
    same = (RUNS.c.pipeline == last.c.pipeline) & (RUNS.c.started_at == last.c.at)
    statement = select(RUNS).join(last, same).where(RUNS.c.project == project).order_by(RUNS.c.run_id)
    with store.read() as connection:
        return {run.pipeline: run for run in objects(Run, connection.execute(statement))}
