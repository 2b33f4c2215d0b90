"""The same bins over two columns: quantiles of the baseline for numbers, values with an `other` for categories."""

from __future__ import annotations

import math
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from sentineldq.drift.chance import effective
from sentineldq.drift.say import number
from sentineldq.drift.settings import Settings
from sentineldq.profiles.frequent import Frequent
from sentineldq.profiles.model import Column
from sentineldq.profiles.quantiles import Quantiles

Floats = npt.NDArray[np.float64]
OTHER = "other values"
EXPECTED = 5
"""Rows that a bin must be expected to have in the smaller window (Cochran, 1954); rarer ones are pooled."""
REPEATED = 5
"""How often a value of a category is met on average, at least."""


class Bins(msgspec.Struct, frozen=True, kw_only=True):
    """Bins with the shares of both windows.

    labels: one per bin. baseline, current: float64[bins], each summing up to 1. baseline_rows, current_rows: values.
    baseline_weight, current_weight: effective rows, sketch error and design effect taken off.
    """

    labels: list[str]
    baseline: Any
    current: Any
    baseline_rows: int
    current_rows: int
    baseline_weight: float
    current_weight: float

    @property
    def chance(self) -> float:
        """What PSI of two samples of one distribution is expected to be: (bins - 1)(1/n + 1/m)."""
        filled = int(((self.baseline > 0) | (self.current > 0)).sum())
        return max(filled - 1, 0) * (1 / self.baseline_weight + 1 / self.current_weight)

    def smoothed(self) -> tuple[Floats, Floats]:
        """Shares with half a row added to each bin, so that an empty one is `less than a row` and not impossible."""
        return _smooth(self.baseline, self.baseline_rows), _smooth(self.current, self.current_rows)


def bins_of(baseline: Column, current: Column, settings: Settings) -> Bins | None:
    """Bins that suit a column's kind; None where a window kept nothing to bin."""
    if is_category(baseline, settings) or not (baseline.quantiles and current.quantiles):
        counts = counts_of(baseline), counts_of(current)
        if counts[0] is None or counts[1] is None:
            return None
        return of_counts(counts[0], counts[1], settings)
    return of_quantiles(baseline.quantiles, current.quantiles, settings)


def is_category(column: Column, settings: Settings) -> bool:
    """Whether a column has few values that repeat; of numbers twice as many as bins, of texts `categories`."""
    if column.kind == "boolean":
        return True
    if column.kind not in {"number", "text"} or column.distinct is None or column.frequent is None:
        return False
    rules = settings.testing
    most = 2 * rules.bins if column.kind == "number" else rules.categories
    distinct = column.distinct.estimate
    return distinct <= most and column.values >= REPEATED * distinct


class Tally(msgspec.Struct, frozen=True, kw_only=True):
    """How often values occur; one that is missing may still occur `error` times."""

    counts: Mapping[str, int]
    total: int
    error: int = 0

    def of(self, value: str, likely: float) -> float:
        """The count of a value; a missing one has what is `likely`, as far as the error allows that."""
        return self.counts[value] if value in self.counts else min(self.error, likely)


def counts_of(column: Column) -> Tally | None:
    """The values of a column with their counts; None where none are kept."""
    if column.trues is not None and column.kind == "boolean":
        counts = {"true": column.trues, "false": column.values - column.trues}
        return Tally(counts=counts, total=column.values)
    return tally(column.frequent)


def tally(frequent: Frequent | None) -> Tally | None:
    """Frequent values as a tally."""
    if frequent is None or not frequent.total:
        return None
    return Tally(counts=frequent.counts, total=frequent.total, error=frequent.error)


def of_counts(
    baseline: Tally, current: Tally, settings: Settings, *, rows: tuple[int, int] | None = None
) -> Bins:
    """One bin per value that is frequent enough in both windows taken together; the rest are `other values`.

    rows: independent rows behind the counts, where they are fewer (words of the same text).
    """
    n, m = baseline.total, current.total
    smaller = min(n, m) / (n + m)
    kept, before, after = [], [], []
    for value in dict.fromkeys((*baseline.counts, *current.counts)):
        b = baseline.of(value, current.counts.get(value, 0) * n / m)
        c = current.of(value, baseline.counts.get(value, 0) * m / n)
        if (b + c) * smaller >= EXPECTED:
            kept.append(value)
            before.append(b)
            after.append(c)
    shares = [_closed(before, n), _closed(after, m)]
    n_rows, m_rows = rows or (n, m)
    design = settings.testing.design_effect
    return Bins(
        labels=[*kept, OTHER],
        baseline=shares[0],
        current=shares[1],
        baseline_rows=n_rows,
        current_rows=m_rows,
        baseline_weight=effective(n_rows, design=design),
        current_weight=effective(m_rows, design=design),
    )


def of_quantiles(baseline: Quantiles, current: Quantiles, settings: Settings) -> Bins:
    """Bins between quantiles of the baseline; a value that several quantiles fall on has a bin of its own."""
    rules = settings.testing
    n, m = baseline.count, current.count
    count = max(2, min(rules.bins, min(n, m) // (2 * EXPECTED)))
    points = edges_of(baseline, count)
    weights = [
        effective(side.count, error=side.error, design=rules.design_effect) for side in (baseline, current)
    ]
    return Bins(
        labels=_labels(points),
        baseline=_between(baseline, points),
        current=_between(current, points),
        baseline_rows=n,
        current_rows=m,
        baseline_weight=weights[0],
        current_weight=weights[1],
    )


def edges_of(baseline: Quantiles, count: int) -> list[float]:
    """Upper edges of all bins but the last, rising; an edge belongs to the bin below it."""
    points = baseline.at([step / count for step in range(1, count)])
    atoms = {math.nextafter(value, -math.inf) for value in points if points.count(value) > 1}
    if len(set(points)) == 1:  # one value nearly everywhere: below it, it, above it
        atoms.add(math.nextafter(points[0], -math.inf))
    return sorted({*points, *atoms})


def _between(side: Quantiles, points: list[float]) -> Floats:
    shares = np.diff(np.array([0.0, *side.ranks(points), 1.0]))
    return np.maximum(shares, 0.0)


def _closed(counts: list[float], total: int) -> Floats:
    shares = np.array([*counts, 0.0]) / total
    shares[-1] = max(0.0, 1.0 - float(shares.sum()))
    if shares[-1] < 1e-12:  # rounding, not rows
        shares[-1] = 0.0
    return np.asarray(shares / shares.sum(), dtype=np.float64)


def _smooth(shares: Floats, rows: int) -> Floats:
    return (shares * rows + 0.5) / (rows + 0.5 * len(shares))


def _labels(points: list[float]) -> list[str]:
    labels = [f"values up to {number(points[0])}"]
    for low, high in pairwise(points):
        alone = math.nextafter(high, -math.inf) == low
        labels.append(
            f"the value {number(high)}" if alone else f"values above {number(low)} up to {number(high)}"
        )
    return [*labels, f"values above {number(points[-1])}"]
