"""Tests of shares of rows: nulls, empties."""

from __future__ import annotations

from sentineldq.drift.chance import proportions
from sentineldq.drift.model import Test, untested
from sentineldq.drift.say import moved
from sentineldq.drift.settings import Settings
from sentineldq.profiles.model import Column, Profile


def null_share(baseline: Column, current: Column, settings: Settings) -> list[Test]:
    """The share of nulls: two-proportion z-test, the effect in points (0 to 1)."""
    counts = (baseline.nulls, baseline.rows), (current.nulls, current.rows)
    return [share_of(baseline.path, "null_share", "nulls", *counts, settings)]


def empty_share(baseline: Column, current: Column, settings: Settings) -> list[Test]:
    """The share of empty or blank texts, or empty lists, among values: two-proportion z-test."""
    counts = (baseline.empties, baseline.values), (current.empties, current.values)
    return [share_of(baseline.path, "empty_share", "empty values", *counts, settings)]


def duplicate_share(baseline: Profile, current: Profile, settings: Settings) -> list[Test]:
    """Rows too many of the contract's key, as a share of keyed rows; the distinct counts' errors add to the noise."""
    if not (baseline.keys and current.keys and baseline.keyed and current.keyed):
        return []
    sides = baseline, current
    counts = [(side.duplicates or 0.0, side.keyed) for side in sides]
    noise = sum(_doubt(side) for side in sides)
    return [
        share_of(
            None,
            "duplicate_share",
            "rows whose key is there already",
            counts[0],
            counts[1],
            settings,
            noise=noise,
        )
    ]


def _doubt(side: Profile) -> float:
    """The variance of a share of duplicates that the estimate of distinct keys brings."""
    if side.keys is None or not side.keyed:
        return 0.0
    return float(((side.keys.high - side.keys.low) / (2 * 1.96) / side.keyed) ** 2)


def share_of(
    field: str | None,
    metric: str,
    what: str,
    baseline: tuple[float, int],
    current: tuple[float, int],
    settings: Settings,
    *,
    noise: float = 0.0,
) -> Test:
    """A test of (rows with it, rows) in both windows; `noise` is a variance that estimates add."""
    if not (baseline[1] and current[1]):
        return untested(field, metric, "a window has no values")
    before, after = baseline[0] / baseline[1], current[0] / current[1]
    design = settings.testing.design_effect
    return Test(
        field_name=field,
        metric_name=metric,
        statistic=after - before,
        effect=abs(after - before),
        p_value=proportions(before, after, baseline[1] / design, current[1] / design, noise=noise),
        baseline_value=before,
        current_value=after,
        baseline_rows=baseline[1],
        current_rows=current[1],
        message=moved(f"share of {what}", before, after),
        contributions=[{"what": what, "baseline": before, "current": after, "share": 1.0}],
    )
