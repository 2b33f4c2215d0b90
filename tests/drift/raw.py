"""The verdict that raw values give: effect and p-value by SciPy and NumPy, no sketch anywhere."""

from __future__ import annotations

import math

import numpy as np
import polars as pl
from scipy import stats


def measured(metric: str, a: pl.Series, b: pl.Series) -> tuple[float, float] | None:
    """Effect and p-value of a metric over raw columns; None where this module has no formula for it."""
    if metric == "null_share":
        return _nulls(a, b)
    a, b = a.drop_nulls(), b.drop_nulls()
    if metric in {"psi", "chi_square"}:
        few = a.n_unique() <= (20 if a.dtype.is_numeric() else 50)
        shares = _categories(a, b) if few else _deciles(a.to_numpy(), b.to_numpy())
        return _binned(metric, *shares, len(a), len(b))
    if metric not in RANKED or not a.dtype.is_numeric():
        return None
    return RANKED[metric](a.to_numpy().astype(float), b.to_numpy().astype(float))


def _nulls(a, b):
    p, q = a.null_count() / len(a), b.null_count() / len(b)
    counts = [[a.null_count(), len(a) - a.null_count()], [b.null_count(), len(b) - b.null_count()]]
    if not (p or q):
        return 0.0, 1.0
    return abs(p - q), float(stats.chi2_contingency(counts, correction=False).pvalue)


def _categories(a, b):
    names = sorted({*a.unique().to_list(), *b.unique().to_list()})
    sides = [np.array([(side == name).sum() for name in names], dtype=float) for side in (a, b)]
    rare = (sides[0] + sides[1]) * min(len(a), len(b)) / (len(a) + len(b)) < 5
    return [np.append(side[~rare], side[rare].sum()) / side.sum() for side in sides]


def _deciles(a, b):
    edges = np.quantile(a, np.arange(1, 10) / 10, method="inverted_cdf")
    atoms = [np.nextafter(edge, -np.inf) for edge in set(edges) if (edges == edge).sum() > 1]
    edges = np.unique([*edges, *atoms])
    return [
        np.bincount(np.searchsorted(edges, side, side="left"), minlength=len(edges) + 1) / len(side)
        for side in (a, b)
    ]


def _binned(metric, p, q, n, m):
    filled = (p > 0) | (q > 0)
    counts = np.array([p[filled] * n, q[filled] * m])
    p_value = float(stats.chi2_contingency(counts, correction=False).pvalue) if filled.sum() > 1 else 1.0
    chance = (filled.sum() - 1) * (1 / n + 1 / m)
    if metric == "chi_square":
        size = float(((p - q)[filled] ** 2 / (p + q)[filled]).sum()) / 2
        return math.sqrt(max(0.0, size - chance / 4)), p_value
    p, q = ((side * rows + 0.5) / (rows + 0.5 * len(side)) for side, rows in ((p, n), (q, m)))
    return float(stats.entropy(p, q) + stats.entropy(q, p)) - chance, p_value


def _ks(a, b):
    found = stats.ks_2samp(a, b, method="asymp")
    return float(found.statistic), float(found.pvalue)


def _mean(a, b):
    if a.std() == 0:
        return None
    return abs(b.mean() - a.mean()) / a.std(ddof=1), float(stats.ttest_ind(a, b, equal_var=False).pvalue)


def _tail(a, b):
    low, high = np.quantile(a, [0.05, 0.95], method="inverted_cdf")
    outside = [int(((side < low) | (side > high)).sum()) for side in (a, b)]
    if not any(outside):
        return 0.0, 1.0
    counts = [[outside[0], len(a) - outside[0]], [outside[1], len(b) - outside[1]]]
    effect = abs(outside[0] / len(a) - outside[1] / len(b))
    return effect, float(stats.chi2_contingency(counts, correction=False).pvalue)


def _wasserstein(a, b):
    if a.std() == 0:
        return None
    return stats.wasserstein_distance(a, b) / a.std(ddof=1), _ks(a, b)[1]


RANKED = {"ks": _ks, "mean": _mean, "tail": _tail, "wasserstein": _wasserstein}
