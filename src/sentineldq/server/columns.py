"""What the columns of a dataset hold over a window, as it is answered: counts, bounds, distributions, values."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

from sentineldq.drift.model import Window
from sentineldq.errors import suggest
from sentineldq.pipeline.profiles.window import stored, window_of
from sentineldq.profiles.frequent import Frequent
from sentineldq.profiles.model import Column, Profile
from sentineldq.profiles.moments import Moments
from sentineldq.profiles.quantiles import Quantiles
from sentineldq.server.answers.profiles import ColumnDetail, ColumnProfile, HistogramOut, ProfileOut, Value
from sentineldq.server.catalog import LONGEST, Dataset, shortened
from sentineldq.server.page import Page
from sentineldq.server.problems import NotFoundError
from sentineldq.server.routes.drift import hidden
from sentineldq.server.state import State
from sentineldq.store import profiles

BINS = 60
TOP = 10
RANKS = (0.05, 0.25, 0.5, 0.75, 0.95)
EDGE = 0.001
"""Share of the values beyond the bins at either end."""


def profile_of(here: State, dataset: Dataset, length: str | None = None) -> ProfileOut:
    """The profile of a dataset over a window, seven days unless said."""
    version = (dataset, here.feed.version("profiles"))
    key = ("profile", dataset.name, length)
    return here.cache.get(key, lambda: _made(here, dataset, length), version=version)


def window_for(here: State, dataset: Dataset, length: str | None) -> Window:
    """The window that is asked for: a length of time ends where the data ends."""
    span = profiles.span(here.store, dataset.name)
    return window_of(length=length or "7d", newest=span[1] if span else None, now=datetime.now(UTC))


def detail_of(here: State, dataset: Dataset, path: str, length: str | None) -> ColumnDetail:
    """One column in full. Raises NotFoundError for one that the window does not have."""
    found = stored(here.store, dataset.name, window=window_for(here, dataset, length))
    one = found.profile.columns.get(path)
    if one is None:
        hint = suggest(path[:LONGEST], found.profile.columns)
        raise NotFoundError(f"column {shortened(path)!r} in this window", hint=hint)
    item = dataset.table.find(path) if dataset.table else None
    hides = hidden(dataset, path)
    lengths = one.length_quantiles
    return ColumnDetail(
        **dict(_column(one, hides=hides)),
        dataset=dataset.name,
        since=found.window.start,
        until=found.window.end,
        description=item.description if item else None,
        classification=item.classification if item else None,
        rhythm=list(one.rhythm) if one.rhythm else None,
        words=[] if hides else top(one.words),
        length_quantiles=[finite(value) or 0.0 for value in lengths.at(RANKS)]
        if lengths and lengths.count and not hides
        else None,
    )


def _made(here: State, dataset: Dataset, length: str | None) -> ProfileOut:
    found = stored(here.store, dataset.name, window=window_for(here, dataset, length))
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
