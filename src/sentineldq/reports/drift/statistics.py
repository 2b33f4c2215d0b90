"""The plain statistics of a column in both windows, beside each other."""

from __future__ import annotations

from sentineldq.profiles.model import Column
from sentineldq.reports import figures


def statistics(baseline: Column | None, current: Column | None) -> list[tuple[str, str, str]]:
    """Name, baseline, current: what both windows say of a column, as people write it."""
    left, right = (_statistic(column) for column in (baseline, current))
    return [(name, left.get(name, figures.NONE), right.get(name, figures.NONE)) for name in {**left, **right}]


def _statistic(column: Column | None) -> dict[str, str]:
    if column is None or not column.rows:
        return {}
    found = {"Rows": figures.count(column.rows), "Null": figures.share(column.nulls / column.rows)}
    if column.kind in {"text", "list"} and column.values:
        found["Empty"] = figures.share(column.empties / column.values)
    if column.distinct is not None and column.kind != "boolean":
        found["Distinct"] = figures.count(min(round(column.distinct.estimate), column.values))
    if column.kind == "number" and column.moments is not None and column.moments.count:
        found["Mean"] = figures.observation(column.moments.mean)
        found["Deviation"] = figures.observation(column.moments.deviation)
    if column.kind == "number" and column.quantiles is not None and column.quantiles.count:
        found["Median"] = figures.observation(column.quantiles.at([0.5])[0])
    if column.kind in {"number", "time"} and column.low is not None:
        found["Smallest"], found["Largest"] = (figures.observation(end) for end in (column.low, column.high))
    if column.kind in {"text", "list"} and column.lengths is not None and column.lengths.count:
        found["Mean length"] = figures.observation(column.lengths.mean)
    if len(column.types) > 1:
        found["Types"] = ", ".join(f"{name} {figures.count(number)}" for name, number in column.types.items())
    return found
