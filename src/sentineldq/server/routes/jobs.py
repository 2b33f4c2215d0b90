"""Jobs: how far work is that goes on behind the answers."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel

from sentineldq.server.page import Cursor, Limit, Page, before, paged
from sentineldq.server.problems import NotFoundError, RequestError
from sentineldq.server.security.principal import RANK, Analyst, Viewer
from sentineldq.server.state import Here
from sentineldq.server.uploads import run
from sentineldq.store import jobs
from sentineldq.store.jobs import Job

router = APIRouter(prefix="/jobs", tags=["jobs"])

JobState = Literal["waiting", "running", "done", "failed", "cancelled"]


class JobOut(BaseModel):
    """A job. progress: `step`, and `rows` done where it counts them. result: of an upload, its `check_id` and score."""

    job_id: str
    kind: str
    state: JobState
    progress: dict[str, Any] | None
    result: dict[str, Any] | None
    error: str | None
    attempts: int
    made_by: str | None
    created_at: datetime
    ended_at: datetime | None


@router.get("/")
def list_jobs(
    _: Viewer,
    here: Here,
    state: Annotated[list[JobState] | None, Query(description="All, unless given.")] = None,
    kind: Annotated[str | None, Query(max_length=100)] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[JobOut]:
    """Jobs, the newest first."""
    rows = jobs.query(here.store, kind=kind, states=state or (), before=before(cursor), limit=limit + 1)
    return paged(rows, limit, item=shown, place=lambda row: (row.created_at, row.job_id))


@router.get("/{job_id}")
def one(job_id: str, _: Viewer, here: Here) -> JobOut:
    """A job, and how far it is."""
    return shown(get(here, job_id))


@router.post("/{job_id}/cancel")
def cancel(job_id: str, me: Analyst, here: Here) -> JobOut:
    """Cancel a job that is not over, one's own or, for a steward, anybody's; of a replay what is done stays done."""
    found = get(here, job_id)
    if found.owner != me.owner and RANK[me.role] < RANK["steward"]:
        raise RequestError(403, f"the job is {found.made_by or 'nobody'}'s", hint="a steward may cancel it")
    ended = run.cancel(here, found) if found.kind == run.KIND else jobs.cancel(here.store, job_id)
    if not ended:
        raise RequestError(409, "the job is over")
    return shown(get(here, job_id))


def shown(job: Job) -> JobOut:
    """A job as it is answered: not what it was asked with."""
    return JobOut(**{name: value for name, value in vars(job).items() if name in JobOut.model_fields})


def get(here: Here, job_id: str) -> Job:
    """The job of an id. Raises NotFoundError."""
    found = jobs.get(here.store, job_id)
    if found is None:
        raise NotFoundError(f"job {job_id!r}")
    return found
