"""Tests of times: the rhythm of the week, and times that lie far out.

Windows of a stream hold other times by their nature, so that no test of the values themselves is made by default.
"""

from __future__ import annotations

import math
from datetime import UTC, datetime

import numpy as np

from sentineldq.drift.binned import measure
from sentineldq.drift.bins import Tally, of_counts
from sentineldq.drift.chance import one_sided
from sentineldq.drift.model import Test, untested
from sentineldq.drift.say import share
from sentineldq.drift.settings import Settings
from sentineldq.profiles.model import Column

WEEK = 168
SHORTEST = 12 * 3600
"""Seconds a window must cover before its rhythm means something."""
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def rhythm(baseline: Column, current: Column, settings: Settings) -> list[Test]:
    """Shares of the hours of the week, of those hours that the current window covers: Jensen-Shannon distance.

    A day is so held against the same weekday; a baseline without that weekday gives `not enough data`.
    """
    before, after = baseline.rhythm, current.rhythm
    earlier, later = _span(baseline), _span(current)
    if not (before and after and earlier and later):
        return [untested(baseline.path, "rhythm", "no times are kept of this column")]
    if min(earlier[1] - earlier[0], later[1] - later[0]) < SHORTEST:
        return [untested(baseline.path, "rhythm", "a window covers less than 12 hours")]
    covered = _covered(earlier) & _covered(later)
    counts = [np.where(covered, np.asarray(side, dtype=np.int64), 0) for side in (before, after)]
    if min(int(side.sum()) for side in counts) < settings.testing.minimum:
        return [untested(baseline.path, "rhythm", "the windows share too few hours of the week")]
    tallies = [
        Tally(counts={_hour(at): int(side[at]) for at in range(WEEK) if covered[at]}, total=int(side.sum()))
        for side in counts
    ]
    bins = of_counts(tallies[0], tallies[1], settings)
    return [measure(bins, "js", field=baseline.path, name="rhythm")]


def span(baseline: Column, current: Column, settings: Settings) -> list[Test]:
    """The share of times further from the others than the baseline is long: epochs of 1970, years of 9999.

    The limits are the baseline's first and last time, moved as the median moved, and its length to either side.
    """
    before, after = baseline.quantiles, current.quantiles
    if not (before and after):
        return [untested(baseline.path, "span", "no times are kept of this column")]
    first, middle, last = before.at([0.0, 0.5, 1.0])
    shift = after.at([0.5])[0] - middle
    low = first + min(shift, 0.0) - (last - first)
    high = last + max(shift, 0.0) + (last - first)
    early = after.ranks([math.nextafter(low, -math.inf)])[0]
    late = 1 - after.ranks([high])[0]
    out = early + late
    side, value = ("before", low) if early > late else ("after", high)
    return [
        Test(
            field_name=baseline.path,
            metric_name="span",
            statistic=out,
            effect=out,
            p_value=one_sided(out * after.count / settings.testing.design_effect, after.count, before.count),
            baseline_value={"first": _iso(first), "last": _iso(last)},
            current_value={"first": current.low, "last": current.high, "outside": out},
            baseline_rows=before.count,
            current_rows=after.count,
            message=f"{share(max(early, late))} of times lie {side} {_iso(value)}",
        )
    ]


def _span(column: Column) -> tuple[float, float] | None:
    if column.quantiles is None:
        return None
    first, last = column.quantiles.at([0.0, 1.0])
    return first, last


def _covered(span: tuple[float, float]) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """The hours of the week, Monday 00 UTC first, between two times."""
    first, last = (int(at // 3600) + 72 for at in span)  # 1970-01-01 was a Thursday
    hours = np.zeros(WEEK, dtype=np.bool_)
    hours[np.arange(first, min(last, first + WEEK - 1) + 1) % WEEK] = True
    return hours


def _hour(at: int) -> str:
    return f"{DAYS[at // 24]} {at % 24:02d}:00"


def _iso(seconds: float) -> str:
    try:
        return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")
    except (ValueError, OverflowError, OSError):
        return f"{seconds:.0f} s since 1970"
