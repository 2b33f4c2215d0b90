"""Moments agree with SciPy on the raw values, whatever the parts they were merged from."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from sentineldq.profiles import moments
from sentineldq.profiles.moments import Moments

PARTS = st.lists(st.lists(st.floats(-1e6, 1e6, width=32), max_size=50), min_size=1, max_size=6)


def of(values):
    return moments.of_values(np.array(values, np.float64))


def test_values_agree_with_scipy():
    values = np.random.default_rng(1).gamma(2, 3, 200_000)
    found = of(values)
    assert found.count == 200_000
    assert found.mean == pytest.approx(values.mean(), rel=1e-12)
    assert found.variance == pytest.approx(values.var(ddof=1), rel=1e-12)
    assert found.skew == pytest.approx(stats.skew(values), rel=1e-9)
    assert found.kurtosis == pytest.approx(stats.kurtosis(values), rel=1e-9)
    assert found.sum == pytest.approx(values.sum(), rel=1e-12)


@given(PARTS)
def test_parts_merge_to_the_whole_in_any_order(parts):
    whole = of([value for part in parts for value in part])
    for order in (parts, parts[::-1]):
        merged = moments.add([of(part) for part in order])
        assert merged.count == whole.count
        size = max(1.0, max((abs(value) for part in parts for value in part), default=0))
        assert merged.mean == pytest.approx(whole.mean, abs=1e-9 * size)
        assert merged.m2 == pytest.approx(whole.m2, rel=1e-6, abs=1e-9 * size**2)
        assert merged.m4 == pytest.approx(whole.m4, rel=1e-6, abs=1e-9 * size**4)


@given(st.lists(st.tuples(st.integers(-100, 100), st.integers(1, 50)), min_size=1, max_size=20))
def test_counted_values_are_as_the_values_repeated(pairs):
    values = np.array([value for value, _ in pairs], np.float64)
    counts = np.array([count for _, count in pairs])
    one, other = moments.of_counts(values, counts), of(np.repeat(values, counts))
    assert one.count == other.count
    assert one.mean == pytest.approx(other.mean, abs=1e-9)
    assert one.m2 == pytest.approx(other.m2, abs=1e-6)
    assert one.m3 == pytest.approx(other.m3, abs=1e-3)


def test_a_tiny_spread_far_from_zero_is_not_lost():
    values = 1e9 + np.random.default_rng(2).normal(0, 1e-2, 100_000)
    merged = moments.add([of(values[:10]), of(values[10:50_000]), of(values[50_000:])])
    assert merged.deviation == pytest.approx(values.std(ddof=1), rel=1e-6)


def test_of_nothing_and_of_one_value_there_is_no_spread():
    assert Moments() == moments.add([])
    assert math.isnan(of([3.0]).variance)
    assert math.isnan(of([3.0, 3.0]).skew)
    assert moments.add([Moments(), of([3.0])]) == of([3.0])


def test_the_largest_floats_overflow_without_a_warning():
    assert not math.isfinite(of([1e308, -1e308, 1e308]).m2)
