"""Replays of quarantine as jobs: asked for once, done once, and again where the server died in its midst."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from sentineldq.errors import SentinelError
from sentineldq.pipeline.replay.patch import Patch, make_setting
from sentineldq.pipeline.replay.quarantine import Choice
from sentineldq.pipeline.replay.run import replay
from sentineldq.pipeline.replay.step import HaltedError, Outcome
from sentineldq.server.catalog import Dataset, pick
from sentineldq.server.jobs.task import Done, FailedError, LostError, StoppedError, Task
from sentineldq.server.mask import patch_without
from sentineldq.server.security.principal import Principal
from sentineldq.server.state import State
from sentineldq.store import jobs
from sentineldq.store.jobs import Job

KIND = "replay"

PATIENCE = 5.0
"""Seconds that a portion in hand gets to be finished, once nobody wants the replay any more."""


def accept(
    here: State,
    *,
    dataset: str,
    choice: Choice,
    patch: Patch,
    contract: str | None,
    dry_run: bool,
    by: Principal,
) -> Job:
    """Write down that a replay is wanted. Raises StoreError."""
    job_id = jobs.identify()
    payload = {
        "dataset": dataset,
        "choice": choice.told,
        "patch": [[setting.text.partition("=")[0], setting.value] for setting in patch.settings],
        "contract": contract,
        "dry_run": dry_run,
    }
    with here.store.write() as connection:
        jobs.add(connection, job_id=job_id, kind=KIND, payload=payload, made_by=by.name, owner=by.owner)
    found = jobs.get(here.store, job_id)
    assert found is not None  # noqa: S101  # it was written just now
    return found


def work(here: State, task: Task) -> Done:
    """Do a replay; it may be ended anywhere and be done again. Raises FailedError where it cannot be done."""
    doing = _Doing()
    worker = threading.Thread(
        target=_replay, args=(here, task.job.payload, doing), name="replay", daemon=True
    )
    worker.start()
    task.tell({"step": "replaying"})
    said: Mapping[str, Any] | None = None
    try:
        while worker.is_alive():
            worker.join(0.25)
            task.tell(doing.progress if doing.progress != said else None)
            said = doing.progress
    except (StoppedError, LostError):  # the portion in hand is finished, no further one is begun
        doing.halt.set()
        worker.join(PATIENCE)
        raise
    if isinstance(doing.fault, SentinelError):
        raise FailedError(doing.fault.message, hint=doing.fault.hint)
    if doing.fault is not None:
        raise doing.fault
    assert doing.outcome is not None  # noqa: S101  # there is one, or a fault
    return Done(result=result_of(doing.outcome, pick(here, doing.outcome.dataset)))


def result_of(outcome: Outcome, dataset: Dataset) -> dict[str, Any]:
    """What came of a replay as anybody may read it: no value that is classified."""
    told: dict[str, Any] = msgspec.to_builtins(outcome)
    told["patch"] = patch_without(outcome.patch, dataset.private)
    if dataset.private:  # a reason may quote what another contract did not classify
        for still in told["reasons"]:
            still["message"] = still["message"].split(", found ")[0]
    return told


def failed(here: State, job: Job, error: str) -> Done:
    """What is written of a replay that could not be done: nothing but that."""
    del here, error
    return Done(result={"dataset": job.payload.get("dataset")})


class _Doing:
    """A replay in its thread: how far it is, what came of it, and whether it is to end."""

    def __init__(self) -> None:
        self.halt = threading.Event()
        self.progress: dict[str, Any] | None = None
        self.outcome: Outcome | None = None
        self.fault: Exception | None = None

    def told(self, outcome: Outcome, records: int) -> None:
        if self.halt.is_set():
            raise HaltedError("it was stopped: what is done stays done")
        counts = {name: getattr(outcome, name) for name in ("tried", "recovered", "still_bad")}
        self.progress = {"step": "replaying", "records": records, **counts}


def _replay(here: State, given: Mapping[str, Any], doing: _Doing) -> None:
    try:
        settings = tuple(make_setting(path, value) for path, value in given.get("patch", ()))
        with here.project.open_lake() as lake:
            doing.outcome = replay(
                here.project,
                given["dataset"],
                lake=lake,
                store=here.store,
                choice=_choice(given["choice"]),
                patch=Patch(settings=settings),
                contract=given.get("contract"),
                dry_run=given["dry_run"],
                told=doing.told,
            )
    except Exception as fault:  # noqa: BLE001  # the boundary of a thread: its caller raises it
        doing.fault = fault


def _choice(told: Mapping[str, Any]) -> Choice:
    since = told.get("since")
    named = {name: tuple(told.get(name, ())) for name in ("checks", "hashes", "batches", "partitions")}
    return Choice(**named, since=datetime.fromisoformat(since) if since else None)
