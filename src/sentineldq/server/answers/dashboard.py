"""The dashboard's numbers, as they are answered."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict

from sentineldq.server.answers.datasets import DatasetOut, QualityOut
from sentineldq.server.standing import Level


class Since(BaseModel):
    """What changed since this time yesterday: of the last 24 hours, and of those before."""

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
