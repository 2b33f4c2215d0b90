"""Replays of quarantine as jobs: asked for once, done once, and again where the server died in its midst."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from sentineldq.errors import SentinelError
from sentineldq.pipeline.replay.quarantine import Choice
from sentineldq.pipeline.replay.run import replay
from sentineldq.server.jobs.task import Done, FailedError, Task
from sentineldq.server.state import State
from sentineldq.store import jobs
from sentineldq.store.jobs import Job

KIND = "replay"


def accept(here: State, *, dataset: str, choice: Choice, dry_run: bool, made_by: str) -> Job:
    """Write down that a replay is wanted. Raises StoreError."""
    job_id = jobs.identify()
    payload = {"dataset": dataset, "choice": choice.told, "dry_run": dry_run}
    with here.store.write() as connection:
        jobs.add(connection, job_id=job_id, kind=KIND, payload=payload, made_by=made_by)
    found = jobs.get(here.store, job_id)
    assert found is not None  # noqa: S101  # it was written just now
    return found


def work(here: State, task: Task) -> Done:
    """Do a replay; it may be ended anywhere and be done again. Raises FailedError where it cannot be done."""
    given = task.job.payload
    done: dict[str, Any] = {}
    worker = threading.Thread(target=_replay, args=(here, given, done), name="replay", daemon=True)
    worker.start()
    task.tell({"step": "replaying"})
    while worker.is_alive():
        worker.join(0.5)
        task.tell()
    if isinstance(fault := done.get("fault"), SentinelError):
        raise FailedError(fault.message, hint=fault.hint)
    if fault is not None:
        raise fault
    return Done(result=done["outcome"])


def failed(here: State, job: Job, error: str) -> Done:
    """What is written of a replay that could not be done: nothing but that."""
    del here, error
    return Done(result={"dataset": job.payload.get("dataset")})


def _replay(here: State, given: Mapping[str, Any], done: dict[str, Any]) -> None:
    try:
        with here.project.open_lake() as lake:
            outcome = replay(
                here.project,
                given["dataset"],
                lake=lake,
                store=here.store,
                choice=_choice(given["choice"]),
                dry_run=given["dry_run"],
            )
        done["outcome"] = msgspec.to_builtins(outcome)
    except Exception as fault:  # noqa: BLE001  # the boundary of a thread: its caller raises it
        done["fault"] = fault


def _choice(told: Mapping[str, Any]) -> Choice:
    since = told.get("since")
    named = {name: tuple(told.get(name, ())) for name in ("checks", "hashes", "batches", "partitions")}
    return Choice(**named, since=datetime.fromisoformat(since) if since else None)
