"""Profiles: what the columns of a dataset hold, over any window of stored hours."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import UTC, datetime
from itertools import pairwise
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict

from sentineldq.pipeline.profiles.window import stored, window_of
from sentineldq.profiles.frequent import Frequent
from sentineldq.profiles.model import Column, Profile
from sentineldq.profiles.moments import Moments
from sentineldq.profiles.quantiles import Quantiles
from sentineldq.server.catalog import Dataset, catalog_of, pick
from sentineldq.server.page import Cursor, Limit, Page, decode_cursor, paged
from sentineldq.server.routes.drift import hidden
from sentineldq.server.security.principal import Viewer
from sentineldq.server.state import Here, State
from sentineldq.store import profiles

router = APIRouter(prefix="/profiles", tags=["profiles"])

BINS = 60
TOP = 10
RANKS = (0.05, 0.25, 0.5, 0.75, 0.95)
EDGE = 0.001
"""Share of the values beyond the bins at either end."""


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


class ProfileOut(BaseModel):
    """The profile of a window: the hours that are stored of it, and its columns a page at a time."""

    dataset: str
    since: datetime | None
    until: datetime | None
    hours: int
    rows: int
    duplicates: float | None
    columns: Page[ColumnProfile]


@router.get("", summary="List datasets that have profiles")
def list_profiles(_: Viewer, here: Here, limit: Limit = 100, cursor: Cursor = None) -> Page[Profiled]:
    """The datasets of the project that have profiles, by name."""
    made = here.cache.get(
        "profiled", lambda: profiles.spans(here.store), version=here.feed.version("profiles")
    )
    known = sorted(name for name in catalog_of(here) if name in made)
    after = decode_cursor(cursor, str)
    rows = [name for name in known if after is None or name > str(after[0])]
    return paged(
        rows,
        limit,
        item=lambda name: Profiled(dataset=name, since=made[name][0], until=made[name][1]),
        place=lambda name: (name,),
        total=len(known),
    )


@router.get("/{dataset}", summary="The profile of a dataset")
def profile(
    dataset: str,
    _: Viewer,
    here: Here,
    window: Annotated[
        str | None, Query(max_length=100, description="`24h`, `7d`, `2026-11-01..2026-11-08`.")
    ] = None,
    search: Annotated[str | None, Query(max_length=200, description="Part of a column's path.")] = None,
    kind: Literal["number", "boolean", "text", "time", "list", "struct", "binary", "null"] | None = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> ProfileOut:
    """The columns of a dataset over a window of event time: seven days unless said, in the order of the contract."""
    found = pick(here, dataset)
    version = (found, here.feed.version("profiles"))
    whole = here.cache.get(
        ("profile", found.name, window), lambda: _made(here, found, window), version=version
    )
    chosen = [
        (place, one)
        for place, one in enumerate(whole.columns.items)
        if (not search or search.casefold() in one.path.casefold()) and (kind is None or one.kind == kind)
    ]
    after = decode_cursor(cursor, int)
    rows = [pair for pair in chosen if after is None or pair[0] > after[0]]  # type: ignore[operator]
    page = paged(rows, limit, item=lambda pair: pair[1], place=lambda pair: (pair[0],), total=len(chosen))
    return whole.model_copy(update={"columns": page})


def _made(here: State, dataset: Dataset, length: str | None) -> ProfileOut:
    span = profiles.span(here.store, dataset.name)
    window = window_of(length=length or "7d", newest=span[1] if span else None, now=datetime.now(UTC))
    found = stored(here.store, dataset.name, window=window)
    columns = columns_of(found.profile, dataset)
    return ProfileOut(
        dataset=dataset.name,
        since=found.window.start,
        until=found.window.end,
        hours=found.hours,
        rows=found.profile.rows,
        duplicates=found.profile.duplicates,
        columns=Page[ColumnProfile](items=columns, total=len(columns)),
    )


def columns_of(profile: Profile, dataset: Dataset) -> list[ColumnProfile]:
    """The columns of a profile as they are answered."""
    return [_column(one, hides=hidden(dataset, path)) for path, one in profile.columns.items()]


def _column(column: Column, *, hides: bool) -> ColumnProfile:
    counts = ColumnProfile(
        path=column.path,
        kind=column.kind,
        types=column.types,
        rows=column.rows,
        nulls=column.nulls,
        null_share=round(column.nulls / column.rows, 6) if column.rows else 0.0,
        empties=column.empties,
        distinct=finite(column.distinct.estimate) if column.distinct else None,
        distinct_low=finite(column.distinct.low) if column.distinct else None,
        distinct_high=finite(column.distinct.high) if column.distinct else None,
        hidden=hides,
    )
    return counts if hides else counts.model_copy(update=_values(column))


def _values(column: Column) -> Mapping[str, Any]:
    """What tells of a column's values."""
    moments, lengths = column.moments or Moments(), column.lengths
    return {
        "trues": column.trues,
        "mean": finite(moments.mean) if moments.count else None,
        "deviation": finite(moments.deviation),
        "skew": finite(moments.skew),
        "low": _bound(column.low),
        "high": _bound(column.high),
        "quantiles": [finite(value) or 0.0 for value in column.quantiles.at(RANKS)]
        if column.quantiles and column.quantiles.count
        else None,
        "length_mean": finite(lengths.mean) if lengths and lengths.count else None,
        "histogram": histogram(column.quantiles, whole=set(column.types) <= {"integer"}),
        "top": top(column.frequent),
        "top_exact": column.frequent.exact if column.frequent else None,
        "patterns": top(column.patterns),
    }


def histogram(quantiles: Quantiles | None, *, whole: bool = False) -> HistogramOut | None:
    """At most BINS equally wide bins, from near the lowest value to near the highest; None of no values."""
    if quantiles is None or not quantiles.count:
        return None
    low, high = quantiles.at([EDGE, 1 - EDGE])
    if not (math.isfinite(low) and math.isfinite(high)):
        return None
    if whole and high - low < BINS:
        edges = [low - 0.5 + at for at in range(round(high - low) + 2)][: BINS + 1]
    else:
        room = high - low or max(abs(low), 1.0) * 0.01
        edges = [low + room * at / BINS for at in range(BINS + 1)]
    ranks = quantiles.ranks([math.nextafter(edges[0], -math.inf), *edges[1:]])
    return HistogramOut(edges=edges, shares=[round(max(0.0, b - a), 6) for a, b in pairwise(ranks)])


def top(frequent: Frequent | None) -> list[Value]:
    """The most frequent values; none where none are kept."""
    if frequent is None or not frequent.total:
        return []
    first = list(frequent.counts.items())[:TOP]
    return [
        Value(value=value, count=count, share=round(count / frequent.total, 6))
        for value, count in first
        if count
    ]


def finite(value: float) -> float | None:
    """A number that JSON has; None for another."""
    return value if math.isfinite(value) else None


def _bound(value: float | str | None) -> float | str | None:
    return finite(value) if isinstance(value, float) else value
