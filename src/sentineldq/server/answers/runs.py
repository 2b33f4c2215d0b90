"""Runs, as they are answered."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from sentineldq.server.catalog import Dataset, catalog_of
from sentineldq.server.mask import patch_without
from sentineldq.server.standing import died
from sentineldq.server.state import State
from sentineldq.store import runs
from sentineldq.store.runs import Run

Status = Literal["running", "succeeded", "failed", "stopped"]
Verb = Literal["run", "replay", "drop"]


class StepOut(BaseModel):
    """When a step of a run was first begun and last ended, in seconds since the run began.

    Steps overlap, and each is at work a batch at a time: `busy` is for how many of these seconds it was.
    """

    step: str
    first: float
    last: float
    busy: float


class RunOut(BaseModel):
    """A run of a pipeline. counts: what became of its records; seconds: so far, while it is running.

    verb: `replay` and `drop` are runs over a quarantine (`events/replay`). steps: none where nobody wrote them down.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "run_id": "20261120T120000-1f3a5c7e",
                    "pipeline": "events",
                    "verb": "run",
                    "dataset": "events",
                    "status": "succeeded",
                    "started_at": "2026-11-20T12:00:00Z",
                    "ended_at": "2026-11-20T12:00:04Z",
                    "seconds": 4.1,
                    "counts": {"rows": 1000, "silver": 981, "quarantined": 19},
                    "steps": [{"step": "read", "first": 0.1, "last": 3.2, "busy": 1.4}],
                    "error": None,
                    "host": "node-1",
                }
            ]
        }
    )

    run_id: str
    pipeline: str
    verb: Verb
    dataset: str | None
    status: Status
    started_at: datetime
    ended_at: datetime | None
    seconds: float
    counts: dict[str, Any]
    steps: list[StepOut]
    error: str | None
    host: str


def shown(here: State, run: Run) -> RunOut:
    """A run as it is answered; one that has died is told as failed, even if nobody has written that down yet."""
    now = datetime.now(UTC)
    dead = died(run, now)
    until = run.heartbeat_at if dead else run.ended_at or now
    name, _, verb = run.pipeline.partition("/")
    dataset = dataset_of(here, name)
    return RunOut(
        run_id=run.run_id,
        pipeline=run.pipeline,
        verb=verb or "run",  # type: ignore[arg-type]  # as replays call their runs
        dataset=dataset.name if dataset else None,
        status="failed" if dead else run.status,
        started_at=run.started_at,
        ended_at=run.heartbeat_at if dead else run.ended_at,
        seconds=round(max((until - run.started_at).total_seconds(), 0.0), 3),
        counts=_counts(run.counts, dataset),
        steps=[StepOut(step=name, **told) for name, told in run.counts.get("steps", {}).items()],
        error=runs.DIED if dead else run.error,
        host=run.host,
    )


def dataset_of(here: State, pipeline: str) -> Dataset | None:
    """The dataset that a pipeline fills; None for one that the project has no more."""
    catalog = catalog_of(here)

    def made() -> dict[str | None, Dataset]:
        return {one.pipeline: one for one in reversed(list(catalog.values()))}

    found = here.cache.get("by pipeline", made, version=(catalog,), fresh=0, longest=float("inf"))
    return found.get(pipeline)


def _counts(counts: Mapping[str, Any], dataset: Dataset | None) -> dict[str, Any]:
    """The counts of a run; of a replay's patch no value is told that would be classified."""
    told = {name: value for name, value in counts.items() if name != "steps"}
    if told.get("patch"):
        told["patch"] = patch_without(told["patch"], dataset.private if dataset else frozenset())
    return told
