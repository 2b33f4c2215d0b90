"""Runs of pipelines: which there were, how long they took, and what became of their records."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from statistics import median
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict

from sentineldq.server.answers.runs import RunOut, Status, shown
from sentineldq.server.catalog import shortened
from sentineldq.server.page import Cursor, Limit, Page, before, decode_cursor, paged
from sentineldq.server.problems import NotFoundError
from sentineldq.server.security.principal import Viewer
from sentineldq.server.state import Here, State
from sentineldq.store import batches, findings, results, runs
from sentineldq.store.runs import Run

router = APIRouter(prefix="/runs", tags=["runs"])

COMPARED = 20
"""Runs that a run's time is compared with: those before it that succeeded."""

SLACK = timedelta(minutes=5)
"""How far the clock of a pipeline may be from that of the store."""

LONGEST = 50
"""Checks and findings of a run that are told, at most."""


class Usual(BaseModel):
    """How long the runs before took: the median of `runs` of them that succeeded and brought something."""

    seconds: float
    runs: int


class Refusing(BaseModel):
    """A check, and how many records of the run's batches it found fault with."""

    check: str
    failed: int


class FindingOut(BaseModel):
    """Something that was found of the run's dataset while it ran."""

    finding_id: str
    kind: str
    severity: str
    title: str
    last_seen_at: datetime
    cleared_at: datetime | None


class RunDetail(RunOut):
    """A run with what it is compared with, and what was found in it."""

    usual: Usual | None
    checks: list[Refusing]
    findings: list[FindingOut]


class BatchOut(BaseModel):
    """A batch: `rows` = `silver` + `quarantined` + `duplicates` + `dropped`. seconds: of its commit to silver."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "partition": "main",
                    "batch": 12,
                    "rows": 1000,
                    "silver": 981,
                    "quarantined": 19,
                    "duplicates": 0,
                    "dropped": 0,
                    "contract_version": "1.0.0",
                    "committed_at": "2026-11-20T12:00:03Z",
                    "seconds": 0.21,
                }
            ]
        }
    )

    partition: str
    batch: int
    rows: int
    silver: int
    quarantined: int
    duplicates: int
    dropped: int
    contract_version: str | None
    committed_at: datetime
    seconds: float | None


@router.get("", summary="List runs")
def list_runs(
    _: Viewer,
    here: Here,
    pipeline: Annotated[str | None, Query(max_length=500)] = None,
    status: Status | None = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[RunOut]:
    """The runs of the project, newest first; those over the quarantine of `events` are of `events/replay`."""
    rows = runs.query(
        here.store,
        project=here.project.name,
        pipeline=pipeline,
        status=status,
        before=before(cursor),
        limit=limit + 1,
    )
    return paged(
        rows, limit, item=lambda run: shown(here, run), place=lambda row: (row.started_at, row.run_id)
    )


@router.get("/{run_id}", summary="One run")
def one_run(run_id: str, _: Viewer, here: Here) -> RunDetail:
    """A run by its id, with the time that is usual, the checks that refused records of it, and what was found."""
    run = _found(here, run_id)
    told = shown(here, run)
    return RunDetail(
        **dict(told), usual=_usual(here, run), checks=_checks(here, told), findings=_findings(here, told)
    )


@router.get("/{run_id}/batches", summary="The batches of a run")
def list_batches(
    run_id: str, _: Viewer, here: Here, limit: Limit = 200, cursor: Cursor = None
) -> Page[BatchOut]:
    """The batches that a run brought, in the order of their commits; what a crash kept from the store is no run's."""
    told = shown(here, _found(here, run_id))
    if told.dataset is None:
        return Page[BatchOut](items=[])
    after: Any = decode_cursor(cursor, datetime, str, int)
    rows = batches.of_run(
        here.store,
        dataset=told.dataset,
        run_id=run_id,
        since=told.started_at - SLACK,
        after=after,
        limit=limit + 1,
    )
    return paged(
        rows,
        limit,
        item=lambda row: BatchOut(**{name: getattr(row, name) for name in BatchOut.model_fields}),
        place=lambda row: (row.committed_at, row.partition, row.batch),
    )


def _found(here: State, run_id: str) -> Run:
    found = runs.get(here.store, run_id=run_id)
    if found is None or found.project != here.project.name:
        raise NotFoundError(f"run {shortened(run_id)!r}", hint="GET /api/v1/runs lists them")
    return found


def _usual(here: State, run: Run) -> Usual | None:
    """The median of the runs before; one that brought nothing is compared with those that brought nothing."""
    past = runs.query(
        here.store,
        project=here.project.name,
        pipeline=run.pipeline,
        status="succeeded",
        before=(run.started_at, run.run_id),
        limit=COMPARED,
    )
    brought = bool(run.counts.get("rows"))
    alike = [one for one in past if one.ended_at and bool(one.counts.get("rows")) == brought]
    if not alike:
        return None
    took = [(one.ended_at - one.started_at).total_seconds() for one in alike if one.ended_at]
    return Usual(seconds=round(median(took), 3), runs=len(took))


def _checks(here: State, run: RunOut) -> list[Refusing]:
    if run.dataset is None or run.verb != "run":
        return []
    found = results.of_run(
        here.store, dataset=run.dataset, run_id=run.run_id, since=run.started_at - SLACK, limit=LONGEST
    )
    return [Refusing(check=check, failed=failed) for check, failed in found]


def _findings(here: State, run: RunOut) -> list[FindingOut]:
    """What was seen first or last while the run went on, of its dataset and the tables of it."""
    if run.dataset is None:
        return []
    seen = (run.started_at, run.ended_at or datetime.now(UTC))
    found = [
        one
        for name in (run.dataset, *(f"{layer}.{run.dataset}" for layer in ("bronze", "silver", "quarantine")))
        for one in findings.query(here.store, dataset=name, seen=seen, limit=LONGEST)
    ]
    return [FindingOut(**{name: getattr(one, name) for name in FindingOut.model_fields}) for one in found]
