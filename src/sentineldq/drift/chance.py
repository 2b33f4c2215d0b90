"""What chance alone gives: p-values, rows that count in full, and the correction for many tests.

A sketch adds its own noise to that of the sample; a test treats it as a smaller sample (`effective`).
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from sentineldq.checks.gamma import chi2_survival

Floats = npt.NDArray[np.float64]
KUIPER = 2.001
"""The 99 % point of Kuiper's statistic times the root of the rows: by how much any interval's share may be off."""


def normal(z: float) -> float:
    """P(|Z| >= |z|) of a standard normal variable."""
    return math.erfc(abs(z) / math.sqrt(2))


def kolmogorov(distance: float, baseline: float, current: float) -> float:
    """P of a Kolmogorov-Smirnov distance as large between two samples of those (effective) rows.

    Kolmogorov's series with Stephens' correction for small samples (Press et al., Numerical Recipes, 14.3).
    """
    root = math.sqrt(baseline * current / (baseline + current))
    x = (root + 0.12 + 0.11 / root) * distance
    if x < 0.2:
        return 1.0
    total: float = sum((1 if k % 2 else -1) * math.exp(-2 * k * k * x * x) for k in range(1, 101))
    return min(1.0, max(0.0, 2 * total))


def homogeneity(
    baseline: Floats, current: Floats, baseline_rows: float, current_rows: float
) -> tuple[float, float]:
    """Pearson's chi-square of two samples' shares over the same bins, and its p-value.

    Bins that are empty in both do not count; one bin alone gives (0, 1).
    """
    pooled = (baseline * baseline_rows + current * current_rows) / (baseline_rows + current_rows)
    filled = pooled > 0
    degrees = int(filled.sum()) - 1
    if degrees < 1:
        return 0.0, 1.0
    apart = (baseline - current)[filled]
    statistic = float((apart**2 / pooled[filled]).sum()) / (1 / baseline_rows + 1 / current_rows)
    return statistic, chi2_survival(statistic, degrees=degrees)


def proportions(
    baseline: float, current: float, baseline_rows: float, current_rows: float, *, noise: float = 0.0
) -> float:
    """p-value of two shares (pooled two-proportion z-test); `noise` is a variance that sketches add."""
    pooled = (baseline * baseline_rows + current * current_rows) / (baseline_rows + current_rows)
    variance = pooled * (1 - pooled) * (1 / baseline_rows + 1 / current_rows) + noise
    return normal((current - baseline) / math.sqrt(variance)) if variance > 0 else 1.0


def one_sided(count: float, rows: float, others: float) -> float:
    """P that all of `count` rows fall, by chance, into the window of `rows` and none into that of `others`."""
    return float((rows / (rows + others)) ** max(count, 0.0))


def effective(rows: float, *, error: float = 0.0, design: float = 1.0) -> float:
    """Independent, exactly counted rows that are as uncertain as these.

    error: the sketch's error at 99 %, the greatest over all intervals (so DataSketches fits its constants). A sample
    of KUIPER^2 / error^2 rows is off by as much; variances add up. design: rows per independent row (Kish).
    """
    return 1 / (design / rows + (error / KUIPER) ** 2) if rows > 0 else 0.0


def adjust(p_values: Sequence[float]) -> list[float]:
    """Benjamini-Hochberg: the false discovery rate at which each test would still be a discovery.

    Source: Benjamini, Hochberg (1995), J. R. Statist. Soc. B 57.
    """
    if not p_values:
        return []
    given = np.asarray(p_values, dtype=np.float64)
    order = np.argsort(given, kind="stable")[::-1]
    scaled = given[order] * len(given) / np.arange(len(given), 0, -1)
    adjusted = np.empty(len(given))
    adjusted[order] = np.minimum(np.minimum.accumulate(scaled), 1.0)
    return [float(value) for value in adjusted]
