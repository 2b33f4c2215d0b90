"""Checks that need a query of their own: SQL, another table, or a count by value."""

from __future__ import annotations

import math
from collections import defaultdict
from typing import Any

import narwhals as nw

from sentineldq.checks.batch import Batch
from sentineldq.checks.definition import Reading, query_check, scalar

SAMPLES = 5


@query_check("query_returns_none", says="no row from the query")
def query_returns_none(batch: Batch, *, query: str) -> Reading:
    """An SQL query returns no row; every row it returns is a failing one. The table is `${table}`."""
    found = batch.query(query)
    failed = batch.count(found)
    samples = batch.rows(found.head(SAMPLES)) if failed else []
    return Reading(holds=failed == 0, observed=failed, failed=failed, samples=samples)


@query_check("query_value", says="the query's value")
def query_value(batch: Batch, *, query: str) -> Reading:
    """An SQL query returns one value, judged by the check's threshold."""
    rows = batch.rows(batch.query(query).head(2))
    if len(rows) != 1 or len(rows[0]) != 1:
        raise ValueError("the query must return exactly one row with one column")
    return Reading(holds=True, observed=next(iter(rows[0].values())))


@query_check("most_common", dimension="conformity", says="most common value among {values}", types=scalar)
def most_common(batch: Batch, *, values: list[Any], ties_okay: bool = False) -> Reading:
    """The most common value is one of a set; with several equally common, all must be (one, with `ties_okay`)."""
    value = nw.col(batch.columns[0])
    counts = (
        batch.frame.select(value).filter(~value.is_null()).group_by(batch.columns[0]).agg(nw.len().alias("n"))
    )
    top = batch.rows(counts.select(nw.col("n").max().alias("top")))[0]["top"]
    modes = [row[batch.columns[0]] for row in batch.rows(counts.filter(nw.col("n") == top))] if top else []
    inside = [mode in values for mode in modes]
    holds = any(inside) if ties_okay else len(modes) > 0 and all(inside)
    return Reading(holds=holds, observed=sorted(modes, key=str))


@query_check("row_count_equals", dimension="coverage", says="as many rows as {dataset}")
def row_count_equals(batch: Batch, *, dataset: str, factor: float = 1.0) -> Reading:
    """There are as many rows as in another dataset, times a factor."""
    ours, theirs = batch.count(batch.frame), batch.count(batch.dataset(dataset))
    return Reading(holds=ours == theirs * factor, observed={"rows": ours, dataset: theirs})


@query_check("equals_table", says="the same rows as {dataset}")
def equals_table(batch: Batch, *, dataset: str) -> Reading:
    """The rows are those of another dataset, duplicates counted, in any order and with the same columns."""
    other = batch.dataset(dataset)
    names = batch.names
    theirs = other.collect_schema().names()
    if set(names) != set(theirs):
        return Reading(holds=False, observed={"columns": names, dataset: theirs})
    ours_count = _multiset(batch.frame, names, 1)
    theirs_count = _multiset(other, names, -1)
    difference = (
        nw.concat([ours_count, theirs_count])
        .group_by(names)
        .agg(nw.col("sdq_n").sum())
        .filter(nw.col("sdq_n") != 0)
    )
    failed = batch.count(difference)
    samples = batch.rows(difference.select(names).head(SAMPLES)) if failed else []
    return Reading(
        holds=failed == 0, observed=failed, evaluated=batch.count(batch.frame), failed=failed, samples=samples
    )


def _multiset(frame: nw.LazyFrame[Any], names: list[str], sign: int) -> nw.LazyFrame[Any]:
    counted = frame.group_by(names).agg(nw.len().cast(nw.Int64).alias("sdq_n"))
    return counted.select(*names, (nw.col("sdq_n") * sign).alias("sdq_n"))


@query_check("cramers_phi", says="Cramér's phi at most {max}", dimension="consistency", many=True)
def cramers_phi(
    batch: Batch,
    *,
    max: float = 0.1,
    bins_a: list[float] | None = None,
    bins_b: list[float] | None = None,
    n_bins_a: int | None = None,
    n_bins_b: int | None = None,
    ignore_missing: bool = True,
) -> Reading:
    """Association of two columns: sqrt(chi2 / (n * (min(rows, columns) - 1))), 0 to 1 (Cramér, 1946).

    Numbers may be counted in bins: by their edges, or as so many of equal width. Rows with a missing value are
    left out, or missing is one more value without `ignore_missing`.
    """
    first, second = batch.columns
    groups = {
        "first": _binned(batch, first, bins_a, n_bins_a),
        "second": _binned(batch, second, bins_b, n_bins_b),
    }
    frame = batch.frame
    if ignore_missing:
        frame = frame.filter(~nw.col(first).is_null() & ~nw.col(second).is_null())
    counted = frame.select(**groups).group_by(list(groups)).agg(nw.len().alias("n"))
    cells = {(row["first"], row["second"]): row["n"] for row in batch.rows(counted)}
    phi = _phi(cells)
    return Reading(holds=phi is not None and phi <= max, observed=phi)


def _binned(batch: Batch, column: str, edges: list[float] | None, count: int | None) -> nw.Expr:
    """The column itself, or the number of the bin its value is in (closed on the right)."""
    value = nw.col(column)
    if edges is None and count:
        low, high = batch.rows(batch.frame.select(low=value.min(), high=value.max()))[0].values()
        edges = [low + (high - low) * step / count for step in range(1, count)] if low is not None else []
    if edges is None:
        return value
    above = [(value > edge).cast(nw.Int64) for edge in edges]
    return nw.when(~value.is_null()).then(nw.sum_horizontal(nw.lit(0), *above))


def _phi(cells: dict[tuple[Any, Any], int]) -> float | None:
    rows: defaultdict[Any, int] = defaultdict(int)
    columns: defaultdict[Any, int] = defaultdict(int)
    for (row, column), count in cells.items():
        rows[row] += count
        columns[column] += count
    total, degrees = sum(rows.values()), min(len(rows), len(columns)) - 1
    if degrees < 1:
        return 0.0 if total else None
    chi2 = math.fsum(
        (cells.get((row, column), 0) - r * c / total) ** 2 / (r * c / total)
        for row, r in rows.items()
        for column, c in columns.items()
    )
    return math.sqrt(chi2 / (total * degrees))


@query_check("ks_test", says="distributed as {distribution}", dimension="conformity")
def ks_test(batch: Batch, *, distribution: str, params: Any = (), p_value: float = 0.05) -> Reading:
    """The p-value of a one-sample Kolmogorov-Smirnov test against a named distribution of scipy.stats.

    The whole column is read into memory: the test needs every value in order.
    """
    try:
        from scipy import stats
    except ImportError:
        from sentineldq.errors import MissingExtraError

        raise MissingExtraError("scipy", extra="stats", purpose="the ks_test check") from None
    column = batch.columns[0]
    value = nw.col(column)
    rows = batch.rows(batch.frame.select(value.cast(nw.Float64)).filter(~value.is_null()))
    given = list(params.values()) if isinstance(params, dict) else list(params)
    result = stats.kstest([row[column] for row in rows], distribution, args=tuple(given))
    return Reading(holds=bool(result.pvalue >= p_value), observed=float(result.pvalue), evaluated=len(rows))
