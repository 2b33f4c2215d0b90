"""Datasets, as they are answered."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict
from pydantic.config import JsonDict

from sentineldq.server.page import Page
from sentineldq.server.standing import Level

EXAMPLE: JsonDict = {
    "name": "events",
    "layer": "silver",
    "pipeline": "events",
    "description": "One row per public event on GitHub.",
    "domain": "engineering",
    "tags": ["github"],
    "owners": ["engineering-data"],
    "health": "warning",
    "reasons": [{"part": "freshness", "level": "warning", "message": "its newest event was 12 minutes old"}],
    "score": 0.981,
    "rows": 48_120,
    "quarantined": 914,
    "run": {
        "run_id": "20261120T120000-1f3a5c7e",
        "status": "succeeded",
        "started_at": "2026-11-20T12:00:00Z",
    },
    "freshness": {"status": "warn", "age_seconds": 720.0, "allowed_seconds": 900.0},
    "alerts": {"WARNING": 1},
}


class ReasonOut(BaseModel):
    """Why a dataset is not healthy: which part of it, how bad, and a sentence."""

    part: Literal["run", "freshness", "alerts", "contract"]
    level: Level
    message: str


class LastRun(BaseModel):
    """The newest run of a dataset's pipeline."""

    run_id: str
    status: str
    started_at: datetime
    ended_at: datetime | None = None
    error: str | None = None


class Age(BaseModel):
    """How old the newest event is now, and how old it may be; of what the last measurement found."""

    status: str
    age_seconds: float | None
    allowed_seconds: float | None
    last_event_at: datetime | None = None
    measured_at: datetime | None = None


class DatasetOut(BaseModel):
    """A dataset and how it is: the worst of its run, its freshness and its alerts.

    score: share of the records accepted in the last 24 hours, null where none came. rows, quarantined: of these hours.
    alerts: those not resolved, by severity.
    """

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    name: str
    layer: Literal["silver", "gold"]
    pipeline: str | None
    description: str
    domain: str | None
    tags: list[str]
    owners: list[str]
    health: Level
    reasons: list[ReasonOut]
    score: float | None
    rows: int
    quarantined: int
    run: LastRun | None
    freshness: Age | None
    alerts: dict[str, int]


class DatasetRow(DatasetOut):
    """A dataset in a list. trend: its score of each day, oldest first, null where nothing came; empty unless asked."""

    trend: list[float | None] = []


class DatasetPage(Page[DatasetRow]):
    """A part of the datasets. facets: how many of all that match there are, by name and value of a filter."""

    facets: dict[str, dict[str, int]]


class ColumnOut(BaseModel):
    """A column as the contract describes it. classified: its values are never shown."""

    path: str
    type: str | None
    description: str | None
    required: bool
    unique: bool
    key: bool
    classification: str | None
    classified: bool
    checks: int


class ContractOut(BaseModel):
    """What the contract of a dataset says, in short. fault: why it cannot be used."""

    path: str | None
    id: str | None
    version: str | None
    status: str | None
    fault: str | None
    columns: list[ColumnOut]
    checks: int
    service_levels: list[dict[str, Any]]


class LayerOut(BaseModel):
    """One table of a dataset, as it stands. rows: null where there is no such table yet."""

    layer: Literal["bronze", "silver", "quarantine", "gold"]
    table: str
    rows: int | None
    files: int | None = None
    bytes: int | None = None
    snapshots: int | None = None
    committed_at: datetime | None = None


class QualityOut(BaseModel):
    """The records of one hour or day: those that came, and what became of them."""

    at: datetime
    rows: int
    accepted: int
    quarantined: int
    duplicates: int
    dropped: int
    score: float | None


class Timeline(BaseModel):
    """A dataset by the hour or day, all lists as long as `times`, which are the beginnings of the spans, oldest first.

    rows, accepted, quarantined, score: of the batches of a span, null where none came. table_rows: what the table of
    accepted rows had at its end, null before its first snapshot. age_seconds: the greatest that was measured, null
    where none was. simulated: the records are, so that their age means nothing and is not told.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "grain": "day",
                    "times": ["2026-11-19T00:00:00Z", "2026-11-20T00:00:00Z"],
                    "rows": [None, 48_120],
                    "accepted": [None, 47_206],
                    "quarantined": [None, 914],
                    "score": [None, 0.981],
                    "table_rows": [None, 47_206],
                    "age_seconds": [None, 720.0],
                    "allowed_seconds": [None, 900.0],
                    "findings": [0, 2],
                    "alerts": [0, 1],
                    "drifts": [0, 0],
                    "simulated": False,
                }
            ]
        }
    )

    grain: Literal["hour", "day"]
    times: list[datetime]
    rows: list[int | None]
    accepted: list[int | None]
    quarantined: list[int | None]
    score: list[float | None]
    table_rows: list[int | None]
    age_seconds: list[float | None]
    allowed_seconds: list[float | None]
    findings: list[int]
    alerts: list[int]
    drifts: list[int]
    simulated: bool


class CheckOut(BaseModel):
    """What one check found in the batches of the last seven days."""

    check: str
    batches: int
    evaluated: int
    failed: int
    failed_batches: int
    last_failed_at: datetime | None


class Node(BaseModel):
    """One place that records come through: a source, a table or a gold model."""

    id: str
    kind: Literal["source", "bronze", "silver", "quarantine", "gold"]
    dataset: str | None
    health: Level | None = None


class Edge(BaseModel):
    """Records go from one place to another."""

    source: str
    target: str


class Lineage(BaseModel):
    """Where a dataset comes from and what is made of it, at any number of steps."""

    nodes: list[Node]
    edges: list[Edge]


class StandingAlert(BaseModel):
    """An alert that is not resolved."""

    alert_id: str
    title: str
    severity: Literal["INFO", "WARNING", "CRITICAL"]
    status: str
    opened_at: datetime
    assignee: str | None


class DatasetDetail(DatasetOut):
    """A dataset in full. quality: by the hour, of the last two days; checks: those that failed most first.

    standing: the worst of its alerts that are not resolved, at most fifty. simulated: its records are.
    """

    contract: ContractOut
    layers: list[LayerOut]
    quality: list[QualityOut]
    checks: list[CheckOut]
    standing: list[StandingAlert]
    upstream: list[str]
    downstream: list[str]
    simulated: bool


class SchemaChange(BaseModel):
    """A column that came or went, or whose type changed; was, now: types, null where there is none."""

    column: str
    was: str | None
    now: str | None


class VersionOut(BaseModel):
    """One snapshot of a table. changes: of its columns, since the snapshot before."""

    snapshot: str
    committed_at: datetime
    operation: str | None
    rows_added: int
    rows_deleted: int
    rows: int
    changes: list[SchemaChange] = []


class Sample(BaseModel):
    """Some rows of a dataset. Values of classified columns read `***`; `masked` counts them.

    reason: why there are no rows.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"columns": ["id", "email"], "rows": [{"id": 1, "email": "***"}], "masked": 1, "reason": None}
            ]
        }
    )

    columns: list[str]
    rows: list[dict[str, Any]]
    masked: int
    reason: str | None = None
