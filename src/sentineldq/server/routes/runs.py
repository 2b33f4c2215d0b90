"""Runs of pipelines: which there were, how long they took, and what became of their records."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict

from sentineldq.server.catalog import shortened
from sentineldq.server.page import Cursor, Limit, Page, before, paged
from sentineldq.server.problems import NotFoundError
from sentineldq.server.security.principal import Viewer
from sentineldq.server.standing import died
from sentineldq.server.state import Here
from sentineldq.store import runs
from sentineldq.store.runs import Run

router = APIRouter(prefix="/runs", tags=["runs"])

Status = Literal["running", "succeeded", "failed", "stopped"]


class RunOut(BaseModel):
    """A run of a pipeline. counts: what became of its records; seconds: so far, while it is running."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "run_id": "20261120T120000-1f3a5c7e",
                    "pipeline": "events",
                    "status": "succeeded",
                    "started_at": "2026-11-20T12:00:00Z",
                    "ended_at": "2026-11-20T12:00:04Z",
                    "seconds": 4.1,
                    "counts": {"rows": 1000, "silver": 981, "quarantined": 19},
                    "error": None,
                    "host": "node-1",
                }
            ]
        }
    )

    run_id: str
    pipeline: str
    status: Status
    started_at: datetime
    ended_at: datetime | None
    seconds: float
    counts: dict[str, Any]
    error: str | None
    host: str


@router.get("", summary="List runs")
def list_runs(
    _: Viewer,
    here: Here,
    pipeline: Annotated[str | None, Query(max_length=500)] = None,
    status: Status | None = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[RunOut]:
    """The runs of the project, newest first."""
    rows = runs.query(
        here.store,
        project=here.project.name,
        pipeline=pipeline,
        status=status,
        before=before(cursor),
        limit=limit + 1,
    )
    return paged(rows, limit, item=shown, place=lambda row: (row.started_at, row.run_id))


@router.get("/{run_id}", summary="One run")
def one_run(run_id: str, _: Viewer, here: Here) -> RunOut:
    """A run by its id."""
    found = runs.get(here.store, run_id=run_id)
    if found is None or found.project != here.project.name:
        raise NotFoundError(f"run {shortened(run_id)!r}", hint="GET /api/v1/runs lists them")
    return shown(found)


def shown(run: Run) -> RunOut:
    """A run as it is answered; one that has died is told as failed, even if nobody has written that down yet."""
    now = datetime.now(UTC)
    dead = died(run, now)
    until = run.heartbeat_at if dead else run.ended_at or now
    return RunOut(
        run_id=run.run_id,
        pipeline=run.pipeline,
        status="failed" if dead else run.status,
        started_at=run.started_at,
        ended_at=run.heartbeat_at if dead else run.ended_at,
        seconds=round(max((until - run.started_at).total_seconds(), 0.0), 3),
        counts=dict(run.counts),
        error=runs.DIED if dead else run.error,
        host=run.host,
    )
