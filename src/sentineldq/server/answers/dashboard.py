"""The dashboard's numbers, as they are answered."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict

from sentineldq.server.answers.datasets import DatasetOut, QualityOut
from sentineldq.server.standing import Level


class Mover(BaseModel):
    """A dataset that moved the score of all: by so many points of 1, with its own score now and before, of `rows`."""

    dataset: str
    points: float
    score: float | None
    score_before: float | None
    rows: int


class Since(BaseModel):
    """What changed since this time yesterday: of the last 24 hours, and of those before.

    because: the datasets that moved the score most, the way it went.
    """

    rows: int
    rows_before: int
    quarantined: int
    quarantined_before: int
    score: float | None
    score_before: float | None
    findings: int
    findings_before: int
    alerts: int
    alerts_before: int
    drifts: int
    drifts_before: int
    because: list[Mover]


class Overview(BaseModel):
    """The project at a glance.

    health: the worst of its datasets, and how many are how. score: share of the records accepted in the last 24
    hours. freshness: datasets by status. alerts: those not resolved, by status and by severity. pipelines: by what
    became of their last run. flow: records by the hour, of the last 24. worst: datasets that are not healthy.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "at": "2026-11-20T12:00:00Z",
                    "project": "github",
                    "simulated": False,
                    "health": "warning",
                    "datasets": {"healthy": 4, "warning": 1},
                    "score": 0.981,
                    "freshness": {"pass": 4, "warn": 1},
                    "alerts": {"open": 1},
                    "severities": {"WARNING": 1},
                    "pipelines": {"succeeded": 1},
                    "flow": [],
                    "since_yesterday": {
                        "rows": 48120,
                        "rows_before": 47004,
                        "quarantined": 914,
                        "quarantined_before": 881,
                        "score": 0.981,
                        "score_before": 0.9813,
                        "findings": 1,
                        "findings_before": 0,
                        "alerts": 1,
                        "alerts_before": 0,
                        "drifts": 0,
                        "drifts_before": 2,
                        "because": [
                            {
                                "dataset": "events",
                                "points": -0.0003,
                                "score": 0.981,
                                "score_before": 0.9813,
                                "rows": 48120,
                            }
                        ],
                    },
                    "worst": [],
                }
            ]
        }
    )

    at: datetime
    project: str
    simulated: bool
    health: Level
    datasets: dict[str, int]
    score: float | None
    freshness: dict[str, int]
    alerts: dict[str, int]
    severities: dict[str, int]
    pipelines: dict[str, int]
    flow: list[QualityOut]
    since_yesterday: Since
    worst: list[DatasetOut]


class Trend(QualityOut):
    """The records of one hour or day, and what was found in it."""

    findings: int
    alerts: int
    drifts: int


class Trends(BaseModel):
    """Every hour or day of a span, oldest first; those in which nothing came are there with noughts."""

    grain: Literal["hour", "day"]
    dataset: str | None
    items: list[Trend]


class Difference(BaseModel):
    """Something that is otherwise than it was. id: of the alert or the run; severity: where it is of any."""

    at: datetime
    dataset: str | None
    title: str
    id: str | None = None
    severity: str | None = None


class Differences(BaseModel):
    """How many there are of one kind, and the first five of them."""

    count: int
    items: list[Difference]


class Changed(BaseModel):
    """What became different since a moment.

    alerts: opened; contracts: datasets judged by another version; runs: failed; drift: datasets in which it was found;
    late: datasets whose events are too old and were not then.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "since": "2026-11-19T12:00:00Z",
                    "alerts": {"count": 0, "items": []},
                    "contracts": {
                        "count": 1,
                        "items": [
                            {
                                "at": "2026-11-20T09:00:00Z",
                                "dataset": "events",
                                "title": "version 1.0.0 → 1.1.0",
                            }
                        ],
                    },
                    "runs": {"count": 0, "items": []},
                    "drift": {"count": 0, "items": []},
                    "late": {"count": 0, "items": []},
                }
            ]
        }
    )

    since: datetime
    alerts: Differences
    contracts: Differences
    runs: Differences
    drift: Differences
    late: Differences


class Pressing(BaseModel):
    """An alert that waits for somebody. explains: how many others are told with it."""

    alert_id: str
    title: str
    severity: Literal["WARNING", "CRITICAL"]
    status: Literal["open", "acknowledged"]
    dataset: str | None
    assignee: str | None
    opened_at: datetime
    explains: int


class Attention(BaseModel):
    """What needs somebody: how many alerts there are, and those to begin with."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "total": 1,
                    "items": [
                        {
                            "alert_id": "5c1d7f1e-7a50-4a55-9d3c-2b8f0f3f9f10",
                            "title": "events are late by 3 h",
                            "severity": "CRITICAL",
                            "status": "open",
                            "dataset": "events",
                            "assignee": None,
                            "opened_at": "2026-11-20T09:00:00Z",
                            "explains": 2,
                        }
                    ],
                }
            ]
        }
    )

    total: int
    items: list[Pressing]


class ActivityOut(BaseModel):
    """Something that happened. id: what it is about; what: of an alert `opened`, `resolved`, …; of a run its status."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "at": "2026-11-20T12:00:00Z",
                    "kind": "run",
                    "id": "20261120T120000-1f3a5c7e",
                    "dataset": "events",
                    "what": "succeeded",
                    "severity": None,
                    "title": "events",
                }
            ]
        }
    )

    at: datetime
    kind: Literal["alert", "finding", "run"]
    id: str
    dataset: str | None
    what: str
    severity: str | None
    title: str


class SystemStatus(BaseModel):
    """How the server itself is. store, lake: `ok`, or that it does not answer. jobs, deliveries: by state."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "version": "0.1.0",
                    "started_at": "2026-11-20T08:00:00Z",
                    "uptime_seconds": 14400.0,
                    "store": "ok",
                    "lake": "ok",
                    "database": "sqlite",
                    "running": ["events"],
                    "jobs": {"waiting": 0, "running": 1},
                    "deliveries": {"due": 0, "failed": 0},
                    "listeners": 3,
                }
            ]
        }
    )

    version: str
    started_at: datetime
    uptime_seconds: float
    store: str
    lake: str
    database: str
    running: list[str]
    jobs: dict[str, int]
    deliveries: dict[str, int]
    listeners: int
