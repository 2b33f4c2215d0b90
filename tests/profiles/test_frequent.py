"""The bounds of frequent values hold, in whatever order parts are merged."""

from collections import Counter

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentineldq.profiles.build import profile
from sentineldq.profiles.frequent import add, join, of_counts, trim

PARTS = st.lists(st.dictionaries(st.integers(0, 25).map(str), st.integers(1, 30), max_size=15), max_size=6)


def holds(found, true):
    """Whether all that is said of frequent values is so."""
    assert found.total == sum(true.values())
    for value, count in found.counts.items():
        assert count <= true[value] <= count + found.error
    assert all(count <= found.error for value, count in true.items() if value not in found.counts)
    if found.exact:
        assert dict(found.counts) == dict(true)


@given(PARTS, st.integers(1, 8))
def test_bounds_hold_after_merging_in_one_go(parts, kept):
    true = sum((Counter(part) for part in parts), Counter())
    found = add([of_counts(part, kept=kept) for part in parts if part])
    if found:
        holds(found, true)


@given(PARTS, st.integers(1, 8))
def test_bounds_hold_after_merging_one_by_one(parts, kept):
    true = sum((Counter(part) for part in parts), Counter())
    table = None
    for part in parts:
        counts = of_counts(part, kept=kept).table
        table = counts if table is None else trim(join([table, counts], 99), kept)
    if table:
        found = of_counts({})
        holds(type(found)((table,), kept), true)


@given(PARTS)
def test_what_all_parts_keep_is_exact_and_the_same_in_any_order(parts):
    tables = [of_counts(part) for part in parts]
    if tables:
        one, other = add(tables), add(tables[::-1])
        assert one.exact
        assert one.counts == other.counts


@given(st.lists(st.integers(1, 1000), min_size=20, max_size=60))
def test_the_error_is_at_most_a_share_of_all(counts):
    found = of_counts({str(at): count for at, count in enumerate(counts)}, kept=9)
    assert found.error <= sum(counts) / 10


@pytest.mark.parametrize("kind", [pl.Int64, pl.Float64, pl.String])
def test_bounds_hold_of_a_column_with_many_values(kind):
    rng = np.random.default_rng(5)
    numbers = np.minimum(rng.zipf(1.4, 300_000), 10**7)
    column = profile(pl.DataFrame({"x": pl.Series(numbers).cast(kind)})).columns["x"]
    true = Counter(str(number) for number in numbers.tolist())
    if kind == pl.Float64:
        column = profile(pl.DataFrame({"x": pl.Series(numbers.astype(float))})).columns["x"]
    named = {(value.removesuffix(".0")): count for value, count in true.items()}
    holds(column.frequent, named)
    assert next(iter(column.frequent.counts)) == "1"


def test_unique_values_are_not_listed():
    found = profile(pl.DataFrame({"x": [f"id-{number}" for number in range(50_000)]})).columns["x"].frequent
    assert not found.counts
    assert not found.exact
    assert 1 <= found.error < 50
    assert found.total == 50_000
