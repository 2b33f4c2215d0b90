"""Profiles, as they are answered."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict

from sentineldq.server.page import Page


class Profiled(BaseModel):
    """A dataset that has profiles, and from when to when."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"dataset": "events", "since": "2026-11-01T00:00:00Z", "until": "2026-11-20T12:00:00Z"}
            ]
        }
    )

    dataset: str
    since: datetime
    until: datetime


class Value(BaseModel):
    """A value and how often it occurs."""

    value: str
    count: int
    share: float


class HistogramOut(BaseModel):
    """Shares of the values between edges, of which there is one more; times are seconds since 1970."""

    edges: list[float]
    shares: list[float]


class ColumnProfile(BaseModel):
    """A column in numbers. hidden: it is classified, and none of its values are shown.

    distinct is an estimate, within distinct_low and distinct_high at 95 %. quantiles: at 5, 25, 50, 75 and 95 %.
    top_exact: whether the counts of top are exact.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "path": "type",
                    "kind": "text",
                    "types": {"string": 48120},
                    "rows": 48120,
                    "nulls": 0,
                    "null_share": 0.0,
                    "empties": 0,
                    "distinct": 14.0,
                    "hidden": False,
                    "top": [{"value": "PushEvent", "count": 25022, "share": 0.52}],
                    "top_exact": True,
                }
            ]
        }
    )

    path: str
    kind: str
    types: dict[str, int]
    rows: int
    nulls: int
    null_share: float
    empties: int
    trues: int | None = None
    distinct: float | None = None
    distinct_low: float | None = None
    distinct_high: float | None = None
    mean: float | None = None
    deviation: float | None = None
    skew: float | None = None
    low: float | int | str | None = None
    high: float | int | str | None = None
    quantiles: list[float] | None = None
    length_mean: float | None = None
    hidden: bool
    histogram: HistogramOut | None = None
    top: list[Value] = []
    top_exact: bool | None = None
    patterns: list[Value] = []


class ColumnDetail(ColumnProfile):
    """A column in full. rhythm: rows by the hour of the week, UTC, Monday 00 first. words: of texts that are prose."""

    dataset: str
    since: datetime | None
    until: datetime | None
    description: str | None = None
    classification: str | None = None
    rhythm: list[int] | None = None
    words: list[Value] = []
    length_quantiles: list[float] | None = None


class ProfileOut(BaseModel):
    """The profile of a window: the hours that are stored of it, and its columns a page at a time."""

    dataset: str
    since: datetime | None
    until: datetime | None
    hours: int
    rows: int
    duplicates: float | None
    columns: Page[ColumnProfile]
