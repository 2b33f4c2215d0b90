"""From counts and numbers to a status, at the boundaries."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

import sentineldq
from sentineldq import Check
from sentineldq.checks.judge import by_threshold, by_tolerance
from sentineldq.checks.model import Threshold, Tolerance

SHARES = st.integers(0, 100).map(lambda percent: percent / 100)


@pytest.mark.parametrize(
    ("failed", "warn", "fail", "status"),
    [
        (0, None, 0.0, "pass"),
        (1, None, 0.0, "fail"),
        (1, None, 0.1, "pass"),
        (2, None, 0.1, "fail"),
        (1, 0.1, 0.2, "pass"),
        (2, 0.1, 0.2, "warn"),
        (3, 0.1, 0.2, "fail"),
        (10, 0.0, 1.0, "warn"),
    ],
)
def test_levels_of_ten_rows(failed: int, warn: float | None, fail: float, status: str):
    assert by_tolerance(failed, 10, Tolerance(warn=warn, fail=fail)) == status


def test_nothing_evaluated_passes():
    assert by_tolerance(0, 0, Tolerance()) == "pass"


@given(st.integers(0, 50), st.integers(0, 50), SHARES, SHARES)
def test_more_failures_are_never_better(failed: int, more: int, warn: float, fail: float):
    order = ["pass", "warn", "fail"]
    levels = Tolerance(warn=warn, fail=fail)
    one, two = (by_tolerance(count, 100, levels) for count in (failed, failed + more))
    assert order.index(one) <= order.index(two)


@pytest.mark.parametrize(
    ("value", "threshold", "holds"),
    [
        (3, {"equal": 3.0}, True),
        (Decimal("3.00"), {"equal": 3}, True),
        (0.1 + 0.2, {"equal": 0.3}, True),
        (0.30001, {"equal": 0.3}, False),
        (5, {"between": (5, 6)}, True),
        (5, {"not_between": (5, 6)}, False),
        (5, {"greater": 5}, False),
        (5, {"greater_or_equal": 5, "less": 6}, True),
        (2**63 + 1, {"equal": 2**63}, False),
        (None, {"less": 5}, False),
        (None, {"not_equal": 5}, False),
        (float("inf"), {"less": 5}, False),
    ],
)
def test_thresholds(value: Any, threshold: dict[str, Any], holds: bool):
    assert by_threshold(value, Threshold(**threshold)) is holds


def test_a_tolerance_is_in_the_result():
    lenient = Check(kind="not_null", column="a", tolerance=Tolerance(warn=0.2, fail=0.5))
    (found,) = sentineldq.check(pl.DataFrame({"a": [1, None, 3]}), checks=[lenient]).checks
    assert (found.status, found.tolerance) == ("warn", Tolerance(warn=0.2, fail=0.5))
    assert found.failed_share == pytest.approx(1 / 3)


def test_a_warning_passes_the_run():
    lenient = Check(kind="not_null", column="a", tolerance=Tolerance(warn=0.2, fail=0.5))
    assert sentineldq.check(pl.DataFrame({"a": [1, None, 3]}), checks=[lenient]).passed
