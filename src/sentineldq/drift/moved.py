"""Tests of a number's place and spread: the mean, and the deviation."""

from __future__ import annotations

import math

from sentineldq.drift.chance import normal
from sentineldq.drift.model import Test, untested
from sentineldq.drift.ranked import scale
from sentineldq.drift.say import moved, number
from sentineldq.drift.settings import Settings
from sentineldq.profiles.model import Column
from sentineldq.profiles.moments import Moments

NONE = "no moments are kept of this column, or they do not exist"
STEEPEST = 20.0
"""The largest logarithm of a ratio of deviations: a constant that begins to vary."""


def mean(baseline: Column, current: Column, settings: Settings) -> list[Test]:
    """Shift of the mean in units of the baseline's deviation (Glass' delta); p-value of Welch's test, normal form."""
    if not (baseline.moments and current.moments):
        return [untested(baseline.path, "mean", NONE)]
    shift = current.moments.mean - baseline.moments.mean
    return [_shifted(baseline, current, settings, "mean", shift / scale(baseline, current))]


def mean_percent(baseline: Column, current: Column, settings: Settings) -> list[Test]:
    """Shift of the mean in per cent of the baseline's; not measured of a mean of 0."""
    if not (baseline.moments and current.moments) or baseline.moments.mean == 0:
        return [untested(baseline.path, "mean_percent", NONE)]
    shift = current.moments.mean - baseline.moments.mean
    return [_shifted(baseline, current, settings, "mean_percent", 100 * shift / abs(baseline.moments.mean))]


def deviation(baseline: Column, current: Column, settings: Settings) -> list[Test]:
    """Ratio of the deviations; its effect is the logarithm's size, its variance that of a sample's log variance.

    var(ln s^2) = (excess kurtosis + 2) / n. Where fewer than `minimum` values carry the spread (n / (excess + 2), the
    effective number of squares: of a heavy tail a handful, however many rows there are) it is not tested.
    """
    if not (baseline.moments and current.moments):
        return [untested(baseline.path, "deviation", NONE)]
    before, after = baseline.moments, current.moments
    sizes = before.deviation, after.deviation
    if not all(math.isfinite(size) for size in sizes) or sizes == (0.0, 0.0):
        return [untested(baseline.path, "deviation", NONE)]
    carried = min(1 / _doubt(side) if _doubt(side) else math.inf for side in (before, after))
    if carried < settings.testing.minimum:
        note = f"the spread hangs on {carried:.0f} values, {settings.testing.minimum} needed"
        return [untested(baseline.path, "deviation", note)]
    steep = math.log(sizes[1] / sizes[0]) if min(sizes) > 0 else math.copysign(STEEPEST, sizes[1] - sizes[0])
    variance = settings.testing.design_effect * (_doubt(before) + _doubt(after))
    return [
        Test(
            field_name=baseline.path,
            metric_name="deviation",
            statistic=math.exp(steep),
            effect=abs(steep),
            p_value=normal(2 * steep / math.sqrt(variance)) if variance > 0 else 0.0,
            baseline_value=sizes[0],
            current_value=sizes[1],
            baseline_rows=before.count,
            current_rows=after.count,
            message=moved("the deviation", *sizes, form=number),
        )
    ]


def _shifted(baseline: Column, current: Column, settings: Settings, metric: str, shift: float) -> Test:
    before, after = baseline.moments or Moments(), current.moments or Moments()
    told = moved("the mean", before.mean, after.mean, form=number)
    percent = (after.mean - before.mean) / abs(before.mean) if before.mean else None
    deviations = (after.mean - before.mean) / scale(baseline, current)
    extra = f"{deviations:+.2f} deviations" + (f", {100 * percent:+.1f} %" if percent is not None else "")
    return Test(
        field_name=baseline.path,
        metric_name=metric,
        statistic=shift,
        effect=abs(shift),
        p_value=_welch(before, after, settings.testing.design_effect),
        baseline_value=before.mean,
        current_value=after.mean,
        baseline_rows=before.count,
        current_rows=after.count,
        message=f"{told} ({extra})",
    )


def _welch(before: Moments, after: Moments, design: float) -> float:
    apart = after.mean - before.mean
    if before.count < 2 or after.count < 2:
        return 1.0
    error = math.sqrt(design * (before.variance / before.count + after.variance / after.count))
    if not error > 0:
        return 1.0 if apart == 0 else 0.0
    return normal(apart / error)


def _doubt(side: Moments) -> float:
    kurtosis = side.kurtosis
    return max(kurtosis + 2, 0.0) / side.count if math.isfinite(kurtosis) else 0.0
