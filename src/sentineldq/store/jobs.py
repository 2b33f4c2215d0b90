"""Jobs: work that was accepted, done once by whoever claims it, and again where its worker died.

A claim holds for a term and is renewed by beats, each of which says how far the work is. A worker that provably is gone
holds nothing, so that the first look after a crash takes its job up. All writes of a worker are refused once the job is
another's, was cancelled, or is over: a worker that was thought dead cannot write a second result.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Collection, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, or_, select, update
from sqlalchemy.engine import Connection

from sentineldq.store import clock
from sentineldq.store.database import Store
from sentineldq.store.process import Process, current, gone
from sentineldq.store.rows import objects
from sentineldq.store.tables import JOBS as TABLE

TERM = timedelta(seconds=30)
"""For how long a claim holds that is not renewed."""

MOST = 3
"""Claims of a job: one that ended no worker of three is given up."""

LOOKED = 20
"""Running jobs whose workers are looked at in one claim."""


@dataclass(frozen=True, kw_only=True)
class Job:
    """A job: `waiting`, `running`, or over (`done`, `failed`, `cancelled`).

    payload: what it was asked for; never shown. progress: what its worker said last. made_by: the name of who began it;
    owner: the id, which nobody else can have.
    """

    job_id: str
    kind: str
    state: str
    payload: Mapping[str, Any]
    progress: Mapping[str, Any] | None
    result: Mapping[str, Any] | None
    error: str | None
    attempts: int
    due_at: datetime
    claimed_until: datetime | None
    claimed_by: str | None
    made_by: str | None
    owner: str | None
    created_at: datetime
    ended_at: datetime | None


def identify() -> str:
    """A new id of a job."""
    return str(uuid.uuid4())


def add(
    connection: Connection, *, job_id: str, kind: str, payload: Mapping[str, Any], made_by: str, owner: str
) -> None:
    """Accept a job in a transaction of the caller's: with it, or not at all."""
    now = clock.read(connection)
    values = {"job_id": job_id, "kind": kind, "state": "waiting", "payload": dict(payload), "attempts": 0}
    values |= {"due_at": now, "made_by": made_by, "owner": owner, "created_at": now}
    connection.execute(TABLE.insert().values(values))


def claim(store: Store, *, kinds: Collection[str], term: timedelta = TERM) -> Job | None:
    """The job that has waited longest, claimed for a term; None where nothing waits."""
    mine = _signature()
    with store.read() as connection:  # a look that locks nobody out: mostly there is nothing
        dead = _abandoned(connection, kinds)
        if connection.scalar(_claimable(kinds, dead, clock.read(connection)).limit(1)) is None:
            return None
    with store.write() as connection:
        now = clock.read(connection)
        chosen = _claimable(kinds, dead, now)
        chosen = chosen.order_by(TABLE.c.due_at, TABLE.c.job_id).limit(1).with_for_update(skip_locked=True)
        job_id = connection.scalar(chosen)
        if job_id is None:
            return None
        values = {"state": "running", "claimed_by": mine, "claimed_until": now + term}
        statement = update(TABLE).where(TABLE.c.job_id == job_id).returning(TABLE)
        row = connection.execute(statement.values(**values, attempts=TABLE.c.attempts + 1)).mappings().one()
        return Job(**row)


def beat(store: Store, job: Job, *, progress: Mapping[str, Any] | None, term: timedelta = TERM) -> bool:
    """Renew a claim and say how far the work is; False where the job is no longer this worker's."""
    with store.write() as connection:
        now = clock.read(connection)
        values: dict[str, Any] = {"claimed_until": now + term}
        if progress is not None:
            values["progress"] = dict(progress)
        return _mine(connection, job, values)


def finish(
    store: Store,
    job: Job,
    *,
    state: str,
    result: Mapping[str, Any] | None = None,
    error: str | None = None,
    along: Callable[[Connection], None] | None = None,
) -> bool:
    """End a job; False, and nothing done, where it is no longer this worker's. `along` writes with it."""
    with store.write() as connection:
        values = {"state": state, "result": dict(result) if result is not None else None, "error": error}
        ended = {"ended_at": clock.read(connection), "claimed_until": None, "claimed_by": None}
        if not _mine(connection, job, {**values, **ended}):
            return False
        if along is not None:
            along(connection)
        return True


def retry(
    store: Store, job: Job, *, wait: timedelta = timedelta(), error: str | None = None, counts: bool = True
) -> bool:
    """Put a job off to be claimed again; False where it is no longer this worker's.

    counts: whether this was one of its tries; it is none where the server was told to stop.
    """
    with store.write() as connection:
        due = clock.read(connection) + wait
        tried = job.attempts if counts else job.attempts - 1
        values = {"state": "waiting", "due_at": due, "error": error, "attempts": tried}
        return _mine(connection, job, {**values, "claimed_until": None, "claimed_by": None})


def cancel(store: Store, job_id: str, *, along: Callable[[Connection], None] | None = None) -> bool:
    """Cancel a job that is not over; its worker is told at the next beat. False where there is none."""
    with store.write() as connection:
        standing = (TABLE.c.job_id == job_id) & TABLE.c.state.in_(("waiting", "running"))
        values = {"state": "cancelled", "ended_at": clock.read(connection)}
        statement = update(TABLE).where(standing).values(**values, claimed_until=None, claimed_by=None)
        if not connection.execute(statement).rowcount:
            return False
        if along is not None:
            along(connection)
        return True


def get(store: Store, job_id: str) -> Job | None:
    """The job of an id."""
    with store.read() as connection:
        row = connection.execute(select(TABLE).where(TABLE.c.job_id == job_id)).mappings().first()
    return None if row is None else Job(**row)


def query(
    store: Store,
    *,
    kind: str | None = None,
    states: Collection[str] = (),
    before: tuple[datetime, str] | None = None,
    limit: int = 100,
) -> list[Job]:
    """Jobs, the newest first; `before` is the time and id of the last one of a page."""
    statement = select(TABLE).order_by(TABLE.c.created_at.desc(), TABLE.c.job_id.desc()).limit(limit)
    if kind is not None:
        statement = statement.where(TABLE.c.kind == kind)
    if states:
        statement = statement.where(TABLE.c.state.in_(states))
    if before is not None:
        at, job_id = before
        older = (TABLE.c.created_at < at) | ((TABLE.c.created_at == at) & (TABLE.c.job_id < job_id))
        statement = statement.where(older)
    with store.read() as connection:
        return objects(Job, connection.execute(statement))


def _claimable(kinds: Collection[str], dead: Collection[str], now: datetime) -> Select[Any]:
    """The ids of jobs that may be claimed; `dead`: the claims of workers that are gone."""
    over = (TABLE.c.state == "running") & or_(TABLE.c.claimed_until <= now, TABLE.c.claimed_by.in_(dead))
    ready = (TABLE.c.state == "waiting") & (TABLE.c.due_at <= now)
    return select(TABLE.c.job_id).where(TABLE.c.kind.in_(kinds), or_(ready, over))


def _mine(connection: Connection, job: Job, values: Mapping[str, Any]) -> bool:
    which = (TABLE.c.job_id == job.job_id) & (TABLE.c.state == "running")
    which &= (TABLE.c.claimed_by == job.claimed_by) & (TABLE.c.attempts == job.attempts)
    return bool(connection.execute(update(TABLE).where(which).values(**values)).rowcount)


def _signature() -> str:
    """Who claims: this process, in this call."""
    return json.dumps({"claim": str(uuid.uuid4()), **asdict(current())})


def _abandoned(connection: Connection, kinds: Collection[str]) -> list[str]:
    """Claims on running jobs by processes of this machine that provably are gone."""
    running = select(TABLE.c.claimed_by).where(TABLE.c.state == "running", TABLE.c.kind.in_(kinds))
    claims = connection.scalars(running.limit(LOOKED)).all()
    return [claim for claim in claims if claim and gone(_process(claim))]


def _process(signature: str) -> Process:
    told = json.loads(signature)
    return Process(**{name: told[name] for name in ("host", "machine", "pid", "born")})
