"""Quantiles are within the rank error they state."""

import datasketches
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentineldq.profiles.quantiles import Ranker, add, of_image

POINTS = np.linspace(0.01, 0.99, 25)


def taken(values):
    ranker = Ranker()
    ranker.take(np.asarray(values, np.float64))
    return ranker.done()


def weighed(values, counts):
    ranker = Ranker()
    ranker.weigh(np.asarray(values, np.float64), np.asarray(counts, np.int64))
    return ranker.done()


def worst(found, values):
    """The largest difference of a rank from the true one."""
    values = np.sort(values)
    points = np.quantile(values, POINTS)
    true = np.searchsorted(values, points, side="right") / len(values)
    return float(np.abs(np.array(found.ranks(points)) - true).max())


@pytest.mark.parametrize("size", [10, 5000, 70_000, 400_000])
def test_ranks_are_within_the_stated_error(size):
    values = np.random.default_rng(3).lognormal(0, 2, size)
    found = taken(values)
    assert found.count == size
    assert worst(found, values) <= found.error + 1e-12
    assert found.at([0, 1]) == [values.min(), values.max()]


def test_weights_are_as_values_repeated():
    rng = np.random.default_rng(4)
    values, counts = np.arange(300.0), rng.integers(1, 3000, 300)
    found = weighed(values, counts)
    assert found.count == counts.sum()
    true = np.cumsum(counts) / counts.sum()
    assert np.abs(np.array(found.ranks(values)) - true).max() <= found.error


def test_two_values_of_very_different_weight():
    found = weighed([1.0, 2.0], [5_000_000, 3])
    assert found.count == 5_000_003
    assert found.ranks([1.0])[0] == pytest.approx(1, abs=1e-5)
    assert found.at([0, 1]) == [1.0, 2.0]


@given(st.lists(st.integers(1, 400), min_size=1, max_size=8), st.randoms(use_true_random=False))
def test_parts_merge_within_the_stated_error(sizes, random):
    rng = np.random.default_rng(random.randrange(1000))
    parts = [rng.normal(at, 1, size * 10) for at, size in enumerate(sizes)]
    merged = add([taken(part) for part in parts])
    whole = np.concatenate(parts)
    assert merged.count == len(whole)
    # 99 % is stated: of many examples some few may exceed it
    assert worst(merged, whole) <= 1.5 * merged.error + 1e-12


def test_the_bytes_are_the_library_s():
    found = taken(np.arange(100_000.0))
    sketch = datasketches.kll_doubles_sketch.deserialize(found.image)
    assert sketch.n == 100_000
    assert of_image(bytes(sketch.serialize())).at([0.5]) == found.at([0.5])


def test_nothing_has_no_sketch():
    assert Ranker().done() is None
    assert add([]) is None


@given(
    st.dictionaries(st.integers(-50, 50), st.integers(1, 100_000), min_size=1, max_size=20),
)
def test_few_distinct_values_are_kept_with_their_true_counts(counted):
    values, counts = list(counted), list(counted.values())
    counts[0] += 1024  # above what is fed value by value
    found = weighed(values, counts)
    total = sum(counts)
    wanted = [sum(c for v, c in zip(values, counts, strict=True) if v <= at) / total for at in values]
    assert found.count == total
    assert found.ranks(values) == pytest.approx(wanted, abs=1e-9 if len(values) <= 8 else 0.021)
    assert found.at([0, 1]) == [min(values), max(values)]


def test_values_that_have_no_room_are_fed_as_others_are():
    values = np.arange(500)
    counts = np.full(500, 63)
    found = weighed(values, counts)
    assert found.count == 63 * 500
    assert found.ranks([249.0])[0] == pytest.approx(0.5, abs=0.021)
