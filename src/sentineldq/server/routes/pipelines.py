"""Pipelines: what each reads and fills, when it is due, its newest runs, and whether its counts add up."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from statistics import median
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict

from sentineldq.errors import SentinelError
from sentineldq.pipeline.schedule import next_due, parse
from sentineldq.pipeline.status import stand
from sentineldq.server.answers.runs import RunOut, dataset_of, shown
from sentineldq.server.dataset import present
from sentineldq.server.page import Cursor, Limit, Page, decode_cursor, paged
from sentineldq.server.security.principal import Viewer
from sentineldq.server.state import Here, State
from sentineldq.store import due, runs
from sentineldq.store.runs import Run

router = APIRouter(prefix="/pipelines", tags=["pipelines"])

RUNS = 20
"""Runs of each pipeline that are told."""


class Balance(BaseModel):
    """What the tables of a dataset hold: bronze = silver + quarantine + duplicates + dropped + unaccounted.

    unaccounted: records of batches that are in bronze and not in silver yet (`lag` of them), and otherwise none.
    """

    bronze: int
    silver: int
    quarantine: int
    duplicates: int
    dropped: int
    unaccounted: int
    lag: int


class ScheduleOut(BaseModel):
    """When a pipeline is due. text: as the project says it. last_due: the newest instant that somebody has taken up.

    kept: whether somebody does: `sentinel run --watch`. It is not once two instants have passed by.
    """

    text: str
    next_due: datetime | None
    last_due: datetime | None
    kept: bool


class PipelineOut(BaseModel):
    """A pipeline. runs: the newest, newest first; usual_seconds: the median of those of them that succeeded.

    schedule: none where it follows its source, or is run by hand. problem: why the balance is not known, or not true.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "name": "events",
                    "dataset": "events",
                    "source": "github",
                    "contract": "contracts/events.odcs.yaml",
                    "fault": None,
                    "schedule": {
                        "text": "every 60s",
                        "next_due": "2026-11-20T12:01:00Z",
                        "last_due": "2026-11-20T12:00:00Z",
                        "kept": True,
                    },
                    "runs": [],
                    "usual_seconds": 4.1,
                    "balance": {
                        "bronze": 1000,
                        "silver": 981,
                        "quarantine": 19,
                        "duplicates": 0,
                        "dropped": 0,
                        "unaccounted": 0,
                        "lag": 0,
                    },
                    "problem": None,
                }
            ]
        }
    )

    name: str
    dataset: str
    source: str | None
    contract: str
    fault: str | None
    schedule: ScheduleOut | None
    runs: list[RunOut]
    usual_seconds: float | None
    balance: Balance | None
    problem: str | None


@router.get("", summary="List pipelines")
def list_pipelines(_: Viewer, here: Here, limit: Limit = 50, cursor: Cursor = None) -> Page[PipelineOut]:
    """The pipelines of the project, by name."""
    names = sorted(here.project.settings.pipelines)
    after = decode_cursor(cursor, str)
    rows = [name for name in names if after is None or name > str(after[0])]
    recent = runs.recent(here.store, project=here.project.name, pipelines=rows[:limit], each=RUNS)
    return paged(
        rows,
        limit,
        item=lambda name: _shown(here, name, recent[name]),
        place=lambda name: (name,),
        total=len(names),
    )


def _shown(here: State, name: str, recent: list[Run]) -> PipelineOut:
    chosen = here.project.settings.pipelines[name]
    dataset = dataset_of(here, name)
    told = [shown(here, run) for run in recent]
    took = [run.seconds for run in told if run.status == "succeeded"]
    running = bool(told) and told[0].status == "running"
    balance, problem = _balance(here, name)
    return PipelineOut(
        name=name,
        dataset=here.project.dataset(name),
        source=dataset.source if dataset else None,
        contract=chosen.contract,
        fault=dataset.fault if dataset else None,
        schedule=_schedule(here, name, chosen.schedule, running=running) if chosen.schedule else None,
        runs=told,
        usual_seconds=round(median(took), 3) if took else None,
        balance=balance,
        problem=problem,
    )


def _schedule(here: State, name: str, config: Mapping[str, Any], *, running: bool) -> ScheduleOut:
    """What the project says, also where that is no schedule: then it is never due."""
    text = " ".join(str(config[key]) for key in ("cron", "timezone") if key in config)
    last, now = due.last(here.store, job=here.project.job(name)), datetime.now(UTC)
    try:
        schedule = parse(config, name=name)
        ahead = next_due(schedule, now)
        kept = last is not None and (running or next_due(schedule, next_due(schedule, last)) > now)
    except SentinelError:
        ahead, kept = None, False
    return ScheduleOut(text=text or f"every {config.get('every')}", next_due=ahead, last_due=last, kept=kept)


def _balance(here: State, name: str) -> tuple[Balance | None, str | None]:
    version = here.feed.version("batches", "runs")
    return here.cache.get(("balance", name), lambda: _counted(here, name), version=version, longest=15)


def _counted(here: State, name: str) -> tuple[Balance | None, str | None]:
    there = present(here)
    if f"bronze.{here.project.dataset(name)}" not in there:
        return None, None
    going = runs.query(
        here.store, project=here.project.name, pipeline=f"{name}/replay", status="running", limit=1
    )
    try:
        one, problem = stand(here.project, name, here.lake, there, replaying=bool(going))
    except SentinelError as fault:
        return None, fault.message
    return Balance(**{field: getattr(one, field) for field in Balance.model_fields}), problem
