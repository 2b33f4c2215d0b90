"""From counts and numbers to a status."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import Any

from sentineldq.checks.model import Status, Threshold, Tolerance

DIGITS = 12
"""Significant digits that floating-point aggregates are compared in: engines add in different orders."""


def by_tolerance(failed: int, evaluated: int, tolerance: Tolerance) -> Status:
    """Fail above the fail level, warn above the warn level; shares are of the evaluated rows."""
    share = failed / evaluated if evaluated else 0.0
    if share > tolerance.fail and failed:
        return "fail"
    if tolerance.warn is not None and share > tolerance.warn and failed:
        return "warn"
    return "pass"


def by_threshold(value: Any, threshold: Threshold) -> bool:
    """Whether a measured value meets every condition of a threshold; a missing value meets none."""
    if value is None:
        return False
    seen = _rounded(value)
    tests = (
        (threshold.equal, lambda bound: seen == bound),
        (threshold.not_equal, lambda bound: seen != bound),
        (threshold.greater, lambda bound: seen > bound),
        (threshold.greater_or_equal, lambda bound: seen >= bound),
        (threshold.less, lambda bound: seen < bound),
        (threshold.less_or_equal, lambda bound: seen <= bound),
        (threshold.between, lambda ends: ends[0] <= seen <= ends[1]),
        (threshold.not_between, lambda ends: not ends[0] <= seen <= ends[1]),
    )
    return all(test(_bound(bound)) for bound, test in tests if bound is not None)


def _bound(bound: Any) -> Any:
    return tuple(_rounded(end) for end in bound) if isinstance(bound, (list, tuple)) else _rounded(bound)


def _rounded(value: Any) -> Any:
    if isinstance(value, Decimal):
        return float(value) if value.as_tuple().exponent else int(value)
    if not isinstance(value, float) or not math.isfinite(value) or value == 0:
        return value
    return float(f"{value:.{DIGITS}g}")


def describe(threshold: Threshold) -> str:
    """A threshold in words."""
    words = (
        (threshold.equal, "= {}"),
        (threshold.not_equal, "≠ {}"),
        (threshold.greater, "> {}"),
        (threshold.greater_or_equal, "≥ {}"),
        (threshold.less, "< {}"),
        (threshold.less_or_equal, "≤ {}"),
        (threshold.between, "between {0[0]} and {0[1]}"),
        (threshold.not_between, "not between {0[0]} and {0[1]}"),
    )
    return " and ".join(form.format(bound) for bound, form in words if bound is not None)
