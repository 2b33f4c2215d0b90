"""Tests over the whole order of a number: Kolmogorov-Smirnov, Wasserstein, tails."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from sentineldq.drift.chance import KUIPER, effective, kolmogorov, proportions
from sentineldq.drift.model import Test, untested
from sentineldq.drift.say import RANKS, moved, moves, number, quantiles
from sentineldq.drift.settings import Settings
from sentineldq.profiles.model import Column
from sentineldq.profiles.quantiles import Quantiles

Floats = npt.NDArray[np.float64]
GRID = 512
"""Quantiles asked of a window; a sketch keeps about as many values."""
NONE = "no quantiles are kept of this column"
OUTER = 0.05
"""The share of the baseline in each tail."""


def ks(baseline: Column, current: Column, settings: Settings) -> list[Test]:
    """Kolmogorov-Smirnov: the largest distance of the two distribution functions, 0 to 1."""
    if not (baseline.quantiles and current.quantiles):
        return [untested(baseline.path, "ks", NONE)]
    return [distance(baseline.path, "ks", baseline.quantiles, current.quantiles, settings)]


def distance(
    field: str,
    metric: str,
    baseline: Quantiles,
    current: Quantiles,
    settings: Settings,
    *,
    noun: str = "values",
) -> Test:
    """Kolmogorov-Smirnov of two sketches; `noun` is what they are of."""
    points, before, after = curves(baseline, current)
    gaps = np.abs(before - after)
    at = int(np.argmax(gaps))
    told = told_quantiles(baseline), told_quantiles(current)
    what = f"{noun} up to {number(points[at])}"
    lead = "" if noun == "values" else f"of {noun}, "
    shares = float(before[at]), float(after[at])
    words = quantiles(told[0], told[1])
    return Test(
        field_name=field,
        metric_name=metric,
        statistic=float(gaps[at]),
        effect=float(gaps[at]),
        p_value=kolmogorov(float(gaps[at]), *weights(baseline, current, settings)),
        baseline_value=told[0],
        current_value=told[1],
        baseline_rows=baseline.count,
        current_rows=current.count,
        message=f"{lead}{words}; {moved('share of ' + what, *shares)}",
        contributions=[{"what": what, "baseline": shares[0], "current": shares[1], "share": 1.0}],
    )


def wasserstein(baseline: Column, current: Column, settings: Settings) -> list[Test]:
    """Wasserstein distance (earth mover's) over the baseline's deviation.

    The area between the two distribution functions, in units of the deviation; of a constant baseline, of the current
    one. It has no distribution of its own under chance: the p-value is that of Kolmogorov-Smirnov.
    """
    before, after = baseline.quantiles, current.quantiles
    if not (before and after and baseline.moments and current.moments):
        return [untested(baseline.path, "wasserstein", NONE)]
    points, low, high = curves(before, after)
    area = float((np.abs(low - high)[:-1] * np.diff(points)).sum())
    unit = scale(baseline, current)
    told = told_quantiles(before), told_quantiles(after)
    return [
        Test(
            field_name=baseline.path,
            metric_name="wasserstein",
            statistic=area / unit,
            effect=area / unit,
            p_value=kolmogorov(float(np.abs(low - high).max()), *weights(before, after, settings)),
            baseline_value=told[0],
            current_value=told[1],
            baseline_rows=before.count,
            current_rows=after.count,
            message=f"{quantiles(*told)}; values moved by {number(area)} on average",
            contributions=[
                {"what": "distance in units of the column", "baseline": 0.0, "current": area, "share": 1.0}
            ],
        )
    ]


def tail(baseline: Column, current: Column, settings: Settings) -> list[Test]:
    """The share of values beyond the baseline's 5 % and 95 % quantiles, against the baseline's own share there."""
    before, after = baseline.quantiles, current.quantiles
    if not (before and after):
        return [untested(baseline.path, "tail", NONE)]
    low, high = before.at([OUTER, 1 - OUTER])
    inner = math.nextafter(low, -math.inf)
    sides = [side.ranks([inner, high]) for side in (before, after)]
    below = sides[0][0], sides[1][0]
    above = 1 - sides[0][1], 1 - sides[1][1]
    shares = below[0] + above[0], below[1] + above[1]
    rows = [side.count / settings.testing.design_effect for side in (before, after)]
    # two edges, each as uncertain as a median: a sketch is not surer of the tails
    noise = sum(2 * (side.error / KUIPER / 2) ** 2 for side in (before, after))
    parts: list[tuple[str, float, float]] = [
        (f"values below {number(low)}", *below),
        (f"values above {number(high)}", *above),
    ]
    parts.sort(key=lambda part: -abs(part[2] - part[1]))
    return [
        Test(
            field_name=baseline.path,
            metric_name="tail",
            statistic=shares[1] - shares[0],
            effect=abs(shares[1] - shares[0]),
            p_value=proportions(*shares, *rows, noise=noise),
            baseline_value={"below": below[0], "above": above[0]},
            current_value={"below": below[1], "above": above[1]},
            baseline_rows=before.count,
            current_rows=after.count,
            message="; ".join(moves(parts)),
            contributions=[{"what": what, "baseline": b, "current": c, "share": 0.5} for what, b, c in parts],
        )
    ]


def curves(baseline: Quantiles, current: Quantiles) -> tuple[Floats, Floats, Floats]:
    """Points, rising, with the share of each window at or below them."""
    points = np.unique(np.concatenate([_points(baseline), _points(current)]))
    before, after = (np.array(side.sketch.get_cdf(points, True))[:-1] for side in (baseline, current))
    return points, before, after


def weights(baseline: Quantiles, current: Quantiles, settings: Settings) -> tuple[float, float]:
    """Effective rows of both: the sketch's error and the design effect taken off."""
    design = settings.testing.design_effect
    n, m = (effective(side.count, error=side.error, design=design) for side in (baseline, current))
    return n, m


def told_quantiles(side: Quantiles) -> dict[str, float]:
    """The quantiles that are told."""
    return dict(zip(RANKS, side.at(list(RANKS.values())), strict=True))


def scale(baseline: Column, current: Column) -> float:
    """The unit of a shift: the baseline's deviation; where that is 0 the current one, the mean's size, or 1."""
    before, after = baseline.moments, current.moments
    candidates = [
        before.deviation if before else 0,
        after.deviation if after else 0,
        abs(before.mean) if before else 0,
    ]
    return next((value for value in candidates if math.isfinite(value) and value > 0), 1.0)


def _points(side: Quantiles) -> Floats:
    count = min(side.count, GRID)
    # in the middle between two ranks, so that rounding skips no value of a small window
    return np.array(side.at([0.0, *((step + 0.5) / count for step in range(count)), 1.0]))
