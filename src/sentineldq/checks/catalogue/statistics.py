"""Checks of one number over a whole column."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import narwhals as nw

from sentineldq.checks.definition import (
    Bounds,
    Measure,
    countable,
    metric_check,
    numeric,
    ordered,
    scalar,
    temporal,
)
from sentineldq.checks.literals import NOW
from sentineldq.contracts.duration import parse_duration

HALF = 2**32


def _as_float(value: nw.Expr) -> nw.Expr:
    return value.cast(nw.Float64)


@metric_check("min", says="minimum", types=ordered)
def minimum(value: nw.Expr) -> nw.Expr:
    """The smallest value."""
    return value.min()


@metric_check("max", says="maximum", types=ordered)
def maximum(value: nw.Expr) -> nw.Expr:
    """The largest value."""
    return value.max()


@metric_check("mean", says="mean", types=countable)
def mean(value: nw.Expr) -> nw.Expr:
    """The arithmetic mean; true counts as 1."""
    return _as_float(value).mean()


@metric_check("median", says="median", types=numeric)
def median(value: nw.Expr) -> nw.Expr:
    """The median; the mean of the two middle values for an even count."""
    return _as_float(value).median()


@metric_check("std", says="standard deviation", types=numeric)
def std(value: nw.Expr) -> nw.Expr:
    """The sample standard deviation (ddof 1)."""
    return _as_float(value).std(ddof=1)


@metric_check("sum", says="sum", types=countable)
def total(value: nw.Expr, *, dtype: nw.dtypes.DType) -> Measure:
    """The sum; true counts as 1. The sum of no values is missing.

    Of integers it is exact, however large: they are added in halves.
    """
    if not dtype.is_integer():
        number = value.cast(nw.Int64) if dtype == nw.Boolean else value
        return Measure(
            parts={"sum": number.sum(), "count": value.count()},
            observe=lambda got: got["sum"] if got["count"] else None,
        )
    wide = any(dtype == kind for kind in (nw.UInt64, nw.Int128, nw.UInt128))
    number = value if wide else value.cast(nw.Int64)
    low = number % HALF
    return Measure(
        parts={"low": low.sum(), "high": ((number - low) // HALF).sum(), "count": value.count()},
        observe=lambda got: int(got["high"] or 0) * HALF + int(got["low"] or 0) if got["count"] else None,
    )


@metric_check("quantiles", says="quantiles {quantiles} within {ranges}", types=numeric, bounds=False)
def quantiles(value: nw.Expr, *, quantiles: list[float], ranges: list[list[float | None]]) -> Measure:
    """Each quantile (linear interpolation, Hyndman and Fan's type 7) lies in its closed range; null is an open end."""
    if len(quantiles) != len(ranges):
        raise ValueError(f"{len(quantiles)} quantiles cannot have {len(ranges)} ranges")
    if any(low is not None and high is not None and low > high for low, high in ranges):
        raise ValueError("a range must not end before it begins")
    number = _as_float(value)
    return Measure(
        parts={f"q{i}": number.quantile(q, interpolation="linear") for i, q in enumerate(quantiles)},
        observe=lambda got: [got[f"q{i}"] for i in range(len(quantiles))],
        judge=lambda seen: all(
            at is not None and (low is None or at >= low) and (high is None or at <= high)
            for at, (low, high) in zip(seen, ranges, strict=True)
        ),
    )


@metric_check("distinct_count", dimension="uniqueness", says="distinct values")
def distinct_count(value: nw.Expr) -> Measure:
    """How many distinct values are present; missing ones do not count."""
    return Measure(parts=_distinct(value), observe=_present)


@metric_check("distinct_share", dimension="uniqueness", says="share of distinct values")
def distinct_share(value: nw.Expr) -> Measure:
    """Distinct values divided by present values, 0 to 1."""
    return Measure(
        parts=_distinct(value) | {"count": value.count()},
        observe=lambda got: _present(got) / got["count"] if got["count"] else None,
    )


def _distinct(value: nw.Expr) -> dict[str, nw.Expr]:
    return {"distinct": value.n_unique(), "nulls": value.null_count()}


def _present(got: dict[str, Any]) -> int:
    """Distinct values without the missing one; DuckDB's sum over no rows, null, is 0."""
    return int(got["distinct"] or 0) - bool(got["nulls"])


def _members(value: nw.Expr, values: list[Any]) -> dict[str, nw.Expr]:
    """How many rows hold a value outside the set, and how many values of the set occur."""
    inside = nw.when(value.is_in(values)).then(value)
    return {
        "outside": (~value.is_in(values)).cast(nw.Int64).sum(),
        "inside": inside.n_unique(),
        "gaps": inside.null_count(),
    }


def _anything(value: nw.Expr) -> Measure:
    """Without a set (null, as suites have it) there is nothing to be outside of."""
    return Measure(parts={"count": value.count()}, observe=lambda _: 0, judge=lambda _: True)


@metric_check(
    "distinct_in_set",
    dimension="conformity",
    says="distinct values among {values}",
    types=scalar,
    bounds=False,
)
def distinct_in_set(value: nw.Expr, *, values: Bounds | None) -> Measure:
    """Every value that occurs is in the set; observed is the number of rows outside it."""
    if values is None:
        return _anything(value)
    return Measure(
        parts=_members(value, values), observe=lambda got: int(got["outside"] or 0), judge=lambda n: n == 0
    )


@metric_check(
    "distinct_equals_set", dimension="conformity", says="distinct values {values}", types=scalar, bounds=False
)
def distinct_equals_set(value: nw.Expr, *, values: Bounds | None) -> Measure:
    """The values that occur are exactly the set; observed is [rows outside it, members that do not occur]."""
    if values is None:
        return _anything(value)
    return Measure(
        parts=_members(value, values),
        observe=lambda got: [int(got["outside"] or 0), len(set(values)) - _inside(got)],
        judge=lambda seen: seen == [0, 0],
    )


@metric_check(
    "distinct_contains_set",
    dimension="conformity",
    says="distinct values with all of {values}",
    types=scalar,
    bounds=False,
)
def distinct_contains_set(value: nw.Expr, *, values: Bounds | None) -> Measure:
    """Every member of the set occurs; observed is how many do not."""
    if values is None:
        return _anything(value)
    return Measure(
        parts=_members(value, values),
        observe=lambda got: len(set(values)) - _inside(got),
        judge=lambda missing: missing == 0,
    )


def _inside(got: dict[str, Any]) -> int:
    return int(got["inside"] or 0) - bool(got["gaps"])


@metric_check("null_count", dimension="completeness", says="missing values", nulls=True)
def null_count(missing: nw.Expr) -> Measure:
    """How many values are missing."""
    return Measure(parts=_gaps(missing), observe=lambda got: int(got["gaps"] or 0))


@metric_check("null_share", dimension="completeness", says="share of missing values", nulls=True)
def null_share(missing: nw.Expr) -> Measure:
    """Missing values divided by rows, 0 to 1."""
    return Measure(
        parts=_gaps(missing),
        observe=lambda got: int(got["gaps"]) / int(got["rows"]) if got["rows"] else None,
    )


def _gaps(missing: nw.Expr) -> dict[str, nw.Expr]:
    return {"gaps": missing.cast(nw.Int64).sum(), "rows": missing.count()}


@metric_check(
    "freshness", dimension="timeliness", says="newest at most {max_age} old", types=temporal, bounds=False
)
def freshness(value: nw.Expr, *, max_age: str | float, now: datetime | None = None) -> Measure:
    """The newest value is at most `max_age` old (seconds, `90m`, `2d` or ISO 8601 `PT2H`); observed in seconds.

    Dates count from their end; times without a zone are taken as UTC.
    """
    limit = parse_duration(max_age)
    return Measure(
        parts={"newest": value.max()},
        observe=lambda got: _age(got["newest"], now or NOW.get() or datetime.now(UTC)),
        judge=lambda age: age is not None and age <= limit.total_seconds(),
    )


def _age(newest: date | datetime | None, now: datetime) -> float | None:
    if newest is None:
        return None
    if not isinstance(newest, datetime):
        newest = datetime.combine(newest, time(), UTC) + timedelta(days=1)
    if newest.tzinfo is None:
        newest = newest.replace(tzinfo=UTC)
    return (now - newest).total_seconds()
