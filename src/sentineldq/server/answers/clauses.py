"""What a contract promises beside what is observed, as it is answered."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict

from sentineldq.server.page import Page


class RuleOut(BaseModel):
    """One check of a contract: what it asks, in words, and how often it failed in the last days.

    batches: how many it was asked of; 0: of none, so that nothing is known. of_schema: it follows from the column's
    type and options; others are rules of quality.
    """

    name: str
    asks: str
    description: str | None
    severity: Literal["INFO", "WARNING", "CRITICAL"]
    on_violation: str
    of_schema: bool
    batches: int
    evaluated: int
    failed: int
    failed_batches: int
    last_failed_at: datetime | None


class Observed(BaseModel):
    """What a column holds, over the window; hidden: it is classified, and none of its values are shown."""

    kind: str
    types: dict[str, int]
    rows: int
    nulls: int
    null_share: float
    distinct: float | None
    low: float | int | str | None
    high: float | int | str | None
    hidden: bool


class ClauseOut(BaseModel):
    """What a contract says of a column. observed: null where it was never profiled. failed: of all its rules."""

    path: str
    type: str | None
    physical_type: str | None
    description: str | None
    key: bool
    required: bool
    unique: bool
    classification: str | None
    classified: bool
    rules: list[RuleOut]
    failed: int
    observed: Observed | None


class Clauses(BaseModel):
    """A contract beside what is observed. table: rules of the whole table; days: how far back failures are counted.

    since, until, rows: of the profile that columns are held against, by the time of events.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "dataset": "events",
                    "days": 7,
                    "since": "2026-11-14T00:00:00Z",
                    "until": "2026-11-21T00:00:00Z",
                    "rows": 48_120,
                    "failing": 1,
                    "table": [],
                    "columns": {"items": [], "next_cursor": None, "total": 12},
                }
            ]
        }
    )

    dataset: str
    days: int
    since: datetime | None
    until: datetime | None
    rows: int
    failing: int
    table: list[RuleOut]
    columns: Page[ClauseOut]
